"""Build what a gateway has of watering."""

from sebridge.feature import Host, Part
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from tests.toy_feature.methods import WateringMethods
from tests.toy_feature.records import WateringEventRecord
from tests.toy_feature.server import WateringServer


def build(host: Host) -> Part:
    """Serve the times, power-safe."""
    if not host.role.serves:
        return Part(method_groups=(WateringMethods({}),))
    kept = host.open_collection("watering", int, ScheduledEvent[WateringEventRecord])
    place = host.endpoint.endpoint_id
    server = WateringServer(place, Schedule(Policy.MESSAGE, kept))
    events = host.event_service(server)
    return Part(
        clusters=(server,),
        services=(events,),
        method_groups=(WateringMethods({place: events}),),
    )
