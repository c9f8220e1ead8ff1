"""The fast lane through bellows: its ASH and its gateway, as far as common messages go."""

import asyncio
from collections.abc import Callable
from typing import Final

from bellows.ash import AshProtocol, DataFrame
from bellows.uart import Gateway
from typing_extensions import override

from sebridge.base.turn import TURN
from sebridge.radio.ezsp.ash_frames import ACKNOWLEDGEMENTS, data_frame
from sebridge.radio.ezsp.frames import Fragment, Layout, incoming, incoming_fragment
from sebridge.radio.fast_lane import Take

USED_OF_ASH: Final = (
    *("_buffer", "_discarding_until_next_flag", "data_frame_received", "_handle_ack"),
    *("_pending_data_frames", "_send_ack", "_send_data_frame", "_suppress_acks", "_transport"),
    "_rx_seq",
)


class FastAsh(AshProtocol):
    """bellows' ASH, which reads DATA frames without a loop over their octets.

    What is to be done with a frame remains with the library: counting, rejecting, handing on. All
    that came in one reading are acknowledged at once, by the number of the one that is expected
    next: the firmware has fewer on the way than there are numbers.
    """

    _is_ack_due = False  # of the class: no constructor of ours runs

    @override
    def data_received(self, data: bytes) -> None:
        with TURN:
            try:
                self._read(data)
            finally:
                self._acknowledge()

    def _read(self, data: bytes) -> None:
        self._buffer += data
        while self._buffer and not self._discarding_until_next_flag:
            found = data_frame(self._buffer)
            if found is None:
                break
            del self._buffer[: found.size]
            frame = DataFrame(found.number, found.retransmitted, found.acknowledged, found.content)
            if self._pending_data_frames:
                self._handle_ack(frame)
            self.data_frame_received(frame)
        if self._buffer:
            rest = bytes(self._buffer)
            self._buffer.clear()
            super().data_received(rest)  # by its first octet it knows what a damaged frame was

    @override
    async def send_data(self, data: bytes) -> None:
        """Send a frame, also when nobody waits any more: then nobody hears that it failed either.

        The library's own leaves an error to the event loop, which logs it as one of the program.
        """
        frame = DataFrame(frm_num=None, re_tx=None, ack_num=None, ezsp_frame=data)
        sending = asyncio.ensure_future(self._send_data_frame(frame))
        sending.add_done_callback(_forgiven)
        await asyncio.shield(sending)

    @override
    def _send_ack(self) -> None:
        self._is_ack_due = not self._suppress_acks

    def _acknowledge(self) -> None:
        """Write what is due; a line that is closing brings it nowhere."""
        transport = self._transport
        if self._is_ack_due and transport is not None and not transport.is_closing():
            transport.write(ACKNOWLEDGEMENTS[self._rx_seq])
        self._is_ack_due = False


def _forgiven(sending: asyncio.Future[None]) -> None:
    """Take note of an error; whoever waits for it is told besides."""
    if not sending.cancelled():
        sending.exception()


def fast_gateway(
    layout: Layout, take: Take, take_fragment: Callable[[Fragment], object]
) -> type[Gateway]:
    """Return bellows' gateway with the fast lane, for messages with this layout.

    Parts of messages never reach the library, which reads those of newer versions wrongly.
    """

    class FastGateway(Gateway):
        """Offers a message before its objects are made."""

        @override
        def data_received(self, data: bytes) -> None:
            heard = incoming(data, layout)
            if heard is not None and take(heard):
                return
            fragment = incoming_fragment(data, layout) if heard is None else None
            if fragment is None:
                super().data_received(data)
            else:
                take_fragment(fragment)

    return FastGateway
