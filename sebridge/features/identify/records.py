"""Identify cluster 0x0003, wire format. Source: ZigBee Cluster Library, the Identify cluster."""

from typing import Final

from sebridge.model.data_types import Enum8, Uint16
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import IDENTIFY
from sebridge.zcl.known_clusters import known_attributes


class IdentifyRecord(Record):
    """Show where you are, for so many seconds."""

    identify_time: Uint16


class IdentifyQueryRecord(Record):
    """Ask who shows where he is."""


class TriggerEffectRecord(Record):
    """Show an effect, such as blinking."""

    effect_id: Enum8
    effect_variant: Enum8


class IdentifyQueryResponseRecord(Record):
    """For how many more seconds it is shown."""

    timeout: Uint16


IDENTIFY_CLUSTER: Final = ClusterDefinition(
    IDENTIFY,
    "identify",
    from_client=(
        (0x00, "identify", IdentifyRecord),
        (0x01, "identify_query", IdentifyQueryRecord),
        (0x40, "trigger_effect", TriggerEffectRecord),
    ),
    from_server=((0x00, "identify_query_response", IdentifyQueryResponseRecord),),
    server_attributes=known_attributes(IDENTIFY),
)
