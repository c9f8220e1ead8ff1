"""News inside a module: what the stack hears, and what becomes of it."""

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.radio.ether import AirFrame
from sebridge.radio.ether_network import Arrival


class HostSpoke(msgspec.Struct, frozen=True):
    """The host has said a whole frame, which is about to be carried out.

    Acknowledgements and what is sent again do not count.
    """


class FrameHeard(msgspec.Struct, frozen=True):
    """A frame that was for us, and that could be deciphered."""

    frame: AirFrame
    lqi: int  # 0..255
    rssi: int  # dBm


class DeviceJoined(msgspec.Struct, frozen=True):
    """A device was let in, or came back."""

    device: Eui64
    nwk: int
    arrival: Arrival


class DeviceLeft(msgspec.Struct, frozen=True):
    """A device left the network."""

    device: Eui64
    nwk: int


class JoiningOpened(msgspec.Struct, frozen=True):
    """The network is open for so many seconds; 0 means that it was closed."""

    seconds: int


class StackRestarted(msgspec.Struct, frozen=True):
    """The stack begins anew: what it had in its working memory is gone."""


class NetworkWentDown(msgspec.Struct, frozen=True):
    """The stack is on no network any more: it was put out."""


class ChannelChanged(msgspec.Struct, frozen=True):
    """The network is on another channel."""


class KeyShared(msgspec.Struct, frozen=True):
    """The trust centre granted a key with another device; without room it is not stored."""

    partner: Eui64
    is_stored: bool


class NetworkCameUp(msgspec.Struct, frozen=True):
    """The stack is on its network, and hears what is said there."""
