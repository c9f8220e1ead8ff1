"""A simulated load switch waters the garden."""

from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.simulator.vocabulary import (
    LOAD_CONTROL,
    NOTHING,
    Question,
    SimulatedHost,
    SimulatedPart,
    always,
)
from tests.toy_feature.client import WateringClient
from tests.toy_feature.records import GetWateringEventsRecord


class Sprinkler:
    """What a person in the garden sees."""

    def __init__(self, client: WateringClient, host: SimulatedHost) -> None:
        self._client = client
        self._now = host.zigbee_now

    @property
    def litres(self) -> int:
        """The water that it may use now."""
        return sum(record.litres for record in self._client.active(self._now()))


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Let a switch hear when it may water."""
    if host.kind is not LOAD_CONTROL:
        return NOTHING
    client = WateringClient(
        host.endpoint_id, Schedule(Policy.MESSAGE, {}, MOST_HEARD), time_is_known=always
    )
    return SimulatedPart(
        clusters=(client,),
        questions=(Question(client, GetWateringEventsRecord()),),
        views=(Sprinkler(client, host),),
    )
