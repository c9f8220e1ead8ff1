"""A simulated electricity meter."""

import struct
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.errors import ParameterError, UnsupportedCommandError
from sebridge.features.metering.records import (
    GetProfileRecord,
    MirrorRemovedRecord,
    RemoveMirrorRecord,
    RequestFastPollModeRecord,
    RequestMirrorRecord,
    RequestMirrorResponseRecord,
    TakeSnapshotRecord,
)
from sebridge.features.metering.simulated_load import RegisterState
from sebridge.features.metering.simulated_meter import MeterServer, MeterSettings
from sebridge.model.record import Record
from tests.gateway.radio_side import command, peer

FLAT = MeterSettings(mean_load=0.0, initial_energy=100.0)


class House:
    """A meter, and what else is switched on."""

    def __init__(self, clock: VirtualClock, settings: MeterSettings = FLAT) -> None:
        self.load = 0.0
        self.store: dict[str, RegisterState] = {}
        self.clock, self.settings = clock, settings
        self.meter = self.switch_on()

    def switch_on(self) -> MeterServer:
        return MeterServer("m", self.settings, self.clock.utc, self.store, lambda: self.load)

    def read(self, attribute_id: int) -> int:
        return int(self.meter.attributes.read(attribute_id).value)


async def test_the_register_counts_what_is_drawn(clock: VirtualClock) -> None:
    house = House(clock)
    house.load = 2000.0

    before = house.read(0x0000)
    await clock.advance(minutes=30)

    assert before == 100_000
    assert house.read(0x0000) in {100_999, 101_000}
    assert house.read(0x0400) == 2000


async def test_a_load_that_changes_is_counted_until_then(clock: VirtualClock) -> None:
    house = House(clock)
    house.load = 1000.0
    await clock.advance(minutes=60)

    house.meter.account()
    house.load = 0.0
    await clock.advance(minutes=60)

    assert house.read(0x0000) == pytest.approx(101_000, abs=1)
    assert house.read(0x0400) == 0


async def test_the_registers_survive_a_restart(clock: VirtualClock) -> None:
    house = House(clock)
    house.load = 1000.0
    await clock.advance(minutes=60)
    before = house.read(0x0000)

    house.meter = house.switch_on()

    assert house.read(0x0000) == before


@pytest.mark.parametrize(
    ("multiplier", "divisor", "raw"), [(1, 1000, 100_000), (1, 100, 10_000), (10, 1000, 10_000)]
)
def test_raw_times_multiplier_by_divisor_is_kilowatt_hours_met_2(
    clock: VirtualClock, multiplier: int, divisor: int, raw: int
) -> None:
    settings = MeterSettings(multiplier, divisor, mean_load=0.0, initial_energy=100.0)
    house = House(clock, settings)

    assert house.read(0x0000) == raw
    assert (house.read(0x0301), house.read(0x0302)) == (multiplier, divisor)


@pytest.mark.parametrize("attribute_id", [0x0000, 0x0200, 0x0300, 0x0303, 0x0306])
def test_the_mandatory_attributes_are_there_met_1(clock: VirtualClock, attribute_id: int) -> None:
    assert attribute_id in dict(House(clock).meter.attributes.types())


async def test_a_home_with_panels_counts_what_it_gives_back_met_5() -> None:
    noon = VirtualClock(1_300_060_800.0 + 11 * 3600)
    house = House(noon, MeterSettings(mean_load=0.0, solar_peak=3000.0))

    await noon.advance(hours=1)

    assert house.read(0x0001) == pytest.approx(2966, abs=20)
    assert house.read(0x0400) == pytest.approx(-3000, abs=2)


def test_without_panels_there_is_no_such_register(clock: VirtualClock) -> None:
    assert 0x0001 not in dict(House(clock).meter.attributes.types())


@pytest.mark.parametrize(("load", "shown"), [(1e12, 0x7FFFFF), (-1e12, -0x7FFFFF)])
def test_a_demand_beyond_its_register_stops_at_the_limit(
    clock: VirtualClock, load: float, shown: int
) -> None:
    house = House(clock)
    house.load = load

    assert house.read(0x0400) == shown


@pytest.mark.parametrize(
    "wrong", [{"unit_of_measure": 0x100}, {"multiplier": -1}, {"divisor": 0x1000000}]
)
def test_what_no_register_can_show_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=r"must be 0\.\."):
        MeterSettings(**wrong)


@pytest.mark.parametrize("factor", [None, 0])
def test_a_factor_that_is_missing_or_zero_counts_as_1(
    clock: VirtualClock, factor: int | None
) -> None:
    settings = MeterSettings(factor, factor, mean_load=0.0, initial_energy=100.0)
    house = House(clock, settings)

    shown = dict(house.meter.attributes.types())

    assert house.read(0x0000) == 100
    assert (0x0301 in shown, 0x0302 in shown) == (factor is not None, factor is not None)


def test_registers_are_in_binary_coded_decimal_where_the_unit_says_so_met_4(
    clock: VirtualClock,
) -> None:
    settings = MeterSettings(
        unit_of_measure=0x81, device_type=1, mean_load=0.0, initial_energy=4711.25
    )
    house = House(clock, settings)
    house.load = 2500.0

    assert (house.read(0x0300), house.read(0x0306)) == (0x81, 1)
    assert house.read(0x0000) == 0x4711250
    assert house.read(0x0400) == 0x2500


@pytest.mark.parametrize(
    ("unit_of_measure", "count", "coded"),
    [
        (0x00, 9_000_000, 0x7FFFFF),
        (0x00, -9_000_000, -0x7FFFFF),
        (0x80, 9_000_000, 0x99999),
        (0x80, -12, -0x12),
    ],
)
def test_a_register_shows_no_more_than_it_holds(
    unit_of_measure: int, count: int, coded: int
) -> None:
    settings = MeterSettings(unit_of_measure=unit_of_measure)

    assert settings.coded(count, 0x7FFFFF) == coded


# ------------------------------------------------------------------ profile, fast poll, mirror


def asked(house: House, record: Record) -> Any:
    answers = house.meter.receive(command(record, zigbee_time(house.clock.utc()))).answers
    return answers[0] if answers else None


async def test_the_profile_is_what_was_used_in_each_quarter_of_an_hour(
    clock: VirtualClock,
) -> None:
    house = House(clock)
    await clock.advance(900 - clock.utc() % 900)
    house.read(0x0000)
    house.load = 4000.0

    await clock.advance(minutes=30)
    profile = asked(house, GetProfileRecord(interval_channel=0, end_time=0, number_of_periods=3))

    assert list(profile.intervals) == [1000, 1000, 0]
    assert (profile.status, profile.profile_interval_period) == (0, 3)
    assert profile.end_time == zigbee_time(clock.utc())
    assert (
        asked(house, GetProfileRecord(interval_channel=1, end_time=0, number_of_periods=1)).status
        == 2
    )


async def test_a_home_with_panels_has_a_profile_of_what_it_gave_back() -> None:
    noon = VirtualClock(1_300_060_800.0 + 11 * 3600)
    house = House(noon, MeterSettings(mean_load=0.0, solar_peak=4000.0))

    await noon.advance(hours=1)
    profile = asked(house, GetProfileRecord(interval_channel=1, end_time=0, number_of_periods=24))

    assert profile.number_of_periods_delivered == 24
    assert profile.intervals[0] == pytest.approx(998, abs=5)


async def test_the_demand_is_a_new_one_every_thirty_seconds_and_faster_on_request_met_7(
    clock: VirtualClock,
) -> None:
    house = House(clock)
    seen = []
    for load in (1000.0, 2000.0, 3000.0):
        house.load = load
        seen.append(house.read(0x0400))
        await clock.advance(15)

    mode = asked(house, RequestFastPollModeRecord(fast_poll_update_period=2, duration=1))
    house.load = 5000.0
    await clock.advance(5)

    assert seen == [1000, 1000, 3000]
    assert mode.applied_update_period == 5
    assert mode.fast_poll_mode_end_time == zigbee_time(clock.utc()) - 5 + 60
    assert house.read(0x0400) == 5000


def test_a_clock_that_goes_back_does_not_stop_the_demand(clock: VirtualClock) -> None:
    house = House(clock)
    house.read(0x0400)
    house.load = 700.0

    clock.jump(-3600)

    assert house.read(0x0400) == 700


def test_a_meter_without_fast_poll_mode_says_so_met_8(clock: VirtualClock) -> None:
    house = House(clock, MeterSettings(fast_poll=False))

    with pytest.raises(UnsupportedCommandError):
        asked(house, RequestFastPollModeRecord(fast_poll_update_period=5, duration=1))
    assert 0x000B not in dict(house.meter.attributes.types())


def test_other_commands_are_not_supported(clock: VirtualClock) -> None:
    with pytest.raises(UnsupportedCommandError):
        asked(House(clock), TakeSnapshotRecord(snapshot_cause=0))


def test_the_meter_remembers_its_mirror_until_it_is_gone(clock: VirtualClock) -> None:
    house = House(clock)
    mirrors = []

    for answer in (
        RequestMirrorResponseRecord(endpoint_id=0xC0),
        MirrorRemovedRecord(removed_endpoint_id=0xC0),
        RequestMirrorResponseRecord(endpoint_id=0xFFFF),
    ):
        asked(house, answer)
        mirrors.append(house.meter.mirror_endpoint)

    assert mirrors == [0xC0, None, None]
    (question,) = house.meter.ask_for_mirror(peer()).sendings
    (farewell,) = house.meter.give_up_mirror(peer()).sendings
    assert [type(s.record) for s in (question, farewell)] == [
        RequestMirrorRecord,
        RemoveMirrorRecord,
    ]


def test_the_serial_number_is_the_name_or_what_is_given(clock: VirtualClock) -> None:
    named = House(clock).meter.attributes.read(0x0308).value
    given = House(clock, MeterSettings(serial_number="4711")).meter.attributes.read(0x0308).value

    assert (named, given) == (b"m".hex(), b"4711".hex())
    with pytest.raises(ParameterError, match="24 octets"):
        MeterSettings(serial_number="x" * 25)


# ------------------------------------------------------------------ what real meters have


async def test_the_tiers_of_a_meter_add_up_to_its_register(clock: VirtualClock) -> None:
    house = House(clock, MeterSettings(tiers=3, mean_load=1000.0))
    await clock.advance(hours=1)

    tiers = [house.read(0x0100 + 2 * tier) for tier in range(3)]

    assert sum(tiers) == house.read(0x0000)
    assert max(tiers) - min(tiers) <= 1


async def test_a_meter_that_starts_again_now_and_then_reads_0_for_half_a_minute(
    clock: VirtualClock,
) -> None:
    house = House(clock, MeterSettings(falls_every=600.0, mean_load=0.0))
    await clock.advance(600 - clock.utc() % 600 + 1)

    fallen = house.read(0x0000)
    await clock.advance(30)

    assert (fallen, house.read(0x0000)) == (0, 4_711_000)


def test_registers_may_be_floats(clock: VirtualClock) -> None:
    house = House(clock, MeterSettings(summation_type=0x39, mean_load=0.0))

    shown = house.meter.attributes.read(0x0000)

    assert (shown.attribute_type, shown.raw) == (0x39, struct.pack("<f", 4_711_000))


def test_a_meter_that_is_swapped_has_another_number_and_begins_anew(clock: VirtualClock) -> None:
    house = House(clock)

    house.meter.swap(MeterSettings(initial_energy=1.5, serial_number="new", mean_load=0.0))

    assert house.read(0x0000) == 1500
    assert house.meter.attributes.read(0x0308).value == b"new".hex()


def test_what_a_meter_refuses_to_report_can_be_read(clock: VirtualClock) -> None:
    house = House(clock, MeterSettings(unreportable=(0x0000,)))

    reportable = [house.meter.attributes.is_reportable(a) for a in (0x0000, 0x0400)]

    assert reportable == [False, True]
    assert house.read(0x0000) == 4_711_000


@pytest.mark.parametrize("wrong", [{"summation_type": 0x42}, {"tiers": 49}])
def test_what_no_meter_has_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        MeterSettings(**wrong)
