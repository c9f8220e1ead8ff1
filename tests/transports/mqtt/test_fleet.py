"""Other gateways are asked over the broker, and their replies find the one who asked."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import (
    AnswerTimeoutError,
    DecodeError,
    DeliveryError,
    RefusedError,
    UnknownDeviceError,
)
from sebridge.rpc.message import Caller, Scope
from sebridge.rpc.policy import InterfacePolicy, Policy
from sebridge.transports.mqtt.fleet import FleetLink
from sebridge.transports.mqtt.messages import MAX_PAYLOAD, Reply
from sebridge.transports.mqtt.topics import Topics
from tests.transports.mqtt.paper import PaperBroker

TOPICS = Topics("sebridge", "home")
COTTAGE = "00000000-00000000-00409DFF-FF0A0B02"
HEAD_END = Caller("http", Scope.ADMIN)


class Broker(PaperBroker):
    """A broker of paper that can be away."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.asked: list[tuple[str, bytes, Reply]] = []

    def ask(self, topic: str, payload: bytes, reply: Reply) -> bool:
        if not self.away:
            self.asked.append((topic, payload, reply))
        return not self.away

    def reply(self, payload: bytes, number: int = -1) -> None:
        reply = self.asked[number][2]
        self.bring(reply.topic, payload, correlation=reply.correlation)


class Fleet:
    """A fleet of one, and its broker."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.broker = Broker()
        members = {COTTAGE: "cottage"}
        self.policy = Policy()
        self.link = FleetLink(self.broker, TOPICS, members, clock, lambda: 60.0, self.check)

    def check(self, caller: Caller) -> None:
        self.policy.check("ask_fleet", Scope.ADMIN, caller)

    def ask(self, device: str = COTTAGE, caller: Caller = HEAD_END) -> Coroutine[Any, Any, str]:
        return self.link.ask(device, b"<rci_request/>", caller)


@pytest.fixture
def fleet(clock: VirtualClock) -> Fleet:
    return Fleet(clock)


async def test_a_question_goes_to_the_gateway_and_its_reply_comes_back(fleet: Fleet) -> None:
    asking = asyncio.ensure_future(fleet.ask())
    await fleet.clock.settle()

    ((topic, document, reply),) = fleet.broker.asked
    fleet.broker.reply(b'<?xml version="1.0"?>\n<rci_reply version="1.1"/>')

    assert await asking == '<rci_reply version="1.1"/>'
    assert (topic, document) == ("sebridge/cottage/rci/request", b"<rci_request/>")
    assert reply.topic == "sebridge/home/rci/fleet"


async def test_replies_are_told_apart(fleet: Fleet) -> None:
    first, second = asyncio.ensure_future(fleet.ask()), asyncio.ensure_future(fleet.ask())
    await fleet.clock.settle()

    fleet.broker.reply(b"<second/>", 1)
    fleet.broker.reply(b"<first/>", 0)

    assert (await first, await second) == ("<first/>", "<second/>")


async def test_a_gateway_that_is_not_of_the_fleet_is_unknown(fleet: Fleet) -> None:
    with pytest.raises(UnknownDeviceError, match="device X is not known here"):
        await fleet.ask("X")

    assert fleet.broker.asked == []


async def test_nobody_gets_more_rights_by_a_detour(fleet: Fleet) -> None:
    with pytest.raises(RefusedError, match="needs the scope admin"):
        await fleet.ask(caller=Caller("http", Scope.COMMAND))

    assert fleet.broker.asked == []


@pytest.mark.parametrize(
    "policy",
    [
        Policy(interfaces={"http": InterfacePolicy(scope=Scope.COMMAND)}),
        Policy(interfaces={"http": InterfacePolicy(deny=frozenset({"ask_fleet"}))}),
        Policy(read_only=True),
    ],
)
async def test_the_policy_bounds_also_who_has_proven_the_admin_scope(
    fleet: Fleet, policy: Policy
) -> None:
    fleet.policy = policy

    with pytest.raises(RefusedError, match="ask_fleet"):
        await fleet.ask()

    assert fleet.broker.asked == []


async def test_a_door_may_let_the_command_scope_ask(fleet: Fleet) -> None:
    allowed = InterfacePolicy(scope=Scope.COMMAND, allow=frozenset({"ask_fleet"}))
    fleet.policy = Policy(interfaces={"http": allowed})

    asking = asyncio.ensure_future(fleet.ask())
    await fleet.clock.settle()
    fleet.broker.reply(b"<rci_reply/>")

    assert await asking == "<rci_reply/>"


async def test_without_a_broker_nobody_waits(fleet: Fleet) -> None:
    fleet.broker.away = True

    with pytest.raises(DeliveryError, match="cottage cannot be asked"):
        await fleet.ask()


async def test_a_silent_gateway_is_given_up(fleet: Fleet) -> None:
    asking = asyncio.ensure_future(fleet.ask())
    await fleet.clock.settle()

    await fleet.clock.advance(64)
    assert not asking.done()
    await fleet.clock.advance(2)

    with pytest.raises(AnswerTimeoutError, match="gateway cottage does not answer"):
        await asking
    fleet.broker.reply(b"<late/>")
    assert fleet.link.unasked == 1


async def test_replies_that_were_not_asked_for_are_counted_and_dropped(fleet: Fleet) -> None:
    asking = asyncio.ensure_future(fleet.ask())
    await fleet.clock.settle()

    for number in range(1, 101):
        forged = str(number).encode()
        fleet.broker.bring("sebridge/home/rci/fleet", b"<forged/>", correlation=forged)
    fleet.broker.bring("sebridge/home/rci/fleet", b"<forged/>")
    fleet.broker.reply(b"<true/>")

    assert await asking == "<true/>"
    assert fleet.link.unasked == 101


async def test_nobody_can_tell_the_next_question_from_those_before(fleet: Fleet) -> None:
    asking = [asyncio.ensure_future(fleet.ask()) for _ in range(100)]
    await fleet.clock.settle()

    correlations = {reply.correlation for _, _, reply in fleet.broker.asked}

    assert len(correlations) == 100
    assert {len(correlation) for correlation in correlations} == {16}
    for number in range(100):
        fleet.broker.reply(b"<reply/>", number)
    await asyncio.gather(*asking)


async def test_a_reply_that_is_no_xml_does_not_spoil_ours(fleet: Fleet) -> None:
    asking = asyncio.ensure_future(fleet.ask())
    await fleet.clock.settle()

    fleet.broker.reply(b"</device><device>")

    with pytest.raises(DecodeError):
        await asking


async def test_a_reply_that_is_too_large_is_not_taken(fleet: Fleet) -> None:
    asking = asyncio.ensure_future(fleet.ask())
    await fleet.clock.settle()

    fleet.broker.reply(b"<" * (MAX_PAYLOAD + 1))
    await fleet.clock.advance(66)

    with pytest.raises(AnswerTimeoutError):
        await asking
