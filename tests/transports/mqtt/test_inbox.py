"""What is kept of requests, so that each is carried out once and answered."""

from typing import Any

from sebridge.base.errors import DeliveryError, Reason
from sebridge.rpc.message import Request, Response, RpcError
from sebridge.transports.mqtt.inbox import (
    MOST_REMEMBERED,
    CallResult,
    Inbox,
    InboxRequest,
)
from sebridge.transports.mqtt.messages import Message


class Disk:
    """What survives; `inbox` is what a new run makes of it."""

    def __init__(self) -> None:
        self.requests: dict[int, InboxRequest] = {}
        self.results: dict[tuple[int, int], CallResult] = {}

    def inbox(self) -> Inbox:
        return Inbox(requests=self.requests, results=self.results)


def message(payload: bytes = b"{}", packet: int = 1, **more: Any) -> Message:
    return Message("sebridge/home/rpc/request/get_time", payload, packet=packet, **more)


def kept(inbox: Inbox, new: Message) -> int:
    """Return the slot of a request that is begun and kept."""
    slot = inbox.add(new)
    inbox.keep(slot)
    return slot


def test_a_request_is_kept_with_all_that_an_answer_needs() -> None:
    disk = Disk()

    kept(disk.inbox(), message(b"{}", response_topic="r", correlation=b"c"))

    inbox = disk.inbox()
    (slot,) = inbox.unanswered
    request = inbox[slot]
    assert (request.topic, request.payload) == ("sebridge/home/rpc/request/get_time", b"{}")
    assert (request.response_topic, request.correlation) == ("r", b"c")
    assert request.attempts == 1


def test_unanswered_requests_come_back_in_their_order() -> None:
    disk = Disk()
    inbox = disk.inbox()
    slots = [inbox.add(message(b"%d" % number, packet=number)) for number in range(1, 5)]

    inbox.keep(slots[3])
    before = inbox.unanswered
    for slot in slots:
        inbox.keep(slot)
    inbox.answered(slots[1])

    again = disk.inbox()
    assert before == slots
    assert [again[slot].payload for slot in again.unanswered] == [b"1", b"3", b"4"]


def test_a_request_that_is_delivered_again_is_known_before_and_after_its_answer() -> None:
    disk = Disk()
    inbox = disk.inbox()
    slot = kept(inbox, message(b"x", correlation=b"c"))
    again = message(b"x", correlation=b"c", duplicate=True)

    before = inbox.slot_of(again)
    inbox.answered(slot)
    after = inbox.slot_of(again)

    assert before == after == disk.inbox().slot_of(again) == slot


def test_what_says_something_else_or_is_not_marked_as_a_duplicate_is_new() -> None:
    inbox = Disk().inbox()
    inbox.add(message(b"x", correlation=b"c"))

    assert inbox.slot_of(message(b"x", correlation=b"c")) is None
    assert inbox.slot_of(message(b"y", correlation=b"c", duplicate=True)) is None
    assert inbox.slot_of(message(b"x", correlation=b"d", duplicate=True)) is None
    assert inbox.slot_of(message(b"x", packet=2, correlation=b"c", duplicate=True)) is None


def test_of_an_answered_request_next_to_nothing_is_kept_and_only_of_the_last() -> None:
    disk = Disk()
    inbox = disk.inbox()

    for number in range(3 * MOST_REMEMBERED):
        packet = number % 0xFFFF + 1
        inbox.answered(kept(inbox, message(bytes(10_000), packet, correlation=b"%d" % number)))

    assert len(disk.requests) == MOST_REMEMBERED
    assert {request.payload for request in disk.requests.values()} == {b""}
    first = message(bytes(10_000), 1, correlation=b"0", duplicate=True)
    last = message(
        bytes(10_000),
        3 * MOST_REMEMBERED,
        correlation=b"%d" % (3 * MOST_REMEMBERED - 1),
        duplicate=True,
    )
    assert inbox.slot_of(first) is None
    assert inbox.slot_of(last) is not None


def test_a_request_that_waits_keeps_its_slot_however_many_are_answered_meanwhile() -> None:
    disk = Disk()
    inbox = disk.inbox()
    slow = kept(inbox, message(b"slow", 7))

    for number in range(3 * MOST_REMEMBERED):
        inbox.answered(kept(inbox, message(b"%d" % number, 8)))

    assert inbox[slow].payload == b"slow"
    assert disk.inbox().unanswered == [slow]


def test_a_request_that_was_answered_before_it_was_kept_is_known_in_this_run_only() -> None:
    disk = Disk()
    inbox = disk.inbox()
    slot = inbox.add(message(b"x"))
    again = message(b"x", duplicate=True)

    inbox.answered(slot)
    inbox.keep(slot)

    assert inbox.slot_of(again) == slot
    assert inbox.unanswered == []
    assert disk.requests == {}
    assert disk.inbox().slot_of(again) is None


def test_what_was_answered_long_ago_is_forgotten_on_the_disk_too() -> None:
    disk = Disk()
    inbox = disk.inbox()
    inbox.answered(kept(inbox, message(b"x")))

    for number in range(MOST_REMEMBERED):
        inbox.answered(inbox.add(message(b"%d" % number, 8)))

    assert disk.requests == {}
    assert inbox.slot_of(message(b"x", duplicate=True)) is None


def test_a_call_is_not_carried_out_again_when_its_result_is_known() -> None:
    disk = Disk()
    inbox = disk.inbox()
    slot = kept(inbox, message())
    calls = inbox.calls(slot)
    request = Request("add", {"request_identifier": 3})
    error = RpcError.of(DeliveryError("not taken", 0xE9))
    for response in (Response("add", {"total": 1}), Response("add", None, error)):
        calls.next(request)[1].ends(response)

    again = disk.inbox().calls(slot)
    known = [again.next(request)[0] for _ in range(3)]

    assert known == [
        Response("add", {"total": 1}, None, 3),
        Response("add", None, error, 3),
        None,
    ]


def test_a_call_that_was_not_noted_is_carried_out_again_and_the_next_one_is_not() -> None:
    disk = Disk()
    inbox = disk.inbox()
    slot = kept(inbox, message())
    calls = inbox.calls(slot)
    calls.next(Request("get_time"))
    calls.next(Request("add"))[1].ends(Response("add", {"total": 1}))

    again = disk.inbox().calls(slot)

    assert again.next(Request("get_time"))[0] is None
    assert again.next(Request("add"))[0] == Response("add", {"total": 1})


def test_a_request_is_kept_before_a_call_that_may_change_something() -> None:
    disk = Disk()
    inbox = disk.inbox()
    one, other = inbox.add(message(b"1")), inbox.add(message(b"2"))

    inbox.calls(one).next(Request("add"))[1].begins()
    inbox.calls(other).witness.begins()

    assert disk.inbox().unanswered == [one, other]


def test_results_go_with_the_answer() -> None:
    disk = Disk()
    inbox = disk.inbox()
    slot = kept(inbox, message())
    calls = inbox.calls(slot)
    calls.next(Request("get_time"))
    calls.next(Request("add"))[1].ends(Response("add", {"total": 1}))

    inbox.answered(slot)

    assert disk.results == {}


def test_results_without_their_request_are_swept_out_at_the_start() -> None:
    disk = Disk()
    disk.results[7, 0] = CallResult({"total": 1})

    disk.inbox()

    assert disk.results == {}


def test_a_request_counts_how_often_it_was_begun() -> None:
    disk = Disk()
    slot = kept(disk.inbox(), message())

    attempts = [disk.inbox().begin_again(slot) for _ in range(3)]

    assert attempts == [2, 3, 4]


def test_an_error_with_a_reason_of_another_version_is_told_and_not_tried_again() -> None:
    disk = Disk()
    kept(disk.inbox(), message())
    disk.results[1, 0] = CallResult(None, "OF_TOMORROW", "it says why", {"where": "here"})
    calls = disk.inbox().calls(1)

    known, _ = calls.next(Request("get_time", {}))

    assert known is not None
    assert known.error is not None
    assert known.error.reason is Reason.INTERNAL
    assert (known.error.message, known.error.data) == ("it says why", {"where": "here"})
