"""What callers take at the same time, at the request topics: nobody shuts them for others."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.rpc.message import Caller, Request, Response
from sebridge.rpc.quota import Quota, QuotaLimits
from sebridge.transports.mqtt.topics import Topics
from tests.transports.mqtt.paper import PaperBroker, rpc_server

TOPICS = Topics("sebridge", "home")
SLOW = 5.0  # seconds of a read that nobody answers
BATCHES = READS = 200


class House:
    """A bridge whose devices do not answer."""

    def __init__(self, clock: VirtualClock, limits: QuotaLimits) -> None:
        self.clock = clock
        self.quota = Quota(limits)
        self.broker = PaperBroker()
        self.told: list[Response] = []
        self.reads = 0
        self.server = rpc_server(
            self.broker,
            self._answer,
            self._answer_document,
            told=self.told.append,
            quota=self.quota,
            clock=clock,
        )

    async def _answer(self, request: Request, caller: Caller) -> Response:
        del caller
        if request.method == "read":
            self.reads += 1
            await self.clock.sleep(SLOW)
        return Response(request.method, dict(request.params))

    async def _answer_document(self, document: bytes, caller: Caller) -> bytes:
        raise AssertionError(f"no document was expected: {document!r} {caller}")

    def answers(self) -> list[Any]:
        """Return the bodies of the answers since the last look."""
        found = [body for _, body in self.broker.answers()]
        self.broker.said.clear()
        return found


def batch(method: str, count: int, **params: Any) -> bytes:
    call = {"jsonrpc": "2.0", "method": method, "params": params}
    return json.dumps([call | {"id": number} for number in range(count)]).encode()


@pytest.fixture
async def house(clock: VirtualClock) -> AsyncIterator[House]:
    house = House(clock, QuotaLimits())
    await house.server.start()
    yield house
    await house.server.stop()


async def test_many_batches_of_slow_reads_do_not_keep_others_waiting(house: House) -> None:
    for _ in range(BATCHES):
        house.broker.bring(TOPICS.request, batch("read", READS))
    await house.clock.settle()
    refused = house.answers()

    waited = []
    for _ in range(60):
        house.broker.bring(f"{TOPICS.request}/echo", b"{}")
        await house.clock.settle()
        waited.append(len([a for a in house.answers() if "status" in a and a["status"] == "ok"]))
        await house.clock.advance(2)

    assert len(refused) == BATCHES - 1
    assert all("busy" in answer["error"]["message"] for answer in refused)
    assert waited == 60 * [1]


async def test_a_batch_that_takes_too_long_ends_and_every_entry_is_answered(house: House) -> None:
    house.broker.bring(TOPICS.request, batch("read", READS))

    await house.clock.advance(130)

    (answers,) = house.answers()
    assert [answer["id"] for answer in answers] == list(range(READS))
    carried_out = [answer for answer in answers if "result" in answer]
    assert len(carried_out) == house.reads == 25
    assert {answer["error"]["message"] for answer in answers[25:]} == {
        "not carried out: the document takes longer than 120 s"
    }
    assert house.quota.calls == 0


async def test_a_batch_whose_reply_grows_too_large_is_cut_short(clock: VirtualClock) -> None:
    house = House(clock, QuotaLimits(reply=10_000, replies=40_000))
    house.broker.bring(TOPICS.request, batch("echo", 100, text="x" * 1_000))

    await clock.settle()
    await clock.advance(1)

    (answers,) = house.answers()
    assert len(answers) == 100
    assert sum("result" in answer for answer in answers) == 9
    assert answers[9]["error"]["message"] == (
        "the answer is left out: the reply would have more than 10000 octets;"
        " the request was carried out"
    )
    assert answers[99]["error"]["message"].startswith("not carried out: ")
    assert house.quota.octets == 0


async def test_one_answer_that_is_too_large_is_left_out(clock: VirtualClock) -> None:
    house = House(clock, QuotaLimits(reply=1_000, replies=4_000))

    house.broker.bring(f"{TOPICS.request}/echo", json.dumps({"text": "x" * 2_000}))
    await clock.settle()

    (answer,) = house.answers()
    assert answer["error"]["code"] == -32004
    assert "more than 1000 octets" in answer["error"]["message"]


async def test_callers_are_told_apart_by_their_response_topics(house: House) -> None:
    for number in range(300):
        house.broker.bring(
            f"{TOPICS.request}/read", b"{}", response_topic="flows/a", correlation=b"%d" % number
        )
    house.broker.bring(f"{TOPICS.request}/echo", b"{}", response_topic="flows/b")
    await house.clock.settle()

    topics = [topic for topic, _ in house.broker.answers()]

    assert topics.count("flows/a") == 50
    assert topics.count("flows/b") == 1


async def test_what_is_broken_off_by_the_end_is_given_back(house: House) -> None:
    house.broker.bring(TOPICS.request, batch("read", READS))
    house.broker.bring(f"{TOPICS.request}/read", b"{}")
    await house.clock.settle()
    assert house.quota.calls == READS + 1

    await house.server.stop()
    await asyncio.sleep(0)

    assert house.quota.calls == 0


async def test_one_request_that_is_refused_for_the_limits_is_told_with_its_identifier(
    clock: VirtualClock,
) -> None:
    house = House(clock, QuotaLimits(calls=0))
    marked = {"request_identifier": "mine"}
    whole = {"jsonrpc": "2.0", "method": "echo", "params": marked}

    house.broker.bring(f"{TOPICS.request}/echo", json.dumps(marked).encode())
    house.broker.bring(TOPICS.request, json.dumps(whole).encode())

    found = [(response.method, response.request_identifier) for response in house.told]
    assert found == [("echo", "mine"), ("echo", "mine")]
    assert all(response.error is not None for response in house.told)


async def test_of_a_batch_that_is_refused_only_the_answer_tells(clock: VirtualClock) -> None:
    house = House(clock, QuotaLimits(calls=0))

    house.broker.bring(TOPICS.request, batch("echo", 2))

    assert house.told == []
    assert len(house.answers()) == 1
