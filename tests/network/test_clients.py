"""Who is told: clients by their descriptors, and by their bindings."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.network.clients import Clients
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.radio.zdo_server import Binding
from sebridge.zcl.identifiers import METERING, PRICE, SE_ENDPOINT, SE_PROFILE
from tests.network.air import address

BY_DESCRIPTOR, BY_BINDING = address(1), address(2)


def known(number: int, *clients: int) -> KnownDevice:
    endpoint = Simple_Desc_rsp(
        status=0,
        nwk_addr=number,
        endpoint_id=9,
        profile_id=SE_PROFILE,
        device_id=0x0502,
        device_version=0,
        input_clusters=(),
        output_clusters=clients,
    )
    return KnownDevice(
        eui64=address(number),
        nwk=0x1000 + number,
        active_endpoints=(9,),
        simple_descriptors={9: endpoint},
    )


@pytest.fixture
def directory(clock: VirtualClock, bus: SignalBus) -> Directory:
    directory = Directory({}, clock, bus)
    for device in (known(1, PRICE), known(2)):
        directory.put(device)
        directory.activate(device.eui64)
    return directory


def clients(directory: Directory, *bindings: Binding) -> list[Peer]:
    return list(Clients(directory, bindings).clients(PRICE))


def bound(number: int, endpoint: int = 9, cluster_id: int = PRICE) -> Binding:
    return Binding(SE_ENDPOINT, cluster_id, device=address(number), device_endpoint=endpoint)


def test_a_device_that_bound_itself_is_told_like_one_that_describes_the_client(
    directory: Directory,
) -> None:
    assert clients(directory, bound(2)) == [
        Peer(BY_DESCRIPTOR, 9, SE_PROFILE),
        Peer(BY_BINDING, 9, SE_PROFILE),
    ]


def test_who_is_a_client_in_both_ways_is_told_once(directory: Directory) -> None:
    assert clients(directory, bound(1)) == [Peer(BY_DESCRIPTOR, 9, SE_PROFILE)]


@pytest.mark.parametrize(
    "binding",
    [
        bound(2, cluster_id=METERING),
        bound(2, endpoint=8),
        bound(3),
        Binding(SE_ENDPOINT, PRICE, group=5),
    ],
    ids=["another cluster", "an unknown endpoint", "a stranger", "a group"],
)
def test_other_bindings_make_no_client(directory: Directory, binding: Binding) -> None:
    assert clients(directory, binding) == [Peer(BY_DESCRIPTOR, 9, SE_PROFILE)]


def test_who_is_not_there_is_not_told(directory: Directory) -> None:
    directory.deactivate(BY_BINDING)

    assert clients(directory, bound(2)) == [Peer(BY_DESCRIPTOR, 9, SE_PROFILE)]
