"""News of remote devices, of our keys with them, and of the time they tell us."""

import msgspec

from sebridge.base.addresses import Eui64


class DeviceJoined(msgspec.Struct, frozen=True):
    """A device joined the network, or came back to it."""

    device: Eui64


class DeviceActive(msgspec.Struct, frozen=True):
    """A device answers; its descriptors are known as far as it gave them."""

    device: Eui64


class DeviceInactive(msgspec.Struct, frozen=True):
    """A device stopped answering."""

    device: Eui64


class DeviceUpdated(msgspec.Struct, frozen=True):
    """Something that is shown of a device changed: its descriptors, its name, its model."""

    device: Eui64


class DeviceRemoved(msgspec.Struct, frozen=True):
    """A device was forgotten; what is kept of it must go."""

    device: Eui64


class DeviceReplaced(msgspec.Struct, frozen=True):
    """Another device seems to answer under this address: it calls itself another model.

    One of another kind (`is_other_kind`) has other things on its endpoints.
    """

    device: Eui64
    is_other_kind: bool = False


class JoiningChanged(msgspec.Struct, frozen=True):
    """The network was opened for joining for so many seconds from now; 0: it was closed."""

    seconds: float


class NetworkChanged(msgspec.Struct, frozen=True):
    """The radio came onto its network, or lost it or its connection.

    `asked`: it left because somebody asked for that.
    """

    joined: bool
    reason: str
    asked: bool = False


class NotYetJoined(msgspec.Struct, frozen=True):
    """There is no network to join, or it does not let us in, for another reason than before."""


class KeyEstablished(msgspec.Struct, frozen=True):
    """A link key was established with a device, from both certificates of a suite (1 or 2)."""

    device: Eui64
    suite: int


class PartnerKeyGranted(msgspec.Struct, frozen=True):
    """The trust centre granted us a link key with another device."""

    device: Eui64


class NetworkTimeSet(msgspec.Struct, frozen=True):
    """The network's time was set; `step` is by how many seconds it jumped.

    `device` is the time server that told it, None for NTP or a person. `first` says that the time
    was not known before.
    """

    device: Eui64 | None
    step: float
    first: bool = False


class TimeStamped(msgspec.Struct, frozen=True):
    """A server stamped something that it sent with its time, `utc_time` in seconds since 2000."""

    device: Eui64
    utc_time: int
