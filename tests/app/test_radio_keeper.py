"""A radio that is lost is started again, by virtual time."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

import pytest

from sebridge.app.radio_keeper import RadioKeeper, RadioUser
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError, DeliveryError, NotJoinedError
from sebridge.base.signals import SignalBus
from sebridge.network.searching import joining_every
from sebridge.network.signals import NetworkChanged
from sebridge.radio.radio import Association, Incoming, Listener, NetworkState, Radio


class Stick:
    """A radio that can be pulled out."""

    def __init__(self) -> None:
        self.starts = 0
        self.stops = 0
        self.left = 0
        self.failure: Exception | None = None
        self.network = cast(
            "NetworkState",
            type("State", (), {"channel": 15, "pan_id": 0x1A62, "address": Eui64(1)})(),
        )

    async def start(self, listener: Listener) -> None:
        del listener
        self.starts += 1
        if self.failure is not None:
            raise self.failure

    async def stop(self) -> None:
        self.stops += 1

    async def leave(self) -> None:
        if self.failure is not None:
            raise self.failure
        self.left += 1


class House:
    """Remembers what a started radio was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def received(self, frame: Incoming) -> None:
        del frame
        self.told.append("a frame")

    def joined(self, device: Eui64, nwk: int) -> None:
        self.told.append(f"{device} joined as {nwk:04x}")

    def left(self, device: Eui64) -> None:
        self.told.append(f"{device} left")

    def key_gone(self, device: Eui64) -> None:
        self.told.append(f"the key of {device} is gone")

    def push_devices(self) -> None:
        self.told.append("devices")

    async def push_keys(self) -> None:
        self.told.append("keys")


class Parts:
    """A keeper with a stick, a house, and what the bus said."""

    def __init__(
        self,
        clock: VirtualClock,
        bus: SignalBus,
        joining: Callable[[], Iterator[float]] | None = None,
    ) -> None:
        self.stick, self.house = Stick(), House()
        self.news: list[NetworkChanged] = []
        bus.listen(NetworkChanged, self.news.append)
        radio = cast("Radio", self.stick)
        user = RadioUser(
            received=self.house.received,
            joined=self.house.joined,
            left=self.house.left,
            key_gone=self.house.key_gone,
            push_devices=self.house.push_devices,
            push_keys=self.house.push_keys,
        )
        self.keeper = RadioKeeper(radio, user, clock, bus, joining)


@pytest.fixture
def parts(clock: VirtualClock, bus: SignalBus) -> Parts:
    return Parts(clock, bus)


async def test_a_started_radio_is_told_of_devices_and_keys(
    parts: Parts, clock: VirtualClock
) -> None:
    assert parts.keeper.age is None

    await parts.keeper.start()
    await clock.advance(5)

    assert parts.house.told == ["devices", "keys"]
    assert [signal.joined for signal in parts.news] == [True]
    assert "channel 15, PAN 0x1a62" in parts.news[0].reason
    assert parts.keeper.age == 5
    await parts.keeper.stop()
    assert parts.stick.stops == 1


@pytest.mark.parametrize("failure", [ConfigError(["no port"]), NotJoinedError("no network")])
async def test_the_first_start_must_succeed(parts: Parts, failure: Exception) -> None:
    parts.stick.failure = failure

    with pytest.raises(type(failure)):
        await parts.keeper.start()

    assert parts.keeper.starts == 0


async def test_a_lost_radio_is_started_again_with_growing_pauses(
    parts: Parts, clock: VirtualClock
) -> None:
    await parts.keeper.start()
    parts.stick.failure = NotJoinedError("unplugged")

    parts.keeper.lost(OSError("unplugged"))
    moments = []
    for second in range(1, 25):
        before = parts.stick.starts
        await clock.advance(1)
        if parts.stick.starts > before:
            moments.append(second)

    assert moments == [1, 3, 7, 12, 17, 22]
    assert parts.keeper.age is None
    assert [signal.joined for signal in parts.news] == [True, False]
    parts.stick.failure = None
    await clock.advance(5)
    assert parts.keeper.age is not None
    assert parts.keeper.starts == 2
    assert parts.house.told == ["devices", "keys"] * 2
    await parts.keeper.stop()


async def test_a_radio_with_another_network_is_told_once_and_until_the_right_one_is_there(
    parts: Parts, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await parts.keeper.start()
    await clock.settle()
    parts.stick.failure = NotJoinedError("it has another network", Association.CHANGED)

    parts.keeper.lost(OSError("unplugged"))
    await clock.advance(100)

    assert parts.keeper.association == Association.CHANGED
    assert parts.keeper.problem == "it has another network"
    assert parts.news[-1].reason == "it has another network"
    assert [signal.joined for signal in parts.news] == [True, False, False]
    assert caplog.text.count("it has another network") == 1
    parts.stick.failure = None
    await clock.advance(61)
    assert parts.keeper.problem is None
    assert parts.keeper.association == Association.JOINED
    await parts.keeper.stop()


async def test_a_loss_is_told_once(
    parts: Parts, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await parts.keeper.start()
    await clock.settle()

    parts.keeper.lost(OSError("first"))
    parts.keeper.lost(OSError("second"))

    assert caplog.text.count("the radio is lost") == 1
    await clock.advance(1)
    assert parts.keeper.starts == 2
    await clock.advance(100)
    assert parts.keeper.starts == 2
    await parts.keeper.stop()


@pytest.fixture
def guest(clock: VirtualClock, bus: SignalBus) -> Parts:
    """Return the parts of a gateway that joins, every 100 s."""
    return Parts(clock, bus, partial(joining_every, lambda: 100.0))


async def test_a_network_to_join_may_come_later_net_2(guest: Parts, clock: VirtualClock) -> None:
    """Three scans 1 s apart make an attempt, the setting is the pause between attempts."""
    guest.stick.failure = NotJoinedError("no network")

    await guest.keeper.start()
    moments = []
    for second in range(1, 210):
        before = guest.stick.starts
        await clock.advance(1)
        if guest.stick.starts > before:
            moments.append(second)
    guest.stick.failure = None
    await clock.advance(100)

    assert moments == [1, 2, 102, 103, 104, 204, 205, 206]
    assert guest.keeper.starts == 1
    assert [signal.joined for signal in guest.news] == [True]
    await guest.keeper.stop()


async def test_a_wrong_port_is_told_at_once_also_by_who_joins(guest: Parts) -> None:
    guest.stick.failure = ConfigError(["no port"])

    with pytest.raises(ConfigError):
        await guest.keeper.start()


async def test_a_silent_trust_centre_is_a_reason_to_search_net_6(
    guest: Parts, clock: VirtualClock
) -> None:
    await guest.keeper.start()
    await clock.settle()

    guest.keeper.search()
    await clock.settle()
    assert guest.stick.stops == 1
    assert guest.keeper.age is None
    await clock.advance(1)

    assert guest.keeper.starts == 2
    assert [signal.joined for signal in guest.news] == [True, False, True]
    assert "the trust centre is silent" in guest.news[1].reason
    await guest.keeper.stop()


# ------------------------------------------------------------------ where the radio stands


async def test_it_is_told_where_the_radio_stands(clock: VirtualClock, bus: SignalBus) -> None:
    parts = Parts(clock, bus, partial(joining_every, lambda: 5))
    seen = [parts.keeper.association]
    parts.stick.failure = NotJoinedError("closed", Association.NOT_ALLOWED)
    await parts.keeper.start()
    seen.append(parts.keeper.association)
    parts.stick.failure = None
    await clock.advance(2)
    seen.append(parts.keeper.association)
    parts.keeper.lost(ConnectionError("unplugged"))
    seen.append(parts.keeper.association)
    await clock.advance(2)
    await parts.keeper.leave("asked for")
    seen.append(parts.keeper.association)

    await parts.keeper.stop()

    assert seen == [
        Association.SEARCHING,
        Association.NOT_ALLOWED,
        Association.JOINED,
        Association.LOST,
        Association.SEARCHING,
    ]


async def test_who_leaves_starts_again(clock: VirtualClock, bus: SignalBus) -> None:
    parts = Parts(clock, bus)
    await parts.keeper.start()

    await parts.keeper.leave("the network is left")
    await clock.advance(2)

    assert (parts.stick.left, parts.keeper.starts) == (1, 2)
    assert NetworkChanged(False, "the network is left", asked=True) in parts.news  # noqa: FBT003
    await parts.keeper.stop()


async def test_a_network_that_cannot_be_left_is_kept(clock: VirtualClock, bus: SignalBus) -> None:
    parts = Parts(clock, bus)
    await parts.keeper.start()
    parts.stick.failure = DeliveryError("the radio does not answer")

    with pytest.raises(DeliveryError):
        await parts.keeper.leave("the network is left")

    assert parts.keeper.association == Association.JOINED
    await parts.keeper.stop()
