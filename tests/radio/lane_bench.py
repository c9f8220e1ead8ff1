"""What the two ways of a frame are compared with: the radio library's own, and the fast lane."""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, Self, TypeVar

from hypothesis import strategies as st

from sebridge.base.addresses import Eui64
from sebridge.radio.fast_lane import open_lane
from sebridge.radio.heard import Heard
from sebridge.radio.passive import PassiveApplication
from tests.radio.simulated_air import METER

KNOWN = 0x1234
"""The network address of the meter that every taker here knows."""
REPORT = bytes.fromhex("18010a 0000 25 7e7d11130000")
"""A report with octets that serial protocols escape."""


ApplicationT = TypeVar("ApplicationT", bound=PassiveApplication)


class Taker:
    """Takes frames, and knows one meter."""

    def __init__(self) -> None:
        self.frames: list[Heard] = []
        self.told: list[object] = []
        self.is_broken = False
        self.skips = 0
        self._devices = {KNOWN: METER}

    def take(self, heard: Heard) -> None:
        self.frames.append(heard)
        if self.is_broken:
            raise ZeroDivisionError

    def device_at(self, nwk: int) -> Eui64 | None:
        return self._devices.get(nwk)

    def take_own(self, heard: Heard) -> None:
        self.frames.append(heard)

    def take_from(self, device: Eui64, heard: Heard) -> None:
        self.told.append(("from", device, heard))

    def skipped(self) -> None:
        self.skips += 1

    def device_seen(self, device: Eui64, nwk: int) -> None:
        self._devices[nwk] = device

    def device_joined(self, device: Eui64, nwk: int) -> None:
        self.told.append(("joined", device, nwk))

    def key_gone(self, device: Eui64) -> None:
        """Nobody joins."""

    def device_left(self, device: Eui64) -> None:
        self.told.append(("left", device))

    def connection_lost(self, reason: Exception) -> None:
        self.told.append(("lost", reason))


class Receiver(Protocol):
    """The end of a serial line in a radio library."""

    def data_received(self, data: bytes) -> object: ...


class LaneBench(Generic[ApplicationT]):
    """A radio library with its application, its line, and what came through.

    `others` is what the library itself was given: what is not taken must get there.
    """

    def __init__(self, application: ApplicationT, line: Receiver, others: list[Any]) -> None:
        self.application = application
        self.line = line
        self.others = others
        self.taker = Taker()
        application.taker = self.taker

    @property
    def frames(self) -> list[Heard]:
        return self.taker.frames

    def open(self) -> Self:
        open_lane(self.application.fast_lane())
        return self

    def read(self, *reads: bytes) -> list[Heard]:
        """Let the line bring this, and return all that was heard until now."""
        for octets in reads:
            self.line.data_received(octets)
        return self.frames


@st.composite
def changed(draw: st.DrawFn, octets: bytes, most: int = 3) -> bytes:
    """Return octets with up to so many places that are different, too many or too few."""
    for _ in range(draw(st.integers(0, most))):
        begin = draw(st.integers(0, len(octets)))
        end = begin + draw(st.sampled_from((0, 1, 1, 1, 4)))
        octets = octets[:begin] + draw(st.binary(max_size=2)) + octets[end:]
    return octets


@st.composite
def cut(draw: st.DrawFn, octets: bytes) -> Sequence[bytes]:
    """Return octets as they may be read: in several pieces."""
    ends = sorted(draw(st.lists(st.integers(0, len(octets)), max_size=4)))
    return [octets[begin:end] for begin, end in zip([0, *ends], [*ends, len(octets)], strict=True)]
