"""News inside a module: what the stack hears, and what becomes of it."""

from dataclasses import dataclass

from sebridge.base.addresses import Eui64
from sebridge.radio.ether import AirFrame


@dataclass(frozen=True, slots=True)
class FrameHeard:
    """A frame that was for us, and that could be deciphered."""

    frame: AirFrame
    lqi: int  # 0..255
    rssi: int  # dBm


@dataclass(frozen=True, slots=True)
class DeviceJoined:
    """A device was let in, or came back."""

    device: Eui64
    nwk: int
    came_back: bool  # as one that was known


@dataclass(frozen=True, slots=True)
class DeviceLeft:
    """A device left the network."""

    device: Eui64
    nwk: int


@dataclass(frozen=True, slots=True)
class JoiningOpened:
    """The network is open for so many seconds; 0 means that it was closed."""

    seconds: int


@dataclass(frozen=True, slots=True)
class StackRestarted:
    """The stack begins anew: what it had in its working memory is gone."""


@dataclass(frozen=True, slots=True)
class NetworkCameUp:
    """The stack is on its network, and hears what is said there."""
