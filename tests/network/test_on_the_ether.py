"""The devices package on the simulated air: a real zigpy application, real frames."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.crypto.install_code import link_key
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.network.manager import DeviceManager
from sebridge.network.signals import DeviceActive, DeviceInactive, DeviceJoined, DeviceRemoved
from sebridge.network.trust_center import TrustCenter
from sebridge.radio.ether import Ether
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl.zdo import SimpleDescriptor
from tests.network.air import Ears, address, endpoint

KEY = link_key("83fed3407a939723a5c639b26916d505c3b5")
GATEWAY = [endpoint(0x5E, [0x0700, 0x0701], [0x0702], device_type=0x0500)]
METER = [endpoint(1, [0, 0x0702, 0x0800])]


class Quiet:
    """A device that does nothing by itself."""

    def received(self, frame: Incoming) -> None:
        """Let frames pass."""

    def joined(self, device: Eui64, nwk: int) -> None:
        """Let joinings pass."""

    def left(self, device: Eui64) -> None:
        """Let leavings pass."""

    def key_gone(self, device: Eui64) -> None:
        """Never happens on the air."""

    def lost(self, reason: Exception) -> None:
        """Never happens on the air."""


class Bridge:
    """The gateway's side, as the app would put it together."""

    def __init__(
        self,
        ether: Ether,
        bus: SignalBus,
        store: dict[Eui64, KnownDevice],
        keys: dict[Eui64, Secret],
    ) -> None:
        clock = ether.clock
        self.radio = make_radio(RadioOptions(), GATEWAY, {}, clock, NetworkGuard({}), ether)
        self.directory = Directory(store, clock, bus)
        self.trust = TrustCenter(self.radio, keys, clock, bus)
        self.manager = DeviceManager(self.radio, self.directory, self.trust, clock)

    async def start(self) -> None:
        await self.radio.start(self)
        await self.manager.start()

    async def stop(self) -> None:
        await self.manager.stop()
        await self.trust.stop()
        await self.radio.stop()

    def received(self, frame: Incoming) -> None:
        self.manager.seen(frame)

    def joined(self, device: Eui64, nwk: int) -> None:
        self.manager.joined(device, nwk)

    def left(self, device: Eui64) -> None:
        self.manager.left(device)

    def key_gone(self, device: Eui64) -> None:
        """Never happens on the air."""

    def lost(self, reason: Exception) -> None:
        raise reason


@pytest.fixture
def ether(clock: VirtualClock) -> Ether:
    return Ether(clock)


@pytest.fixture
async def bridge(ether: Ether, bus: SignalBus) -> AsyncIterator[Bridge]:
    bridge = Bridge(ether, bus, {}, {})
    await bridge.start()
    yield bridge
    await bridge.stop()


async def arrive(
    clock: VirtualClock,
    ether: Ether,
    number: int,
    endpoints: list[SimpleDescriptor] | None = None,
    key: Secret = KEY,
) -> SimulatedRadio:
    """Let a device join; raise what it is refused with."""
    station = SimulatedRadio(ether, address(number), key, endpoints or METER, {})
    joining = asyncio.ensure_future(station.start(Quiet()))
    await clock.advance(5)
    await joining
    return station


async def test_a_device_joins_with_its_code_is_interviewed_and_active(
    bridge: Bridge, ether: Ether, clock: VirtualClock, ears: Ears
) -> None:
    await bridge.manager.add(address(1), KEY, join_time=60)

    station = await arrive(clock, ether, 1)

    known = bridge.directory[station.address]
    assert known.is_complete
    assert known.nwk == station.network.nwk
    assert [p.device for p in bridge.directory.servers(0x0702)] == [station.address]
    told = ears.take()
    assert told.count(DeviceJoined(station.address)) == 1
    assert told[-1] == DeviceActive(station.address)


async def test_a_device_with_another_code_or_after_the_window_stays_outside(
    bridge: Bridge, ether: Ether, clock: VirtualClock
) -> None:
    await bridge.manager.add(address(1), Secret(bytes(16)), join_time=60)
    with pytest.raises(NotJoinedError):
        await arrive(clock, ether, 1)

    await clock.advance(60)
    await bridge.manager.add(address(2), KEY)
    with pytest.raises(NotJoinedError, match="joining is closed"):
        await arrive(clock, ether, 2)

    assert not bridge.directory.is_active(address(1))


async def test_a_long_window_is_open_to_its_end(
    bridge: Bridge, ether: Ether, clock: VirtualClock
) -> None:
    await bridge.manager.add(address(1), KEY, join_time=900)
    await clock.advance(880)

    await arrive(clock, ether, 1)
    await clock.advance(20)
    await bridge.manager.add(address(2), KEY)
    with pytest.raises(NotJoinedError, match="joining is closed"):
        await arrive(clock, ether, 2)

    assert bridge.directory.is_active(address(1))


async def test_a_device_that_is_switched_off_is_noticed_and_so_is_its_return(
    bridge: Bridge, ether: Ether, clock: VirtualClock, ears: Ears
) -> None:
    await bridge.manager.add(address(1), KEY, join_time=60)
    station = await arrive(clock, ether, 1)
    ears.take()

    await station.stop()
    await clock.advance(minutes=9)
    assert DeviceInactive(station.address) in ears.take()
    coming_back = asyncio.ensure_future(station.start(Quiet()))
    await clock.advance(5)
    await coming_back

    assert bridge.directory.is_active(station.address)


async def test_a_removed_device_leaves_the_network(
    bridge: Bridge, ether: Ether, clock: VirtualClock, ears: Ears
) -> None:
    await bridge.manager.add(address(1), KEY, join_time=60)
    station = await arrive(clock, ether, 1)
    ears.take()

    await bridge.manager.remove(station.address)
    await clock.advance(5)

    assert not station.network.joined
    assert station.address not in bridge.directory
    assert ears.take() == [DeviceRemoved(station.address)]
    assert ether.network is not None
    assert ether.network.link_keys == {}


@pytest.mark.parametrize("seed", range(5))
async def test_bad_air_delays_interviews_but_does_not_end_them(
    clock: VirtualClock, bus: SignalBus, seed: int
) -> None:
    air = AirOptions(loss=0.2, duplicates=0.2, delay=0.05, seed=seed)
    ether = Ether(clock, air)
    bridge = Bridge(ether, bus, {}, {})
    await bridge.start()
    for number in range(10):
        await bridge.manager.add(address(number), KEY, join_time=200)

    for number in range(10):
        await arrive(clock, ether, number)
    await clock.advance(minutes=10)

    assert len(bridge.directory.servers(0x0702)) == 10
    assert all(known.is_complete for known in bridge.directory)
    await bridge.stop()


async def test_after_a_restart_of_the_gateway_every_device_is_there_again(
    clock: VirtualClock, bus: SignalBus, ether: Ether, ears: Ears
) -> None:
    store: dict[Eui64, KnownDevice] = {}
    keys: dict[Eui64, Secret] = {}
    before = Bridge(ether, bus, store, keys)
    await before.start()
    plug_endpoints = [endpoint(1, [0, 0x0702], profile=0x0104)]
    for number, endpoints in ((1, METER), (2, plug_endpoints)):
        await before.manager.add(address(number), KEY, join_time=60)
        await arrive(clock, ether, number, endpoints)
    await before.stop()
    ears.take()

    after = Bridge(ether, bus, store, keys)
    await after.start()
    await clock.advance(5)

    assert set(ears.take()) == {DeviceActive(address(1)), DeviceActive(address(2))}
    assert {p.profile_id for p in after.directory.servers(0x0702)} == {0x0109, 0x0104}
    await after.stop()


async def test_frames_of_a_device_that_joined_unnoticed_make_it_known(
    clock: VirtualClock, bus: SignalBus, ether: Ether
) -> None:
    first = Bridge(ether, bus, {}, {})
    await first.start()
    await first.manager.add(address(1), KEY, join_time=60)
    station = await arrive(clock, ether, 1)
    await first.stop()
    second = Bridge(ether, bus, {}, {})  # its memory is empty, the network's is not
    await second.start()
    await clock.advance(1)
    assert station.address not in second.directory

    report = Outgoing(second.radio.network.address, 0x0109, 0x0702, 1, 0x5E, b"\x18\x01\x0a")
    sending = asyncio.ensure_future(station.send(report))
    await clock.advance(10)
    await sending

    assert second.directory.is_active(station.address)
    await second.stop()
