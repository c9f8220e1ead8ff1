"""Build what a gateway has of Messaging: the server side, or a display's client side."""

from msgspec.structs import replace

from sebridge.feature import Host, Part, Site
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.client_service import MessagingClientService
from sebridge.features.messaging.methods import MessagingMethods
from sebridge.features.messaging.pin_attempts import PinAttempts, WrongPins
from sebridge.features.messaging.protected_methods import ProtectedMessageMethods
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.messaging.server import MessageMemory, MessagingServer
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.gateway.events.server_service import EventServerService
from sebridge.modules.cluster_class import ClusterInstance
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule


def build(host: Host) -> Part:
    """Serve messages, or show those of others.

    A display does not keep messages over a restart: every server is asked again.
    """
    sides = _Sides(host)
    attempts = PinAttempts(host.open_collection("wrong_pins", str, WrongPins))
    now = host.machine_clock.utc
    part = host.part_of_sides(
        server=(MessagingServer, sides.serve),
        client=(MessagingClient, sides.listen),
        method_groups=(
            MessagingMethods(servers=sides.servers, clients=sides.clients),
            ProtectedMessageMethods(
                servers=sides.servers, clients=sides.clients, attempts=attempts, now=now
            ),
        ),
    )
    return replace(part, notes=(lambda: attempts.notes(now()),))


class _Sides:
    """Both sides of Messaging, by the endpoints that they are on."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.servers: dict[int, EventServerService[DisplayMessageRecord]] = {}
        self.clients: dict[int, MessagingClientService] = {}

    def serve(self, endpoint_id: int) -> ClusterInstance:
        """Return a server, whose messages are power-safe."""
        site = Site(self._host, endpoint_id)
        memory = MessageMemory(
            protected=site.open_collection("protected_messages", int, bool),
            confirmed=site.open_collection("confirmed_messages", int, bool),
            cancellation=site.open_collection("message_cancellation", str, int),
        )
        messages = site.open_collection("messages", int, ScheduledEvent[DisplayMessageRecord])
        server = MessagingServer(
            endpoint_id,
            Schedule(Policy.MESSAGE, messages),
            memory,
            longest_frame=self._host.longest_frame,
        )
        events = site.event_service(server)
        site.list_in(self.servers, events)
        return site.made(server, events)

    def listen(self, endpoint_id: int) -> ClusterInstance:
        """Return a client."""
        site = Site(self._host, endpoint_id)
        client = MessagingClient(
            endpoint_id,
            Schedule(Policy.MESSAGE, {}, MOST_HEARD),
            pin=self._host.message_pin,
            time_is_known=self._host.time_is_known,
        )
        service = MessagingClientService(site.endpoint, client, **site.asking())
        site.run(client, service.carry_out)
        site.list_in(self.clients, service)
        return site.made(client, service)
