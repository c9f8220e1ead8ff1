"""Build what a gateway has of load control: the server side, or a display's client side."""

from typing import Any

from msgspec.structs import replace

from sebridge.feature import Host, Part, Site
from sebridge.features.load_control.client import (
    DrlcClient,
    LoadControlMemory,
    LoadControlSettings,
)
from sebridge.features.load_control.client_service import LoadControlClientService
from sebridge.features.load_control.enrollment import Enrollments
from sebridge.features.load_control.enrollment_methods import EnrollmentMethods
from sebridge.features.load_control.limit import Acknowledgement
from sebridge.features.load_control.limit_methods import ConsumptionLimitMethods
from sebridge.features.load_control.limit_service import ConsumptionLimits
from sebridge.features.load_control.methods import DRLCMethods
from sebridge.features.load_control.participation import Participation
from sebridge.features.load_control.participation_methods import ParticipationMethods
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.features.load_control.server import DrlcServer
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.gateway.events.server_service import EventServerService
from sebridge.modules.cluster_class import ClusterInstance
from sebridge.network.peer import Peer
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule


def build(host: Host) -> Part:
    """Serve load-control events, or listen to those of others."""
    sides = _Sides(host)
    limits = ConsumptionLimits(
        host.consumption_limit,
        role=host.role,
        clients=sides.clients,
        out=host.open_collection("consumption_limit_out", int, bool),
        acknowledged=host.open_collection("consumption_limit_taken", str, Acknowledgement),
        clock=host.clock,
        bus=host.bus,
    )
    enrollments = Enrollments(
        host.directory,
        host.access,
        serves=host.role.serves,
        clock=host.machine_clock,
        bus=host.bus,
    )
    part = host.part_of_sides(
        server=(DrlcServer, sides.serve),
        client=(DrlcClient, sides.listen),
        method_groups=(
            DRLCMethods(servers=sides.servers, clients=sides.clients),
            ParticipationMethods(clients=sides.clients),
            ConsumptionLimitMethods(limits),
            EnrollmentMethods(host.directory, enrollments),
        ),
    )
    return replace(part, services=(*part.services, limits, enrollments))


class _Sides:
    """Both sides of load control, by the endpoints that they are on."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.servers: dict[int, EventServerService[LoadControlEventRecord]] = {}
        self.clients: dict[int, LoadControlClientService] = {}

    def serve(self, endpoint_id: int) -> ClusterInstance:
        """Return a server, whose events are power-safe."""
        site = Site(self._host, endpoint_id)
        kept = site.open_collection("load_control", int, ScheduledEvent[LoadControlEventRecord])
        schedule = Schedule(Policy.LOAD_CONTROL, kept)
        server = DrlcServer(endpoint_id, schedule, verify=self._host.signed)
        events = site.event_service(server)
        site.list_in(self.servers, events)
        return site.made(server, events)

    def listen(self, endpoint_id: int) -> ClusterInstance:
        """Return a client.

        It keeps its events over a restart, for their random delays must not be drawn again, nor
        their reports be repeated: with a router that waits for the disk, an event is kept before
        its 0x01 goes out. What was written into its attributes is kept, too.
        """
        site = Site(self._host, endpoint_id)
        heard = site.open_collection(
            "heard_load_control", int, ScheduledEvent[LoadControlEventRecord]
        )
        client = DrlcClient(
            endpoint_id,
            Schedule(Policy.LOAD_CONTROL, heard, MOST_HEARD),
            LoadControlSettings(),
            self._host.random,
            LoadControlMemory(
                attributes=site.open_collection("load_control_attributes", int, Any),
                choices=site.open_collection("load_control_choices", int, Participation),
                senders=site.open_collection("load_control_senders", int, tuple[Peer, ...]),
            ),
            time_is_known=self._host.time_is_known,
        )
        service = LoadControlClientService(site.endpoint, client, **site.asking())
        site.run(client, service.carry_out)
        site.list_in(self.clients, service)
        return site.made(client, service)
