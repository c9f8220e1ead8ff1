"""Where Home Assistant's WebSocket is, as people write its address, and the token for it."""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.settings.declaration import option, section
from sebridge.settings.kinds import PASSWORD, Kind
from sebridge.settings.scalar import Scalar

_SCHEMES: Final = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PATH: Final = "/api/websocket"


def websocket_url(address: str) -> str:
    """Return where the WebSocket is of an address as people write it.

    ValueError for what is none. An address with a path, such as that of the Supervisor's proxy, is
    taken as it is.
    """
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.username is not None:
        raise ValueError("must be http://host[:port] or https://host[:port]")
    _ = parts.port  # raises where it is none
    path = parts.path if parts.path.strip("/") else _PATH
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, "", ""))


def _address(scalar: Scalar) -> str:
    try:
        return websocket_url(scalar.text)
    except ValueError:
        problem = f"{scalar} is not an address of Home Assistant such as http://host:8123"
        raise ParameterError("", problem) from None


HOMEASSISTANT: Final = Kind(_address, "http:// or https:// with host[:port]")
_TOKEN: Final = Kind(PASSWORD.read, "long-lived access token", PASSWORD.in_app)


@section
class HomeAssistantAccess:
    """Where Home Assistant is, and what it lets us in with."""

    address: str = option(
        HOMEASSISTANT,
        "where Home Assistant is",
        default="ws://homeassistant.local:8123/api/websocket",
        shown="http://homeassistant.local:8123",
    )
    token: Secret = option(
        _TOKEN,
        "a long-lived access token: your profile in Home Assistant, Security",
        example="eyJhbGciOi...",
    )
