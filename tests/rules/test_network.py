"""Joining, rule by rule: NET-1, NET-3 and NET-4, on the ether with certificates."""

from collections.abc import AsyncIterator, Callable

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.devices.joining_window import LONGEST_OPENING, REPEATED_AFTER, JoiningWindow
from sebridge.radio.ether import AirFrame
from sebridge.smartenergy.cbke_session import JOINING_LIMIT
from sebridge.smartenergy.identifiers import KEY_ESTABLISHMENT, PRICE
from sebridge.smartenergy.install_code import link_key
from sebridge.zcl.frame import Frame
from tests.api.home import DISPLAY, Collections, Home, address, house_security

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
    received = home.gateway.router.received
    home.gateway.router.received = (  # type: ignore[method-assign]  # deaf for these frames
        lambda incoming: received(incoming) if incoming.cluster_id != KEY_ESTABLISHMENT else None
    )
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
