"""Build what a gateway has of watering."""

from sebridge.feature import Host, Part, Site
from sebridge.gateway.events.server_service import EventServerService
from sebridge.modules.cluster_class import ClusterInstance
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from tests.toy_feature.methods import WateringMethods
from tests.toy_feature.records import WateringEventRecord
from tests.toy_feature.server import WateringServer


def build(host: Host) -> Part:
    """Serve the times, power-safe; on further endpoints, too."""
    servers: dict[int, EventServerService[WateringEventRecord]] = {}

    def serve(endpoint_id: int) -> ClusterInstance:
        site = Site(host, endpoint_id)
        kept = site.open_collection("watering", int, ScheduledEvent[WateringEventRecord])
        server = WateringServer(endpoint_id, Schedule(Policy.MESSAGE, kept))
        events = site.event_service(server)
        site.list_in(servers, events)
        return site.made(server, events)

    methods = (WateringMethods(servers),)
    if not host.role.serves:
        return Part(method_groups=methods, makers={WateringServer: serve})
    own = serve(host.endpoint.endpoint_id)
    return Part(
        clusters=(own.cluster,),
        services=own.services,
        method_groups=methods,
        makers={WateringServer: serve},
    )
