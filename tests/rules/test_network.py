"""Joining and staying, rule by rule: NET-1 to NET-6, on the ether with certificates."""

from collections.abc import AsyncIterator, Callable
from itertools import islice, pairwise

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto.install_code import link_key
from sebridge.features.keys.session import JOINING_LIMIT
from sebridge.features.keys.signals import KeyEstablishmentFailed
from sebridge.network import searching
from sebridge.network.joining_window import LONGEST_OPENING, REPEATED_AFTER, JoiningWindow
from sebridge.network.searching import ERRORS, REDISCOVERY, REGISTER_AGAIN
from sebridge.radio.ether import AirFrame
from sebridge.radio.radio import Listener
from sebridge.simulator.device import SimulatedDevice
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import KEEP_ALIVE, KEY_ESTABLISHMENT, PRICE
from sebridge.zcl.zdo import ZdoCommand
from tests.api.home import DISPLAY, Collections, Home, address, house_security, lose
from tests.bridge_ports import heard

MakeHome = Callable[[], Home]


@pytest.fixture
async def make_home(clock: VirtualClock) -> AsyncIterator[MakeHome]:
    homes: list[Home] = []

    def make() -> Home:
        kept = Collections()
        home = Home(clock, [DISPLAY], kept, house=house_security(kept))
        homes.append(home)
        return home

    yield make
    for home in homes:
        await home.stop()


def device_of(home: Home) -> SimulatedDevice:
    (device,) = home.house.household.devices.values()
    return device


def test_net_01_an_installation_code_becomes_the_key_to_join_with() -> None:
    key = link_key("83fed3407a939723a5c639b26916d505c3b5")

    assert key == Secret(bytes.fromhex("66b6900981e1ee3ca4206b6b861c02bb"))


def test_net_01_the_network_is_never_opened_for_ever() -> None:
    window = JoiningWindow()
    window.open(3600, now=0)

    assert (LONGEST_OPENING, REPEATED_AFTER) == (254, 240)
    assert window.opening(0) == 254
    assert window.next_step(0) == 240
    with pytest.raises(ParameterError):
        window.open(10**6, now=0)


def test_net_02_a_device_scans_three_times_a_second_apart_then_ever_less_often() -> None:
    """At most once an hour; how the pause grows is our choice."""
    pauses = list(islice(searching.scanning(), 60))

    assert pauses[:6] == [1.0, 1.0, 60.0, 1.0, 1.0, 120.0]
    assert max(pauses) == 3600.0


def test_net_02_who_lost_the_network_comes_back_every_minute_rising_to_a_quarter_hour() -> None:
    pauses = list(islice(searching.rejoining(), 20))

    assert (pauses[0], pauses[-1]) == (60.0, 900.0)
    assert pauses == sorted(pauses)


async def test_net_02_a_simulated_device_scans_in_that_rhythm(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    device = device_of(make_home())
    begun = clock.monotonic()
    scans: list[float] = []
    start = device.station.start

    async def scan(listener: Listener) -> None:
        scans.append(clock.monotonic() - begun)
        await start(listener)

    device.station.start = scan  # type: ignore[method-assign]  # counted, and then done
    await device.start()

    await clock.advance(190)
    await device.stop()

    assert [int(moment) for moment in scans] == [0, 1, 2, 62, 63, 64, 184, 185, 186]


async def test_net_03_a_device_first_proves_itself_then_asks_for_events(
    make_home: MakeHome,
) -> None:
    home = make_home()
    order: list[int] = []

    def watch(frame: AirFrame) -> None:
        if frame.source == address(DISPLAY) and frame.profile_id:
            asked = Frame.parse(frame.data)
            if asked.cluster_specific:
                order.append(frame.cluster_id)

    home.ether.watch(watch)
    await home.start()

    assert order[:4] == [KEY_ESTABLISHMENT] * 3 + [PRICE]


async def test_net_04_who_does_not_finish_in_20_minutes_is_removed(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home()
    lose(home, lambda frame: frame.cluster_id == KEY_ESTABLISHMENT)
    await home.start()
    await clock.advance(JOINING_LIMIT - 60)
    assert address(DISPLAY) in home.gateway.directory

    await clock.advance(60)

    assert address(DISPLAY) not in home.gateway.directory
    assert address(DISPLAY) not in home.gateway.trust_center.keys


async def test_net_04_who_finished_stays(make_home: MakeHome, clock: VirtualClock) -> None:
    home = make_home()
    await home.start()

    await clock.advance(hours=1)

    assert home.gateway.directory.is_active(address(DISPLAY))


async def test_net_05_registration_is_tried_every_32_seconds(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    """A trust centre that does not answer: what is not found is looked for again."""
    home = make_home()
    begun: list[float] = []
    lose(home, lambda frame: frame.cluster_id == KEY_ESTABLISHMENT)
    device_of(home).bus.listen(
        KeyEstablishmentFailed, lambda _signal: begun.append(clock.monotonic())
    )
    await home.start()

    await clock.advance(minutes=5)

    pauses = [after - before for before, after in pairwise(begun)]
    assert len(pauses) > 2
    assert all(pause >= REGISTER_AGAIN for pause in pauses)


async def test_net_05_after_three_errors_the_server_is_discovered_anew(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home()
    matches: list[float] = []
    failures: list[float] = []
    lose(home, lambda frame: frame.cluster_id == KEY_ESTABLISHMENT)
    device_of(home).bus.listen(
        KeyEstablishmentFailed, lambda _signal: failures.append(clock.monotonic())
    )

    def watch(frame: AirFrame) -> None:
        if frame.source == address(DISPLAY) and frame.cluster_id == ZdoCommand.Match_Desc_req:
            matches.append(clock.monotonic())

    home.ether.watch(watch)
    await home.start()
    await clock.advance(minutes=10)

    assert len(matches) >= 3
    between = [sum(first < f < second for f in failures) for first, second in pairwise(matches)]
    assert set(between) == {ERRORS}


async def test_net_05_services_are_discovered_anew_every_three_hours(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home()
    await home.start()
    matches: list[float] = []

    def watch(frame: AirFrame) -> None:
        if frame.source == address(DISPLAY) and frame.cluster_id == ZdoCommand.Match_Desc_req:
            matches.append(clock.monotonic())

    home.ether.watch(watch)
    begun = clock.monotonic()
    await clock.advance(hours=7)

    rounds = sorted({int((moment - begun) / 600) for moment in matches})
    apart = [after - before for before, after in pairwise(rounds)]
    assert REDISCOVERY / 600 in apart


async def test_net_06_a_device_reads_the_keep_alive_of_the_trust_centre_under_its_key(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    """S Z P; M for the defaults of 10 minutes and 300 seconds."""
    home = make_home()
    await home.start()
    looks: list[AirFrame] = []

    def watch(frame: AirFrame) -> None:
        if frame.source == address(DISPLAY) and frame.cluster_id == KEEP_ALIVE:
            looks.append(frame)

    home.ether.watch(watch)
    await clock.advance(hours=2)

    assert 8 <= len(looks) <= 12
    assert all(frame.lock is not None for frame in looks)


async def test_net_06_after_three_failures_a_device_searches_for_the_network(
    make_home: MakeHome, clock: VirtualClock
) -> None:
    home = make_home()
    await home.start()
    device = device_of(home)

    await home.gateway.radio.stop()
    await clock.advance(minutes=18)
    before = device.is_joined
    await clock.advance(minutes=30)
    gone = not device.is_joined
    await home.gateway.radio.start(heard(home.gateway))
    await clock.advance(minutes=15)

    assert (before, gone, device.is_joined) == (True, True, True)
