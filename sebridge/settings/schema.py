"""The one schema of the configuration: which keys there are, and what each may be.

Defaults are those of `options.py`; a key without a value has its default.
"""

from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import voluptuous as vol

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.model.plain import hex_octets
from sebridge.settings.document import Scalar
from sebridge.settings.entries import find
from sebridge.settings.http_schema import http_door
from sebridge.settings.options import (
    AirOptions,
    DoorOptions,
    GatewayOptions,
    HomeAssistantOptions,
    LogOptions,
    ModulesOptions,
    MqttOptions,
    Options,
    OutboxOptions,
    PolicyOptions,
    PushOptions,
    RadioOptions,
    RpcOptions,
    SecurityOptions,
    SimulatedDevice,
    SimulatorOptions,
    StorageOptions,
    TlsOptions,
    XmlOptions,
)
from sebridge.settings.validators import (
    address,
    as_given,
    choice,
    each,
    number,
    password,
    path,
    section,
    single,
    table,
    text,
    truth,
    whole,
)

_PIN_LENGTHS: Final = range(4, 17)
_TOPIC: Final = r"[^+#.$/\s\x00][^+#.\s\x00]*(?<!/)"
_NOT_A_TOPIC: Final = "must not contain + # . or a space, begin with $ or /, or end with /"

# ------------------------------------------------------------------ values of one key


def _gateway_name(value: Any) -> str:
    name: str = text(r"[a-z0-9_-]{1,64}", "must be 1 to 64 of a-z 0-9 _ -")(value)
    if name == "all":
        raise vol.Invalid("'all' means every gateway and cannot be the name of one")
    return name


def _version(value: Any) -> int:
    scalar = single(value)
    versions = {"5": 5, "5.0": 5, "311": 311, "3.1.1": 311}
    if scalar.text not in versions:
        raise vol.Invalid(f"{scalar} is neither 5 nor 311")
    return versions[scalar.text]


def _network_key(value: Any) -> Secret:
    try:
        octets = hex_octets(single(value).text)
    except ParameterError:
        octets = b""
    if len(octets) != 16:  # noqa: PLR2004  # AES-128
        raise vol.Invalid("the key is not 32 hex digits")
    return Secret(octets)


def _installation_code(value: Any) -> Secret:
    try:
        return Secret(hex_octets(single(value).text))
    except ParameterError as error:
        raise vol.Invalid(f"the code {error.problem}") from None


def _pin(value: Any) -> Secret:
    digits = single(value).text
    if not (digits.isascii() and digits.isdecimal() and len(digits) in _PIN_LENGTHS):
        raise vol.Invalid(f"the PIN is not {_PIN_LENGTHS[0]} to {_PIN_LENGTHS[-1]} digits")
    return Secret(digits.encode())


def _truth_or_auto(value: Any) -> bool | None:
    scalar = single(value)
    if scalar.text == "auto":
        return None
    if not isinstance(scalar.value, bool):
        raise vol.Invalid(f"{scalar} is none of true, false, auto")
    return scalar.value


def _setting(name: str, value: Any) -> Any:
    """Check a registry setting by the table of settings."""
    scalar = single(value)
    try:
        entry = find(name)
    except ParameterError as error:
        raise vol.Invalid("is no registry entry") from error
    is_text = isinstance(entry.default, str) and scalar.value is not None
    try:
        return entry.convert(scalar.text if is_text else scalar.value)
    except ParameterError as error:
        problem = f"{scalar} is not allowed" if scalar.hidden else error.problem
        raise vol.Invalid(problem) from None  # the error's own text may hold a secret


# ------------------------------------------------------------------ rules across keys


def _check_radio(radio: RadioOptions) -> None:
    if radio.type != "simulated" and radio.path is None:
        raise vol.Invalid(
            f"is needed with type {radio.type}: a serial port or socket://host:port", path=["path"]
        )


def _check_certificate(options: Options) -> None:
    """Say when the radio could not use, or the gateway could not show, a certificate."""
    store, kind = options.security.certificate_store, options.radio.type
    if store is not None and kind in {"xbee", "znp"}:
        problem = f"a radio of type {kind} takes no keys that the gateway established"
        raise vol.Invalid(problem, path=["security", "certificate_store"])
    if options.security.require_key_establishment and store is None and kind != "simulated":
        raise vol.Invalid(
            "is needed where key establishment is required", path=["security", "certificate_store"]
        )


def _check_tls(tls: TlsOptions) -> None:
    if tls.certificate is not None and tls.key is None:
        raise vol.Invalid("is needed with a certificate", path=["key"])
    if tls.key is not None and tls.certificate is None:
        raise vol.Invalid("is needed with a key", path=["certificate"])


def _check_devices(simulator: SimulatorOptions) -> None:
    names: dict[object, int] = {}
    problems = []
    for place, device in enumerate(simulator.devices):
        for key, value in (("name", device.name), ("eui64", device.eui64)):
            earlier = names.setdefault((key, value), place)
            if earlier != place:
                problem = f"is that of devices[{earlier}]"
                problems.append(vol.Invalid(problem, path=["devices", place, key]))
    if problems:
        raise vol.MultipleInvalid(problems)


def _suites(value: Any) -> tuple[int, ...]:
    """Take one or both suites of key establishment."""
    given: tuple[int, ...] = each(whole(1, 2))(value)
    if not given:
        raise vol.Invalid("must name suite 1, 2 or both")
    return tuple(sorted(set(given)))


def _tls(value: Any) -> TlsOptions | None:
    """`tls: true` encrypts with the defaults, `tls: false` does not."""
    if isinstance(value, Scalar):
        return TlsOptions() if truth(value) else None
    made: TlsOptions = _TLS(value)
    return made


# ------------------------------------------------------------------ the schema

_LEVEL: Final = choice("debug", "info", "warning", "error")

_GATEWAY: Final = section(
    {
        "name": _gateway_name,
        "role": choice("coordinator", "router", "display"),
        "message_pin": _pin,
    },
    GatewayOptions,
)
_RADIO: Final = section(
    {
        "type": choice("ezsp", "xbee", "znp", "simulated"),
        "path": text(),
        "baudrate": whole(300, 4_000_000),
        "flow_control": choice("hardware", "software", "none"),
        "channel": whole(11, 26),
        "pan_id": whole(0, 0xFFFE),
        "extended_pan_id": address,
        "network_key": _network_key,
        "link_key": _network_key,
    },
    RadioOptions,
    _check_radio,
)
_SECURITY: Final = section(
    {
        "certificate_store": path,
        "require_key_establishment": _truth_or_auto,
        "forced_suite": whole(1, 2),
    },
    SecurityOptions,
)
_TLS: Final = section(
    {
        "ca": path,
        "certificate": path,
        "key": path,
        "server_name": text(),
        "insecure": truth,
    },
    TlsOptions,
    _check_tls,
)
_OUTBOX: Final = section(
    {"max_messages": whole(1, 1_000_000), "max_age": number(1, 366 * 86_400)},
    OutboxOptions,
)
_MQTT: Final = section(
    {
        "broker": text(r"[^\s\x00/]+", "is not a host name, an address or 'embedded'"),
        "port": whole(1, 65_535),
        "username": text(),
        "password": password,
        "client_id": text(),
        "version": _version,
        "keepalive": whole(5, 65_535),
        "base_topic": text(_TOPIC, _NOT_A_TOPIC),
        "tls": _tls,
        "outbox": _OUTBOX,
        "log": truth,
    },
    MqttOptions,
)
_HOMEASSISTANT: Final = section(
    {"enabled": truth, "discovery_prefix": text(_TOPIC, _NOT_A_TOPIC)},
    HomeAssistantOptions,
)
_METHODS: Final = each(text(r"[A-Za-z_]{1,64}", "is not the name of a method"))


def _door(default: DoorOptions) -> Any:
    return section(
        {"scope": choice("read", "command", "admin"), "allow": _METHODS, "deny": _METHODS},
        partial(replace, default),
    )


def _device_id(value: Any) -> str:
    """Take 32 hex digits with any delimiters, in the form that SCI documents have."""
    try:
        digits = hex_octets(single(value).text).hex()
    except ParameterError:
        digits = ""
    if len(digits) != 32:  # noqa: PLR2004  # 128 bits
        raise vol.Invalid("is not a device id of 32 hex digits")
    return "-".join(digits[place : place + 8] for place in range(0, 32, 8)).upper()


def _fleet(value: Any) -> dict[str, str]:
    members: dict[str, str] = table(lambda _, name: _gateway_name(name))(value)
    problems, fleet = [], {}
    for key, name in members.items():
        try:
            fleet[_device_id(Scalar(key, key))] = name
        except vol.Invalid as error:
            problems.append(vol.Invalid(str(error), path=[key]))
    if problems:
        raise vol.MultipleInvalid(problems)
    return fleet


def _check_push(push: PushOptions) -> None:
    if push.url is not None and push.directory is not None:
        raise vol.Invalid("is one place too many beside url", path=["directory"])
    if push.url is not None and urlsplit(push.url).username is not None:
        raise vol.Invalid("must not hold credentials: use username and password", path=["url"])


_XML: Final = section(
    {
        "envelope": choice("later", "1.3"),
        "max_size": whole(1024, 16_777_216),
        "max_depth": whole(8, 200),
        "max_elements": whole(100, 1_000_000),
    },
    XmlOptions,
)
_PUSH: Final = section(
    {
        "url": text(r"https?://[^\s]+", "is not an address that begins with http:// or https://"),
        "method": choice("PUT", "POST"),
        "username": text(),
        "password": password,
        "ca": path,
        "timeout": number(1, 600),
        "directory": path,
    },
    PushOptions,
    _check_push,
)
_RPC: Final = section(
    {
        "device_id": _device_id,
        "fleet": _fleet,
        "xml": _XML,
        "push": _PUSH,
        "attribute_reports": choice("single", "collected"),
        "policy": section(
            {
                "read_only": truth,
                "mqtt": _door(PolicyOptions().mqtt),
                "http": _door(PolicyOptions().http),
            },
            PolicyOptions,
        ),
    },
    RpcOptions,
)
_MODULES: Final = section({"directory": path}, ModulesOptions)
_STORAGE: Final = section({"path": path}, StorageOptions)
_AIR: Final = section(
    {
        "loss": number(0, 1),
        "duplicates": number(0, 1),
        "delay": number(0, 60),
        "seed": whole(0, 2**63 - 1),
    },
    AirOptions,
)
_DEVICE: Final = section(
    {
        "kind": choice("meter", "sub_meter", "display", "thermostat", "load_control"),
        "name": text(),
        "eui64": address,
        "installation_code": _installation_code,
        "options": table(lambda _, value: as_given(value)),  # the simulator knows them
    },
    SimulatedDevice,
    needed=("kind", "name", "eui64"),
)
_SIMULATOR: Final = section(
    {
        "air": _AIR,
        "devices": each(_DEVICE),
        "speed": number(0.001, 100_000),
        "suites": _suites,
    },
    SimulatorOptions,
    _check_devices,
)
_LOG: Final = section(
    {"level": _LEVEL, "levels": table(lambda _, value: _LEVEL(value))},
    LogOptions,
)

SCHEMA: Final = vol.Schema(
    section(
        {
            "gateway": _GATEWAY,
            "radio": _RADIO,
            "security": _SECURITY,
            "mqtt": _MQTT,
            "homeassistant": _HOMEASSISTANT,
            "rpc": _RPC,
            "http": http_door,
            "modules": _MODULES,
            "storage": _STORAGE,
            "simulator": _SIMULATOR,
            "log": _LOG,
            "registry": table(_setting),
        },
        Options,
        _check_certificate,
    )
)
"""Takes the tree of a document and returns Options."""
