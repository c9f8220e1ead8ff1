"""A JSON-RPC document -> its requests carried out -> what the caller hears. For every interface."""

from collections.abc import Awaitable, Callable

import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import LimitError
from sebridge.rpc.json_codec import Document, Incoming, dump, json_rpc
from sebridge.rpc.message import Request, Response, RpcError
from sebridge.rpc.quota import Lease

Answer = Callable[[Request], Awaitable[Response]]


class Reply(msgspec.Struct, frozen=True):
    """What became of a document.

    `body` is what the caller hears: None when it sent nothing but JSON-RPC's notifications.
    `error` is that of a document with a single request.
    """

    body: bytes | None
    error: RpcError | None


async def carry_out(document: Document, answer: Answer, lease: Lease, clock: Clock) -> Reply:
    """Carry the entries out in their order; what is no request, or too much, says so.

    `answer` lets others have their turn between the entries of a batch. A reply that grows too
    large, or a document that takes too long, is cut short: the entry that does not fit any more,
    and all after it, are answered by errors.
    """
    answering = _Answering(answer, lease, clock)
    parts = []
    error = None
    for entry in document.entries:
        response = await answering.respond(entry)
        error = response.error
        if entry.expects_answer:
            parts.append(answering.written(entry, response))
    return Reply(_joined(parts, batch=document.batch), None if document.batch else error)


def _joined(parts: list[bytes], *, batch: bool) -> bytes | None:
    if not parts:
        return None
    return b"[%b]" % b",".join(parts) if batch else parts[0]


class _Answering:
    """The entries of one document on their way, and why no more of them are begun."""

    def __init__(self, answer: Answer, lease: Lease, clock: Clock) -> None:
        self._answer = answer
        self._lease = lease
        self._clock = clock
        self._end: LimitError | None = None

    async def respond(self, entry: Incoming) -> Response:
        """Return the response to an entry, carried out or not."""
        if entry.request is None:
            return Response("", None, entry.error)
        try:
            self._lease.check_time(self._clock.monotonic())
        except LimitError as error:
            self._end = self._end or error
        if self._end is not None:
            return not_carried_out(entry.request.method, self._end)
        return await self._answer(entry.request)

    def written(self, entry: Incoming, response: Response) -> bytes:
        """Return an answer as JSON, or in its place that it does not fit any more."""
        text = dump(json_rpc(response, entry.id))
        if self._end is not None:
            return text
        try:
            self._lease.add_octets(len(text))
        except LimitError as error:
            self._end = error
            if response.error is None:
                text = dump(json_rpc(left_out(response, error), entry.id))
        return text


def left_out(response: Response, error: LimitError) -> Response:
    """Return what a caller hears in the place of an answer that is too large."""
    problem = LimitError(f"the answer is left out: {error}; the request was carried out")
    return Response(response.method, None, RpcError.of(problem), response.request_identifier)


def not_carried_out(method: str, error: LimitError) -> Response:
    """Return what a caller hears of a request that comes after the end of what is allowed."""
    return Response(method, None, RpcError.of(LimitError(f"not carried out: {error}")))
