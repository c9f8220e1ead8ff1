"""When a request is acknowledged, and what becomes of it when the bridge ends in the middle."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import StorageError
from sebridge.rpc.dispatcher import Witness
from sebridge.rpc.message import Caller, Request, Response
from sebridge.rpc.quota import Quota, QuotaLimits
from sebridge.transports.mqtt.inbox import CallResult, Inbox, InboxRequest
from sebridge.transports.mqtt.messages import Message
from sebridge.transports.mqtt.rpc_server import MqttRpcServer
from sebridge.transports.mqtt.topics import Topics
from tests.transports.mqtt.paper import PaperBroker

TOPICS = Topics("sebridge", "home")
REQUEST = TOPICS.request
ASKING = b'"a document that only asks"'


class House:
    """A disk, and one run of a server after the other; each method but `get` notes its change."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.requests: dict[int, InboxRequest] = {}
        self.results: dict[tuple[int, int], CallResult] = {}
        self.calls: list[str] = []
        self.is_full = False
        self.broker = PaperBroker()
        self.gate = asyncio.Event()
        self.servers: list[MqttRpcServer] = []

    async def _durable(self) -> None:
        if self.is_full:
            raise StorageError("the disk is full")

    async def _answer(self, request: Request, caller: Caller, witness: Witness) -> Response:
        del caller
        self.calls.append(request.method)
        if request.method != "get":
            witness.begins()
        if request.method == "wait":
            await self.gate.wait()
        response = Response(request.method, {"calls": len(self.calls)})
        if request.method != "get":
            witness.ends(response)
        if request.method == "linger":
            await self.gate.wait()
        return response

    async def _answer_document(self, document: bytes, caller: Caller, witness: Witness) -> bytes:
        del caller
        self.calls.append("document")
        if document != ASKING:
            witness.begins()
            await self.gate.wait()
        return document

    async def run(self) -> MqttRpcServer:
        """Begin a new run over what is on the disk; what an earlier one was at is gone."""
        self.broker = PaperBroker()
        self.gate = asyncio.Event()
        server = MqttRpcServer(
            broker=self.broker,
            topics=TOPICS,
            discovery_prefix="homeassistant",
            answer=self._answer,
            answer_document=self._answer_document,
            told=lambda _response: None,
            inbox=Inbox(requests=self.requests, results=self.results),
            durable=self._durable,
            quota=Quota(QuotaLimits()),
            clock=self.clock,
        )
        self.servers.append(server)
        await server.start()
        await self.clock.settle()
        return server

    async def bring(
        self, topic: str, body: Any = None, packet: int = 1, **more: Any
    ) -> asyncio.Future[None]:
        """Deliver a request at QoS 1; return what tells that it is acknowledged."""
        payload = b"" if body is None else json.dumps(body).encode()
        (acknowledged,) = self.broker.deliver(Message(topic, payload, packet=packet, **more))
        assert isinstance(acknowledged, asyncio.Future)
        await self.clock.settle()
        return acknowledged


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    yield house
    for server in house.servers:
        await server.stop()


async def test_a_request_is_acknowledged_when_its_answer_is_on_the_disk(house: House) -> None:
    await house.run()

    acknowledged = await house.bring(f"{REQUEST}/add")
    before = acknowledged.done()
    await house.clock.advance(0.01)

    assert len(house.broker.said) == 1
    assert (before, acknowledged.done()) == (False, True)
    assert [request.answered for request in house.requests.values()] == [True]


async def test_a_slow_request_is_acknowledged_when_it_is_kept_so_that_others_have_their_turn(
    house: House,
) -> None:
    await house.run()

    acknowledged = await house.bring(f"{REQUEST}/wait")
    await house.clock.advance(0.01)

    assert acknowledged.done()
    assert house.broker.said == []
    assert [request.answered for request in house.requests.values()] == [False]


async def test_a_request_that_changed_nothing_and_was_answered_soon_never_reaches_the_disk(
    house: House,
) -> None:
    await house.run()

    acknowledged = await house.bring(f"{REQUEST}/get", correlation=b"7")
    again = await house.bring(f"{REQUEST}/get", correlation=b"7", duplicate=True)
    await house.clock.advance(0.01)

    assert house.broker.answer() == {"status": "ok", "result": {"calls": 1}}
    assert acknowledged.done()
    assert again.done()
    assert house.requests == {}


async def test_a_question_that_was_not_acknowledged_is_answered_after_a_restart(
    house: House,
) -> None:
    await house.run()
    await house.bring(f"{REQUEST}/get", correlation=b"7")

    await house.run()
    again = await house.bring(f"{REQUEST}/get", correlation=b"7", duplicate=True)
    await house.clock.advance(0.01)

    assert house.calls == ["get", "get"]
    assert house.broker.answer() == {"status": "ok", "result": {"calls": 2}}
    assert again.done()


async def test_a_refusal_is_acknowledged_too(house: House) -> None:
    await house.run()

    acknowledged = await house.bring(f"{REQUEST}/add", retain=True)
    await house.clock.advance(0.01)

    assert house.broker.answer()["status"] == "error"
    assert acknowledged.done()
    assert house.requests == {}


async def test_what_came_at_qos_0_promises_nothing_and_is_not_kept(house: House) -> None:
    await house.run()

    handled = house.broker.deliver(Message(f"{REQUEST}/wait", b""))

    assert handled == [None]
    assert house.requests == {}


async def test_a_request_that_was_kept_is_carried_out_after_a_restart(house: House) -> None:
    await house.run()
    await house.bring(f"{REQUEST}/wait", response_topic="mine", correlation=b"7")
    await house.clock.advance(0.01)

    await house.run()
    house.gate.set()
    await house.clock.settle()

    assert house.broker.answers() == [("mine", {"status": "ok", "result": {"calls": 2}})]
    assert house.broker.correlations == [b"7"]


async def test_a_request_that_was_carried_out_is_answered_after_a_restart_and_not_repeated(
    house: House,
) -> None:
    await house.run()
    await house.bring(f"{REQUEST}/linger")

    await house.run()

    assert house.calls == ["linger"]
    assert house.broker.answer() == {"status": "ok", "result": {"calls": 1}}


async def test_of_a_batch_only_the_rest_is_carried_out_after_a_restart(house: House) -> None:
    batch = [
        {"jsonrpc": "2.0", "method": method, "id": number}
        for number, method in enumerate(("add", "add", "linger", "add"))
    ]
    await house.run()
    await house.bring(REQUEST, batch)

    await house.run()

    assert house.calls == ["add", "add", "linger", "add"]
    assert [one["result"] for one in house.broker.answer()] == [{"calls": n} for n in (1, 2, 3, 4)]
    assert house.results == {}


async def test_a_request_that_is_delivered_again_while_it_is_under_way_is_not_begun_again(
    house: House,
) -> None:
    await house.run()
    await house.bring(f"{REQUEST}/wait", correlation=b"7")

    again = await house.bring(f"{REQUEST}/wait", correlation=b"7", duplicate=True)
    house.gate.set()
    await house.clock.advance(0.01)

    assert house.calls == ["wait"]
    assert len(house.broker.said) == 1
    assert again.done()


async def test_an_answered_request_that_is_delivered_again_after_a_restart_is_only_acknowledged(
    house: House,
) -> None:
    await house.run()
    await house.bring(f"{REQUEST}/add", correlation=b"7")

    await house.run()
    again = await house.bring(f"{REQUEST}/add", correlation=b"7", duplicate=True)
    await house.clock.advance(0.01)

    assert house.calls == ["add"]
    assert house.broker.said == []
    assert again.done()


async def test_the_same_request_that_is_no_duplicate_is_carried_out_again(house: House) -> None:
    await house.run()

    await house.bring(f"{REQUEST}/add", correlation=b"7")
    await house.bring(f"{REQUEST}/add", correlation=b"7")

    assert house.calls == ["add", "add"]


async def test_a_request_in_which_the_bridge_ends_each_time_is_given_up_and_answered(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.run()
    await house.bring(f"{REQUEST}/wait")
    await house.clock.advance(0.01)

    for _ in range(5):
        await house.run()

    assert house.calls == ["wait", "wait", "wait"]
    assert all(request.answered for request in house.requests.values())
    (warning,) = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    assert warning == (
        f"a request on {REQUEST}/wait is not carried out again:"
        " the bridge ended before it had answered; the request may have been carried out"
    )


async def test_a_document_of_which_nobody_knows_what_was_done_is_answered_so(house: House) -> None:
    await house.run()
    await house.bring(TOPICS.document_request, "x")

    await house.run()

    assert house.calls == ["document"]
    ((topic, reply),) = house.broker.said
    assert topic == TOPICS.document_reply
    assert b"the request may have been carried out" in reply


async def test_a_document_that_only_asks_never_reaches_the_disk(house: House) -> None:
    await house.run()

    acknowledged = await house.bring(TOPICS.document_request, json.loads(ASKING))
    await house.clock.advance(0.01)

    assert house.broker.said == [(TOPICS.document_reply, ASKING)]
    assert acknowledged.done()
    assert house.requests == {}


async def test_while_the_disk_is_full_a_request_is_acknowledged_when_it_is_answered(
    house: House,
) -> None:
    await house.run()
    house.is_full = True

    quick = await house.bring(f"{REQUEST}/add", packet=1)
    slow = await house.bring(f"{REQUEST}/wait", packet=2)
    await house.clock.advance(5)
    before = (quick.done(), slow.done())
    house.gate.set()
    await house.clock.advance(2)

    assert before == (True, False)
    assert slow.done()


async def test_a_stop_acknowledges_what_was_broken_off(house: House) -> None:
    server = await house.run()
    acknowledged = await house.bring(f"{REQUEST}/wait")

    await server.stop()

    assert acknowledged.done()
    assert "may have been carried out" in house.broker.answer()["error"]["message"]


# ------------------------------------------------------------------ a broker that is slow


async def test_answers_that_the_broker_has_not_taken_hold_requests_back_and_none_is_lost(
    house: House,
) -> None:
    await house.run()
    house.broker.takes_answers = False

    futures = [await house.bring(f"{REQUEST}/add", packet=number) for number in range(1, 301)]
    await house.clock.advance(1)
    begun, acknowledged = len(house.calls), sum(future.done() for future in futures)
    while len(house.broker.said) < 300:
        house.broker.take_answers()
        await house.clock.advance(1)

    assert begun == acknowledged == 200
    assert len(house.calls) == 300
    assert all(future.done() for future in futures)


async def test_a_request_that_is_held_and_delivered_again_is_carried_out_once(house: House) -> None:
    await house.run()
    house.broker.unsent_answers = 200
    lost = await house.bring(f"{REQUEST}/add", correlation=b"7")

    again = await house.bring(f"{REQUEST}/add", correlation=b"7", duplicate=True)
    house.broker.take_answers()
    await house.clock.advance(1)

    assert house.calls == ["add"]
    assert (lost.done(), again.done()) == (False, True)


async def test_more_than_a_thousand_held_requests_are_left_to_the_broker_and_fetched_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.run()
    house.broker.unsent_answers = 200
    futures = [
        house.broker.deliver(Message(f"{REQUEST}/add", b"", packet=number))[0]
        for number in range(1, 1_101)
    ]

    house.broker.take_answers()
    await house.clock.advance(60)

    assert len(house.calls) == 1_000
    assert [future.done() for future in futures if isinstance(future, asyncio.Future)] == [
        *[True] * 1_000,
        *[False] * 100,
    ]
    assert house.broker.reconnects == 1
    assert len([r for r in caplog.records if "requests are left to it" in r.getMessage()]) == 1


async def test_what_is_held_at_a_stop_is_left_to_the_broker_and_at_qos_0_refused(
    house: House,
) -> None:
    server = await house.run()
    house.broker.unsent_answers = 200
    left = await house.bring(f"{REQUEST}/add")
    house.broker.deliver(Message(f"{REQUEST}/add", b""))

    await server.stop()

    assert not left.done()
    assert house.broker.answer()["error"]["message"] == "the bridge is stopping"
