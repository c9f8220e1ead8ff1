"""News of key establishment, and of the joining that it completes."""

import enum

import msgspec

from sebridge.base.addresses import Eui64


class KeyEstablishmentFailed(msgspec.Struct, frozen=True):
    """An attempt to establish a key with a device came to nothing, or its time is over."""

    device: Eui64
    why: str


class JoiningStep(enum.StrEnum):
    """How far a device is that joins."""

    JOINED = "joined"
    """It is on the network, and is being asked what it is."""
    INTERVIEWED = "interviewed"
    """It has told its endpoints, and owes an established key."""
    COMPLETE = "complete"
    """It has told its endpoints, and has the key that is due."""
    FAILED = "failed"
    """No key could be established this time; it may try again until it is removed."""
    LEFT = "left"
    """It went, fell silent or was put out before it was complete."""

    @property
    def percent(self) -> int | None:
        """How much is done; None where it does not go on."""
        return _PERCENT.get(self)


_PERCENT = {JoiningStep.JOINED: 30, JoiningStep.INTERVIEWED: 60, JoiningStep.COMPLETE: 100}


class DeviceJoining(msgspec.Struct, frozen=True):
    """A device that joins has come to a step; `why` is the reason of a failure, in words."""

    device: Eui64
    step: JoiningStep
    why: str = ""
