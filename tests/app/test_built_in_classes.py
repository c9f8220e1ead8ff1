"""The classes that are always there."""

import pytest

from sebridge.app.built_in_classes import built_in_classes
from sebridge.app.features import FEATURES
from sebridge.gateway.cluster import LocalCluster
from sebridge.modules.class_table import ClassTable, Kind
from sebridge.modules.defaults import default_cluster_id
from sebridge.zcl.identifiers import BASIC, IDENTIFY, SE_PROFILE
from tests.api.home import Home

CLASSES = ClassTable(built_in_classes(FEATURES, lambda: 42, lambda: 7.0, {}))
MAKEABLE = [known for known in CLASSES.all(Kind.CLUSTER) if known.make is not None]


def test_every_class_is_described_and_none_is_there_twice() -> None:
    built_in = built_in_classes(FEATURES, lambda: 42, lambda: 7.0, {})

    for kind in Kind:
        names = [known.name for known in built_in[kind]]
        assert names
        assert len(names) == len(set(names))
        assert all(known.description and known.is_built_in for known in built_in[kind])


@pytest.mark.parametrize("name", [known.name for known in MAKEABLE])
def test_each_that_can_be_made_makes_a_new_one(name: str) -> None:
    known = CLASSES.find(Kind.CLUSTER, name)
    assert known.make is not None

    first, second = known.make(2), known.make(3)

    assert isinstance(first.cluster, LocalCluster)
    assert first.cluster is not second.cluster
    assert type(first.cluster) is known.subject


def test_only_the_generic_cluster_has_no_identifier() -> None:
    without = [known.name for known in MAKEABLE if default_cluster_id(known) is None]

    assert without == ["ZCL_Cluster"]


@pytest.mark.parametrize(
    ("name", "device_id", "clusters"),
    [
        ("Endpoint", None, []),
        ("SE_EnergyServicePortal", 0x0500, [BASIC, IDENTIFY, IDENTIFY]),
        ("SE_InPremiseDisplay", 0x0502, [BASIC, IDENTIFY, IDENTIFY]),
    ],
)
def test_endpoint_classes_are_those_of_the_first_gateways(
    name: str, device_id: int | None, clusters: list[int]
) -> None:
    known = CLASSES.find(Kind.ENDPOINT, name)
    assert known.make is not None

    made = known.make()

    assert made.profile_id == (None if device_id is None else SE_PROFILE)
    assert made.device_id == device_id
    assert [cluster.cluster_id for cluster in made.clusters()] == clusters


async def test_every_cluster_of_the_gateway_is_listed(home: Home) -> None:
    listed = {known.subject for known in CLASSES.all(Kind.CLUSTER)}

    for endpoint in home.gateway.endpoints.values():
        assert {type(cluster) for cluster in endpoint.clusters} <= listed
