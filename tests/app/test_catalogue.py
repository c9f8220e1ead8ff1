"""What the gateway tells of its own parts."""

from pathlib import Path

import pytest

from sebridge.api.gateway import Described, ModuleVersion
from sebridge.app.catalogue import catalogue_of, own_device_record
from sebridge.model.plain import to_plain
from sebridge.model.values import ABSENT
from sebridge.modules.loaded_modules import LoadedModules
from sebridge.modules.loader import Loader
from tests.api.home import Home


async def test_versions_of_all_that_matters_are_told(alone: Home) -> None:
    versions = catalogue_of(alone.gateway.assembly.loaded).versions

    assert versions["Version"] == versions["sebridge"]
    assert {"zigpy", "bellows", "zigpy-xbee", "paho-mqtt"} <= versions.keys()


async def test_endpoints_clusters_and_records_are_described(alone: Home) -> None:
    catalogue = catalogue_of(alone.gateway.assembly.loaded)

    assert [item.name for item in catalogue.endpoints] == [
        "Endpoint",
        "SE_EnergyServicePortal",
        "SE_InPremiseDisplay",
    ]
    clusters = [item.name for item in catalogue.clusters]
    assert len(clusters) == len(set(clusters))
    assert {"PriceServer", "DrlcServer", "MessagingServer", "MeteringClient"} <= set(clusters)
    for item in (
        *catalogue.clusters,
        *catalogue.records,
        *catalogue.interfaces,
        *catalogue.endpoints,
    ):
        assert item.description
        assert not item.module.startswith("sebridge")


@pytest.mark.parametrize(
    "name", ["PublishPriceRecord", "LoadControlEventRecord", "ReadAttributeRecord"]
)
async def test_records_are_listed_by_the_names_of_the_reference(alone: Home, name: str) -> None:
    assert name in [item.name for item in catalogue_of(alone.gateway.assembly.loaded).records]


async def test_what_a_module_brings_is_told_while_it_is_there(alone: Home, tmp_path: Path) -> None:
    code = "__version__ = 3\nfrom sebridge.modules.endpoint_class import EndpointClass\n"
    (tmp_path / "mine.py").write_text(f"{code}class Mine(EndpointClass):\n    'Of mine.'\n")
    loaded = LoadedModules(Loader(tmp_path), alone.gateway.assembly.loaded.classes)

    loaded.open("mine")
    during = catalogue_of(loaded)
    loaded.close("mine")

    assert during.modules == {"mine": ModuleVersion(3, None)}
    assert during.endpoints[-1] == Described("Mine", "mine", "Of mine.")
    assert during.paths == [str(tmp_path)]
    assert "Mine" not in [item.name for item in catalogue_of(loaded).endpoints]


async def test_our_own_record_has_our_endpoints(alone: Home) -> None:
    network = alone.gateway.radio.network

    record = own_device_record(network, list(alone.gateway.endpoints.values()))

    assert to_plain(record)["addr_short"] == "0000"
    assert to_plain(record)["active_endpoints"] == [0x5E, 1]


async def test_without_a_network_we_have_no_short_address(alone: Home) -> None:
    await alone.stop()

    record = own_device_record(alone.gateway.radio.network, [])

    assert record.active is False
    assert record.addr_short is ABSENT
