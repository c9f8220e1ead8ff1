"""Build what a gateway has of Messaging: the server side, or a display's client side."""

from sebridge.feature import Host, Part
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.client_service import MessagingClientService
from sebridge.features.messaging.methods import MessagingMethods
from sebridge.features.messaging.pin_attempts import PinAttempts, WrongPins
from sebridge.features.messaging.protected_methods import ProtectedMessageMethods
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.messaging.server import MessageMemory, MessagingServer
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule


def build(host: Host) -> Part:
    """Serve messages, or show those of others.

    A display does not keep messages over a restart: every server is asked again.
    """
    return _server(host) if host.role.serves else _client(host)


def _server(host: Host) -> Part:
    open_collection, place = host.open_collection, host.endpoint.endpoint_id
    memory = MessageMemory(
        protected=open_collection("protected_messages", int, bool),
        confirmed=open_collection("confirmed_messages", int, bool),
        cancellation=open_collection("message_cancellation", str, int),
    )
    messages = open_collection("messages", int, ScheduledEvent[DisplayMessageRecord])
    server = MessagingServer(place, Schedule(Policy.MESSAGE, messages), memory)
    events = host.event_service(server)
    return Part(
        clusters=(server,),
        services=(events,),
        method_groups=(
            MessagingMethods(servers={place: events}, clients={}),
            ProtectedMessageMethods(
                servers={place: events},
                clients={},
                attempts=PinAttempts({}),  # there is no display to unlock
                now=host.machine_clock.utc,
            ),
        ),
    )


def _client(host: Host) -> Part:
    place = host.endpoint.endpoint_id
    messages = Schedule[DisplayMessageRecord](Policy.MESSAGE, {}, MOST_HEARD)
    client = MessagingClient(
        place, messages, pin=host.message_pin, time_is_known=host.time_is_known
    )
    service = MessagingClientService(host.endpoint, client, **host.asking())
    host.runner.serve(client, service.carry_out)
    attempts = PinAttempts(host.open_collection("wrong_pins", str, WrongPins))
    now = host.machine_clock.utc
    return Part(
        clusters=(client,),
        services=(service,),
        method_groups=(
            MessagingMethods(servers={}, clients={place: service}),
            ProtectedMessageMethods(
                servers={}, clients={place: service}, attempts=attempts, now=now
            ),
        ),
        notes=(lambda: attempts.notes(now()),),
    )
