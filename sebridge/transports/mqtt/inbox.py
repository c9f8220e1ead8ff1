"""What was asked for is kept here until it is answered: a transactional inbox, across restarts."""

from collections import deque
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
import hashlib
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.errors import Reason
from sebridge.model.plain import to_plain
from sebridge.rpc.dispatcher import Witness
from sebridge.rpc.message import Request, Response, RpcError
from sebridge.transports.mqtt.messages import Message

MOST_REMEMBERED: Final = 1024
"""Answered requests that are known again: more than a broker delivers before one is acknowledged.
mosquitto delivers 20 to a client that sets no limit, NATS 1,000."""

_DIGEST_SIZE: Final = 16  # octets

Identity = tuple[int, bytes]
"""What is the same when the broker delivers a request again: packet identifier and digest."""


class InboxRequest(msgspec.Struct, frozen=True):
    """A request that came at QoS 1.

    `number` counts the requests up, `packet` is the packet identifier under which the broker
    delivered it, `digest` stands for all that it says. `attempts` tells how often it was begun.
    Of an answered one only that is kept which tells that it is the same.
    """

    number: int
    topic: str
    payload: bytes
    packet: int
    digest: bytes
    response_topic: str | None = None
    correlation: bytes | None = None
    attempts: int = 1
    answered: bool = False


class CallResult(msgspec.Struct, frozen=True):
    """What became of one call of a request: its result in plain values, or the error.

    `reason` is the name of a `Reason`, and empty for a call that worked.
    """

    result: Mapping[str, Any] | None = None
    reason: str = ""
    message: str = ""
    data: Mapping[str, Any] | None = None


class Inbox:
    """The requests that are being carried out, and those that were answered lately.

    A request is in a slot, whose number stays the same until it was answered and is forgotten: the
    slots of those that were answered are used again, the oldest first. It is in memory until it is
    kept, for many are answered before that and have changed nothing: carried out once more, they do
    no harm. `results` has what became of a request's calls, by slot and the call's place in the
    request. What is kept in both mappings in one turn of the event loop gets to the disk in one
    commit, or not at all.
    """

    def __init__(
        self,
        *,
        requests: MutableMapping[int, InboxRequest],
        results: MutableMapping[tuple[int, int], CallResult],
    ) -> None:
        self._requests = requests
        self._results = results
        by_number = sorted(requests, key=lambda slot: requests[slot].number)
        self._last_number = requests[by_number[-1]].number if by_number else 0
        self._answered = deque(slot for slot in by_number if requests[slot].answered)
        self._identities = {
            slot: (requests[slot].packet, requests[slot].digest) for slot in by_number
        }
        self._slots = {identity: slot for slot, identity in self._identities.items()}
        self._unkept: dict[int, tuple[int, Message]] = {}  # with their numbers, by slot
        self._last_slot = max(requests, default=0)
        for slot, call in tuple(results):
            if slot not in requests or requests[slot].answered:
                del results[slot, call]

    @property
    def unanswered(self) -> list[int]:
        """Return the slots of the requests that were not answered, the oldest first."""
        numbers = {slot: number for slot, (number, _) in self._unkept.items()}
        for slot, request in self._requests.items():
            if not request.answered:
                numbers[slot] = request.number
        return sorted(numbers, key=numbers.__getitem__)

    def __getitem__(self, slot: int) -> InboxRequest:
        """Return the request that is kept in a slot."""
        return self._requests[slot]

    def slot_of(self, message: Message) -> int | None:
        """Return where a request is that the broker delivers again; None for a new one."""
        if not message.duplicate:
            return None
        return self._slots.get(_identity_of(message))

    def add(self, message: Message) -> int:
        """Take a new request, in memory; return its slot."""
        self._last_number += 1
        slot = self._free_slot()
        self._unkept[slot] = self._last_number, message
        identity = self._identities[slot] = _identity_of(message)
        self._slots[identity] = slot
        return slot

    def _free_slot(self) -> int:
        if len(self._answered) < MOST_REMEMBERED:
            self._last_slot += 1
            return self._last_slot
        slot = self._answered.popleft()
        identity = self._identities[slot]
        if self._slots.get(identity) == slot:
            del self._slots[identity]
        self._requests.pop(slot, None)
        return slot

    def keep(self, slot: int) -> None:
        """Have a request carried out or known after a restart, from the next commit on."""
        if slot not in self._unkept:
            return
        number, message = self._unkept.pop(slot)
        packet, digest = self._identities[slot]
        self._requests[slot] = InboxRequest(
            number,
            message.topic,
            message.payload,
            packet,
            digest,
            message.response_topic,
            message.correlation,
        )

    def begin_again(self, slot: int) -> int:
        """Note that an unanswered request is begun anew; return how often it was begun."""
        request = self._requests[slot]
        self._requests[slot] = replace(request, attempts=request.attempts + 1)
        return request.attempts + 1

    def answered(self, slot: int) -> None:
        """Note that the answer is where it cannot be lost, or that there is none."""
        self._answered.append(slot)
        if self._unkept.pop(slot, None) is not None:
            return
        self._requests[slot] = replace(
            self._requests[slot],
            payload=b"",
            response_topic=None,
            correlation=None,
            answered=True,
        )
        for place in [place for place in self._results if place[0] == slot]:
            del self._results[place]

    def calls(self, slot: int) -> "Calls":
        """Return the calls of a request, to be gone through from the first on."""
        return Calls(slot, self._results, self.keep)


class _Keeping(Witness):
    """Has a request kept as soon as a call of it may change something."""

    def __init__(self, keep: Callable[[], object]) -> None:
        self._keep = keep

    @override
    def begins(self) -> None:
        self._keep()


class _Noting(_Keeping):
    """Notes besides what became of a call; `place` is the request's slot and the call's number."""

    def __init__(
        self,
        keep: Callable[[], object],
        results: MutableMapping[tuple[int, int], CallResult],
        place: tuple[int, int],
    ) -> None:
        super().__init__(keep)
        self._results = results
        self._place = place

    @override
    def ends(self, response: Response) -> None:
        self._results[self._place] = _result_of(response)


class Calls:
    """The calls of one request, one after the other, with what became of them in earlier runs.

    `keep` is called with the slot before any of them may change something.
    """

    def __init__(
        self,
        slot: int,
        results: MutableMapping[tuple[int, int], CallResult],
        keep: Callable[[int], object],
    ) -> None:
        self._slot = slot
        self._results = results
        self._keep = partial(keep, slot)
        self._next = 0

    @classmethod
    def of_nobody(cls) -> "Calls":
        """Return those of a request that is not kept."""
        return cls(0, {}, _nowhere)

    @property
    def witness(self) -> Witness:
        """Has the request kept when any of its calls may change something, and notes no result."""
        return _Keeping(self._keep)

    def next(self, request: Request) -> tuple[Response | None, Witness]:
        """Return what became of the next call in an earlier run, and who notes it now.

        The first is None for a call that was not carried out, as far as anybody knows.
        """
        place = (self._slot, self._next)
        self._next += 1
        known = self._results.get(place)
        response = None if known is None else _response_of(known, request)
        return response, _Noting(self._keep, self._results, place)


def _nowhere(_slot: int) -> None:
    """Keep nothing."""


def _identity_of(message: Message) -> Identity:
    return message.packet or 0, _digest(message)


def _digest(message: Message) -> bytes:
    """Return what tells a request from others under the same packet identifier."""
    digest = hashlib.blake2b(digest_size=_DIGEST_SIZE)
    for part in (message.topic.encode(), message.correlation or b"", message.payload):
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return digest.digest()


def _result_of(response: Response) -> CallResult:
    error = response.error
    if error is not None:
        return CallResult(None, error.reason.name, error.message, dict(error.data))
    return CallResult(None if response.result is None else to_plain(response.result))


def _response_of(known: CallResult, request: Request) -> Response:
    identifier = request.identifier
    if not known.reason:
        return Response(request.method, known.result, None, identifier)
    error = RpcError(
        Reason.__members__.get(known.reason, Reason.INTERNAL), known.message, known.data or {}
    )
    return Response(request.method, None, error, identifier)
