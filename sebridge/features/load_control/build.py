"""Build what a gateway has of load control: the server side, or a display's client side."""

from typing import Any

from sebridge.feature import Host, Part
from sebridge.features.load_control.client import (
    DrlcClient,
    LoadControlMemory,
    LoadControlSettings,
)
from sebridge.features.load_control.client_service import LoadControlClientService
from sebridge.features.load_control.methods import DRLCMethods
from sebridge.features.load_control.participation import Participation
from sebridge.features.load_control.participation_methods import ParticipationMethods
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.features.load_control.server import DrlcServer
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.network.peer import Peer
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule


def build(host: Host) -> Part:
    """Serve load-control events, or listen to those of others.

    A display keeps them over a restart, for their random delays must not be drawn again, nor their
    reports be repeated: with a router that waits for the disk, an event is kept before its 0x01
    goes out. What was written into their attributes is kept, too.
    """
    return _server(host) if host.role.serves else _client(host)


def _server(host: Host) -> Part:
    kept = host.open_collection("load_control", int, ScheduledEvent[LoadControlEventRecord])
    place = host.endpoint.endpoint_id
    server = DrlcServer(place, Schedule(Policy.LOAD_CONTROL, kept), verify=host.signed)
    events = host.event_service(server)
    return Part(
        clusters=(server,),
        services=(events,),
        method_groups=(
            DRLCMethods(servers={place: events}, clients={}),
            ParticipationMethods(clients={}),
        ),
    )


def _client(host: Host) -> Part:
    open_collection, place = host.open_collection, host.endpoint.endpoint_id
    heard = open_collection("heard_load_control", int, ScheduledEvent[LoadControlEventRecord])
    client = DrlcClient(
        place,
        Schedule(Policy.LOAD_CONTROL, heard, MOST_HEARD),
        LoadControlSettings(),
        host.random,
        LoadControlMemory(
            attributes=open_collection("load_control_attributes", int, Any),
            choices=open_collection("load_control_choices", int, Participation),
            senders=open_collection("load_control_senders", int, tuple[Peer, ...]),
        ),
        time_is_known=host.time_is_known,
    )
    service = LoadControlClientService(host.endpoint, client, **host.asking())
    host.runner.serve(client, service.carry_out)
    return Part(
        clusters=(client,),
        services=(service,),
        method_groups=(
            DRLCMethods(servers={}, clients={place: service}),
            ParticipationMethods(clients={place: service}),
        ),
    )
