"""Sources in their turn: the system, NTP servers, the network; failures, changes, restarts."""

from collections.abc import AsyncIterator
from datetime import UTC

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import TimeNotSetError
from sebridge.base.signals import SignalBus
from sebridge.features.time.memory import TimeMemory
from sebridge.features.time.network_time import NetworkTime
from sebridge.features.time.source import Source
from sebridge.features.time.synchronizer import SourceRules, Synchronizer
from sebridge.network.signals import NetworkTimeSet


class Servers:
    """NTP servers and the network's, which answer as they are told."""

    def __init__(self) -> None:
        self.offsets: dict[str, float] = {}
        self.asked: list[str] = []
        self.network_is_fit = True

    async def offset(self, server: str) -> float:
        self.asked.append(server)
        if server not in self.offsets:
            raise TimeNotSetError(f"{server}: no answer")
        return self.offsets[server]

    async def synchronise(self) -> bool:
        self.asked.append("network")
        return self.network_is_fit


class Bench:
    """A synchronizer, its settings, and what it said."""

    def __init__(self, clock: VirtualClock, bus: SignalBus, *, has_client: bool) -> None:
        self.clock = clock
        self.servers = Servers()
        self.wanted = "auto"
        self.period = 86_400.0
        self.offsets: dict[str, float] = {}
        self.memory = TimeMemory(
            NetworkTime(),
            self.offsets,
            {},
            uses_system_zone=lambda: False,
            system_zone=lambda: UTC,
        )
        rules = SourceRules(
            wanted=lambda: self.wanted,
            period=lambda: self.period,
            sync_rate=lambda: 7200.0,
            servers=lambda: ("one", "two"),
        )
        network = self.servers if has_client else None
        self.synchronizer = Synchronizer(self.memory, self.servers, rules, clock, bus, network)
        self.set: list[NetworkTimeSet] = []
        bus.listen(NetworkTimeSet, self.set.append)

    @property
    def ahead(self) -> float:
        return self.memory.time.at(self.clock.utc()) - self.clock.utc()

    async def want(self, source: str) -> None:
        self.wanted = source
        self.synchronizer.look_again()
        await self.clock.advance(1)


@pytest.fixture
async def bench(clock: VirtualClock, bus: SignalBus) -> AsyncIterator[Bench]:
    bench = Bench(clock, bus, has_client=False)
    await bench.synchronizer.start()
    await clock.settle()
    yield bench
    await bench.synchronizer.stop()


@pytest.fixture
async def client(clock: VirtualClock, bus: SignalBus) -> AsyncIterator[Bench]:
    bench = Bench(clock, bus, has_client=True)
    await bench.synchronizer.start()
    await clock.settle()
    yield bench
    await bench.synchronizer.stop()


async def test_without_a_source_nobody_is_asked_and_a_time_set_by_hand_stays(bench: Bench) -> None:
    bench.synchronizer.put(bench.clock.utc() + 60)

    await bench.clock.advance(hours=100)

    assert bench.servers.asked == []
    assert bench.ahead == 60
    assert bench.set == [NetworkTimeSet(None, 60.0, first=True)]


async def test_a_synchronisation_without_a_source_undoes_a_time_set_by_hand(bench: Bench) -> None:
    bench.synchronizer.put(bench.clock.utc() - 60)

    await bench.synchronizer.synchronise()

    assert bench.ahead == 0
    assert bench.set[-1] == NetworkTimeSet(None, 60.0, first=False)
    assert set(bench.offsets.values()) == {0.0}


async def test_ntp_is_asked_as_soon_as_it_is_wanted_and_again_in_time(bench: Bench) -> None:
    bench.servers.offsets["one"] = 5.0

    await bench.want("ntp")
    at_once = list(bench.servers.asked)
    await bench.clock.advance(7200)

    assert at_once == ["one"]
    assert bench.ahead == 5
    assert bench.servers.asked == ["one", "one"]
    assert bench.synchronizer.source is Source.NTP


async def test_the_second_server_is_asked_when_the_first_does_not_answer(bench: Bench) -> None:
    bench.servers.offsets["two"] = -7.0

    await bench.want("ntp")

    assert bench.servers.asked == ["one", "two"]
    assert bench.ahead == -7


async def test_when_no_server_answers_the_time_stays_and_they_are_asked_soon_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.synchronizer.put(bench.clock.utc() + 3)

    await bench.want("ntp")
    await bench.clock.advance(10 + 60 + 600 + 600)

    assert len(bench.servers.asked) == 5 * 2
    assert bench.ahead == 3
    assert "one: no answer; two: no answer" in caplog.text


async def test_a_shorter_period_is_in_force_at_once(bench: Bench) -> None:
    bench.servers.offsets["one"] = 0.0
    await bench.want("ntp")

    bench.period = 100.0
    bench.synchronizer.look_again()
    await bench.clock.advance(150)

    assert bench.servers.asked == ["one"] * 3


async def test_who_no_longer_wants_ntp_goes_by_the_system_again(bench: Bench) -> None:
    bench.servers.offsets["one"] = 9.0
    await bench.want("ntp")

    await bench.want("none")

    assert bench.ahead == 0


async def test_a_change_of_another_setting_keeps_a_time_set_by_hand(bench: Bench) -> None:
    bench.synchronizer.put(bench.clock.utc() + 60)

    bench.synchronizer.look_again()
    await bench.clock.advance(1)

    assert bench.ahead == 60


async def test_the_network_is_not_asked_without_a_time_client(bench: Bench) -> None:
    bench.wanted = "zcl"

    with pytest.raises(TimeNotSetError, match="Time client"):
        await bench.synchronizer.synchronise()


async def test_with_a_time_client_the_network_is_the_source(client: Bench) -> None:
    await client.synchronizer.synchronise()

    assert client.synchronizer.source is Source.ZCL
    assert client.servers.asked == ["network"]


async def test_a_network_without_a_time_is_told(client: Bench) -> None:
    client.servers.network_is_fit = False

    with pytest.raises(TimeNotSetError, match="no time server"):
        await client.synchronizer.synchronise()


async def test_the_network_is_asked_when_it_becomes_the_source(client: Bench) -> None:
    await client.want("none")

    await client.want("auto")

    assert client.servers.asked == ["network"]


async def test_a_time_that_came_from_the_network_survives(client: Bench, bus: SignalBus) -> None:
    client.memory.time.offset = 44.0

    bus.send(NetworkTimeSet(None, 44.0))

    assert set(client.offsets.values()) == {44.0}
