"""What an energy service interface serves: prices, load control, messages, the time."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sebridge.app.boundary_reader import BoundaryReader
from sebridge.base.clock import Clock, unix_time, zigbee_time
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.features.load_control.server import DrlcServer
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.messaging.server import MessageMemory, MessagingServer
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.features.price.succession import Item
from sebridge.features.price.tariff_records import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.value_service import PriceValueService
from sebridge.features.price.values import BlockPeriod, PriceValues
from sebridge.features.time.server import TimeServer
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.client_delivery import ClientDelivery
from sebridge.gateway.events.event_cluster import R
from sebridge.gateway.events.event_server import EventServer
from sebridge.gateway.events.server_service import EventServerService
from sebridge.gateway.router import Router
from sebridge.network.directory import Directory
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.runner import ScheduleRunner
from sebridge.schedule.schedule import Schedule
from sebridge.settings import entries
from sebridge.settings.registry import Registry
from sebridge.zcl.identifiers import ENERGY_SERVICE_INTERFACE, SE_ENDPOINT

Keep = Callable[[str, Any, Any], MutableMapping[Any, Any]]
D = TypeVar("D", bound=ClientDelivery[Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What the desks of either side stand on; `read_meters` begins to read all meters."""

    endpoint: Endpoint
    router: Router
    directory: Directory
    runner: ScheduleRunner
    registry: Registry
    read_meters: Callable[[], object]
    clock: Clock
    bus: SignalBus


class EnergyServices:
    """The server side: clusters first, their desks once there is traffic."""

    device_id = ENERGY_SERVICE_INTERFACE

    def __init__(self, keep: Keep, time: TimeServer) -> None:
        prices = keep("prices", int, ScheduledEvent[PublishPriceRecord])
        loads = keep("load_control", int, ScheduledEvent[LoadControlEventRecord])
        messages = keep("messages", int, ScheduledEvent[DisplayMessageRecord])
        self.time = time
        self.prices = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, prices), _price_values(keep))
        self.load_control = DrlcServer(SE_ENDPOINT, Schedule(Policy.LOAD_CONTROL, loads))
        memory = MessageMemory(
            protected=keep("protected_messages", int, bool),
            confirmed=keep("confirmed_messages", int, bool),
            cancellation=keep("message_cancellation", str, int),
        )
        self.messages = MessagingServer(SE_ENDPOINT, Schedule(Policy.MESSAGE, messages), memory)

    @property
    def clusters(self) -> tuple[LocalCluster, ...]:
        """The clusters that this side puts on the endpoint."""
        return (self.time, self.prices, self.load_control, self.messages)

    def open(self, traffic: Traffic) -> None:
        """Open the desks."""
        self._traffic = traffic
        self.price_desk = self._event_desk(self.prices)
        self.value_desk = self._desk(PriceValueService, self.prices)
        self.drlc_desk = self._event_desk(self.load_control)
        self.message_desk = self._event_desk(self.messages)
        self._boundaries = BoundaryReader(
            read_meters=traffic.read_meters,
            next_change=self._next_price_change,
            clock=traffic.clock,
        )

    @property
    def services(self) -> list[Service]:
        """What runs for this side."""
        return [
            self.price_desk,
            self.value_desk,
            self.drlc_desk,
            self.message_desk,
            self._boundaries,
        ]

    def _event_desk(self, server: EventServer[R]) -> EventServerService[R]:
        desk: EventServerService[R] = self._desk(EventServerService, server)
        self._traffic.runner.serve(server, desk.carry_out)
        return desk

    def _desk(self, kind: Callable[..., D], server: LocalCluster) -> D:
        traffic = self._traffic
        return kind(
            traffic.endpoint,
            server,
            router=traffic.router,
            peers=traffic.directory,
            clock=traffic.clock,
            bus=traffic.bus,
            interval=traffic.registry.reader(entries.RETRANSMISSION_INTERVAL),
            patience=traffic.registry.reader(entries.TX_STATUS_TIMEOUT),
            woken=traffic.runner.wake,
        )

    def _next_price_change(self) -> float | None:
        change = self.prices.next_change(zigbee_time(self._traffic.clock.utc()))
        return None if change is None else unix_time(change)


def _price_values(keep: Keep) -> PriceValues:
    return PriceValues(
        keep("block_periods", str, Item[BlockPeriod]),
        keep("conversion_factors", str, Item[PublishConversionFactorRecord]),
        keep("calorific_values", str, Item[PublishCalorificValueRecord]),
    )
