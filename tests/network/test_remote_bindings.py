"""Bindings in the tables of devices, towards the gateway."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError
from sebridge.network.peer import Peer
from sebridge.network.remote_bindings import RemoteBindings
from sebridge.network.zdo_client import ZdoClient
from tests.network.air import Air, Station, address

OURS = address(0x99)
METERING = 0x0702


def bindings_on(air: Air, clock: VirtualClock) -> RemoteBindings:
    client = ZdoClient(air, clock, lambda: 40.0)
    air.deliver = client.received
    return RemoteBindings(client, lambda: OURS)


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
