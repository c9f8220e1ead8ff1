"""Which endpoints and clusters are kept, which are there, and which may go."""

import logging
from pathlib import Path

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import FullError, ParameterError, RefusedError
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import BasicServer
from sebridge.gateway.endpoint import Endpoint, LocalEndpoints
from sebridge.modules.additions_store import AdditionsStore
from sebridge.modules.endpoint_additions import EndpointAdditions
from sebridge.modules.endpoints import Endpoints
from sebridge.modules.loaded_modules import LoadedModules
from sebridge.settings.additions import AddedCluster, AddedEndpoint
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE
from tests.gateway.radio_side import RecordingSender, Trust
from tests.modules.user_code import LAMP, loaded, write

ANY = AddedEndpoint(endpoint_class="AnyEndpoint", endpoint_id=2, profile_id=0x0104)
LAMP_2 = AddedEndpoint(endpoint_class="LampEndpoint", endpoint_id=2)
ON_OFF = AddedCluster(
    cluster_class="ZCL_Cluster", endpoint_id=2, server_or_client=1, cluster_id=0x0006
)
ON_OFF_HERE = AddedCluster(
    cluster_class="ZCL_Cluster", endpoint_id=SE_ENDPOINT, server_or_client=1, cluster_id=0x0006
)


def cluster(name: str, endpoint_id: int = 2, **given: int) -> AddedCluster:
    return AddedCluster(cluster_class=name, endpoint_id=endpoint_id, **given)  # type: ignore[arg-type]


class Gateway:
    """A router with the gateway's own endpoint, and what was added to it."""

    def __init__(self, clock: VirtualClock, modules: LoadedModules, store: AdditionsStore) -> None:
        ours = Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0500, (BasicServer("maker", "model"),))
        trust = Trust()
        exchange = trust.exchange(RecordingSender(), clock)
        bus = SignalBus(strict=True)
        self.endpoints = LocalEndpoints(bus, [ours])
        self.router = trust.router(self.endpoints, exchange, clock, bus)
        self.modules = modules
        self.store = store
        self.additions = EndpointAdditions(
            store, Endpoints(modules, self.endpoints, trust.encryption)
        )

    def clusters(self, endpoint_id: int) -> list[int]:
        return [c.cluster_id for c in self.router.endpoints[endpoint_id].clusters]


@pytest.fixture
def gateway(clock: VirtualClock, tmp_path: Path) -> Gateway:
    write(tmp_path, "lamp", LAMP)
    return Gateway(clock, loaded(tmp_path), AdditionsStore({}, {}, {}, {}))


def restarted(gateway: Gateway, clock: VirtualClock) -> Gateway:
    """Return another gateway with the same store, and modules loaded anew."""
    return Gateway(clock, loaded(Path(gateway.modules.paths[0])), gateway.store)


# ------------------------------------------------------------------ adding and removing


async def test_what_was_added_is_there_again_after_a_restart(
    gateway: Gateway, clock: VirtualClock
) -> None:
    gateway.additions.add_endpoint(ANY)
    await gateway.additions.add_cluster(ON_OFF)
    await gateway.additions.add_cluster(cluster("BasicServer"))

    again = restarted(gateway, clock)
    await again.additions.put_together()

    assert sorted(again.router.endpoints) == [2, SE_ENDPOINT]
    assert again.clusters(2) == [6, 0]


async def test_a_removed_endpoint_takes_its_clusters_with_it(
    gateway: Gateway, clock: VirtualClock
) -> None:
    gateway.additions.add_endpoint(ANY)
    await gateway.additions.add_cluster(ON_OFF)
    await gateway.additions.add_cluster(
        cluster("ZCL_Cluster", 0x5E, cluster_id=6, server_or_client=1)
    )

    await gateway.additions.remove_endpoint(2)

    assert list(gateway.router.endpoints) == [SE_ENDPOINT]
    assert [entry.endpoint_id for entry in gateway.store.clusters.values()] == [0x5E]
    again = restarted(gateway, clock)
    await again.additions.put_together()
    assert again.clusters(SE_ENDPOINT) == [0, 6]


async def test_an_endpoint_of_a_number_that_was_free_again_begins_anew(gateway: Gateway) -> None:
    gateway.additions.add_endpoint(ANY)
    await gateway.additions.add_cluster(ON_OFF)
    await gateway.additions.remove_endpoint(2)

    gateway.additions.add_endpoint(ANY)
    await gateway.additions.add_cluster(ON_OFF)

    assert gateway.clusters(2) == [6]
    assert list(gateway.store.clusters.values()) == [ON_OFF]


def test_the_next_endpoint_is_the_lowest_that_is_free_and_not_kept(gateway: Gateway) -> None:
    gateway.store.endpoints[1] = LAMP_2
    gateway.additions.add_endpoint(ANY)

    assert gateway.additions.next_endpoint() == 3


def test_there_is_an_end_to_the_endpoints(gateway: Gateway) -> None:
    gateway.store.endpoints.update(dict.fromkeys(range(1, 241), ANY))

    with pytest.raises(FullError, match="no free endpoint"):
        gateway.additions.next_endpoint()
    with pytest.raises(FullError, match="no room"):
        gateway.additions.add_endpoint(ANY)


def test_a_number_is_given_once(gateway: Gateway) -> None:
    gateway.store.endpoints[2] = LAMP_2  # it waits for its class

    with pytest.raises(ParameterError, match="endpoint_id: 0x02 is in use"):
        gateway.additions.add_endpoint(ANY)

    assert gateway.store.endpoints == {2: LAMP_2}


async def test_what_was_not_added_stays(gateway: Gateway) -> None:
    gateway.additions.add_endpoint(ANY)

    with pytest.raises(RefusedError, match="only an endpoint that was added"):
        await gateway.additions.remove_endpoint(SE_ENDPOINT)
    with pytest.raises(ParameterError, match="has no endpoint 0x07"):
        await gateway.additions.remove_endpoint(7)
    with pytest.raises(RefusedError, match="only a cluster that was added"):
        await gateway.additions.remove_cluster(cluster("BasicServer", 0x5E))
    with pytest.raises(RefusedError, match="only a cluster that was added"):
        await gateway.additions.remove_cluster(cluster("", 0x5E, cluster_id=0, server_or_client=0))
    with pytest.raises(ParameterError, match="no such cluster"):
        await gateway.additions.remove_cluster(cluster("BasicServer"))


@pytest.mark.parametrize(
    "wanted",
    [cluster("ZCL_Cluster"), cluster("", cluster_id=6, server_or_client=1)],
    ids=["by class", "by side"],
)
async def test_a_cluster_is_removed_for_good(
    gateway: Gateway, clock: VirtualClock, wanted: AddedCluster
) -> None:
    gateway.additions.add_endpoint(ANY)
    await gateway.additions.add_cluster(ON_OFF)

    found = await gateway.additions.remove_cluster(wanted)

    assert (found.cluster_class, found.side) == ("ZCL_Cluster", (2, 6, False))
    assert gateway.clusters(2) == []
    again = restarted(gateway, clock)
    await again.additions.put_together()
    assert again.clusters(2) == []


async def test_a_wrong_side_is_refused_before_anything_else(gateway: Gateway) -> None:
    wrong = cluster("ZCL_Cluster", cluster_id=6, server_or_client=2)

    with pytest.raises(ParameterError, match="server_or_client"):
        await gateway.additions.add_cluster(wrong)
    with pytest.raises(ParameterError, match="server_or_client"):
        await gateway.additions.remove_cluster(wrong)


async def test_a_refused_addition_is_not_kept(gateway: Gateway) -> None:
    for entry in (ON_OFF, cluster("Nobody", 0x5E)):
        with pytest.raises(ParameterError):
            await gateway.additions.add_cluster(entry)
    with pytest.raises(ParameterError):
        gateway.additions.add_endpoint(LAMP_2)

    assert (gateway.store.endpoints, gateway.store.clusters) == ({}, {})


# ------------------------------------------------------------------ what waits for its classes


async def test_what_waits_is_there_as_soon_as_its_classes_are(
    gateway: Gateway, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.modules.open("lamp")
    gateway.additions.add_endpoint(LAMP_2)
    await gateway.additions.add_cluster(cluster("ZCL_Cluster", cluster_id=8, server_or_client=1))
    again = restarted(gateway, clock)

    with caplog.at_level(logging.WARNING):
        await again.additions.put_together()
    missing = sorted(again.router.endpoints)
    again.modules.open("lamp")
    await again.additions.put_together()

    assert missing == [SE_ENDPOINT]
    assert "endpoint 0x02 waits: endpoint_class: there is no endpoint class" in caplog.text
    assert "cluster ZCL_Cluster of endpoint 0x02 waits" in caplog.text
    assert again.clusters(2) == [6, 8]


async def test_what_a_module_takes_away_comes_back_with_it(gateway: Gateway) -> None:
    gateway.modules.open("lamp")
    gateway.additions.add_endpoint(LAMP_2)
    await gateway.additions.add_cluster(cluster("ZCL_Cluster", cluster_id=8, server_or_client=1))
    await gateway.additions.add_cluster(cluster("LampServer", 0x5E))

    await gateway.additions.drop_classes_of("lamp")
    gateway.modules.close("lamp")
    gone = (sorted(gateway.router.endpoints), gateway.clusters(SE_ENDPOINT))
    gateway.modules.open("lamp")
    await gateway.additions.put_together()

    assert gone == ([SE_ENDPOINT], [0])
    assert gateway.clusters(2) == [6, 8]
    assert gateway.clusters(SE_ENDPOINT) == [0, 6]


async def test_what_waits_can_be_removed(gateway: Gateway) -> None:
    gateway.store.endpoints[2] = LAMP_2
    gateway.store.append_cluster(cluster("LampServer", 0x5E))
    gateway.store.append_cluster(cluster("LampServer", cluster_id=6, server_or_client=0))

    with pytest.raises(ParameterError, match="cluster_id: is needed"):
        await gateway.additions.remove_cluster(cluster("LampServer", 0x5E))
    removed = await gateway.additions.remove_cluster(
        cluster("LampServer", 0x5E, cluster_id=6, server_or_client=0)
    )
    await gateway.additions.remove_endpoint(2)

    assert removed.side == (0x5E, 6, True)
    assert (gateway.store.endpoints, gateway.store.clusters) == ({}, {})


async def test_an_entry_for_an_endpoint_of_the_gateway_is_kept_and_goes_without_it(
    gateway: Gateway,
) -> None:
    portal = AddedEndpoint(endpoint_class="AnyEndpoint", endpoint_id=0x5E, profile_id=SE_PROFILE)
    gateway.store.endpoints[0x5E] = portal
    gateway.store.append_cluster(
        cluster("ZCL_Cluster", 0x5E, cluster_id=0x0402, server_or_client=1)
    )
    await gateway.additions.put_together()
    with_it = gateway.clusters(SE_ENDPOINT)

    await gateway.additions.remove_endpoint(0x5E)

    assert with_it == [0, 0x0402]
    assert gateway.clusters(SE_ENDPOINT) == [0, 0x0402]
    assert gateway.store.endpoints == {}
    assert len(gateway.store.clusters) == 1


async def test_what_is_lent_is_there_for_a_while_and_nobody_elses(gateway: Gateway) -> None:
    added = await gateway.additions.add_cluster(
        cluster("ZCL_Cluster", SE_ENDPOINT, cluster_id=8, server_or_client=1)
    )
    kept = dict(gateway.store.clusters)

    take_back = await gateway.additions.lend([ANY], [ON_OFF, ON_OFF_HERE], "the plug-in a")
    there = gateway.clusters(2), gateway.clusters(SE_ENDPOINT)
    with pytest.raises(RefusedError, match="endpoint 0x02 is that of the plug-in a while it runs"):
        await gateway.additions.remove_endpoint(2)
    with pytest.raises(RefusedError, match="the cluster is that of the plug-in a while it runs"):
        await gateway.additions.remove_cluster(ON_OFF_HERE)
    await take_back()

    assert there == ([6], [0, 8, 6])
    assert (sorted(gateway.router.endpoints), gateway.clusters(SE_ENDPOINT)) == (
        [SE_ENDPOINT],
        [0, 8],
    )
    assert (gateway.store.endpoints, gateway.store.clusters) == ({}, kept)
    assert added.side == (SE_ENDPOINT, 8, False)


async def test_what_was_added_to_something_lent_waits_for_it(gateway: Gateway) -> None:
    take_back = await gateway.additions.lend([ANY], [], "the plug-in a")
    await gateway.additions.add_cluster(ON_OFF)

    await take_back()
    gone = sorted(gateway.router.endpoints)
    await gateway.additions.lend([ANY], [], "the plug-in a")

    assert gone == [SE_ENDPOINT]
    assert gateway.clusters(2) == [6]


async def test_all_is_lent_or_nothing(gateway: Gateway) -> None:
    with pytest.raises(ParameterError, match="has a client of cluster 0x0006 already"):
        await gateway.additions.lend([ANY], [ON_OFF, ON_OFF], "the plug-in a")

    assert sorted(gateway.router.endpoints) == [SE_ENDPOINT]


async def test_what_is_lent_and_went_with_its_class_is_nobodys(gateway: Gateway) -> None:
    gateway.modules.open("lamp")
    take_back = await gateway.additions.lend(
        [LAMP_2], [cluster("LampServer", SE_ENDPOINT)], "the plug-in a"
    )

    await gateway.additions.drop_classes_of("lamp")
    gateway.additions.add_endpoint(ANY)
    await take_back()

    assert sorted(gateway.router.endpoints) == [2, SE_ENDPOINT]
