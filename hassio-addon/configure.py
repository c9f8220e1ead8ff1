# ruff: noqa: INP001 -- a script of the app, in no package
"""Turn the app's options and the Supervisor's MQTT credentials into a configuration of sebridge.

Called by run.sh as `configure.py OPTIONS CONFIG`. It needs nothing but Python itself.
"""

from collections.abc import Mapping
import hashlib
import http.client
import json
import os
from pathlib import Path
import secrets
import sys
import time
from typing import Any, Final, NamedTuple
import urllib.error
import urllib.request

SUPERVISOR: Final = "http://supervisor"
HOMEASSISTANT: Final = f"{SUPERVISOR}/core/websocket"
DATABASE: Final = "sebridge.db"
CERTIFICATES: Final = "certificates"
FIRMWARE: Final = "firmware"
INDEX: Final = "index.json"
EVERY_ADDRESS: Final = "0.0.0.0"  # noqa: S104  # of the container; the Supervisor asks from outside
SHORTEST_TOKEN: Final = 32  # characters: its hash, which is a quick one, is no secret then
LARGEST_ANSWER: Final = 65_536  # octets
TIME_LIMIT: Final = 10.0  # seconds for one answer
NO_PANEL: Final = (
    "http_tls is on, so the page in the side bar cannot be opened: Home Assistant asks for it"
    " without encryption. Open the console at the port under Network with a token, or switch"
    " http_tls off."
)

# keys: written by script/docs

_KEYS: Final = {
    "gateway_name": "gateway.name",
    "gateway_role": "gateway.role",
    "gateway_message_pin": "gateway.message_pin",
    "gateway_optional_clusters": "gateway.optional_clusters",
    "radio_type": "radio.type",
    "radio_path": "radio.path",
    "radio_address": "radio.path",
    "radio_baudrate": "radio.baudrate",
    "radio_flow_control": "radio.flow_control",
    "radio_channel": "radio.channel",
    "radio_link_key": "radio.link_key",
    "radio_installation_code": "radio.installation_code",
    "certificate_store": "security.certificate_store",
    "mqtt_host": "mqtt.broker",
    "mqtt_port": "mqtt.port",
    "mqtt_username": "mqtt.username",
    "mqtt_password": "mqtt.password",
    "mqtt_base_topic": "mqtt.base_topic",
    "mqtt_tls": "mqtt.tls",
    "discovery": "homeassistant.enabled",
    "discovery_prefix": "homeassistant.discovery_prefix",
    "homeassistant_language": "homeassistant.language",
    "default_price_electricity": "homeassistant.default_prices.electricity",
    "default_price_gas": "homeassistant.default_prices.gas",
    "default_price_water": "homeassistant.default_prices.water",
    "default_price_heat": "homeassistant.default_prices.heat",
    "price_source_price_unit": "price_source.price_unit",
    "price_source_entity": "price_source.homeassistant.entity",
    "price_source_attribute": "price_source.homeassistant.attribute",
    "price_source_multiplier": "price_source.multiplier",
    "price_source_addition": "price_source.addition",
    "plugwise_path": "plugwise.path",
    "plugwise_address": "plugwise.path",
    "http_tls": "http.tls",
    "http_tokens": "http.tokens",
    "http_ingress_scope": "http.ingress.scope",
    "http_ingress_others_scope": "http.ingress.others_scope",
    "log_level": "log.level",
}

# end of keys


class OptionsError(Exception):
    """The app cannot start with these options; the text says what to do."""


class Folders(NamedTuple):
    """The app's data, its own folder with files of a person, and the certificates of the home."""

    data: Path
    own: Path
    ssl: Path


def configuration(
    options: Mapping[str, Any],
    service: Mapping[str, Any] | None,
    folders: Folders,
    token: str,
) -> dict[str, Any]:
    """Return the configuration. `service` is what the Supervisor says of its broker, if asked.

    With `token` the Supervisor lets the bridge speak with Home Assistant.

    Raises OptionsError when there is no broker or no radio, or a token is too short.
    """
    settings: dict[str, Any] = {
        "storage": {"path": str(folders.data / DATABASE)},
        "http": {"host": EVERY_ADDRESS},
    }
    for name, key in _KEYS.items():
        value = options.get(name)
        if value is not None and value != "":
            *sections, last = key.split(".")
            place = settings
            for section in sections:
                place = place.setdefault(section, {})
            place[last] = value
    _check_radio(settings.get("radio", {}))
    homeassistant = {"address": HOMEASSISTANT, "token": token}
    settings["http"] |= _entrance(settings["http"], folders.ssl, homeassistant)
    if "security" in settings:
        settings["security"]["certificate_store"] = str(folders.data / CERTIFICATES)
    if entity := settings.get("price_source", {}).get("homeassistant"):
        entity |= homeassistant
    if not options.get("mqtt_host"):
        settings["mqtt"] = settings.get("mqtt", {}) | _broker_of(service)
    return settings


def _entrance(
    http: Mapping[str, Any], ssl: Path, homeassistant: Mapping[str, str]
) -> dict[str, Any]:
    """Return how HTTP is encrypted and who may come in: of a token, its hash.

    The Supervisor brings users of Home Assistant over plain HTTP only, so that with TLS nobody
    comes that way; `homeassistant` is where it is asked who of them is an administrator. Where
    nobody has a token either there is one that nobody knows, since the Supervisor asks from another
    address whether the bridge lives.
    """
    tokens = [_hashed(token) for token in http.get("tokens", ())]
    if not http.get("tls"):
        ingress = {"homeassistant": homeassistant} | http.get("ingress", {})
        return {"tokens": tokens, "tls": None, "ingress": ingress}
    _say(NO_PANEL)
    if not tokens:
        tokens = [{"name": "nobody", "scope": "read", "hash": secrets.token_hex(32)}]
    pair = {"certificate": str(ssl / "fullchain.pem"), "key": str(ssl / "privkey.pem")}
    return {"tokens": tokens, "tls": pair, "ingress": None}


def _hashed(token: Mapping[str, str]) -> dict[str, str]:
    if len(token["token"]) < SHORTEST_TOKEN:
        raise OptionsError(
            f"the token of {token['name']} is too short: have something that makes passwords make"
            f" one of {SHORTEST_TOKEN} characters or more"
        )
    digest = hashlib.sha256(token["token"].encode()).hexdigest()
    return {"name": token["name"], "scope": token["scope"], "hash": digest}


def _check_radio(radio: Mapping[str, Any]) -> None:
    if "type" not in radio:
        raise OptionsError("choose the kind of radio")
    if radio["type"] != "simulated" and "path" not in radio:
        raise OptionsError("choose the serial port of the radio, or give its network address")


def _broker_of(service: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the broker of Home Assistant in the place of what was entered for another."""
    if service is None:
        raise OptionsError(
            "there is no MQTT broker: install the app Mosquitto broker, or set mqtt_host"
        )
    broker = {key: service.get(key) or None for key in ("port", "username", "password")}
    return broker | {"broker": service["host"], "tls": bool(service.get("ssl"))}


def broker_of_supervisor(
    url: str, token: str, attempts: int, pause: float
) -> Mapping[str, Any] | None:
    """Ask for the credentials of Home Assistant's broker; None when there is no broker.

    Right after a boot the broker may start later than we do, so it is asked for several times,
    with a pause in seconds between.
    """
    for attempt in range(attempts):
        if attempt:
            time.sleep(pause)
        try:
            return _ask(url, token)
        except (OSError, ValueError, http.client.HTTPException) as error:
            _say(f"Home Assistant names no MQTT broker yet: {_reason(error)}")
    return None


def _ask(url: str, token: str) -> Mapping[str, Any]:
    request = urllib.request.Request(  # noqa: S310  # the address is the Supervisor's, or a test's
        f"{url}/services/mqtt", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=TIME_LIMIT) as answer:  # noqa: S310  # as above
        body = json.loads(answer.read(LARGEST_ANSWER))
    service = body.get("data") if isinstance(body, dict) else None
    if not isinstance(service, dict) or not service.get("host"):
        raise ValueError("no host")
    return service


def _reason(error: Exception) -> str:
    """Say what went wrong without anything of the answer, which holds a password."""
    if isinstance(error, urllib.error.HTTPError):
        return f"status {error.code}"
    return str(error) if isinstance(error, OSError) else "the answer is not understood"


def write(path: Path, text: str) -> None:
    """Write a file that only its owner can read, also when it was there before."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def take_certificates(name: str | None, folders: Folders) -> None:
    """Copy the file of certificates to where only its owner can read it, as it holds keys."""
    copy = folders.data / CERTIFICATES
    copy.unlink(missing_ok=True)
    if name:
        try:
            text = (folders.own / name).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            raise OptionsError(
                f"{name} cannot be read: put the file into the app's own folder in addon_configs"
            ) from None
        write(copy, text)


def firmware_in(own: Path) -> dict[str, str]:
    """Return where images of firmware are, if a person put any into the app's own folder."""
    folder = own / FIRMWARE
    if not folder.is_dir():
        return {}
    index = folder / INDEX
    return {"directory": str(folder)} | ({"index": str(index)} if index.is_file() else {})


def main(options_path: Path, config_path: Path) -> int:
    """Read the options, write the configuration; return the exit status."""
    options = json.loads(options_path.read_text(encoding="utf-8"))
    folders = Folders(
        config_path.parent,
        Path(os.environ.get("OWN_DIRECTORY", "/config")),
        Path(os.environ.get("SSL_DIRECTORY", "/ssl")),
    )
    service, token = None, os.environ.get("SUPERVISOR_TOKEN", "")
    if not options.get("mqtt_host"):
        service = broker_of_supervisor(
            os.environ.get("SUPERVISOR_URL", SUPERVISOR),
            token,
            int(os.environ.get("BROKER_ATTEMPTS", "12")),
            float(os.environ.get("BROKER_PAUSE", "5")),
        )
    try:
        settings = configuration(options, service, folders, token)
        settings["ota"] = firmware_in(folders.own)
        take_certificates(options.get("certificate_store"), folders)
    except OptionsError as error:
        _say(str(error))
        return 1
    # JSON is YAML too, and no value can be taken for something else in it
    write(config_path, json.dumps(settings, indent=2, ensure_ascii=False) + "\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
