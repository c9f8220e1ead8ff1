"""The rules of the Metering cluster, by their numbers; where two sides matter, on the air."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from msgspec import structs
import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.errors import UnsupportedCommandError
from sebridge.base.signals import SignalBus
from sebridge.features.metering import scale as metering
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.features.metering.load_profile import History, answer_profile
from sebridge.features.metering.meters import Meters
from sebridge.features.metering.readings import MeterReadings
from sebridge.features.metering.records import (
    GetProfileRecord,
    RequestFastPollModeRecord,
    RequestMirrorRecord,
    RequestMirrorResponseRecord,
)
from sebridge.features.metering.scale import Scale
from sebridge.features.metering.signals import MeterRead, MeterStatusChanged, Reading
from sebridge.features.metering.simulated_meter import MeterServer, MeterSettings
from sebridge.features.metering.status import alarms_of
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.network.peer import Peer
from sebridge.simulator.vocabulary import DEVICE_ENDPOINT
from sebridge.zcl.attributes import AttributeValue, attribute_value, write_value
from sebridge.zcl.identifiers import METERING, SE_ENDPOINT, SE_PROFILE
from sebridge.zcl.metering import unit_of
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.api.home import METER, Home, address
from tests.gateway.radio_side import RecordingSender, Trust, address as stranger, command, peer
from tests.gateway.reporting.bookkeeping import report

DEVICE = stranger(1)


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, [METER])
    await home.start()
    yield home
    await home.stop()


@pytest.fixture
def access(clock: VirtualClock) -> AttributeAccess:
    return AttributeAccess(dict, Trust().exchange(RecordingSender(), clock), clusters=CLUSTERS)


def meter_of(home: Home) -> MeterServer:
    (meter,) = home.house.household.find(MeterServer).values()
    return meter


def place(home: Home) -> Peer:
    (found,) = home.gateway.directory.servers(METERING)
    return found


async def asked(home: Home, method: str, **params: Any) -> dict[str, Any]:
    """Put a question to the one meter."""
    return await home.call(method, destination_address=str(place(home).device), **params)


async def done(clock: VirtualClock, work: Coroutine[Any, Any, Any]) -> Any:
    """Let time pass until the work is done."""
    task = asyncio.ensure_future(work)
    for _ in range(100):
        await clock.advance(0.1)
        if task.done():
            break
    return await task


def simulated(clock: VirtualClock, **settings: Any) -> MeterServer:
    return MeterServer("m", MeterSettings(**settings), clock.utc, {}, lambda: 0.0)


def value(attribute_id: int, plain: Any) -> AttributeValue:
    kind = {0x0400: 0x2A, 0x0200: 0x18}.get(attribute_id, 0x25)
    return attribute_value(attribute_id, kind, plain, write_value(kind, plain))


def read(*values: tuple[int, Any]) -> Reading:
    """Return what a meter of these attributes shows."""
    meters = Meters(store={}, registers={}, successions={})
    told = [value(*pair) for pair in values]
    meters.configure(DEVICE, 9, [v for v in told if 0x0300 <= v.attribute_id < 0x0400])
    reading = meters.take(DEVICE, 9, told, 5.0).reading
    assert reading is not None
    return reading


@pytest.mark.parametrize("attribute_id", [0x0000, 0x0200, 0x0300, 0x0303, 0x0306])
def test_met_01_the_mandatory_attributes_are_there(clock: VirtualClock, attribute_id: int) -> None:
    """Summation, status, unit, formatting and device type can be read from the simulated meter."""
    assert simulated(clock).attributes.read(attribute_id).value is not None


@pytest.mark.parametrize(
    ("multiplier", "divisor", "kwh"),
    [(1, 1000, 12.0), (3, 100, 360.0), (None, 1000, 12.0), (1, None, 12_000.0), (1, 0, 12_000.0)],
)
def test_met_02_values_are_raw_times_multiplier_by_divisor(
    multiplier: int | None, divisor: int | None, kwh: float
) -> None:
    """What is missing counts as 1, and so does a divisor of 0; the reading says why."""
    given = [(0x0301, multiplier), (0x0302, divisor)]
    reading = read((0x0000, 12_000), *(pair for pair in given if pair[1] is not None))

    assert reading.energy_in == kwh
    assert reading.why["energy_in"] == {
        "raw": 12_000,
        "multiplier": multiplier or 1,
        "divisor": divisor or 1,
        "formatting": None,
    }


def test_met_03_formatting_is_for_display_and_does_not_scale() -> None:
    """Three digits right of the point change nothing about the value."""
    reading = read((0x0000, 12_000), (0x0303, 0xFB))

    assert reading.energy_in == 12_000.0
    assert reading.why["energy_in"]["formatting"] == 0xFB


@pytest.mark.parametrize("unit_of_measure", range(0x0E))
def test_met_04_each_unit_is_known_in_binary_and_in_bcd(unit_of_measure: int) -> None:
    """With 0x80 set the same octets are decimal digits, of the same unit."""
    binary = read((0x0000, 0x1234), (0x0400, 0x12), (0x0300, unit_of_measure))
    bcd = read((0x0000, 0x1234), (0x0400, 0x12), (0x0300, unit_of_measure | 0x80))

    assert (binary.energy_in, bcd.energy_in) == (4660.0, 1234.0)
    assert (binary.power, bcd.power) == (18.0, 12.0)
    assert (binary.unit, binary.power_unit) == (bcd.unit, bcd.power_unit)
    assert binary.unit == unit_of(unit_of_measure).energy


@pytest.mark.parametrize(
    ("raw", "power"), [(1500, 1.5), (-1500, -1.5), (-0x800000, None), (0x7FFFFF, 8388.607)]
)
def test_met_05_demand_is_signed_and_its_invalid_value_no_number(
    raw: int, power: float | None
) -> None:
    """Positive is delivered to the home, negative received from it."""
    assert read((0x0400, raw), (0x0302, 1000)).power == power


def test_met_06_a_register_that_falls_is_told_and_never_negative_use(
    access: AttributeAccess, bus: SignalBus, caplog: pytest.LogCaptureFixture
) -> None:
    """M in part: a roll-over goes on from the small value, and is logged once."""
    told: list[MeterRead] = []
    bus.listen(MeterRead, told.append)
    meters = Meters(store={}, registers={}, successions={})
    MeterReadings(meters=meters, reader=access, bus=bus)
    meters.configure(DEVICE, 9, [value(0x0303, 0x28)])  # five digits

    for raw in (99_998, 2, 3):
        bus.send(structs.replace(report(), values=[value(0x0000, raw)]))

    shown = [signal.reading.energy_in for signal in told]
    assert shown == [99_998.0, 2.0, 3.0]
    assert caplog.text.count("rolled over") == 1


async def test_met_06_the_registers_of_a_meter_never_go_down(
    home: Home, clock: VirtualClock
) -> None:
    """Also when the clock goes back."""
    told: list[MeterRead] = []
    home.bus.listen(MeterRead, told.append)

    await clock.advance(minutes=20)
    clock.jump(-3600)
    await clock.advance(minutes=20)

    energies = [signal.reading.energy_in or 0.0 for signal in told]
    assert energies
    assert energies == sorted(energies)


async def test_met_07_demand_is_a_new_one_every_default_update_period(clock: VirtualClock) -> None:
    """That is 30 s, as attribute 0x000A says."""
    meter = simulated(clock)
    seen = []
    for _ in range(60):
        seen.append(meter.attributes.read(0x0400).value)
        await clock.advance(5)

    assert meter.attributes.read(0x000A).value == 30
    assert len(set(seen)) == 10
    assert all(len(set(seen[n : n + 6])) == 1 for n in range(0, 60, 6))


async def test_met_08_a_meter_in_fast_poll_mode_reports_faster_and_no_faster_than_it_can(
    home: Home, clock: VirtualClock
) -> None:
    """The period is at least 5 s, the mode at most 15 min; a second request changes nothing."""
    told: list[MeterRead] = []
    home.bus.listen(MeterRead, told.append)
    await clock.advance(60)
    slow = {signal.reading.power for signal in told}
    told.clear()

    mode = await asked(
        home, "request_fast_poll_mode", fast_poll_update_period=1, duration_in_minutes=15
    )
    await clock.advance(60)
    fast = {signal.reading.power for signal in told}
    again = await asked(
        home, "request_fast_poll_mode", fast_poll_update_period=60, duration_in_minutes=1
    )

    assert mode["applied_update_period"] == 5
    assert 0 < mode["fast_poll_mode_end_time"] - zigbee_time(clock.utc()) <= 15 * 60
    assert again == mode
    assert len(slow) <= 3
    assert len(fast) >= 8


def test_met_08_the_duration_is_limited_to_a_quarter_of_an_hour(clock: VirtualClock) -> None:
    """And a meter that lacks the mode does not know the command."""
    now = zigbee_time(clock.utc())
    answer: Any = (
        simulated(clock)
        .receive(command(RequestFastPollModeRecord(fast_poll_update_period=5, duration=255), now))
        .answers[0]
    )

    assert answer.fast_poll_mode_end_time == now + 900
    with pytest.raises(UnsupportedCommandError):
        simulated(clock, fast_poll=False).receive(
            command(RequestFastPollModeRecord(fast_poll_update_period=5, duration=1), now)
        )


async def test_met_09_a_profile_is_read_newest_interval_first(
    home: Home, clock: VirtualClock
) -> None:
    """The first interval ends at the time that is told, and each other a quarter earlier."""
    await clock.advance(hours=2)

    profile = await asked(home, "get_meter_profile", number_of_periods=24)

    assert (profile["status"], profile["unit"], len(profile["record_list"])) == (0, "kWh", 24)
    ends = [interval["end"] for interval in profile["record_list"]]
    assert ends[0] <= zigbee_time(clock.utc()) < ends[0] + 900
    assert ends == [ends[0] - 900 * n for n in range(24)]


@pytest.mark.parametrize(
    ("question", "status"),
    [((9, 0, 1), 1), ((1, 0, 1), 2), ((0, 0xFFFFFFFE, 1), 3), ((0, 0, 25), 4), ((0, 1, 1), 5)],
)
def test_met_09_what_cannot_be_told_is_a_status_without_intervals(
    clock: VirtualClock, question: tuple[int, int, int], status: int
) -> None:
    """Undefined channel, unsupported channel, end in the future, too many, none that old."""
    now = zigbee_time(clock.utc())
    channel, end_time, periods = question
    record = GetProfileRecord(
        interval_channel=channel, end_time=end_time, number_of_periods=periods
    )

    answer: Any = simulated(clock).receive(command(record, now)).answers[0]

    assert (answer.status, answer.number_of_periods_delivered) == (status, 0)


async def test_met_10_intervals_are_scaled_like_registers(home: Home, clock: VirtualClock) -> None:
    """What the intervals sum up to is what the register grew by; 0xFFFFFF is no value."""
    await clock.advance(900 - clock.utc() % 900)
    before = meter_of(home).account().delivered
    await clock.advance(hours=1)
    after = meter_of(home).account().delivered

    profile = await asked(home, "get_meter_profile", number_of_periods=4)

    used = sum(interval["value"] or 0.0 for interval in profile["record_list"])
    assert used == pytest.approx((after - before) / 1000, abs=0.005)
    unknown = answer_profile(
        GetProfileRecord(interval_channel=0, end_time=0, number_of_periods=1),
        {0: History(900, (None,))},
        3,
        1000,
    )
    assert list(unknown.intervals) == [0xFFFFFF]
    assert Scale().interval(0xFFFFFF) is None


async def test_met_11_a_meter_has_a_mirror_that_shows_what_it_reports(
    home: Home, clock: VirtualClock
) -> None:
    """M in part: asking again gives the same endpoint; a mirror's type is 127 above the meter's."""
    endpoints = home.gateway.router.endpoints
    (device,) = home.house.household.devices.values()
    gateway = Peer(home.gateway.radio.network.address, SE_ENDPOINT, SE_PROFILE)

    for _ in range(2):
        device.carry_out(meter_of(home), meter_of(home).ask_for_mirror(gateway))
        await clock.advance(2)
    mirror = meter_of(home).mirror_endpoint
    assert mirror is not None
    assert 1 <= mirror <= 240
    for attribute_id, kind in ((0x0000, 0x25), (0x0306, 0x18)):
        wanted = AttributeReportingConfigurationRecord(
            attribute_id, 0, kind, 5, 60, reportable_change=1 if kind == 0x25 else None
        )
        pairing = Pairing(
            Peer(gateway.device, mirror, SE_PROFILE), DEVICE_ENDPOINT, METERING, server=True
        )
        device.sender.configure(pairing, wanted)
    await clock.advance(30)
    shown = endpoints[mirror].cluster(METERING, server=True)
    assert shown is not None
    assert shown.attributes.read(0x0306).value == 0x7F
    assert shown.attributes.read(0x0000).value >= 4_711_000

    device.carry_out(meter_of(home), meter_of(home).give_up_mirror(gateway))
    await clock.advance(2)

    assert meter_of(home).mirror_endpoint is None
    assert mirror not in endpoints


def test_met_11_without_room_the_answer_is_no_endpoint() -> None:
    """0xFFFF says that there will be no mirror."""
    answers = (
        MeteringClient(NoMirrors()).receive(command(RequestMirrorRecord(), source=peer())).answers
    )

    assert answers == (RequestMirrorResponseRecord(endpoint_id=0xFFFF),)


def test_met_12_the_scale_is_read_before_the_values() -> None:
    """Unit, multiplier, divisor, formatting, type, in this order; without them no reading."""
    assert metering.CONFIGURATION == (0x0300, 0x0301, 0x0302, 0x0303, 0x0306)
    assert (
        Meters(store={}, registers={}, successions={})
        .take(DEVICE, 9, [value(0x0000, 5)], 5.0)
        .reading
        is None
    )


async def test_met_12_values_come_no_faster_than_the_update_period(
    home: Home, clock: VirtualClock
) -> None:
    """A demand comes twice a minute, not at every look."""
    told: list[MeterRead] = []
    home.bus.listen(MeterRead, told.append)

    await clock.advance(minutes=10)

    assert {signal.device for signal in told} == {address(METER)}
    assert 10 <= len({signal.reading.power for signal in told}) <= 22


@pytest.mark.parametrize(
    ("device_type", "word"),
    [(0x00, "power_failure"), (0x02, "pipe_empty"), (0x05, "temperature_sensor"), (0x01, None)],
)
def test_met_13_status_bits_mean_what_the_device_type_says(
    device_type: int, word: str | None
) -> None:
    """M: the words of all but electricity meters are from memory."""
    assert alarms_of(0x08, device_type) == (() if word is None else (word,))
    assert read((0x0200, 0x08), (0x0306, device_type)).alarms == alarms_of(0x08, device_type)


def test_met_13_a_change_of_status_is_told_as_alarms(
    access: AttributeAccess, bus: SignalBus
) -> None:
    """Only what came or went."""
    told: list[MeterStatusChanged] = []
    bus.listen(MeterStatusChanged, told.append)
    meters = Meters(store={}, registers={}, successions={})
    MeterReadings(meters=meters, reader=access, bus=bus)
    meters.configure(DEVICE, 9, [value(0x0306, 0)])

    for status in (0, 2, 2, 0):
        bus.send(structs.replace(report(), values=[value(0x0200, status)]))

    assert told == [
        MeterStatusChanged(DEVICE, 9, ("low_battery",), ()),
        MeterStatusChanged(DEVICE, 9, (), ("low_battery",)),
    ]
