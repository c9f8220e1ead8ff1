"""The offset and the zone, now and after a restart."""

from datetime import tzinfo
from zoneinfo import ZoneInfo

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import zigbee_time
from sebridge.features.time.local_time import ZoneRules
from sebridge.features.time.memory import TimeMemory
from sebridge.features.time.network_time import MASTER, NetworkTime, TimeSource
from sebridge.features.time.zone import ChosenZone
from sebridge.network.peer import Peer

NOW = 1_700_000_000.0
SERVER = Peer(Eui64.parse("00:0d:6f:00:0a:00:00:01"), 9, 0x0109)


class Kept:
    """What survives, and memories made of it."""

    def __init__(self) -> None:
        self.offsets: dict[str, float] = {}
        self.zones: dict[str, ChosenZone] = {}
        self.uses_system_zone = False
        self.system_zone: tzinfo = ZoneInfo("Asia/Tokyo")

    def memory(self) -> TimeMemory:
        return TimeMemory(
            NetworkTime(),
            self.offsets,
            self.zones,
            uses_system_zone=lambda: self.uses_system_zone,
            system_zone=lambda: self.system_zone,
        )


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_as_long_as_nothing_is_set_the_system_counts(kept: Kept) -> None:
    memory = kept.memory()

    assert memory.time.at(NOW) == NOW
    assert not memory.time.known
    assert memory.zone(NOW) == ZoneRules()


def test_a_time_that_was_set_survives(kept: Kept) -> None:
    step = kept.memory().put(NOW + 3600, NOW)

    assert step == 3600
    assert kept.memory().time.at(NOW + 10) == NOW + 3610


def test_a_time_that_is_as_before_is_not_written_again(kept: Kept) -> None:
    kept.memory().put(NOW, NOW)

    assert kept.offsets == {}


def test_the_time_of_a_server_survives_once_it_is_saved(kept: Kept) -> None:
    memory = kept.memory()
    memory.time.take(TimeSource(SERVER, 0, MASTER, zigbee_time(NOW) + 500), NOW)

    memory.save()

    assert kept.memory().time.at(NOW) == NOW + 500


def test_the_zone_of_the_system_counts_only_where_it_is_wanted(kept: Kept) -> None:
    memory = kept.memory()

    kept.uses_system_zone = True

    assert memory.zone(NOW) == ZoneRules(9 * 3600)


def test_the_zone_of_the_server_comes_before_that_of_the_system(kept: Kept) -> None:
    memory = kept.memory()
    kept.uses_system_zone = True
    source = TimeSource(SERVER, 0, MASTER, zigbee_time(NOW), ZoneRules(-3600))

    memory.time.take(source, NOW)

    assert memory.zone(NOW) == ZoneRules(-3600)


def test_the_zone_that_was_set_comes_first_survives_and_can_be_taken_back(kept: Kept) -> None:
    kept.uses_system_zone = True
    kept.memory().choose(ChosenZone(name="America/Phoenix"))

    after_restart = kept.memory()

    assert after_restart.zone(NOW) == ZoneRules(-7 * 3600)
    after_restart.choose(None)
    after_restart.choose(None)
    assert kept.memory().zone(NOW) == ZoneRules(9 * 3600)
