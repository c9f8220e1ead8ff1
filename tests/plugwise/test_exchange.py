"""One connection to a stick: what is said to a request, matched by its number."""

import asyncio

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, DeviceRefusedError
from sebridge.plugwise.answers import Answer, Confirmation, PowerNow, Status, write_answer
from sebridge.plugwise.exchange import Exchange
from sebridge.plugwise.frame import framed
from sebridge.plugwise.requests import Associate, GetPower, Request, Switch
from tests.plugwise.bench import FRIDGE, LAMP, PANEL, Bench


class Line:
    """A connection whose other end is the test."""

    def __init__(self, bench: Bench) -> None:
        self.sent: list[bytes] = []
        self.unasked: list[Answer] = []
        self.exchange = Exchange(self.sent.append, self.unasked.append, bench.clock)

    def say(self, sequence: int, answer: Answer) -> None:
        self.exchange.received(framed(write_answer(sequence, answer)))

    def acknowledge(self, sequence: int) -> None:
        self.exchange.received(framed(f"0000{sequence:04X}00C1"))


def power_of(mac: Eui64) -> PowerNow:
    return PowerNow(mac=mac, pulses_1s=1, pulses_8s=8, consumed=0, produced=0)


async def ask(line: Line, request: Request, bench: Bench) -> asyncio.Future[Answer | None]:
    task = asyncio.ensure_future(line.exchange.ask(request))
    await bench.clock.settle()
    return task


async def test_nothing_is_sent_before_the_request_before_it_is_acknowledged() -> None:
    bench = Bench()
    line = Line(bench)
    first = await ask(line, GetPower(mac=LAMP), bench)
    second = await ask(line, GetPower(mac=FRIDGE), bench)
    sent_before = len(line.sent)

    line.acknowledge(7)
    await bench.clock.settle()
    line.acknowledge(8)
    line.say(8, power_of(FRIDGE))
    line.say(7, power_of(LAMP))

    assert sent_before == 1
    assert await first == power_of(LAMP)
    assert await second == power_of(FRIDGE)


async def test_what_answers_nothing_is_counted() -> None:
    bench = Bench()
    line = Line(bench)
    line.acknowledge(1)  # nobody has asked
    task = await ask(line, GetPower(mac=LAMP), bench)
    line.acknowledge(2)
    line.acknowledge(3)  # once more
    line.say(2, power_of(FRIDGE))  # of another circle
    line.say(2, Confirmation(status=Status.CLOCK_SET, mac=LAMP))  # to something else
    line.say(9, power_of(LAMP))  # to nothing
    line.exchange.received(framed("AA770001") + b"noise\r\n")
    line.say(2, power_of(LAMP))
    line.say(2, power_of(LAMP))  # twice

    assert await task == power_of(LAMP)
    assert line.exchange.stray == 6
    assert line.exchange.damaged == 1


async def test_a_circle_that_does_not_do_it_says_so() -> None:
    bench = Bench()
    line = Line(bench)
    task = await ask(line, Switch(mac=LAMP, relay=1), bench)

    line.acknowledge(1)
    line.say(1, Confirmation(status=Status.NOT_SWITCHED, mac=LAMP))

    with pytest.raises(DeviceRefusedError, match=f"{LAMP} does not do it: 00E2"):
        await task


async def test_what_nothing_answers_ends_with_its_acknowledgement() -> None:
    bench = Bench()
    line = Line(bench)
    task = await ask(line, Associate(mac=PANEL), bench)

    line.acknowledge(1)

    assert await task is None


async def test_a_broken_connection_takes_no_request() -> None:
    line = Line(Bench())
    line.exchange.broke(DeliveryError("the stick is gone"))

    with pytest.raises(DeliveryError, match="the stick is gone"):
        await line.exchange.ask(GetPower(mac=LAMP))
    assert line.sent == []


async def test_an_answer_that_came_before_the_connection_broke_counts() -> None:
    bench = Bench()
    line = Line(bench)
    task = await ask(line, GetPower(mac=LAMP), bench)
    line.acknowledge(1)
    await bench.clock.settle()

    line.say(1, power_of(LAMP))
    line.exchange.broke(DeliveryError("the stick is gone"))

    assert await task == power_of(LAMP)
