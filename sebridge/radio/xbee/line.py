"""What zigpy-xbee has of the serial line and of API frames, made to live with whatever comes.

The library takes its line for lost where a frame is late, short or unknown to it, and hears nothing
any more behind a damaged length. Here such frames are skipped, and counted by who asked for it.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
import contextlib
from functools import partial
import logging
from typing import Any, Final, cast

from typing_extensions import override
from zigpy.config import CONF_DEVICE_BAUDRATE, CONF_DEVICE_FLOW_CONTROL, CONF_DEVICE_PATH
from zigpy.exceptions import (
    APIException,
    CannotWriteNetworkSettings,
    DeliveryError,
    SendError,
)
from zigpy.serial import create_serial_connection
import zigpy.types as t
from zigpy_xbee.api import AT_COMMANDS, XBee
from zigpy_xbee.exceptions import ATCommandException
import zigpy_xbee.types
from zigpy_xbee.uart import Gateway

from sebridge.base.errors import RefusedError
from sebridge.base.turn import TURN
from sebridge.radio.heard import Heard
from sebridge.radio.xbee.frames import FrameType, answered, first_piece, incoming, is_whole
from sebridge.radio.xbee.status import failure_of

_LOGGER = logging.getLogger(__name__)

_ESCAPED: Final = 2  # API mode
_LONGEST_TEXT: Final = 32  # octets of an answer in command mode, which is text
_START: Final = 0x7E
_DISCOVERY: Final = b"ND"
_NAME: Final = slice(2, 4)  # of a command, in its answer
_VALUE: Final = 5

# whether there is a certificate: of Smart Energy firmware, whose registers the library lacks
AT_COMMANDS["VC"] = t.uint8_t
# for how long modules are awaited: one octet or two, as the firmware has it
AT_COMMANDS["NT"] = zigpy_xbee.types.Bytes


class XBeeLine(Gateway):
    """The library's protocol, which finds the next frame behind a damaged one."""

    def __init__(self, api: XBee, skipped: Callable[[], object]) -> None:
        super().__init__(api)
        self._skipped = skipped

    @override
    def data_received(self, data: bytes) -> None:
        with TURN:
            super().data_received(data)

    @override
    def _extract_frame(self) -> bytes | None:
        """Return the next whole frame; what is none is taken off the line."""
        buffer = self._buffer
        if self._in_command_mode and len(buffer) <= _LONGEST_TEXT and _START not in buffer:
            return None  # the library reads the text
        while (piece := first_piece(buffer)) is not None:
            size, content = piece
            del buffer[:size]
            if content is not None:
                return content
            self._skipped()
        return None

    @override
    def frame_received(self, frame: bytes) -> None:
        """Hand a frame on; the port would be closed if an error came back."""
        try:
            super().frame_received(frame)
        except Exception:
            _LOGGER.exception("a frame of %d octets was lost to a bug", len(frame))


@contextlib.contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Within this, a module that refuses is one whose network cannot be set up."""
    try:
        yield
    except ATCommandException as error:
        raise CannotWriteNetworkSettings(f"the module does not take {name}") from error


def fast_line(take: Callable[[Heard, int], bool]) -> type[XBeeLine]:
    """Return the protocol with the fast lane, for frames with both addresses of their sender."""

    class FastLine(XBeeLine):
        """Hands common frames over before the library makes objects of them."""

        @override
        def frame_received(self, frame: bytes) -> None:
            found = incoming(frame)
            if found is None or not take(*found):
                super().frame_received(frame)

    return FastLine


class XBeeApi(XBee):
    """The library's commands; a frame that is late, short or unknown is skipped.

    A module that speaks no frames is looked for at all baud rates, or at the right one only.
    """

    def __init__(
        self,
        device: Mapping[str, Any],
        skipped: Callable[[], object],
        *,
        any_baud_rate: bool = True,
    ) -> None:
        super().__init__(dict(device))
        self._skipped = skipped
        self._any_baud_rate = any_baud_rate
        self._found: Callable[[bytes], object] | None = None

    @override
    async def connect(self) -> None:
        """Open the port, and have the module speak in escaped API frames."""
        device = self._config
        _, line = await create_serial_connection(
            asyncio.get_running_loop(),
            partial(XBeeLine, self, self._skipped),
            device[CONF_DEVICE_PATH],
            baudrate=device[CONF_DEVICE_BAUDRATE],
            flow_control=device[CONF_DEVICE_FLOW_CONTROL],
        )
        self._uart = cast(XBeeLine, line)
        try:
            await self._speak_escaped()
        except BaseException:
            await self.disconnect()
            raise

    async def register(self, name: str) -> int:
        """Read a register; TimeoutError after 3 seconds."""
        value = await self._at_command(name)
        if value is None:
            raise APIException(f"the module does not say what is in {name}")
        return int(value)

    async def at(self, name: str, *value: object) -> None:
        """Set a register at once, or carry out a command; TimeoutError after 3 seconds.

        CannotWriteNetworkSettings where the module refuses.
        """
        with _refusals(name):
            await self._at_command(name, *value)

    async def queue(self, name: str, value: object) -> None:
        """Set a register, together with others, when the command AC is carried out."""
        with _refusals(name):
            await self._queued_at(name, value)

    def discover(self, found: Callable[[bytes], object]) -> Callable[[], None]:
        """Have the module look for others; each is told as it comes, until what is returned.

        RefusedError while it looks for them already: answers do not say for whom they are.
        """
        if self._found is not None:
            raise RefusedError("modules are being looked for already")
        self._found = found
        number = self._seq
        self._command("at", _DISCOVERY, b"")
        self._awaiting.pop(number)  # there is an answer for each, and none that ends them
        return self._stop_discovery

    def _stop_discovery(self) -> None:
        self._found = None

    def _is_found(self, frame: bytes) -> bool:
        """Say whether a frame tells of a module that was looked for, and hand it over."""
        if frame[0] != FrameType.AT_RESPONSE or frame[_NAME] != _DISCOVERY:
            return False
        if self._found is not None:
            self._found(frame[_VALUE:])
        return True

    async def _speak_escaped(self) -> None:
        try:
            await self._at_command("AP", _ESCAPED)
        except TimeoutError:
            if not await self._leave_transparent_mode():
                raise APIException("the module does not go into API mode") from None

    async def _leave_transparent_mode(self) -> bool:
        """Have it speak frames by way of command mode; all baud rates take half a minute."""
        if self._any_baud_rate:
            return bool(await self.init_api_mode())
        return bool(
            await self.enter_at_command_mode()
            and await self.api_mode_at_commands(self._uart.baudrate)
        )

    @override
    def frame_received(self, data: bytes) -> None:
        if is_whole(data) and self._is_found(data):
            return
        if not is_whole(data) or self._is_late(data):
            _LOGGER.debug("a frame of %d octets is skipped", len(data))
            self._skipped()
        elif data[0] == FrameType.TRANSMIT_STATUS:
            self._sent(data[1], data[5])
        else:
            super().frame_received(data)

    def _sent(self, number: int, status: int) -> None:
        """Say what became of a frame; the library tells no status."""
        (waiting,) = self._awaiting.pop(number)
        failure = failure_of(status)
        if failure is None:
            waiting.set_result(status)
        else:
            kind = SendError if failure.may_try_again else DeliveryError
            waiting.set_exception(kind(failure.words, failure.status))

    def _is_late(self, answer: bytes) -> bool:
        """Say whether nobody waits for this answer any more; then it is forgotten as well."""
        number = answered(answer)
        if number is None:
            return False
        (waiting,) = self._awaiting.get(number, (None,))
        if waiting is None:
            return True
        if waiting.done():
            del self._awaiting[number]
        return bool(waiting.done())

    @override
    def _handle_at_response(self, frame_id: int, cmd: bytes, status: int, value: bytes) -> None:
        (waiting,) = self._awaiting[frame_id]
        try:
            super()._handle_at_response(frame_id, cmd, status, value)
        except (LookupError, ValueError):  # another register, or fewer octets than it has
            self._skipped()
            waiting.set_exception(APIException("the module's answer cannot be read"))

    @override
    def connection_lost(self, exc: Exception) -> None:
        """Let nobody wait for an answer that cannot come any more."""
        for (waiting,) in self._awaiting.values():
            if not waiting.done():
                waiting.set_exception(APIException("the connection to the module broke"))
        self._awaiting.clear()
        super().connection_lost(exc)
