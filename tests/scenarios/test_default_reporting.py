"""What devices of each kind are set up to report, without anybody asking for it."""

from collections.abc import Sequence
import json
from typing import Any

import pytest
from typing_extensions import override

from benchmarks.plugs import Plug
from sebridge.drivers.table import MEASURE_TEMPERATURE, ONOFF
from sebridge.features.electrical.measurements import WANTED as ELECTRICAL_REPORTS
from sebridge.features.metering.readings import WANTED as METER_REPORTS
from sebridge.features.thermostat.reports import WANTED as THERMOSTAT_REPORTS
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import (
    BASIC,
    ELECTRICAL_MEASUREMENT,
    HA_PROFILE,
    METERING,
    ON_OFF,
    TEMPERATURE_MEASUREMENT,
    THERMOSTAT_CLUSTER,
)
from sebridge.zcl.known_clusters import known_attributes
from sebridge.zcl.reporting import (
    AttributeReportingConfigurationRecord,
    parse_configure_reporting,
)
from sebridge.zcl.zdo import SimpleDescriptor
from tests.scenarios.conftest import Home

THERMOSTAT = SimpleDescriptor(
    endpoint=2,
    profile_id=HA_PROFILE,
    device_id=0x0301,
    input_clusters=(BASIC, ON_OFF, THERMOSTAT_CLUSTER, TEMPERATURE_MEASUREMENT),
)
RUNNING_STATE = 0x0029
SWITCH_REPORTS = (ONOFF.wanted,)
TEMPERATURE_REPORTS = (MEASURE_TEMPERATURE.wanted,)
SHOWN = {
    ON_OFF: LocalAttributes([LocalAttribute(0, 0x10, value=True)]),
    TEMPERATURE_MEASUREMENT: LocalAttributes([LocalAttribute(0, 0x29, 2150)]),
    THERMOSTAT_CLUSTER: LocalAttributes(
        LocalAttribute(record.attribute_id, record.attribute_type, record.attribute_id)
        for record in THERMOSTAT_REPORTS
        if record.attribute_id != RUNNING_STATE
    ),
}


class Thermostat(Plug):
    """A thermostat of Home Automation that switches, and remembers what it is to report."""

    configured: dict[int, list[AttributeReportingConfigurationRecord]]

    @override
    def answer(self, cluster_id: int, header: Frame) -> tuple[int, bytes] | None:
        if not header.cluster_specific and header.command_id == zcl.CONFIGURE_REPORTING:
            asked = parse_configure_reporting(header.payload)
            self.configured.setdefault(cluster_id, []).extend(asked)
        return super().answer(cluster_id, header)


async def test_a_thermostat_is_set_up_read_and_shown(home: Home) -> None:
    device = Thermostat(home.ether, 1, THERMOSTAT, SHOWN)
    device.configured = {}
    await home.result("enable_joining", join_time=60)
    await device.join()
    await home.clock.advance(minutes=2)
    address = str(device.radio.network.address)

    answer = await home.result("get_attribute_reporting", device_address=address)
    await device.radio.stop()

    ways = {(one["cluster_id"], one["attribute_id"]): one for one in answer["record_list"]}
    there = {key: (one["how"], one["why"]) for key, one in ways.items()}
    missing = there.pop((THERMOSTAT_CLUSTER, RUNNING_STATE))
    assert missing == ("unavailable", "unsupported_attribute")
    assert set(there.values()) == {("report", "configured_by_gateway")}
    assert {cluster: tuple(asked) for cluster, asked in device.configured.items()} == {
        ON_OFF: SWITCH_REPORTS,
        TEMPERATURE_MEASUREMENT: TEMPERATURE_REPORTS,
        THERMOSTAT_CLUSTER: THERMOSTAT_REPORTS[:-1],
    }
    assert value(home, address, "on_off/on_off") is True
    assert value(home, address, "temperature/measured_value") == 2150
    assert value(home, address, "thermostat/occupied_heating_setpoint") == 0x12


def value(home: Home, address: str, attribute: str) -> Any:
    topic = f"sebridge/home/device/{address.replace(':', '')}/2/{attribute}"
    return json.loads(home.broker.retained[topic])["value"]


@pytest.mark.parametrize(
    ("cluster_id", "records"),
    [
        (ON_OFF, SWITCH_REPORTS),
        (TEMPERATURE_MEASUREMENT, TEMPERATURE_REPORTS),
        (THERMOSTAT_CLUSTER, THERMOSTAT_REPORTS),
        (METERING, METER_REPORTS),
        (ELECTRICAL_MEASUREMENT, ELECTRICAL_REPORTS),
    ],
)
def test_what_is_wanted_by_default_has_the_type_that_its_cluster_declares(
    cluster_id: int, records: Sequence[AttributeReportingConfigurationRecord]
) -> None:
    declared = {
        number: attribute.data_type.type_id
        for number, attribute in known_attributes(cluster_id).items()
    }

    assert {r.attribute_id: r.attribute_type for r in records}.items() <= declared.items()
    assert all(record.min_interval < record.max_interval for record in records)
