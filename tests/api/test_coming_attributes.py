"""How attributes come, as callers see it."""

from msgspec.structs import replace
import pytest

from sebridge.api.coming_attributes import ComingAttributeMethods
from sebridge.base.addresses import Eui64
from sebridge.base.errors import UnknownDeviceError
from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.ways import ComingAttribute, Way
from sebridge.model.values import ABSENT
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import METERING, SE_PROFILE
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.api.home import Home

DEVICE = Eui64.parse("00:0d:6f:00:0a:00:00:01")
PAIRING = Pairing(Peer(DEVICE, 9, SE_PROFILE), 0x5E, METERING, server=False)
RECORD = AttributeReportingConfigurationRecord(0, 0, 0x25, 10, 300, 1)
ENERGY = ComingAttribute(
    key=PairedAttribute(PAIRING, 0), way=Way.REPORT, why="configured_by_gateway", record=RECORD
)


async def test_each_attribute_has_a_name_its_way_and_intervals() -> None:
    of_manufacturer = replace(PAIRING, manufacturer_code=0x101E, server=True)
    announced = replace(RECORD, direction=1, timeout=60)
    told = [
        ENERGY,
        replace(ENERGY, key=PairedAttribute(of_manufacturer, 0), record=announced, why="announced"),
        replace(
            ENERGY, key=PairedAttribute(PAIRING, 0xFEED), way=Way.UNAVAILABLE, record=None, missed=2
        ),
    ]

    answer = await ComingAttributeMethods(lambda _device: told).get_attribute_reporting(DEVICE)

    energy, other, missing = answer.record_list
    assert (energy.name, energy.how, energy.min_interval, energy.max_interval) == (
        "current_summ_delivered",
        "report",
        10,
        300,
    )
    assert (other.name, other.server_or_client, other.manufacturer_code) == ("0x0000", 1, 0x101E)
    assert (other.min_interval, other.max_interval) == (ABSENT, ABSENT)
    assert (missing.name, missing.how, missing.missed_reports) == ("0xFEED", "unavailable", 2)
    assert missing.max_interval is ABSENT


async def test_an_unknown_device_has_none(home: Home) -> None:
    methods = ComingAttributeMethods(home.gateway.reporting.watcher.coming)

    with pytest.raises(UnknownDeviceError):
        await methods.get_attribute_reporting(Eui64.parse("00:00:00:00:00:00:00:99"))
