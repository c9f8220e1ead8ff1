"""Bindings in the tables of devices, towards the gateway."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError, DeviceRefusedError
from sebridge.base.signals import SignalBus
from sebridge.network.peer import Peer
from sebridge.network.remote_bindings import RemoteBindings
from sebridge.network.signals import DeviceRemoved
from sebridge.network.zdo_client import ZdoClient
from tests.network.air import Air, Station, address

OURS = address(0x99)
METERING = 0x0702
TABLE = 0x0033


def bindings_on(air: Air, clock: VirtualClock, bus: SignalBus | None = None) -> RemoteBindings:
    client = ZdoClient(air, clock, lambda: 40.0)
    air.deliver = client.received
    return RemoteBindings(client, lambda: OURS, {}, bus or SignalBus())


async def test_a_device_is_asked_to_bind_its_own_cluster_to_us_n7(clock: VirtualClock) -> None:
    meter = Station(1)
    air = Air(meter)
    bindings = bindings_on(air, clock)
    place = Peer(meter.eui64, 1, 0x0109)

    bound = await bindings.bind(place, METERING, 0x5E)
    unbound = await bindings.unbind(place, METERING, 0x5E)

    assert (bound, unbound) == (0, 0x88)  # this one keeps no table
    body = bytes(meter.eui64) + b"\x01\x02\x07\x03" + bytes(OURS) + b"\x5e"
    assert [(f.cluster_id, f.data[1:]) for f in air.sent] == [(0x21, body), (0x22, body)]


async def test_a_device_that_is_not_reached_is_an_error(clock: VirtualClock) -> None:
    meter = Station(1, reachable=False)
    bindings = bindings_on(Air(meter), clock)

    with pytest.raises(DeliveryError):
        await bindings.bind(Peer(meter.eui64, 1, 0x0109), METERING, 0x5E)


async def test_what_a_device_tells_of_its_table_is_kept_until_it_is_removed(
    clock: VirtualClock, bus: SignalBus
) -> None:
    meter = Station(1)
    bindings = bindings_on(Air(meter), clock, bus)
    entry = bytes(meter.eui64) + b"\x01\x02\x07"
    to_us, to_group = entry + b"\x03" + bytes(OURS) + b"\x5e", entry + b"\x01\x07\x00"
    meter.answers = {TABLE: b"\x00\x02\x00\x02" + to_us + to_group}

    await bindings.read(meter.eui64)
    known = [(one.to_address, one.to_endpoint_id, one.group_id) for one in bindings.listed()]
    await bindings.unbind(Peer(meter.eui64, 1, 0x0109), METERING, 0x5E)  # it has none by now
    fewer = [one.group_id for one in bindings.listed(meter.eui64)]
    bus.send(DeviceRemoved(meter.eui64))

    assert known == [(OURS, 0x5E, None), (None, None, 7)]
    assert fewer == [7]
    assert bindings.listed() == []


async def test_a_table_is_read_to_its_end_and_one_without_an_end_is_left(
    clock: VirtualClock,
) -> None:
    meter = Station(1)
    bindings = bindings_on(Air(meter), clock)
    entry = bytes(meter.eui64) + b"\x01\x02\x07\x01\x07\x00"
    meter.answers = {TABLE: b"\x00\x02\x00\x01" + entry}
    await bindings.read(meter.eui64)
    twice = len(meter.asked)

    meter.answers = {TABLE: b"\x00\xff\x00\x01" + entry}
    await bindings.read(meter.eui64)
    endless = len(meter.asked) - twice
    meter.answers = {TABLE: b"\x00\x00\x00\x00"}
    await bindings.read(meter.eui64)

    assert (twice, endless) == (2, 64)
    assert bindings.listed() == []


async def test_who_does_not_tell_its_table_is_an_error(clock: VirtualClock) -> None:
    meter = Station(1)
    meter.answers = {TABLE: b"\x84"}
    bindings = bindings_on(Air(meter), clock)

    with pytest.raises(DeviceRefusedError, match="status 0x84"):
        await bindings.read(meter.eui64)
