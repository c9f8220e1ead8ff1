"""Thermostat cluster 0x0201, wire format. Source: ZigBee Cluster Library, Thermostat cluster.

Of its commands only the one that thermostats without a schedule have.
"""

from typing import Final

from sebridge.model.data_types import Enum8, Int8
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import THERMOSTAT_CLUSTER
from sebridge.zcl.known_clusters import known_attributes


class SetpointRaiseLowerRecord(Record):
    """Raise set points, or lower them: mode 0 heating, 1 cooling, 2 both; tenths of a degree C."""

    mode: Enum8
    amount: Int8


DEFINITION: Final = ClusterDefinition(
    THERMOSTAT_CLUSTER,
    "thermostat",
    from_client=((0x00, "setpoint_raise_lower", SetpointRaiseLowerRecord),),
    server_attributes=known_attributes(THERMOSTAT_CLUSTER),
)
