"""Interviews: one per device, few at once, later again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import NotJoinedError
from sebridge.network import directory as directory_module
from sebridge.network.directory import Directory
from sebridge.network.interviews import INTERVIEWS_AT_ONCE, PROOFS_AT_ONCE, Interviews
from sebridge.network.known_device import KnownDevice
from sebridge.network.zdo_client import ZdoClient
from sebridge.zcl.zdo import ZdoCommand
from tests.network.air import Air, Station


class Bureau:
    """Interviews on an air, and who did not answer."""

    def __init__(self, directory: Directory, clock: VirtualClock) -> None:
        self.air = Air()
        self.clock = clock
        self.directory = directory
        self.admits = True
        self.unanswered: list[Eui64] = []
        client = ZdoClient(self.air, clock, lambda: 40.0)
        self.air.deliver = client.received
        self.answered: list[tuple[Eui64, int]] = []
        self.interviews = Interviews(
            client,
            directory,
            clock,
            lambda: self.admits,
            unanswered=self.unanswered.append,
            answered=lambda device, nwk: self.answered.append((device, nwk)),
        )

    async def request(self, station: Station) -> None:
        self.interviews.request(station.eui64, station.nwk)
        await self.clock.settle()


@pytest.fixture
async def bureau(directory: Directory, clock: VirtualClock) -> AsyncIterator[Bureau]:
    bureau = Bureau(directory, clock)
    yield bureau
    await bureau.interviews.stop()


async def test_who_answers_is_known_and_active(bureau: Bureau) -> None:
    meter = bureau.air.add(Station(1))

    await bureau.request(meter)

    assert bureau.directory.is_active(meter.eui64)
    assert bureau.directory[meter.eui64].nwk == meter.nwk
    assert bureau.directory.last_seen(meter.eui64) is not None
    assert bureau.answered == [(meter.eui64, meter.nwk)]


async def test_interviews_are_few_at_once_and_all_are_held(bureau: Bureau) -> None:
    stations = [bureau.air.add(Station(number)) for number in range(20)]
    bureau.air.gate = asyncio.Event()
    for station in stations:
        bureau.interviews.request(station.eui64, station.nwk)
    await bureau.clock.settle()
    assert bureau.air.under_way == INTERVIEWS_AT_ONCE

    bureau.air.gate.set()
    for _ in range(20):
        await bureau.clock.settle()

    assert all(bureau.directory.is_active(station.eui64) for station in stations)
    assert bureau.air.most_under_way == INTERVIEWS_AT_ONCE


async def test_proofs_of_presence_are_more_at_once(bureau: Bureau) -> None:
    stations = [bureau.air.add(Station(number)) for number in range(20)]
    for station in stations:
        await bureau.request(station)
        bureau.directory.deactivate(station.eui64)
    bureau.air.gate = asyncio.Event()

    for station in stations:
        bureau.interviews.request(station.eui64, station.nwk)
    await bureau.clock.settle()

    assert bureau.air.under_way == PROOFS_AT_ONCE
    bureau.air.gate.set()


async def test_a_device_under_way_is_not_visited_twice(bureau: Bureau) -> None:
    meter = bureau.air.add(Station(1, silent={ZdoCommand.Node_Desc_req}))

    for _ in range(5):
        await bureau.request(meter)

    assert len(bureau.air.sent) == 1


async def test_who_does_not_answer_is_told_and_visited_later(bureau: Bureau) -> None:
    meter = bureau.air.add(Station(1, silent={ZdoCommand.Node_Desc_req}))
    bureau.directory.put(KnownDevice(eui64=meter.eui64, nwk=meter.nwk))
    await bureau.request(meter)
    await bureau.clock.advance(41)
    assert bureau.unanswered == [meter.eui64]

    bureau.interviews.retry()
    assert len(bureau.air.sent) == 1
    await bureau.clock.advance(5)
    meter.silent.clear()
    bureau.interviews.retry()
    await bureau.clock.settle()

    assert bureau.directory.is_active(meter.eui64)


async def test_retries_leave_out_who_is_gone_or_needs_none(bureau: Bureau) -> None:
    nowhere = KnownDevice(eui64=Station(1).eui64)
    bureau.directory.put(nowhere)
    healthy = bureau.air.add(Station(2))
    await bureau.request(healthy)
    bureau.air.sent.clear()
    for station in (Station(1), healthy, Station(3)):
        bureau.interviews.delay(station.eui64, 0)

    bureau.interviews.retry()
    await bureau.clock.settle()

    assert bureau.air.sent == []


async def test_a_welcome_ends_the_wait(bureau: Bureau) -> None:
    meter = bureau.air.add(Station(1, reachable=False))
    await bureau.request(meter)
    meter.reachable = True
    await bureau.request(meter)
    assert meter.eui64 not in bureau.directory

    bureau.interviews.reset_backoff(meter.eui64)
    await bureau.request(meter)

    assert bureau.directory.is_active(meter.eui64)
    assert bureau.unanswered == []


async def test_a_gateway_off_the_network_blames_nobody(bureau: Bureau) -> None:
    bureau.air.failure = NotJoinedError("no network")

    await bureau.request(Station(1))

    assert bureau.unanswered == []
    assert len(bureau.directory) == 0


async def test_what_others_found_out_meanwhile_is_kept(bureau: Bureau) -> None:
    meter = bureau.air.add(Station(1))
    bureau.directory.put(KnownDevice(eui64=meter.eui64))
    bureau.air.gate = asyncio.Event()
    await bureau.request(meter)
    bureau.directory.put(KnownDevice(eui64=meter.eui64, model="E1"))

    bureau.air.gate.set()
    await bureau.clock.settle()

    known = bureau.directory[meter.eui64]
    assert known.model == "E1"
    assert known.is_complete


async def test_a_stranger_that_is_no_longer_admitted_is_not_kept(bureau: Bureau) -> None:
    meter = bureau.air.add(Station(1))
    bureau.air.gate = asyncio.Event()
    await bureau.request(meter)

    bureau.admits = False
    bureau.air.gate.set()
    await bureau.clock.settle()

    assert len(bureau.directory) == 0


async def test_a_stranger_for_whom_there_is_no_room_is_turned_away(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "MAX_DEVICES", 0)
    meter = bureau.air.add(Station(1))

    await bureau.request(meter)

    assert len(bureau.directory) == 0


async def test_stopping_breaks_off_what_is_under_way(bureau: Bureau) -> None:
    meter = bureau.air.add(Station(1))
    bureau.air.gate = asyncio.Event()
    await bureau.request(meter)

    await bureau.interviews.stop()

    assert bureau.air.under_way == 0
    bureau.air.gate.set()
    await bureau.request(meter)
    assert bureau.directory.is_active(meter.eui64)
