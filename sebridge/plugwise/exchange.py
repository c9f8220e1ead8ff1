"""Requests to a stick and what it says to them, matched by the numbers that it gives.

A request has no number: the stick gives it one when it acknowledges it, so until then no other may
be sent. The answer comes with the same number, whatever is asked and answered in between. Source:
command reference of the RESTwise project, and its frames.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from sebridge.base.clock import Clock
from sebridge.base.errors import (
    AnswerTimeoutError,
    DecodeError,
    DeliveryError,
    DeviceRefusedError,
    NotTakenError,
)
from sebridge.plugwise.answers import (
    UNASKED,
    Acknowledgement,
    Answer,
    Confirmation,
    Numbered,
    Status,
    read_answer,
    sender_of,
)
from sebridge.plugwise.frame import FrameReader, framed
from sebridge.plugwise.requests import Request, endpoint_of, write_request

ACKNOWLEDGED_WITHIN: Final = 5.0
"""Seconds in which the stick says that it has a request."""
ANSWERED_WITHIN: Final = 15.0
"""Seconds in which a device answers; the stick itself gives up before."""


class NotAcknowledgedError(AnswerTimeoutError):
    """The stick itself does not say that it has a request."""


class _Asked:
    """A request that was sent, with what is still to come of it."""

    def __init__(self, request: Request) -> None:
        loop = asyncio.get_running_loop()
        self.request = request
        self.acknowledged: asyncio.Future[None] = loop.create_future()
        self.answered: asyncio.Future[Answer] = loop.create_future()

    def fail(self, error: Exception) -> None:
        """Let who waits hear why nothing comes any more."""
        waiting: asyncio.Future[Any] = (
            self.answered if self.acknowledged.done() else self.acknowledged
        )
        if not waiting.done():
            waiting.set_exception(error)


class Exchange:
    """One connection to a stick: `write` sends octets to it, `received` takes those of it.

    `unasked` hears what nobody asked for. `stray` counts frames that can be no answer to anything.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        unasked: Callable[[Answer], object],
        clock: Clock,
    ) -> None:
        self.stray = 0
        self._write = write
        self._unasked = unasked
        self._clock = clock
        self._reader = FrameReader()
        self._sending = asyncio.Lock()
        self._sent: _Asked | None = None
        self._open: dict[int, _Asked] = {}
        self._broken: Exception | None = None

    @property
    def damaged(self) -> int:
        """How many ends of lines came with noise or a damaged frame."""
        return self._reader.skipped

    async def ask(self, request: Request) -> Answer | None:
        """Send a request once and return its answer; None where only the stick acknowledges it.

        NotAcknowledgedError when the stick does not, AnswerTimeoutError when no answer comes,
        NotTakenError when the request came damaged, DeliveryError when the device is not reached or
        the connection breaks, DeviceRefusedError when the device does not do it.
        """
        asked = _Asked(request)
        try:
            await self._send(asked)
            if request.ANSWER is None:
                return None
            return await self._clock.within(ANSWERED_WITHIN, asked.answered)
        finally:
            self._open = {n: other for n, other in self._open.items() if other is not asked}

    async def _send(self, asked: _Asked) -> None:
        octets = framed(write_request(asked.request))
        async with self._sending:
            if self._broken is not None:
                raise DeliveryError(str(self._broken)) from self._broken
            self._sent = asked
            try:
                self._write(octets)
                await self._clock.within(ACKNOWLEDGED_WITHIN, asked.acknowledged)
            except AnswerTimeoutError as error:
                raise NotAcknowledgedError("the stick does not acknowledge a request") from error
            finally:
                self._sent = None

    def broke(self, error: Exception) -> None:
        """Let nobody wait for answers that cannot come any more."""
        self._broken = error
        for asked in self._open.values():
            asked.fail(error)
        if self._sent is not None:
            self._sent.fail(error)

    def received(self, octets: bytes) -> None:
        """Take what the stick says, in pieces of any size."""
        for payload in self._reader.feed(octets):
            try:
                numbered = read_answer(payload)
            except DecodeError:
                self.stray += 1
            else:
                self._take(numbered)

    def _take(self, numbered: Numbered) -> None:
        sequence, answer = numbered.sequence, numbered.answer
        if sequence in UNASKED:
            self._unasked(answer)
        elif sequence in self._open:
            self._answer(self._open[sequence], answer)
        elif isinstance(answer, Acknowledgement) and self._sent is not None:
            self._acknowledge(self._sent, sequence, answer)
        else:
            self.stray += 1

    def _acknowledge(self, asked: _Asked, sequence: int, answer: Acknowledgement) -> None:
        if asked.acknowledged.done():
            self.stray += 1
        elif answer.status == Status.ACCEPTED:
            if asked.request.ANSWER is not None:
                self._open[sequence] = asked
            asked.acknowledged.set_result(None)
        else:
            asked.fail(NotTakenError(f"the stick does not take the request: {answer.status:04X}"))

    def _answer(self, asked: _Asked, answer: Answer) -> None:
        request, endpoint = asked.request, endpoint_of(asked.request)
        assert request.ANSWER is not None, "of others no answer is waited for"
        if isinstance(answer, Acknowledgement):
            asked.fail(DeliveryError(f"{endpoint} is not reached: {answer.status:04X}"))
        elif not isinstance(answer, request.ANSWER) or endpoint not in {None, sender_of(answer)}:
            self.stray += 1
        elif isinstance(answer, Confirmation) and answer.status not in request.STATUSES:
            asked.fail(DeviceRefusedError(f"{endpoint} does not do it: {answer.status:04X}"))
        elif not asked.answered.done():
            asked.answered.set_result(answer)
