"""The Watering cluster: when a garden may be watered, and with how much. Made up."""

from typing import Final

from sebridge.model.data_types import Uint16, Uint32, UtcTime
from sebridge.model.record import Record
from sebridge.zcl.cluster import AttributeDefinition, ClusterDefinition
from sebridge.zcl.data_types import DATA_TYPES

WATERING: Final = 0xFC10
LITRES_TODAY: Final = 0x0000


class WateringEventRecord(Record):
    """A time in which the garden may be watered."""

    issuer_event_id: Uint32
    start_time: UtcTime = 0  # zero means now
    duration_in_minutes: Uint16
    litres: Uint16


class CancelWateringRecord(Record):
    """Take a time back."""

    issuer_event_id: Uint32


class GetWateringEventsRecord(Record):
    """Ask for all that is to come."""


WATERING_CLUSTER: Final = ClusterDefinition(
    WATERING,
    "watering",
    from_client=((0x00, "get_watering_events", GetWateringEventsRecord),),
    from_server=(
        (0x00, "watering_event", WateringEventRecord),
        (0x01, "cancel_watering", CancelWateringRecord),
    ),
    server_attributes={
        LITRES_TODAY: AttributeDefinition(LITRES_TODAY, "litres_today", DATA_TYPES[0x21], "r")
    },
)
