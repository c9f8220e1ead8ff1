"""Link keys and the joining window, on a radio that remembers what was asked of it."""

import asyncio
from collections.abc import AsyncIterator
import logging

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError, NotJoinedError, ParameterError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.network.link_keys import KeyKind, LinkKey
from sebridge.network.signals import JoiningChanged, NetworkChanged
from sebridge.network.trust_center import TrustCenter
from tests.network.air import Air, Ears, address

KEY = Secret(bytes(range(16)))


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
def keys() -> dict[Eui64, Secret]:
    return {}


@pytest.fixture
async def trust(
    air: Air, keys: dict[Eui64, Secret], clock: VirtualClock, bus: SignalBus
) -> AsyncIterator[TrustCenter]:
    center = TrustCenter(air, keys, clock, bus)
    yield center
    await center.stop()


async def test_a_key_is_kept_and_registered(
    trust: TrustCenter, air: Air, keys: dict[Eui64, Secret]
) -> None:
    await trust.set_key(address(1), KEY)

    assert keys == {address(1): KEY}
    assert air.keys == [(address(1), KEY)]
    trust.drop_key(address(1))
    trust.drop_key(address(1))
    assert dict(trust.keys) == {}


async def test_a_key_of_another_length_is_refused_without_being_shown(
    trust: TrustCenter, keys: dict[Eui64, Secret]
) -> None:
    with pytest.raises(ParameterError, match="has 8 octets instead of 16") as caught:
        await trust.set_key(address(1), Secret(b"SECRETS!"))

    assert "SECRETS!" not in str(caught.value)
    assert keys == {}


async def test_a_key_that_the_radio_did_not_take_is_kept_for_the_next_start(
    trust: TrustCenter, air: Air, keys: dict[Eui64, Secret]
) -> None:
    air.failure = NotJoinedError("no network")

    with pytest.raises(NotJoinedError):
        await trust.set_key(address(1), KEY)

    assert keys == {address(1): KEY}


async def test_all_keys_are_registered_again_and_one_failure_does_not_stop_the_rest(
    trust: TrustCenter,
    air: Air,
    keys: dict[Eui64, Secret],
    caplog: pytest.LogCaptureFixture,
) -> None:
    keys.update({address(1): KEY, address(2): KEY})
    air.failure = DeliveryError("the table is full")

    with caplog.at_level(logging.WARNING):
        await trust.push_keys()

    assert [device for device, _ in air.keys] == [address(1), address(2)]
    assert len(caplog.records) == 2
    assert "00010203" not in caplog.text


async def test_strangers_are_admitted_unless_devices_must_be_added(
    air: Air, clock: VirtualClock, bus: SignalBus
) -> None:
    explicit = True
    trust = TrustCenter(air, {}, clock, bus, lambda: explicit)

    assert not trust.admits_strangers()
    explicit = False
    assert trust.admits_strangers()


async def test_a_short_window_opens_once_and_closes_by_itself(
    trust: TrustCenter, air: Air, clock: VirtualClock, ears: Ears
) -> None:
    await trust.open(60)

    assert trust.remaining == 60.0
    assert ears.take() == [JoiningChanged(60)]
    await clock.advance(59)
    assert ears.take() == []
    await clock.advance(1)
    assert ears.take() == [JoiningChanged(0)]
    assert trust.remaining == 0.0
    assert air.permits == [60, 0]


async def test_a_long_window_is_repeated_and_never_asks_for_255(
    trust: TrustCenter, air: Air, clock: VirtualClock, ears: Ears
) -> None:
    await trust.open(600)
    await clock.advance(600)

    assert air.permits == [254, 254, 120, 0]
    assert ears.take()[-1] == JoiningChanged(0)


async def test_a_radio_that_came_onto_a_network_anew_is_opened_for_the_time_that_is_left(
    trust: TrustCenter, air: Air, clock: VirtualClock, ears: Ears, bus: SignalBus
) -> None:
    await trust.open(600)
    await clock.advance(100)
    ears.take()

    bus.send(NetworkChanged(joined=False, reason="configured anew", asked=True))
    bus.send(NetworkChanged(joined=True, reason="formed"))
    await clock.advance(500)

    assert air.permits == [254, 254, 254, 20, 0]
    assert ears.take() == [JoiningChanged(500), JoiningChanged(0)]


async def test_a_network_that_is_closed_stays_so_when_the_radio_starts_anew(
    trust: TrustCenter, air: Air, clock: VirtualClock, bus: SignalBus
) -> None:
    await trust.open(60)
    await clock.advance(60)

    bus.send(NetworkChanged(joined=True, reason="formed"))
    await clock.advance(60)

    assert air.permits == [60, 0]


async def test_a_window_is_closed_at_once_when_told(
    trust: TrustCenter, air: Air, clock: VirtualClock, ears: Ears
) -> None:
    await trust.open(600)

    await trust.open(0)
    await clock.advance(700)

    assert air.permits == [254, 0]
    assert [type(signal) for signal in ears.take()] == [JoiningChanged, JoiningChanged]
    assert trust.remaining == 0.0


async def test_a_new_window_takes_the_place_of_the_old_one(
    trust: TrustCenter, air: Air, clock: VirtualClock
) -> None:
    await trust.open(60)
    await clock.advance(30)

    await trust.open(100)
    await clock.advance(99)
    assert trust.remaining == 1.0
    await clock.advance(1)

    assert air.permits == [60, 100, 0]


async def test_windows_that_are_asked_for_together_end_together(
    trust: TrustCenter, air: Air, clock: VirtualClock, ears: Ears
) -> None:
    await asyncio.gather(trust.open(60), trust.open(90))
    await clock.advance(300)

    assert air.permits[-1] == 0
    assert air.permits.count(0) == 1
    assert ears.take().count(JoiningChanged(0)) == 1


async def test_an_impossible_time_is_refused(trust: TrustCenter, air: Air) -> None:
    with pytest.raises(ParameterError, match="join_time"):
        await trust.open(100_000)

    assert air.permits == []


async def test_a_radio_that_refuses_leaves_the_network_closed(
    trust: TrustCenter, air: Air, ears: Ears
) -> None:
    air.failure = DeliveryError("busy")

    with pytest.raises(DeliveryError):
        await trust.open(60)

    assert trust.remaining == 0.0
    assert ears.take() == [JoiningChanged(0)]


async def test_a_repetition_that_fails_is_tried_again_soon(
    trust: TrustCenter, air: Air, clock: VirtualClock
) -> None:
    await trust.open(600)
    air.failure = DeliveryError("busy")
    await clock.advance(251)

    air.failure = None
    await clock.advance(5)

    assert air.permits == [254, 254, 254, 254, 254]
    assert trust.remaining > 0


ESTABLISHED = LinkKey(key=Secret(b"established key!"), suite=1, public_key=b"\x02")


async def test_an_established_key_takes_the_place_of_the_preconfigured_one(
    trust: TrustCenter, air: Air
) -> None:
    assert trust.kind(address(1)) is None
    await trust.set_key(address(1), KEY)
    assert trust.kind(address(1)) is KeyKind.PRECONFIGURED

    await trust.establish(address(1), ESTABLISHED)

    assert trust.kind(address(1)) is KeyKind.ESTABLISHED
    assert trust.established(address(1)) == ESTABLISHED
    assert [(device, key) for device, key, _ in air.established] == [(address(1), ESTABLISHED.key)]
    assert dict(trust.keys) == {address(1): KEY}


async def test_a_device_that_is_registered_with_another_key_must_prove_itself_again(
    trust: TrustCenter,
) -> None:
    await trust.set_key(address(1), KEY)
    await trust.establish(address(1), ESTABLISHED)
    await trust.set_key(address(1), KEY)
    assert trust.is_established(address(1))

    await trust.set_key(address(1), Secret(b"another key 1234"))

    assert not trust.is_established(address(1))


async def test_established_keys_are_restored_with_their_counters_and_dropped_with_the_device(
    air: Air, clock: VirtualClock, bus: SignalBus, caplog: pytest.LogCaptureFixture
) -> None:
    kept: dict[Eui64, LinkKey] = {}
    before = TrustCenter(air, {}, clock, bus, established=kept)
    await before.establish(address(1), ESTABLISHED)
    air.established[0][2].next_sent()
    await before.stop()
    assert kept[address(1)].sent == 1

    after = TrustCenter(air, {}, clock, bus, established=kept)
    await after.push_keys()
    air.failure = DeliveryError("no room")
    await after.push_keys()

    assert air.established[1][2].next_sent() == 1
    assert "did not take the new key" in caplog.text
    after.drop_key(address(1))
    assert kept == {}


async def test_an_established_key_of_another_length_is_refused(trust: TrustCenter) -> None:
    with pytest.raises(ParameterError):
        await trust.establish(address(1), LinkKey(key=Secret(b"short"), suite=1, public_key=b""))

    assert not trust.is_established(address(1))


async def test_a_window_for_devices_with_keys_is_for_them_alone_unless_it_was_open_to_all(
    trust: TrustCenter, air: Air
) -> None:
    await trust.open(60, address(1))
    assert air.admitted == ({address(1)}, False)
    await trust.open(60, address(2))
    assert air.admitted == ({address(1), address(2)}, False)

    await trust.open(60)
    await trust.open(60, address(3))
    assert air.admitted == ({address(1), address(2), address(3)}, True)

    await trust.open(0)
    await trust.open(60, address(4))
    assert air.admitted == ({address(4)}, False)


async def test_a_long_window_stays_one_for_one_device(
    trust: TrustCenter, air: Air, clock: VirtualClock
) -> None:
    await trust.open(600, address(1))

    await clock.advance(241)

    assert air.permits == [254, 254]
    assert air.admitted == ({address(1)}, False)


async def test_who_joined_anew_has_to_prove_again_who_it_is(
    trust: TrustCenter, keys: dict[Eui64, Secret]
) -> None:
    keys[address(1)] = KEY
    await trust.establish(address(1), ESTABLISHED)
    assert trust.kind(address(1)) is KeyKind.ESTABLISHED

    trust.key_gone(address(1))
    trust.key_gone(address(2))

    assert trust.kind(address(1)) is KeyKind.PRECONFIGURED
