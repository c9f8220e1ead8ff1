"""A device that is slow or asleep delays nobody, and each result reaches who sent."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError, NotTakenError
from sebridge.base.signals import SignalBus
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.exchange import Exchange, UrgentExchange
from sebridge.network.airtime import BURST
from sebridge.network.directory import Directory
from sebridge.network.manager import DeviceManager, DeviceRules
from sebridge.network.peer import Peer
from sebridge.network.trust_center import TrustCenter
from sebridge.network.turns import MOST_WAITING
from sebridge.radio.radio import Incoming, Outgoing, TxStatus
from sebridge.zcl.frame import READ_ATTRIBUTES, READ_ATTRIBUTES_RESPONSE, Frame
from sebridge.zcl.zdo import ZdoCommand
from tests.network.air import Air, Station

LIVING = 50
METERING = 0x0702
ZDO = 0


class SlowAir(Air):
    """An air on which some devices never say what became of a frame, and others answer by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck: set[Eui64] = set()
        self.refusals = 0

    @override
    async def send(self, frame: Outgoing) -> None:
        if frame.profile_id != ZDO and frame.destination in self.stuck:
            self.sent.append(frame)
            await asyncio.Event().wait()
        if frame.profile_id != ZDO and self.refusals:
            self.refusals -= 1
            raise NotTakenError("the radio is busy", TxStatus.NO_ROOM)
        await super().send(frame)

    def commands_to(self, station: Station) -> list[bytes]:
        """Return what a device was sent, but for device management."""
        told = [frame for frame in self.sent if frame.destination == station.eui64]
        return [frame.data for frame in told if frame.profile_id != ZDO]


class House:
    """A gateway's way to its devices."""

    def __init__(self, directory: Directory, clock: VirtualClock, bus: SignalBus) -> None:
        self.air = SlowAir()
        self.clock = clock
        self.directory = directory
        self.trust = TrustCenter(self.air, {}, clock, bus, lambda: False)
        self.manager = DeviceManager(self.air, directory, self.trust, clock, DeviceRules())
        self.exchange = Exchange(
            self.manager,
            clock,
            lambda: 40.0,
            encryption=EncryptionRules(),
            may_be_told=lambda _device: True,
            no_default_response=lambda: True,
            one_at_a_time=self.manager.one_at_a_time,
        )
        self.air.deliver = self.manager.seen

    async def know(self, number: int, *, sleepy: bool = False) -> Station:
        station = self.air.add(Station(number, sleepy=sleepy))
        self.manager.seen(station.frame())
        await self.clock.advance(seconds=1)  # its share of the air, also for the fiftieth
        assert self.directory.is_active(station.eui64)
        self.air.sent.clear()
        return station

    def tell(self, station: Station, number: int = 0) -> "asyncio.Task[None]":
        """Send a device a command, as a feature does."""
        frame = Outgoing(station.eui64, 0x0109, 0x0700, 0x5E, 1, bytes((9, number, 0)))
        return asyncio.create_task(self.manager.send(frame))

    def ask(self, station: Station, *, urgent: bool = False) -> "asyncio.Task[Frame]":
        """Read something of a device; an urgent question is for another attribute."""
        peer = Peer(station.eui64, 1, 0x0104)
        question = Frame(READ_ATTRIBUTES, 0, b"\1\0" if urgent else b"\0\0")
        exchange = UrgentExchange(self.exchange) if urgent else self.exchange
        return asyncio.create_task(exchange.ask(peer, 0x0B04, 1, question))

    def answer(self, station: Station) -> None:
        """Have a device answer what it was asked last."""
        number = self.air.commands_to(station)[-1][1]
        frame = Frame(READ_ATTRIBUTES_RESPONSE, number, b"\0\0\x86", from_server=True)
        heard = Incoming(station.eui64, station.nwk, 0x0104, 0x0B04, 1, 1, frame.serialize())
        self.manager.seen(heard)
        self.exchange.answered(heard, frame)


@pytest.fixture
async def house(directory: Directory, clock: VirtualClock, bus: SignalBus) -> AsyncIterator[House]:
    house = House(directory, clock, bus)
    yield house
    await house.manager.stop()
    await house.trust.stop()


async def test_one_dead_device_delays_none_of_many_living_ones(
    house: House, clock: VirtualClock
) -> None:
    dead = await house.know(1)
    living = [await house.know(number) for number in range(2, 2 + LIVING)]
    house.air.stuck.add(dead.eui64)
    begun = clock.monotonic()
    to_dead = [house.tell(dead, number) for number in range(5)]
    to_living = [house.tell(station, n) for n in range(5) for station in living]

    await clock.settle()

    assert all(task.done() and task.exception() is None for task in to_living)
    assert clock.monotonic() == begun
    assert len(house.air.commands_to(dead)) == 1
    await clock.advance(seconds=30)  # each has ten seconds, one after the other
    assert all(task.done() for task in to_dead)
    ends = await asyncio.gather(*to_dead, return_exceptions=True)
    assert [type(end) for end in ends] == [DeliveryError] * 5
    assert [str(end) for end in ends[3:]] == [f"{dead.eui64} failed 3 times in a row"] * 2
    assert [data[1] for data in house.air.commands_to(dead)] == [0, 1, 2]
    assert not house.directory.is_active(dead.eui64)
    assert all(house.directory.is_active(station.eui64) for station in living)


async def test_one_that_does_not_answer_takes_one_question_of_the_air_from_all_others(
    house: House, clock: VirtualClock
) -> None:
    silent = house.air.add(Station(1))
    silent.falls_silent()
    living = [house.air.add(Station(number)) for number in range(2, 2 + LIVING)]
    questions = 1 + 4 * LIVING

    for station in (silent, *living):
        await house.manager.add(station.eui64)
        house.manager.joined(station.eui64, station.nwk)
        await clock.settle()
    await clock.advance(seconds=(questions - BURST) * 0.04 + 0.01)

    assert all(house.directory.is_active(station.eui64) for station in living)
    assert silent.asked == [ZdoCommand.Node_Desc_req]
    assert len(house.air.sent) == questions


@pytest.mark.parametrize("reason", ["left the network", "was removed"])
async def test_nobody_waits_for_a_device_that_is_gone(
    house: House, clock: VirtualClock, reason: str
) -> None:
    meter = await house.know(1, sleepy=True)
    meter.reachable = False
    under_way, waiting = house.tell(meter), house.tell(meter)
    asking, asking_too = house.ask(meter), house.ask(meter)
    await clock.settle()

    if reason == "was removed":
        await house.manager.remove(meter.eui64)
    else:
        house.manager.left(meter.eui64)
    await clock.settle()

    assert not under_way.done()
    for task in (waiting, asking, asking_too):
        error = task.exception()
        assert isinstance(error, DeliveryError)
        assert str(error) == f"{meter.eui64} {reason}"
        assert error.tx_status == TxStatus.NO_ACK
    under_way.cancel()


async def test_so_many_frames_wait_for_a_device_and_who_comes_too_late_is_told(
    house: House, clock: VirtualClock
) -> None:
    dead = await house.know(1)
    house.air.stuck.add(dead.eui64)
    tasks = [house.tell(dead, number) for number in range(MOST_WAITING + 3)]

    await clock.settle()

    refused = [task.exception() for task in tasks if task.done()]
    assert [type(error) for error in refused] == [DeliveryError] * 2
    assert (house.manager.queued, house.manager.refused) == (MOST_WAITING, 2)
    for task in tasks:
        task.cancel()
    await clock.settle()
    assert house.manager.queued == 0


async def test_a_frame_that_the_radio_refuses_is_handed_to_it_again(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(1)
    house.air.refusals = 3

    task = house.tell(meter)
    await clock.advance(seconds=1)
    house.air.refusals = 4
    in_vain = house.tell(meter)
    await clock.advance(seconds=1)

    assert task.exception() is None
    assert isinstance(in_vain.exception(), NotTakenError)
    assert house.directory.is_active(meter.eui64)


# ------------------------------------------------------------------ who sleeps


async def test_what_a_sleeping_device_did_not_take_is_sent_as_soon_as_it_speaks(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(1, sleepy=True)
    meter.reachable = False
    task = house.tell(meter)
    await clock.advance(seconds=30)
    before = len(house.air.commands_to(meter))

    meter.reachable = True
    house.manager.seen(meter.frame())
    await clock.settle()

    assert task.done()
    assert task.exception() is None
    assert (before, len(house.air.commands_to(meter))) == (1, 2)
    presence = house.directory.presence(meter.eui64)
    assert presence is not None
    assert presence.failures == 0


async def test_a_sleeping_device_that_does_not_speak_has_failed_once(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(1, sleepy=True)
    meter.reachable = False
    task = house.tell(meter)

    await clock.advance(seconds=39)
    is_early = task.done()
    await clock.advance(seconds=1)

    assert not is_early
    assert isinstance(task.exception(), DeliveryError)
    presence = house.directory.presence(meter.eui64)
    assert presence is not None
    assert (presence.failures, presence.active) == (1, True)


async def test_a_sleeping_device_is_asked_one_thing_at_a_time(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(1, sleepy=True)
    first, second = house.ask(meter), house.ask(meter)
    await clock.settle()
    asked = len(house.air.commands_to(meter))

    house.answer(meter)
    await clock.settle()
    asked_then = len(house.air.commands_to(meter))
    house.answer(meter)
    await clock.settle()

    assert (asked, asked_then) == (1, 2)
    assert (await first).command_id == (await second).command_id == READ_ATTRIBUTES_RESPONSE


async def test_what_somebody_waits_for_is_asked_before_what_we_read_on_our_own(
    house: House, clock: VirtualClock
) -> None:
    sleepy, awake = await house.know(1, sleepy=True), await house.know(2)
    house.air.stuck.add(awake.eui64)
    tasks = [house.ask(meter) for meter in (sleepy, awake) for _ in range(3)]
    await clock.settle()

    tasks += [house.ask(meter, urgent=True) for meter in (sleepy, awake)]
    await clock.settle()
    house.answer(sleepy)
    await clock.advance(seconds=10)  # in which the radio does not say what became of the other

    for meter in (sleepy, awake):
        asked = [data[3:] for data in house.air.commands_to(meter)]
        assert asked == [b"\0\0", b"\1\0"]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_question_without_an_answer_does_not_keep_the_next_one_for_ever(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(1, sleepy=True)
    first, second = house.ask(meter), house.ask(meter)

    await clock.advance(seconds=41)
    house.answer(meter)
    await clock.settle()

    assert isinstance(first.exception(), AnswerTimeoutError)
    assert (await second).command_id == READ_ATTRIBUTES_RESPONSE


async def test_who_is_awake_may_be_asked_several_things(house: House, clock: VirtualClock) -> None:
    meter = await house.know(1)

    tasks = [house.ask(meter), house.ask(meter)]
    await clock.settle()

    assert len(house.air.commands_to(meter)) == 2
    for task in tasks:
        task.cancel()
