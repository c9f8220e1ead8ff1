# ruff: noqa: INP001 -- a script of the app, in no package
"""Turn the app's options and the Supervisor's MQTT credentials into a configuration of sebridge.

Called by run.sh as `configure.py OPTIONS CONFIG`. It needs nothing but Python itself.
"""

from collections.abc import Mapping
import http.client
import json
import os
from pathlib import Path
import sys
import time
from typing import Any, Final
import urllib.error
import urllib.request

SUPERVISOR: Final = "http://supervisor"
DATABASE: Final = "sebridge.db"
LARGEST_ANSWER: Final = 65_536  # octets
TIME_LIMIT: Final = 10.0  # seconds for one answer

# keys: written by script/docs

_KEYS: Final = {
    "gateway_name": "gateway.name",
    "gateway_optional_clusters": "gateway.optional_clusters",
    "radio_type": "radio.type",
    "radio_path": "radio.path",
    "radio_address": "radio.path",
    "radio_baudrate": "radio.baudrate",
    "radio_flow_control": "radio.flow_control",
    "radio_channel": "radio.channel",
    "mqtt_host": "mqtt.broker",
    "mqtt_port": "mqtt.port",
    "mqtt_username": "mqtt.username",
    "mqtt_password": "mqtt.password",
    "mqtt_base_topic": "mqtt.base_topic",
    "mqtt_tls": "mqtt.tls",
    "discovery": "homeassistant.enabled",
    "discovery_prefix": "homeassistant.discovery_prefix",
    "homeassistant_language": "homeassistant.language",
    "log_level": "log.level",
}

# end of keys


class OptionsError(Exception):
    """The app cannot start with these options; the text says what to do."""


def configuration(
    options: Mapping[str, Any], service: Mapping[str, Any] | None, data: Path
) -> dict[str, Any]:
    """Return the configuration. `service` is what the Supervisor says of its broker, if asked.

    Raises OptionsError when there is no broker or no radio.
    """
    settings: dict[str, dict[str, Any]] = {"storage": {"path": str(data / DATABASE)}}
    for name, key in _KEYS.items():
        value = options.get(name)
        if value is not None and value != "":
            section, _, place = key.partition(".")
            settings.setdefault(section, {})[place] = value
    _check_radio(settings.get("radio", {}))
    if not options.get("mqtt_host"):
        settings["mqtt"] = settings.get("mqtt", {}) | _broker_of(service)
    return settings


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


def main(options_path: Path, config_path: Path) -> int:
    """Read the options, write the configuration; return the exit status."""
    options = json.loads(options_path.read_text(encoding="utf-8"))
    service = None
    if not options.get("mqtt_host"):
        service = broker_of_supervisor(
            os.environ.get("SUPERVISOR_URL", SUPERVISOR),
            os.environ.get("SUPERVISOR_TOKEN", ""),
            int(os.environ.get("BROKER_ATTEMPTS", "12")),
            float(os.environ.get("BROKER_PAUSE", "5")),
        )
    try:
        settings = configuration(options, service, config_path.parent)
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
