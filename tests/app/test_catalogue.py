"""What the gateway tells of its own parts."""

import pytest

from sebridge.app.catalogue import catalogue_of, own_device_record
from sebridge.base.values import ABSENT, plain
from tests.api.home import Home


async def test_versions_of_all_that_matters_are_told(alone: Home) -> None:
    versions = catalogue_of(alone.gateway.endpoints).versions

    assert versions["Version"] == versions["sebridge"]
    assert {"zigpy", "bellows", "zigpy-xbee", "paho-mqtt"} <= versions.keys()


async def test_endpoints_clusters_and_records_are_described(alone: Home) -> None:
    catalogue = catalogue_of(alone.gateway.endpoints)

    assert [item.name for item in catalogue.endpoints] == ["endpoint_0x5E", "endpoint_0x01"]
    assert catalogue.endpoints[0].description == "energy service interface, profile 0x0109"
    clusters = [item.name for item in catalogue.clusters]
    assert len(clusters) == len(set(clusters))
    assert {"PriceServer", "DrlcServer", "MessagingServer", "MeteringClient"} <= set(clusters)
    for item in (*catalogue.clusters, *catalogue.records, *catalogue.interfaces):
        assert item.description
        assert not item.module.startswith("sebridge")


@pytest.mark.parametrize(
    "name", ["PublishPriceRecord", "LoadControlEventRecord", "ReadAttributeRecord"]
)
async def test_records_are_listed_by_the_names_of_the_reference(alone: Home, name: str) -> None:
    assert name in [item.name for item in catalogue_of(alone.gateway.endpoints).records]


async def test_our_own_record_has_our_endpoints(alone: Home) -> None:
    network = alone.gateway.radio.network

    record = own_device_record(network, alone.gateway.endpoints)

    assert plain(record)["addr_short"] == "0000"
    assert plain(record)["active_endpoints"] == [0x5E, 1]


async def test_without_a_network_we_have_no_short_address(alone: Home) -> None:
    await alone.stop()

    record = alone.gateway.own_record()

    assert record.active is False
    assert record.addr_short is ABSENT
