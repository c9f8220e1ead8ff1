"""How far devices are that join."""

from collections.abc import Callable

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.features.keys.joining import MOST_AT_ONCE, JoiningWatch
from sebridge.features.keys.signals import DeviceJoining, JoiningStep, KeyEstablishmentFailed
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceJoined,
    DeviceRemoved,
    KeyEstablished,
)
from tests.gateway.radio_side import address

METER = address(1)
JOINED, INTERVIEWED, COMPLETE, FAILED, LEFT = JoiningStep


class Network:
    """Who is interviewed, who owes a key, and what is told of them."""

    def __init__(self) -> None:
        self.bus = SignalBus()
        self.told: list[tuple[Eui64, JoiningStep, str]] = []
        self.active: set[Eui64] = set()
        self.owing: set[Eui64] = set()
        self.bus.listen(
            DeviceJoining, lambda one: self.told.append((one.device, one.step, one.why))
        )
        JoiningWatch(self.bus, self.active.__contains__, self.owing.__contains__)

    def _note(self, signal: DeviceJoining) -> None:
        self.told.append((signal.device, signal.step, signal.why))

    def joins(self, device: Eui64 = METER, *, owes: bool = True) -> None:
        if owes:
            self.owing.add(device)
        self.bus.send(DeviceJoined(device))

    def becomes_active(self, device: Eui64 = METER) -> None:
        self.active.add(device)
        self.bus.send(DeviceActive(device))

    def has_key(self, device: Eui64 = METER) -> None:
        self.owing.discard(device)
        self.bus.send(KeyEstablished(device, 1))

    @property
    def steps(self) -> list[JoiningStep]:
        return [step for _, step, _ in self.told]


@pytest.fixture
def network() -> Network:
    return Network()


def test_a_meter_joins_is_interviewed_and_has_its_key(network: Network) -> None:
    network.joins()
    network.becomes_active()
    network.has_key()

    assert network.told == [(METER, JOINED, ""), (METER, INTERVIEWED, ""), (METER, COMPLETE, "")]
    assert [step.percent for step in network.steps] == [30, 60, 100]


def test_the_key_may_come_before_the_interview_ends(network: Network) -> None:
    network.joins()
    network.has_key()
    network.becomes_active()

    assert network.steps == [JOINED, COMPLETE]


def test_who_owes_no_key_is_complete_when_it_is_interviewed(network: Network) -> None:
    network.joins(owes=False)
    network.becomes_active()

    assert network.steps == [JOINED, COMPLETE]


def test_each_step_is_told_once(network: Network) -> None:
    for _ in range(3):
        network.joins()
        network.becomes_active()
    network.has_key()
    network.has_key()
    network.becomes_active()

    assert network.steps == [JOINED, INTERVIEWED, COMPLETE]


def test_who_only_comes_back_is_not_told_of(network: Network) -> None:
    network.active.add(METER)

    network.joins(owes=False)

    assert network.told == []


def test_who_is_interviewed_already_and_owes_a_key_again_is_at_once(network: Network) -> None:
    network.active.add(METER)

    network.joins()

    assert network.steps == [JOINED, INTERVIEWED]


def test_a_failure_has_its_reason_and_may_be_followed_by_success(network: Network) -> None:
    network.joins()
    network.becomes_active()
    network.bus.send(KeyEstablishmentFailed(METER, "its certificate is of another issuer"))
    network.has_key()

    assert network.told[2] == (METER, FAILED, "its certificate is of another issuer")
    assert network.steps == [JOINED, INTERVIEWED, FAILED, COMPLETE]
    assert FAILED.percent is None


@pytest.mark.parametrize("end", [DeviceRemoved, DeviceInactive])
def test_who_goes_before_he_is_complete_is_told_of(
    network: Network, end: Callable[[Eui64], object]
) -> None:
    network.joins()
    network.bus.send(end(METER))
    network.bus.send(end(METER))

    assert network.steps == [JOINED, LEFT]


def test_of_who_does_not_join_nothing_is_told(network: Network) -> None:
    network.bus.send(KeyEstablishmentFailed(METER, "why"))
    network.bus.send(DeviceRemoved(METER))
    network.becomes_active()

    assert network.told == []


def test_of_too_many_at_once_those_that_began_first_are_let_go(network: Network) -> None:
    for number in range(MOST_AT_ONCE + 1):
        network.joins(address(number))
    network.told.clear()

    for number in range(MOST_AT_ONCE + 1):
        network.becomes_active(address(number))

    assert [device for device, _, _ in network.told] == [
        address(number) for number in range(1, MOST_AT_ONCE + 1)
    ]
