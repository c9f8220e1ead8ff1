"""The emulated stick at its line: it answers what the reference asks as the reference has it."""

from collections.abc import Iterator
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.plugwise.answers import Acknowledgement, Answer, Confirmation, Status, read_answer
from sebridge.plugwise.frame import FrameReader, framed
from sebridge.plugwise.requests import endpoint_of, read_request
from sebridge.simulator.modules.signals import HostSpoke
from sebridge.simulator.plugwise.circle import SimulatedCircle
from sebridge.simulator.plugwise.stick import NOT_FOUND_AFTER, EmulatedPlugwiseStick
from tests.plugwise.vectors import REQUESTS, VECTORS, answers_of

STICK = Eui64.parse("000D6F0001A59EDC")
CIRCLE_PLUS = Eui64.parse("000D6F0001A5A372")
AWAY = Eui64.parse("000D6F0001A404A5")
START = 1_509_926_400.0  # 2017-11-06 00:00:00 UTC
INITIALISE = "000A"


def circles_of_the_reference() -> Iterator[SimulatedCircle]:
    """Yield the Circle+, then all others that the reference asks, but for one that is away."""
    asked = (endpoint_of(read_request(v["send_hex_payload"])) for v in REQUESTS.values())
    others = {address for address in asked if address is not None} - {CIRCLE_PLUS, AWAY}
    for address in (CIRCLE_PLUS, *sorted(others)):
        yield SimulatedCircle(address, START)


class Host:
    """A program at the line, which writes octets and reads answers."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.spoken: list[HostSpoke] = []
        bus = SignalBus(strict=True)
        bus.listen(HostSpoke, self.spoken.append)
        self.stick = EmulatedPlugwiseStick(STICK, circles_of_the_reference(), self.clock, bus)
        self._reader = FrameReader()
        self._heard: list[str] = []
        self.plug_in()

    def plug_in(self) -> None:
        self.stick.plug_in(lambda octets: self._heard.extend(self._reader.feed(octets)))

    async def say(self, payload: str, seconds: float = NOT_FOUND_AFTER) -> list[Answer]:
        """Ask, and return what is said within some time."""
        return [numbered.answer for numbered in await self._said(framed(payload), seconds)]

    async def numbers(self, octets: bytes) -> list[int]:
        return [numbered.sequence for numbered in await self._said(octets, NOT_FOUND_AFTER)]

    async def _said(self, octets: bytes, seconds: float) -> list[Any]:
        self._heard.clear()
        self.stick.take(octets)
        await self.clock.advance(seconds)
        return [read_answer(payload) for payload in self._heard]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
async def test_each_request_of_the_reference_is_answered_as_there(vector: dict[str, Any]) -> None:
    host = Host()
    if vector["command"] == "001C":
        host.stick.bring(SimulatedCircle(AWAY, START))
        await host.say("0007" + "01" + "000D6F0001A404A5")

    answers = await host.say(vector["send_hex_payload"])

    expected = [read_answer(answer["hex_payload"]).answer for answer in answers_of(vector)]
    if vector["id"] == "0008-1":  # the reference leaves off what 0008-2 has
        expected.append(Confirmation(status=Status.CIRCLE_PLUS_JOINING, mac=CIRCLE_PLUS))
    assert [type(answer) for answer in answers] == [type(answer) for answer in expected]
    for answer, wanted in zip(answers, expected, strict=True):
        for name in ("status", "mac", "circle_plus", "success"):
            if vector["command"] != "0018" or name != "mac":
                assert getattr(answer, name, None) == getattr(wanted, name, None)


async def test_sequence_numbers_go_up_and_are_those_of_the_answers() -> None:
    host = Host()

    assert await host.numbers(framed(INITIALISE) + framed("0023000D6F0001A404A5")) == [1, 1, 2, 2]
    assert len(host.spoken) == 2

    host.stick.restart()

    assert await host.numbers(framed(INITIALISE)) == [1, 1]


async def test_a_request_with_a_wrong_crc_is_refused() -> None:
    host = Host()

    host.stick.take(b"\x05\x05\x03\x03000AB43D\r\n")
    damaged = await host.numbers(b"\x05\x05\x03\x03000AB43D\r\n")
    answers = await host.say("000A0", 0)

    assert damaged == [2]
    assert answers[0] == Acknowledgement(status=Status.ACCEPTED)


async def test_what_was_asked_before_the_host_went_is_forgotten() -> None:
    host = Host()
    host.stick.take(framed("0023000D6F0001A404A5"))

    host.stick.unplug()
    host.plug_in()

    assert await host.say("000A") != []
    assert await host.numbers(b"") == []


async def test_a_stick_that_is_full_takes_nothing() -> None:
    host = Host()
    host.stick.set_full(is_full=True)
    nothing = await host.say(INITIALISE)
    host.stick.set_full(is_full=False)

    assert nothing == []
    assert len(await host.say(INITIALISE)) == 2


@pytest.mark.parametrize(
    "payload",
    [
        "0018000D6F0001A400E200",  # no Circle+
        "001C000D6F0001A400E2000D6F0001A404A5",
        "0048000D6F0001A4022300000000",  # no log
        "0009000D6F0001A404A50204",  # nobody there
    ],
)
async def test_what_cannot_be_done_is_not_found(payload: str) -> None:
    answers = await Host().say(payload)

    assert answers == [Acknowledgement(status=0xC1), Acknowledgement(status=0xE1)]


async def test_a_place_beyond_the_last_is_free() -> None:
    free = await Host().say("0018000D6F0001A5A3723F")

    assert getattr(free[1], "mac", None) == Eui64(2**64 - 1)


async def test_a_circle_may_be_refused_and_one_that_left_may_come_back_to_its_place() -> None:
    host = Host()
    host.stick.bring(SimulatedCircle(AWAY, START))
    await host.say("0007" + "00" + "000D6F0001A404A5")
    refused = await host.say("0023000D6F0001A404A5")
    await host.say("0009000D6F0001A400E20204")
    left = await host.say("0023000D6F0001A400E2")
    await host.say("0007" + "01" + "000D6F0001A400E2")
    back = await host.say("0023000D6F0001A400E2")

    assert refused[1] == Acknowledgement(status=0xE1)
    assert left[1] == Acknowledgement(status=0xE1)
    assert getattr(back[1], "relay", None) == 1


async def test_who_wants_to_join_is_told_of_once_that_is_allowed_and_somebody_listens() -> None:
    host = Host()
    await host.say("000801")
    host.stick.unplug()
    host.stick.bring(SimulatedCircle(AWAY, START))
    host.plug_in()
    nothing = await host.numbers(b"")

    told = await host.numbers(framed("000801"))

    assert nothing == []
    assert told == [1, 1, 0xFFFC]
