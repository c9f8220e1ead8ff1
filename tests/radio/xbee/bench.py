"""zigpy-xbee without a module: its application, and its protocol on a line of the test's own."""

from collections.abc import Callable
from typing import Any

from typing_extensions import override
import zigpy.types as t
from zigpy_xbee.uart import Gateway

from sebridge.radio.factory import zigpy_config
from sebridge.radio.xbee.application import XBeeApplication
from sebridge.radio.xbee.line import XBeeApi, XBeeLine
from sebridge.settings.options import RadioOptions
from tests.radio.lane_bench import KNOWN, REPORT, LaneBench
from tests.radio.simulated_air import METER


class Stack(XBeeApi):
    """The API as it is once it is connected; what it is given by its line is kept."""

    def __init__(
        self, config: dict[str, Any], skipped: Callable[[], None], frames: list[bytes]
    ) -> None:
        super().__init__(config, skipped)
        self._uart = XBeeLine(self, skipped)
        self.line = self._uart
        self._frames = frames

    @override
    def frame_received(self, data: bytes) -> None:
        self._frames.append(data)
        super().frame_received(data)


class Connected(XBeeApplication):
    """The application as it is once the network is up."""

    def __init__(self, frames: list[bytes]) -> None:
        super().__init__(zigpy_config(RadioOptions(type="xbee"), "/dev/ttyUSB0"))
        self._api = Stack(self.config, self.count_skipped, frames)
        self._api.set_application(self)
        self.api = self._api
        self.line = self._api.line
        self.state.node_info.nwk = t.NWK(0)

    def count_skipped(self) -> None:
        self.taker.skipped()


def xbee_bench() -> LaneBench[Connected]:
    """Return the library with nothing open yet; all frames that it reads are kept."""
    frames: list[bytes] = []
    application = Connected(frames)
    return LaneBench(application, application.line, frames)


class Written:
    """What the library's own protocol writes to."""

    def __init__(self) -> None:
        self.octets = b""

    def write(self, octets: bytes) -> None:
        self.octets += octets


def framed(frame: bytes) -> bytes:
    """Return a frame on the line, as the library itself writes one."""
    gateway, line = Gateway(None), Written()
    gateway.connection_made(line)
    gateway.send(frame)
    return line.octets


def explicit(
    source: int = METER,
    nwk: int = KNOWN,
    endpoint: int = 0x5E,
    options: int = 0x21,
    data: bytes = REPORT,
) -> bytes:
    """Return the content of an Explicit RX Indicator."""
    addresses = source.to_bytes(8, "big") + nwk.to_bytes(2, "big")
    return b"\x91" + addresses + bytes((0x0A, endpoint, 7, 2, 1, 9, options)) + data
