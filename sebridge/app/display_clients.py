"""What an in-premise display listens to: prices, load control, messages of others."""

from collections.abc import Callable
from random import Random
from typing import Any, Final

from sebridge.app.energy_services import Keep, Traffic
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.features.load_control.client import DrlcClient, LoadControlMemory, LoadControlSettings
from sebridge.features.load_control.client_service import LoadControlClientService
from sebridge.features.load_control.participation import Participation
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.client_service import MessagingClientService
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.price.client import PriceClient
from sebridge.features.price.client_service import PriceClientService
from sebridge.features.time.server import TimeClient
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.network.peer import Peer
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.settings import entries
from sebridge.zcl.identifiers import IN_PREMISE_DISPLAY, SE_ENDPOINT

_HEARD_LOADS: Final = ("heard_load_control", int, ScheduledEvent[LoadControlEventRecord])


class DisplayClients:
    """The client side: clusters first, their desks once there is traffic.

    Prices and messages are not kept over a restart: every server is asked again, as soon as
    `time_is_known`. Load-control events are, for their random delays must not be drawn again, nor
    their reports be repeated: with a router that waits for the disk, an event is kept before its
    0x01 goes out. What was written into their attributes is kept, too.
    """

    device_id = IN_PREMISE_DISPLAY

    def __init__(
        self,
        random: Random,
        keep: Keep,
        time_is_known: Callable[[], bool],
        pin: Secret | None = None,
    ) -> None:
        self.prices = PriceClient(
            SE_ENDPOINT,
            Schedule(Policy.PRICE, {}, MOST_HEARD),
            keep("price_client_attributes", int, Any),
            time_is_known=time_is_known,
        )
        self.load_control = DrlcClient(
            SE_ENDPOINT,
            Schedule(Policy.LOAD_CONTROL, keep(*_HEARD_LOADS), MOST_HEARD),
            LoadControlSettings(),
            random,
            LoadControlMemory(
                attributes=keep("load_control_attributes", int, Any),
                choices=keep("load_control_choices", int, Participation),
                senders=keep("load_control_senders", int, tuple[Peer, ...]),
            ),
            time_is_known=time_is_known,
        )
        messages = Schedule[DisplayMessageRecord](Policy.MESSAGE, {}, MOST_HEARD)
        self.messages = MessagingClient(SE_ENDPOINT, messages, pin=pin, time_is_known=time_is_known)
        self._time_is_known = time_is_known

    @property
    def clusters(self) -> tuple[LocalCluster, ...]:
        """The clusters that this side puts on the endpoint."""
        return (TimeClient(), self.prices, self.load_control, self.messages)

    def open(self, traffic: Traffic) -> None:
        """Open the desks."""
        self._traffic = traffic
        self.price_box = PriceClientService(traffic.endpoint, self.prices, **self._parts())
        self.load_control_box = LoadControlClientService(
            traffic.endpoint, self.load_control, **self._parts()
        )
        self.message_box = MessagingClientService(traffic.endpoint, self.messages, **self._parts())
        traffic.runner.serve(self.prices, self.price_box.carry_out)
        traffic.runner.serve(self.load_control, self.load_control_box.carry_out)
        traffic.runner.serve(self.messages, self.message_box.carry_out)

    @property
    def services(self) -> list[Service]:
        """What runs for this side."""
        return [self.price_box, self.load_control_box, self.message_box]

    def _parts(self) -> dict[str, Any]:
        traffic = self._traffic
        return {
            "router": traffic.router,
            "servers": traffic.directory,
            "clock": traffic.clock,
            "bus": traffic.bus,
            "patience": traffic.registry.reader(entries.TX_STATUS_TIMEOUT),
            "woken": traffic.runner.wake,
            "time_is_known": self._time_is_known,
        }
