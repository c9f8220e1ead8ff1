"""Identifiers, and which clusters need a link key."""

import pytest
from zigpy.zcl.clusters.smartenergy import Metering

from sebridge.features.load_control.records import LOAD_CONTROL_CLUSTER
from sebridge.features.messaging.records import MESSAGING_CLUSTER
from sebridge.features.price.records import PRICE_CLUSTER
from sebridge.zcl import identifiers
from sebridge.zcl.identifiers import (
    DEVICE_NAMES,
    HA_PROFILE,
    SE_ENDPOINT,
    SE_PROFILE,
    needs_link_key,
)

UNKNOWN = (0x0002, 0x0402, 0x070C, 0x07FF, 0x0801, 0x0999)
"""Clusters of which the profile says nothing."""


@pytest.mark.parametrize(
    "cluster_id", [0x000A, 0x0015, 0x0019, 0x0025, *range(0x0700, 0x070C), 0xFC00, 0xFFFF, *UNKNOWN]
)
def test_smart_energy_clusters_need_a_link_key_by_sec_1(cluster_id: int) -> None:
    assert needs_link_key(SE_PROFILE, cluster_id)


@pytest.mark.parametrize("cluster_id", [0x0000, 0x0001, 0x0003, 0x0009, 0x0800])
def test_for_some_clusters_the_network_key_is_enough_by_sec_1(cluster_id: int) -> None:
    assert not needs_link_key(SE_PROFILE, cluster_id)


@pytest.mark.parametrize("cluster_id", [0x000A, 0x0702, 0xFC00])
def test_home_automation_travels_under_the_network_key(cluster_id: int) -> None:
    assert not needs_link_key(HA_PROFILE, cluster_id)


def test_the_ids_are_those_of_the_declared_clusters() -> None:
    declared = (PRICE_CLUSTER, LOAD_CONTROL_CLUSTER, Metering, MESSAGING_CLUSTER)

    assert [cluster.cluster_id for cluster in declared] == [
        identifiers.PRICE,
        identifiers.DRLC,
        identifiers.METERING,
        identifiers.MESSAGING,
    ]


def test_the_gateway_lives_on_endpoint_0x5e_by_net_8() -> None:
    assert SE_ENDPOINT == 0x5E


def test_every_device_that_the_gateway_serves_has_a_name() -> None:
    assert DEVICE_NAMES[identifiers.IN_PREMISE_DISPLAY] == "in-premise display"
    assert len(set(DEVICE_NAMES.values())) == len(DEVICE_NAMES)
