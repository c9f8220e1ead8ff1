"""Where an MQTT broker is, as people write it: a URL, or a host with or without its port."""

from dataclasses import dataclass, field, replace
from ipaddress import AddressValueError, IPv6Address
import re
from typing import Final
from urllib.parse import unquote

from typing_extensions import override

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret

_USUAL_PORTS: Final = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
_USUAL_PATH: Final = "/mqtt"  # where most brokers take websockets, and paho-mqtt asks for them
_EMBEDDED: Final = "embedded"

_PARTS: Final = re.compile(r"(?P<authority>[^/?#]*)(?P<path>[^?#]*)\??(?P<query>[^#]*)(?P<rest>.*)")
_PORT: Final = re.compile(r"0*([1-9][0-9]{0,4})")
_LAST_PORT: Final = 65_535
_UNFIT: Final = re.compile(r"[\s\x00-\x1f\x7f]")
_NO_HOST: Final = re.compile(r"""[\[\]@%"'\\<>^`{|}]""")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAddress:
    """A broker's address; as text it shows neither user nor password nor the query of its path.

    What was not written is None or empty, until `complete` says what is usual: `scheme` is one of
    mqtt, mqtts, ws and wss; `path` and `query` are those of websockets.
    """

    host: str
    scheme: str = ""
    port: int | None = None
    path: str = ""
    query: str = field(default="", repr=False)  # some services sign in by it
    username: str | None = field(default=None, repr=False)
    password: Secret | None = None

    @classmethod
    def parse(cls, text: str) -> "BrokerAddress":
        """Read [mqtt://][user[:password]@]host[:port], or mqtts://, or ws:// or wss:// with a path.

        User and password are percent-decoded. Raises ParameterError, whose words show nothing of
        the text: any part of it may be a password that stands in the wrong place.
        """
        scheme, separator, rest = text.partition("://")
        if not separator:
            scheme, rest = "", text
        scheme = scheme.lower()
        if separator and scheme not in _USUAL_PORTS:
            raise _wrong("begins with none of mqtt://, mqtts://, ws:// and wss://")
        if _UNFIT.search(rest):
            raise _wrong("contains a space or a control character")
        parts = _PARTS.fullmatch(rest)
        assert parts is not None, "every part may be empty"
        path, query = _path(scheme, parts)
        credentials, at, place = parts["authority"].rpartition("@")
        host, port = _place(place, bare=not (separator or at))
        user, _, password = credentials.partition(":")
        return cls(
            host=host,
            scheme=scheme,
            port=port,
            path=path,
            query=query,
            username=_decoded(user, "user") or None,
            password=Secret(_decoded(password, "password").encode()) if password else None,
        )

    @property
    def is_embedded(self) -> bool:
        """Whether a mosquitto of our own is meant."""
        return not self.scheme and self.host == _EMBEDDED

    @property
    def is_encrypted(self) -> bool:
        """Whether TLS is asked for."""
        return self.scheme in {"mqtts", "wss"}

    @property
    def is_websocket(self) -> bool:
        """Whether MQTT is spoken within a websocket."""
        return self.scheme in {"ws", "wss"}

    def complete(self, *, encrypted: bool) -> "BrokerAddress":
        """Return the address with scheme, port and path; `encrypted` counts without a scheme."""
        scheme = self.scheme or ("mqtts" if encrypted else "mqtt")
        path = self.path or (_USUAL_PATH if scheme in {"ws", "wss"} else "")
        return replace(self, scheme=scheme, port=self.port or _USUAL_PORTS[scheme], path=path)

    @override
    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}" if self.scheme else f"{host}{port}"


EMBEDDED: Final = BrokerAddress(host=_EMBEDDED)
"""A mosquitto of our own."""


def _wrong(problem: str) -> ParameterError:
    return ParameterError("", f"the address of the broker {problem}")


def _path(scheme: str, parts: re.Match[str]) -> tuple[str, str]:
    """Return path and query, which only websockets have."""
    path, query = parts["path"], parts["query"]
    is_websocket = scheme in {"ws", "wss"}
    if parts["rest"] or "@" in path or not (is_websocket or path in {"", "/"}):
        raise _wrong(
            "has a path that it cannot have; in a user or password, / is written %2F, ? %3F,"
            " # %23 and @ %40, and only ws:// and wss:// have a path"
        )
    if not is_websocket and parts.start("query") > parts.end("path"):
        raise _wrong("has a ?; only ws:// and wss:// have one, and in a password it is %3F")
    return (path, query) if is_websocket else ("", "")


def _place(text: str, *, bare: bool) -> tuple[str, int | None]:
    """Return host and port. One that is `bare` may be an IPv6 address without brackets."""
    if text.startswith("["):
        return _bracketed(text[1:])
    if bare and _is_ipv6(text):
        return text, None
    host, colon, port = text.partition(":")
    if not host:
        raise _wrong("names no host")
    if ":" in port:
        raise _wrong("has too many colons; an IPv6 address stands in [ and ]")
    if _NO_HOST.search(host):
        raise _wrong("has a sign in its host that no host name has")
    return host, _port(port) if colon else None


def _bracketed(text: str) -> tuple[str, int | None]:
    host, closing, after = text.partition("]")
    if not closing:
        raise _wrong("lacks the ] behind an IPv6 address")
    host = host.replace("%25", "%")  # a zone, as URLs have it
    if not _is_ipv6(host):
        raise _wrong("has no IPv6 address between [ and ]")
    if after and not after.startswith(":"):
        raise _wrong("has something other than :port behind the ]")
    return host, _port(after[1:]) if after else None


def _port(text: str) -> int:
    found = _PORT.fullmatch(text)
    if found is None or int(found[1]) > _LAST_PORT:
        raise _wrong(f"has no port from 1 to {_LAST_PORT} behind the colon")
    return int(found[1])


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _decoded(text: str, what: str) -> str:
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        decoded = "\0"
    if "\0" in decoded:
        # from None: the chain would show what is hidden
        raise _wrong(f"has a {what} that is no text when its %XX are decoded") from None
    return decoded
