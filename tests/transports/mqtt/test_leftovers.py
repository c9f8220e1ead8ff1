"""What is kept of nobody is emptied, and not too early."""

from collections.abc import AsyncIterator, Callable

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.network.identities import Exchange, Identities, IdentitiesChanged
from sebridge.network.signals import DeviceRemoved, DeviceReplaced, DeviceUpdated
from sebridge.transports.mqtt.leftovers import PAUSE, Leftovers
from sebridge.transports.mqtt.topics import Topics

GONE = Eui64.parse("00:0d:6f:00:0a:00:00:01")
OTHER = Eui64.parse("00:0d:6f:00:0a:00:00:02")
SILENT = Eui64.parse("00:0d:6f:00:0a:00:00:03")
ROOT = "sebridge/home"
BRANCH, OTHER_BRANCH = (f"{ROOT}/device/{device:016x}" for device in (GONE, OTHER))
ANNOUNCED = "homeassistant/device/sebridge_home_gateway/config"


class Home:
    """What a broker keeps, which is there, and the devices that are known."""

    def __init__(self, bus: SignalBus, clock: VirtualClock) -> None:
        self.bus = bus
        self.connected = False
        self.known = {GONE, OTHER}
        self.identities = Identities()
        self.kept = {
            f"{ROOT}/info",
            *(f"{branch}/{name}" for branch in (BRANCH, OTHER_BRANCH) for name in ("a", "9/b/c")),
            *(BRANCH, OTHER_BRANCH, ANNOUNCED),
        }
        self._sessions: list[Callable[[bool], object]] = []
        self.service = Leftovers(
            bus,
            self,
            Topics("sebridge", "home", self.identities),
            clock,
            knows=self.known.__contains__,
            is_told_of=lambda device: device != SILENT,
            is_announcement=lambda topic: topic == ANNOUNCED,
        )

    def forget(self, branch: str) -> None:
        self.kept -= {topic for topic in self.kept if f"{topic}/".startswith(f"{branch}/")}

    def forget_others(self, is_wanted: Callable[[str], bool]) -> None:
        self.kept = set(filter(is_wanted, self.kept))

    def on_session(self, callback: Callable[[bool], object]) -> None:
        self._sessions.append(callback)

    def find_broker(self) -> None:
        self.connected = True
        for callback in self._sessions:
            callback(True)  # noqa: FBT003  # as the link calls it

    def remove(self, device: Eui64) -> None:
        self.known.remove(device)
        self.bus.send(DeviceRemoved(device))

    def below(self, branch: str) -> int:
        return sum(f"{topic}/".startswith(f"{branch}/") for topic in self.kept)


@pytest.fixture
async def home(bus: SignalBus, clock: VirtualClock) -> AsyncIterator[Home]:
    """Return a home that has been on its broker for a while."""
    found = Home(bus, clock)
    await found.service.start()
    found.find_broker()
    await clock.advance(60)
    yield found
    await found.service.stop()


async def test_a_device_that_is_gone_is_emptied_a_moment_later(
    home: Home, clock: VirtualClock
) -> None:
    home.remove(GONE)
    await clock.advance(PAUSE - 0.1)
    before = home.below(BRANCH)
    await clock.advance(0.1)

    assert (before, home.below(BRANCH), home.below(OTHER_BRANCH)) == (3, 0, 3)
    assert {f"{ROOT}/info", ANNOUNCED} <= home.kept


async def test_where_another_kind_of_device_came_its_endpoints_are_emptied_a_moment_later(
    home: Home, clock: VirtualClock
) -> None:
    before = set(home.kept)
    home.bus.send(DeviceReplaced(OTHER))
    home.bus.send(DeviceReplaced(GONE, is_other_kind=True))
    home.bus.send(DeviceReplaced(GONE, is_other_kind=True))
    await clock.advance(PAUSE - 0.1)
    meanwhile = set(home.kept)
    await clock.advance(0.1)

    assert meanwhile == before
    assert before - home.kept == {f"{BRANCH}/9/b/c"}


async def test_what_another_kind_of_device_left_over_waits_for_no_stop(
    home: Home, clock: VirtualClock
) -> None:
    home.bus.send(DeviceReplaced(GONE, is_other_kind=True))

    await home.service.stop()
    await clock.advance(PAUSE)

    assert home.below(BRANCH) == 3


async def test_a_device_that_was_never_announced_is_emptied_at_once(home: Home) -> None:
    branch = f"{ROOT}/device/{SILENT:016x}"
    home.known.add(SILENT)
    home.kept.add(branch)

    home.remove(SILENT)

    assert home.below(branch) == 0


async def test_news_of_one_that_is_gone_do_not_shorten_its_moment(
    home: Home, clock: VirtualClock
) -> None:
    home.remove(GONE)
    await clock.advance(PAUSE / 2)

    home.bus.send(IdentitiesChanged((GONE,)))
    await clock.advance(PAUSE / 2)
    before = home.below(BRANCH)
    await clock.advance(PAUSE / 2)

    assert (before, home.below(BRANCH)) == (3, 0)


async def test_each_has_its_own_moment(home: Home, clock: VirtualClock) -> None:
    home.remove(GONE)
    await clock.advance(PAUSE / 2)
    home.remove(OTHER)
    await clock.advance(PAUSE / 2)

    assert (home.below(BRANCH), home.below(OTHER_BRANCH)) == (0, 3)


async def test_a_device_that_comes_back_at_once_finds_nothing_of_its_former_life(
    home: Home, clock: VirtualClock
) -> None:
    home.remove(GONE)

    home.known.add(GONE)
    home.bus.send(DeviceUpdated(GONE))
    former = home.below(BRANCH)
    home.kept.add(BRANCH)
    await clock.advance(2 * PAUSE)

    assert (former, home.below(BRANCH)) == (0, 1)


async def test_news_of_a_device_that_stays_empty_nothing(home: Home, clock: VirtualClock) -> None:
    home.bus.send(DeviceUpdated(GONE))
    await clock.advance(2 * PAUSE)

    assert home.below(BRANCH) == 3


async def test_where_nobody_is_any_more_after_a_swap_is_emptied(
    home: Home, clock: VirtualClock
) -> None:
    home.remove(GONE)
    await clock.advance(60)
    home.kept.add(BRANCH)

    home.identities.arrange([Exchange(old=GONE, new=OTHER, endpoints={})])
    home.bus.send(IdentitiesChanged((GONE, OTHER)))
    at_once = home.below(OTHER_BRANCH)
    await clock.advance(PAUSE)

    assert (at_once, home.below(OTHER_BRANCH), home.below(BRANCH)) == (3, 0, 1)


async def test_what_an_earlier_run_left_is_emptied_a_moment_after_the_broker_was_found(
    bus: SignalBus, clock: VirtualClock
) -> None:
    home = Home(bus, clock)
    home.kept |= {"sebridge/attic/info", "homeassistant/device/sebridge_attic_gateway/config"}
    home.known.remove(GONE)
    await home.service.start()
    await clock.advance(60)
    home.find_broker()
    await clock.advance(PAUSE - 0.1)
    before = len(home.kept)
    await clock.advance(0.1)
    await home.service.stop()

    assert before == 10
    assert home.kept == {f"{ROOT}/info", ANNOUNCED, OTHER_BRANCH} | {
        f"{OTHER_BRANCH}/a",
        f"{OTHER_BRANCH}/9/b/c",
    }


async def test_while_the_broker_is_away_nothing_is_emptied(home: Home, clock: VirtualClock) -> None:
    home.connected = False
    home.remove(GONE)
    await clock.advance(60)
    away = home.below(BRANCH)
    home.find_broker()
    await clock.advance(PAUSE)

    assert (away, home.below(BRANCH)) == (3, 0)


async def test_a_broker_that_goes_again_at_once_is_waited_for_anew(
    home: Home, clock: VirtualClock
) -> None:
    home.connected = False
    home.remove(GONE)
    await clock.advance(60)

    home.find_broker()
    await clock.advance(PAUSE / 2)
    home.find_broker()
    await clock.advance(PAUSE / 2)
    home.connected = False
    await clock.advance(PAUSE)
    away = home.below(BRANCH)
    home.find_broker()
    await clock.advance(PAUSE)

    assert (away, home.below(BRANCH)) == (3, 0)


async def test_a_device_that_went_just_before_is_not_emptied_too_early(
    home: Home, clock: VirtualClock
) -> None:
    home.find_broker()
    await clock.advance(PAUSE - 0.1)
    home.remove(GONE)
    await clock.advance(0.2)

    assert home.below(BRANCH) == 3


async def test_stopped_it_empties_nothing_any_more(home: Home, clock: VirtualClock) -> None:
    home.remove(GONE)
    home.find_broker()
    await home.service.stop()
    await clock.advance(60)

    assert home.below(BRANCH) == 3
