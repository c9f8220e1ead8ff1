"""Mirrors that are kept up to date by reports."""

from typing import Any

import pytest

from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import BasicServer
from sebridge.features.metering.mirror_host import MirrorHost
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import HA_PROFILE, METERING, MIRROR_ENDPOINTS, SE_PROFILE
from tests.gateway.radio_side import address, peer

FIRST = MIRROR_ENDPOINTS[0]


@pytest.fixture
def store() -> dict[int, Peer]:
    return {}


class Endpoints(dict[int, Endpoint]):
    """Our endpoints, as a router keeps them."""

    def add(self, endpoint: Endpoint) -> None:
        self[endpoint.endpoint_id] = endpoint

    def remove(self, endpoint_id: int) -> None:
        self.pop(endpoint_id, None)


@pytest.fixture
def endpoints() -> Endpoints:
    return Endpoints()


def host_of(store: dict[int, Peer], endpoints: Endpoints, bus: SignalBus) -> MirrorHost:
    return MirrorHost(
        store=store,
        make_basic=lambda: BasicServer("maker", "mirror"),
        endpoints=endpoints,
        bus=bus,
    )


@pytest.fixture
def host(store: dict[int, Peer], endpoints: Endpoints, bus: SignalBus) -> MirrorHost:
    return host_of(store, endpoints, bus)


def report(bus: SignalBus, raw: int, number: int = 1, **more: Any) -> None:
    given: dict[str, Any] = {
        "device": address(number),
        "endpoint": 9,
        "local_endpoint": FIRST,
        "profile_id": SE_PROFILE,
        "cluster_id": METERING,
        "server_or_client": 0,
        "manufacturer_code": None,
        "values": [AttributeValue(0x0000, 0x25, raw, b"")],
        "reported": True,
        "time": 5.0,
    }
    bus.send(AttributesReported(**given | more))


def shown(endpoints: Endpoints) -> dict[int, Any]:
    cluster = endpoints[FIRST].cluster(METERING, server=True)
    assert cluster is not None
    return {a: cluster.attributes.read(a).value for a, _ in cluster.attributes.types()}


def test_a_mirror_is_an_endpoint_that_shows_what_its_meter_reports(
    host: MirrorHost, endpoints: Endpoints, bus: SignalBus
) -> None:
    given = [host.request(peer(1)), host.request(peer(1))]

    report(bus, 42)

    assert given == [FIRST, FIRST]
    assert shown(endpoints) == {0x0000: 42, 0x0306: 0xFE}
    assert 0x0000 in endpoints[FIRST].descriptor().input_clusters


@pytest.mark.parametrize(
    "other",
    [{"number": 2}, {"cluster_id": 0x0700}, {"manufacturer_code": 1}, {"local_endpoint": 0x5E}],
)
def test_what_others_report_is_not_shown(
    host: MirrorHost, endpoints: Endpoints, bus: SignalBus, other: dict[str, Any]
) -> None:
    host.request(peer(1))

    report(bus, 42, **other)

    assert 0x0000 not in shown(endpoints)


def test_a_mirror_that_is_given_up_is_no_endpoint_any_more(
    host: MirrorHost, endpoints: Endpoints, bus: SignalBus
) -> None:
    host.request(peer(1))
    host.request(peer(2))

    removed = [host.remove(peer(1)), host.remove(peer(1))]
    bus.send(DeviceRemoved(address(2)))

    assert removed == [FIRST, 0xFFFF]
    assert endpoints == {}


def test_mirrors_are_there_again_after_a_restart(
    host: MirrorHost, store: dict[int, Peer], bus: SignalBus
) -> None:
    host.request(peer(1))
    again = Endpoints()

    host_of(store, again, bus)

    assert set(again) == {FIRST}


def test_when_there_is_no_room_there_is_no_endpoint(host: MirrorHost, endpoints: Endpoints) -> None:
    given = [host.request(peer(number)) for number in range(len(MIRROR_ENDPOINTS) + 1)]

    assert given[-1] == 0xFFFF
    assert set(endpoints) == set(MIRROR_ENDPOINTS)


def test_a_meter_with_a_mirror_is_known(host: MirrorHost) -> None:
    host.request(peer(1))

    assert host.stands_for(peer(1))
    assert not host.stands_for(peer(2))


def test_a_meter_of_another_profile_gets_no_mirror(host: MirrorHost, endpoints: Endpoints) -> None:
    given = host.request(Peer(address(1), 9, HA_PROFILE))

    assert given == 0xFFFF
    assert endpoints == {}


def test_a_mirror_does_not_hear_other_profiles(host: MirrorHost, endpoints: Endpoints) -> None:
    host.request(peer(1))

    assert endpoints[FIRST].hears(SE_PROFILE)
    assert not endpoints[FIRST].hears(HA_PROFILE)
