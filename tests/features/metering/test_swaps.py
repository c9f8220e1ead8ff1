"""Meters in the place of others: what is refused, and that all of a swap is kept at once."""

from collections.abc import AsyncIterator
import math
from pathlib import Path

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock, VirtualClock
from sebridge.base.errors import LimitError, ParameterError, RequestError
from sebridge.base.signals import SignalBus
from sebridge.features.metering.meters import MeterConfiguration, MeterRegisters, Meters
from sebridge.features.metering.signals import MeterRead, SwapSettled
from sebridge.features.metering.succession import GivenReadings, MeterSwap, Succession
from sebridge.features.metering.swaps import MOST_SWAPS, MeterSwaps
from sebridge.model.data_types import Uint8, Uint16
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.directory import Directory
from sebridge.network.identities import Identities
from sebridge.network.known_device import KnownDevice
from sebridge.storage.database import Database
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import METERING, SE_PROFILE

OLD, NEW, OTHER = (Eui64(0xA0 + number) for number in range(3))
NOTHING_GIVEN = GivenReadings()


class House:
    """Meters that are known, and swapped."""

    def __init__(self, database: Database) -> None:
        self.bus = SignalBus()
        self.settled: list[SwapSettled] = []
        self.bus.listen(SwapSettled, self.settled.append)
        self.clock = clock = VirtualClock()
        self.directory = Directory(
            database.collection("devices", Eui64, KnownDevice), clock, self.bus
        )
        self.meters = Meters(
            store=database.collection("meters", str, MeterConfiguration),
            registers=database.collection("meter_registers", str, MeterRegisters),
            successions=database.collection("meter_successions", str, Succession),
        )
        self.store = database.collection("meter_swaps", int, MeterSwap)
        self.identities = Identities()
        self.swaps = MeterSwaps(
            store=self.store,
            meters=self.meters,
            devices=self.directory,
            identities=self.identities,
            clock=clock,
            bus=self.bus,
        )

    def has(self, device: Eui64, *endpoints: int) -> None:
        """Know a device with meters at these endpoints."""
        descriptors = {
            Uint8(number): Simple_Desc_rsp(
                status=Uint8(0),
                nwk_addr=Uint16(1),
                endpoint_id=Uint8(number),
                profile_id=Uint16(SE_PROFILE),
                input_clusters=(Uint16(METERING),),
                output_clusters=(),
            )
            for number in endpoints
        }
        self.directory.put(KnownDevice(eui64=device, simple_descriptors=descriptors, added=True))

    def counts(self, device: Eui64, endpoint: int, raw: int, unit: int = 0) -> float | None:
        """Have a meter say what it is, and report; return what is shown."""
        self.meters.configure(device, endpoint, [_value(0x0300, 0x30, unit, 1)])
        values = [_value(0x0000, 0x25, raw, 6)]
        reading = self.meters.take(device, endpoint, values, 5.0).reading
        assert reading is not None
        self.bus.send(MeterRead(device, endpoint, reading))
        return reading.energy_in


def _value(attribute: int, kind: int, number: int, octets: int) -> AttributeValue:
    raw = number.to_bytes(octets, "little")
    return AttributeValue(attribute_id=attribute, attribute_type=kind, value=number, raw=raw)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(tmp_path / "kept.db", SystemClock())
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def house(database: Database) -> House:
    house = House(database)
    house.has(OLD, 9)
    house.has(NEW, 9)
    house.counts(OLD, 9, 100)
    return house


async def test_all_of_a_swap_reaches_the_disk_in_one_commit(
    database: Database, house: House
) -> None:
    house.counts(NEW, 9, 3)
    await database.flush()
    commits = database.commits

    house.swaps.swap(OLD, NEW, NOTHING_GIVEN)
    await database.flush()

    assert database.commits == commits + 1
    assert house.counts(NEW, 9, 4) == 101.0


async def test_undone_all_of_it_is_gone_from_the_disk_in_one_commit(
    database: Database, house: House
) -> None:
    house.counts(NEW, 9, 3)
    house.swaps.swap(OLD, NEW, NOTHING_GIVEN)
    await database.flush()
    commits = database.commits

    house.swaps.undo(NEW)
    await database.flush()

    assert database.commits == commits + 1
    assert len(house.store) == 0
    assert house.counts(NEW, 9, 4) == 4.0
    assert house.identities.address(NEW) == NEW


async def test_an_awaited_one_is_awaited_no_more_when_it_is_undone(house: House) -> None:
    house.swaps.swap(OLD, NEW, NOTHING_GIVEN)

    undone = house.swaps.undo(OLD)

    assert undone.done is None
    assert house.settled == []
    assert house.swaps.all == ()


async def test_one_that_was_never_heard_cannot_be_followed(house: House) -> None:
    house.has(OTHER, 9)

    with pytest.raises(ParameterError, match="has never shown what it counts"):
        house.swaps.swap(OTHER, NEW, NOTHING_GIVEN)


async def test_readings_are_of_one_meter(house: House) -> None:
    house.has(OLD, 9, 10)
    house.counts(OLD, 10, 7, unit=1)

    with pytest.raises(ParameterError, match="has several meters"):
        house.swaps.swap(OLD, NEW, GivenReadings(new_energy_in=1.0))


@pytest.mark.parametrize(
    "given",
    [
        GivenReadings(old_energy_in=-0.1),
        GivenReadings(old_energy_in=math.inf),
        GivenReadings(old_energy_in=math.nan),
        GivenReadings(old_energy_in=1e15),
    ],
    ids=["negative", "infinite", "no number", "too large"],
)
async def test_a_reading_that_no_meter_shows_is_refused_and_changes_nothing(
    house: House, given: GivenReadings
) -> None:
    house.has(OLD, 9)
    house.counts(OLD, 9, 5000)

    with pytest.raises(ParameterError, match=r"old_energy_in.*is not what a meter shows"):
        house.swaps.swap(OLD, NEW, given)

    assert house.swaps.all == ()


async def test_two_meters_of_a_device_are_followed_by_those_of_their_kind(house: House) -> None:
    house.has(OLD, 9, 10)
    house.counts(OLD, 10, 7000, unit=1)
    house.has(NEW, 1, 2, 3)
    house.counts(NEW, 1, 5, unit=1)
    house.counts(NEW, 2, 50)
    waiting = house.swaps.swap(OLD, NEW, NOTHING_GIVEN)
    house.swaps.undo(NEW)
    house.counts(NEW, 3, 1, unit=7)

    done = house.swaps.swap(OLD, NEW, NOTHING_GIVEN)

    assert waiting.done is None
    assert done.endpoints == {1: 10, 2: 9}
    assert [house.identities.endpoint(NEW, number) for number in (1, 2, 3)] == [10, 9, 3]
    assert house.counts(NEW, 1, 6, unit=1) == 7001.0
    assert house.counts(NEW, 3, 2, unit=7) == 2.0


async def test_the_old_one_may_be_gone_when_the_new_one_comes(house: House) -> None:
    house.swaps.swap(OLD, NEW, NOTHING_GIVEN)
    await house.swaps.start()
    house.directory.remove(OLD)
    house.meters.forget(OLD)

    house.counts(NEW, 9, 3)
    await house.clock.settle()

    assert [one.refused for one in house.settled] == [None]
    assert house.counts(NEW, 9, 5) == 102.0
    await house.swaps.stop()


async def test_a_swap_of_more_than_there_is_room_for_is_refused(house: House) -> None:
    swap = house.swaps.swap(OLD, NEW, NOTHING_GIVEN)
    house.swaps.undo(NEW)
    for number in range(MOST_SWAPS):
        house.store[number] = MeterSwap(
            old=OTHER,
            new=OTHER,
            name="",
            asked=0.0,
            given=NOTHING_GIVEN,
            old_meters=swap.old_meters,
            done=1.0,
        )

    with pytest.raises(LimitError, match="256 swaps are kept already"):
        house.swaps.swap(OLD, NEW, NOTHING_GIVEN)


async def test_a_meter_of_another_model_under_its_address_counts_for_itself(house: House) -> None:
    house.counts(NEW, 9, 3)
    house.swaps.swap(OLD, NEW, NOTHING_GIVEN)

    house.meters.replaced(NEW)
    house.swaps.undo(NEW)

    assert house.counts(NEW, 9, 1) == 1.0


async def test_a_sum_of_another_unit_is_not_gone_on_from(house: House) -> None:
    house.counts(NEW, 9, 3)
    house.swaps.swap(OLD, NEW, NOTHING_GIVEN)

    assert house.counts(NEW, 9, 4, unit=1) == 4.0


async def test_an_undone_swap_that_was_none_is_refused(house: House) -> None:
    with pytest.raises(RequestError, match="takes no place"):
        house.swaps.undo(OTHER)
