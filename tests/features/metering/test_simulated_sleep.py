"""A simulated meter that sleeps and reports to its mirror (MET-11)."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.features.metering.records import GetProfileRecord, RemoveMirrorRecord
from sebridge.features.metering.simulated_meter import MeterServer, MeterSettings
from sebridge.features.metering.simulated_sleep import SleepyMeter, sleeps_through
from sebridge.network.peer import Peer
from sebridge.radio.ether import AirFrame
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import (
    BASIC,
    KEY_ESTABLISHMENT,
    METERING,
    MIRROR_ENDPOINTS,
    SE_ENDPOINT,
    SE_PROFILE,
)
from tests.api.home import METER, Collections, Home, address, house_security
from tests.gateway.radio_side import RecordingSender, Trust, command, heard

SLEEPY = {"mirrored": True}


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, [METER], meter=SLEEPY)
    await home.start()
    yield home
    await home.stop()


def meter_of(home: Home) -> MeterServer:
    (meter,) = home.house.household.find(MeterServer).values()
    return meter


def mirrors_of(home: Home) -> set[int]:
    """Return which endpoints of the gateway stand for meters now."""
    return set(home.gateway.endpoints) & set(MIRROR_ENDPOINTS)


@pytest.fixture
def reports(home: Home) -> list[AirFrame]:
    """Return what the meter reports from now on."""
    found: list[AirFrame] = []

    def watch(frame: AirFrame) -> None:
        is_report = frame.cluster_id == METERING and frame.source == address(METER)
        if is_report and Frame.parse(frame.data).command_id == zcl.REPORT_ATTRIBUTES:
            found.append(frame)

    home.ether.watch(watch)
    return found


async def test_it_asks_for_a_mirror_and_tells_it_all_that_it_shows(
    home: Home, reports: list[AirFrame]
) -> None:
    await home.clock.advance(minutes=2)

    mirror = meter_of(home).mirror_endpoint
    assert mirror is not None
    assert {frame.destination_endpoint for frame in reports} == {mirror}
    assert all(frame.lock is not None and len(frame.data) < 70 for frame in reports)
    server = home.gateway.router.endpoints[mirror].cluster(METERING, server=True)
    assert server is not None
    assert server.attributes.types() == meter_of(home).attributes.types()


async def test_a_mirror_that_it_gave_up_is_asked_for_again(home: Home) -> None:
    (device,) = home.house.household.devices.values()
    gateway = Peer(home.gateway.radio.network.address, SE_ENDPOINT, SE_PROFILE)
    device.carry_out(meter_of(home), meter_of(home).give_up_mirror(gateway))
    await home.clock.advance(2)
    gone = meter_of(home).mirror_endpoint

    await home.clock.advance(minutes=1)

    assert gone is None
    assert meter_of(home).mirror_endpoint is not None


async def test_it_finds_out_when_its_mirror_is_no_longer_there(home: Home) -> None:
    granting = home.gateway.endpoints[SE_ENDPOINT].cluster(METERING, server=False)
    assert granting is not None
    meter = Peer(address(METER), 9, SE_PROFILE)
    granting.receive(command(RemoveMirrorRecord(), source=meter))
    before = mirrors_of(home)

    await home.clock.advance(minutes=31)

    assert before == set()
    assert len(mirrors_of(home)) == 1


async def test_it_says_that_it_sleeps(home: Home) -> None:
    assert home.gateway.directory[address(METER)].is_sleepy


async def test_it_reports_once_it_has_proved_itself(clock: VirtualClock) -> None:
    kept = Collections()
    home = Home(clock, [METER], kept, house=house_security(kept), meter=SLEEPY)
    await home.start()

    await clock.advance(minutes=3)

    reading = await home.call("get_meter_reading", destination_address=str(address(METER)))
    await home.stop()
    assert reading["energy_in"] is not None


@pytest.mark.parametrize(
    ("frame", "cluster_id", "missed"),
    [
        (Frame(zcl.READ_ATTRIBUTES, 1, b"\0\0"), METERING, True),
        (Frame(zcl.CONFIGURE_REPORTING, 1), METERING, True),
        (Frame(zcl.READ_ATTRIBUTES, 1, b"\4\0"), BASIC, True),
        (Frame(zcl.READ_ATTRIBUTES_RESPONSE, 1), METERING, False),
        (Frame(zcl.DEFAULT_RESPONSE, 1, b"\0\0"), METERING, False),
        (
            Frame(
                0x00,
                1,
                GetProfileRecord(interval_channel=0, end_time=0, number_of_periods=1).serialize(),
                cluster_specific=True,
            ),
            METERING,
            True,
        ),
        (Frame(0x01, 1, b"\xc0\0", cluster_specific=True), METERING, False),
        (Frame(0x02, 1, b"\xc0\0", cluster_specific=True), METERING, False),
        (Frame(0x01, 1, cluster_specific=True), KEY_ESTABLISHMENT, False),
        (b"\0", METERING, True),
    ],
)
def test_it_hears_only_answers_to_what_it_asked(
    frame: Frame | bytes, cluster_id: int, *, missed: bool
) -> None:
    assert sleeps_through(heard(frame, cluster_id)) is missed


class Nowhere:
    """A network in which nobody takes meters."""

    def __init__(self) -> None:
        self.asked = 0

    async def find_client(self, cluster_id: int) -> Peer | None:
        assert cluster_id == METERING
        self.asked += 1
        return None


async def test_it_asks_again_and_again_where_nobody_takes_meters(clock: VirtualClock) -> None:
    sender, hosts = RecordingSender(), Nowhere()
    server = MeterServer("Meter", MeterSettings(), clock.utc, {}, lambda: 0.0)
    sleepy = SleepyMeter(server, 9, hosts, Trust().exchange(sender, clock), clock)
    await sleepy.start()

    await clock.advance(35)

    assert hosts.asked == 4
    assert sender.sent == []
    await sleepy.stop()
