"""Whose time the gateway goes by."""

from datetime import UTC

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.features.time.local_time import INVALID_TIME, ZoneRules
from sebridge.features.time.memory import TimeMemory
from sebridge.features.time.network_time import (
    MASTER,
    MASTER_ZONE_DST,
    SYNCHRONISED,
    NetworkTime,
    TimeSource,
)
from sebridge.features.time.server import AUTHORITATIVE
from sebridge.features.time.timekeeping import Timekeeping
from sebridge.features.time.zone import chosen_rules
from tests.gateway.radio_side import peer


def timekeeping(clock: VirtualClock, *, joins: bool) -> Timekeeping:
    memory = TimeMemory(
        NetworkTime(),
        {},
        {},
        uses_system_zone=lambda: False,
        system_zone=lambda: UTC,
    )
    memory.choose(chosen_rules(OWN_ZONE))
    return Timekeeping(clock, memory, joins=joins)


OWN_ZONE, THEIR_ZONE = ZoneRules(3600), ZoneRules(-7200)


def served(time: Timekeeping) -> list[int]:
    """Return time, status, zone, local time and the last setting as others read them."""
    attributes = time.server().attributes
    return [int(attributes.read(number).value) for number in (0, 1, 2, 7, 8)]


def test_a_coordinator_is_the_authority_and_its_zone_is_asked_each_time(
    clock: VirtualClock,
) -> None:
    time = timekeeping(clock, joins=False)
    now = zigbee_time(clock.utc())
    before = served(time)

    time.memory.choose(chosen_rules(THEIR_ZONE))

    assert time.known
    assert before == [now, AUTHORITATIVE, 3600, now + 3600, INVALID_TIME]
    assert served(time)[2] == -7200


def test_a_gateway_that_joined_goes_by_its_own_time_until_it_is_told(clock: VirtualClock) -> None:
    time = timekeeping(clock, joins=True)
    now = zigbee_time(clock.utc())

    assert not time.known
    assert served(time) == [now, MASTER | MASTER_ZONE_DST, 3600, now + 3600, INVALID_TIME]


@pytest.mark.parametrize("joins", [False, True])
def test_a_machine_that_does_not_know_the_time_tells_none_time_3(*, joins: bool) -> None:
    clock = VirtualClock(utc=60.0)
    time = timekeeping(clock, joins=joins)
    before = served(time), time.known

    clock.jump(1_300_000_000)

    assert before == ([INVALID_TIME, 0, 3600, INVALID_TIME, INVALID_TIME], False)
    assert served(time)[0] == zigbee_time(clock.utc())
    assert served(time)[1] != 0
    assert time.known is not joins


def test_it_takes_the_networks_time_and_zone_and_passes_them_on(clock: VirtualClock) -> None:
    time = timekeeping(clock, joins=True)
    time.memory.choose(None)
    told = zigbee_time(clock.utc()) + 600

    time.network.take(TimeSource(peer(), 0, MASTER, told, THEIR_ZONE), clock.utc())

    assert time.known
    assert time.now() == zigbee_time(time.clock.utc()) == told
    assert served(time) == [told, SYNCHRONISED, -7200, told - 7200, told]


def test_a_time_set_by_hand_is_that_of_everybody(clock: VirtualClock) -> None:
    router, coordinator = (timekeeping(clock, joins=joins) for joins in (True, False))

    for time in (router, coordinator):
        time.memory.put(clock.utc() + 86_400, clock.utc())

    later = zigbee_time(clock.utc()) + 86_400
    assert router.known
    assert served(router) == [later, MASTER | MASTER_ZONE_DST, 3600, later + 3600, later]
    assert served(coordinator) == [later, AUTHORITATIVE, 3600, later + 3600, later]
