"""Kinds of configuration values: what may be written for a key, and what it means.

They read the scalars of a document. ParameterError says what is wrong in whole words, never shows
what is hidden, and stands for its key by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import ipaddress
from pathlib import Path
import re
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError, ParameterError
from sebridge.base.secret import Secret
from sebridge.base.suggestion import suggestion
from sebridge.model.plain import hex_octets, integer
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.entries import find
from sebridge.settings.scalar import Scalar, meaning

V = TypeVar("V")

_ANY_TEXT: Final = r"[^\x00]+"
_PIN_LENGTHS: Final = range(4, 17)
_KEY_OCTETS: Final = 16  # AES-128


@dataclass(frozen=True, slots=True)
class Kind(Generic[V]):
    """A kind of single value: how it is read, and in words what is allowed.

    `in_app` is the same in the words of Home Assistant's Supervisor, for keys that the app offers.
    `meanings` explains single values.
    """

    read: Callable[[Scalar], V]
    allowed: str
    in_app: str = "str"
    meanings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of such values, or of sections. `finish` may refuse it, or put it in order.

    With `or_one` a single one may stand in the place of a list of one.
    """

    items: Kind[Any] | type
    finish: Callable[[tuple[Any, ...]], tuple[Any, ...]] = tuple
    or_one: bool = False


@dataclass(frozen=True, slots=True)
class TableOf:
    """A mapping with any keys of some kind; the kind of a value may depend on its key."""

    names: Kind[Any]
    values: Callable[[str], Kind[Any]]
    allowed: str


@dataclass(frozen=True, slots=True)
class SectionsBy:
    """A mapping with any keys of some kind, and a section at each."""

    names: Kind[Any]
    section: type


@dataclass(frozen=True, slots=True)
class AnyTable:
    """A mapping with anything in it; whoever uses it checks it."""


# ------------------------------------------------------------------ numbers, words, text


def whole(low: int, high: int) -> Kind[int]:
    """Return the kind of whole numbers, limits included."""

    def read(scalar: Scalar) -> int:
        try:
            found = integer(scalar.value)
        except ParameterError:
            raise ParameterError("", f"{scalar} is not a whole number") from None
        if not low <= found <= high:
            raise ParameterError("", f"{scalar} is not in {low}..{high}")
        return found

    return Kind(read, f"{low}..{high}", f"int({low},{high})")


def one_of(*numbers: int) -> Kind[int]:
    """Return the kind of one of these whole numbers."""
    allowed = ", ".join(map(str, numbers))

    def read(scalar: Scalar) -> int:
        found = whole(min(numbers), max(numbers)).read(scalar)
        if found not in numbers:
            raise ParameterError("", f"{scalar} is none of {allowed}")
        return found

    return Kind(read, allowed, f"list({'|'.join(map(str, numbers))})")


def number(low: float, high: float) -> Kind[float]:
    """Return the kind of numbers, limits included."""
    limits = f"{low:.15g}..{high:.15g}"

    def read(scalar: Scalar) -> float:
        found = meaning(scalar.text)  # YAML 1.1 takes 1e3 for text
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise ParameterError("", f"{scalar} is not a number")
        if not low <= found <= high:
            raise ParameterError("", f"{scalar} is not in {limits}")
        return float(found)

    return Kind(read, f"{limits}, also fractions", f"float({limits.replace('..', ',')})")


def number_or_off(low: float, high: float) -> Kind[float | None]:
    """Return the kind of numbers, limits included, and of `off`, which is None."""
    numbers = number(low, high)

    def read(scalar: Scalar) -> float | None:
        found = meaning(scalar.text)
        if found is False:
            return None
        if isinstance(found, bool) or not isinstance(found, (int, float)):
            raise ParameterError("", f"{scalar} is neither a number nor off")
        return numbers.read(scalar)

    return Kind(read, f"{numbers.allowed}; off")


def words(*plain: str, **explained: str) -> Kind[str]:
    """Return the kind of one of these words; some may be explained."""
    allowed = (*plain, *explained)

    def read(scalar: Scalar) -> str:
        if scalar.text not in allowed:
            meant = "" if scalar.hidden else suggestion(scalar.text, allowed)
            raise ParameterError("", f"{scalar} is none of {', '.join(allowed)}{meant}")
        return scalar.text

    return Kind(read, ", ".join(allowed), f"list({'|'.join(allowed)})", explained)


def text(
    pattern: str = _ANY_TEXT, problem: str = "is not allowed", allowed: str = "text"
) -> Kind[str]:
    """Return the kind of text; numbers and the like are taken as they were written."""

    def read(scalar: Scalar) -> str:
        if not re.fullmatch(pattern, scalar.text):
            raise ParameterError("", f"{scalar} {problem}")
        return scalar.text

    return Kind(read, allowed, "str" if pattern == _ANY_TEXT else f"match(^{pattern}$)")


def _truth(scalar: Scalar) -> bool:
    if not isinstance(scalar.value, bool):
        raise ParameterError("", f"{scalar} is neither true nor false")
    return scalar.value


def _truth_or_auto(scalar: Scalar) -> bool | None:
    if scalar.text == "auto":
        return None
    if not isinstance(scalar.value, bool):
        raise ParameterError("", f"{scalar} is none of true, false, auto")
    return scalar.value


def _file(scalar: Scalar) -> Path:
    return Path(TEXT.read(scalar))


def _password(scalar: Scalar) -> Secret:
    return Secret(scalar.text.encode())


_WEB_TEXT: Final = text(
    r"https?://[^\s]+",
    "is not an address that begins with http:// or https://",
    "address that begins with http:// or https://",
)


def _web_address(scalar: Scalar) -> str:
    address = _WEB_TEXT.read(scalar)
    try:
        has_host = bool(urlsplit(address).hostname)
        _ = urlsplit(address).port
    except ValueError:
        has_host = False
    if not has_host:
        raise ParameterError("", f"{scalar} has no host, or a host or port that cannot be")
    return address


TEXT: Final = text()
USER: Final = text()
"""The name of who signs in somewhere: no secret, but nobody else's business either."""
WEB_ADDRESS: Final = Kind(_web_address, _WEB_TEXT.allowed, _WEB_TEXT.in_app)
TRUTH: Final = Kind(_truth, "true, false", "bool")
TRUTH_OR_AUTO: Final = Kind(_truth_or_auto, "true, false, auto")
FILE: Final = Kind(_file, "name of a file or folder")
PASSWORD: Final = Kind(_password, "text", "password")
PORT: Final = Kind(whole(1, 65_535).read, "1..65535", "port")


# ------------------------------------------------------------------ names and addresses


def _gateway_name(scalar: Scalar) -> str:
    if scalar.text == "all":
        raise ParameterError("", "'all' means every gateway and cannot be the name of one")
    return _PLAIN_NAME.read(scalar)


def _address(scalar: Scalar) -> Eui64:
    try:
        return Eui64.parse(scalar.text)
    except DecodeError:
        raise ParameterError("", f"{scalar} is not a 64-bit address of 16 hex digits") from None


def _device_id(scalar: Scalar) -> str:
    """Take 32 hex digits with any delimiters, in the form that SCI documents have."""
    try:
        digits = hex_octets(scalar.text).hex()
    except ParameterError:
        digits = ""
    if len(digits) != 32:  # noqa: PLR2004  # 128 bits
        raise ParameterError("", "is not a device id of 32 hex digits")
    return "-".join(digits[place : place + 8] for place in range(0, 32, 8)).upper()


_PLAIN_NAME: Final = text(
    r"[a-z0-9_-]{1,64}", "must be 1 to 64 of a-z 0-9 _ -", "1 to 64 of a-z 0-9 _ -"
)
GATEWAY_NAME: Final = Kind(_gateway_name, _PLAIN_NAME.allowed, _PLAIN_NAME.in_app)
ADDRESS: Final = Kind(_address, "16 hex digits, with any delimiters")
DEVICE_ID: Final = Kind(_device_id, "32 hex digits, with any delimiters")
TOPIC: Final = text(
    r"[^+#.$/\s\x00]([^+#.\s\x00]*[^+#./\s\x00])?",
    "must not contain + # . or a space, begin with $ or /, or end with /",
    "text without + # . and spaces, that does not begin with $ or / nor end with /",
)
METHOD: Final = text(r"[A-Za-z_]{1,64}", "is not the name of a method", "name of a method")


Network = ipaddress.IPv4Network | ipaddress.IPv6Network
"""Addresses that belong together."""


def _network(scalar: Scalar) -> Network:
    try:
        return ipaddress.ip_network(scalar.text)
    except ValueError as error:
        raise ParameterError("", f"is no address and no network: {error}") from error


NETWORK: Final = Kind(_network, "address, or network such as 192.168.1.0/24")
HOST: Final = text(r"[^\s\x00/]+", "is not a host name or an address", "host name or address")


def _broker(scalar: Scalar) -> BrokerAddress:
    return BrokerAddress.parse(scalar.text)


BROKER: Final = Kind(
    _broker,
    "mqtt://, mqtts://, ws:// or wss:// with [user:password@]host[:port]; or host[:port];"
    " or embedded",
)


# ------------------------------------------------------------------ secrets


def _network_key(scalar: Scalar) -> Secret:
    try:
        octets = hex_octets(scalar.text)
    except ParameterError:
        octets = b""
    if len(octets) != _KEY_OCTETS:
        raise ParameterError("", "the key is not 32 hex digits")
    return Secret(octets)


def _installation_code(scalar: Scalar) -> Secret:
    try:
        return Secret(hex_octets(scalar.text))
    except ParameterError as error:
        raise ParameterError("", f"the code {error.problem}") from None


def _pin(scalar: Scalar) -> Secret:
    digits = scalar.text
    if not (digits.isascii() and digits.isdecimal() and len(digits) in _PIN_LENGTHS):
        problem = f"the PIN is not {_PIN_LENGTHS[0]} to {_PIN_LENGTHS[-1]} digits"
        raise ParameterError("", problem)
    return Secret(digits.encode())


def _token_hash(scalar: Scalar) -> Secret:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", scalar.text):
        # what stands here by mistake may be the token itself
        raise ParameterError("", "is not the 64 hex digits that `sebridge token` prints")
    return Secret(bytes.fromhex(scalar.text))


NETWORK_KEY: Final = Kind(_network_key, "32 hex digits, with any delimiters", "password")
INSTALLATION_CODE: Final = Kind(_installation_code, "16, 20, 28 or 36 hex digits", "password")
PIN: Final = Kind(_pin, f"{_PIN_LENGTHS[0]} to {_PIN_LENGTHS[-1]} digits", "password")
TOKEN_HASH: Final = Kind(_token_hash, "64 hex digits")


# ------------------------------------------------------------------ the odd ones


def _mqtt_version(scalar: Scalar) -> int:
    versions = {"5": 5, "5.0": 5, "311": 311, "3.1.1": 311}
    if scalar.text not in versions:
        raise ParameterError("", f"{scalar} is neither 5 nor 311")
    return versions[scalar.text]


def _suites(given: tuple[int, ...]) -> tuple[int, ...]:
    if not given:
        raise ParameterError("", "must name suite 1, 2 or both")
    return tuple(sorted(set(given)))


def _setting(name: str) -> Kind[bool | int | str]:
    """Return the kind that the table of registry settings has for one of them."""
    try:
        entry = find(name)
    except ParameterError:
        raise ParameterError("", "is no registry entry") from None

    def read(scalar: Scalar) -> bool | int | str:
        is_text = isinstance(entry.default, str) and scalar.value is not None
        try:
            value: bool | int | str = entry.convert(scalar.text if is_text else scalar.value)
        except ParameterError as error:
            is_shown = not (scalar.hidden or isinstance(scalar.value, str))
            problem = error.problem if is_shown else f"{scalar} is not allowed"
            raise ParameterError("", problem) from None
        return value

    return Kind(read, "as in the table of registry settings")


MQTT_VERSION: Final = Kind(_mqtt_version, "5, 311")
SUITES: Final = ListOf(whole(1, 2), _suites)
SETTINGS: Final = TableOf(TEXT, _setting, "names of registry settings, each with a value")
