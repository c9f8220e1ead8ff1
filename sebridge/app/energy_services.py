"""What an energy service interface serves: prices, load control, messages, the time."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sebridge.base.clock import Clock, unix_time, zigbee_time
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.clusters.client_delivery import ClientDelivery
from sebridge.clusters.cluster import LocalCluster
from sebridge.clusters.drlc_server import DrlcServer
from sebridge.clusters.endpoint import Endpoint, Router
from sebridge.clusters.event_cluster import R
from sebridge.clusters.event_server import EventServer
from sebridge.clusters.messaging_server import MessageMemory, MessagingServer
from sebridge.clusters.price_server import PriceServer
from sebridge.clusters.price_values import BlockPeriod, PriceValues
from sebridge.clusters.publisher import EventPublisher
from sebridge.clusters.succession import Item
from sebridge.clusters.time_server import TimeServer
from sebridge.clusters.value_publisher import ValuePublisher
from sebridge.devices.directory import Directory
from sebridge.reporting.receiver import BoundaryReader, ReportReceiver
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.runner import ScheduleRunner
from sebridge.schedule.schedule import Schedule
from sebridge.settings import entries
from sebridge.settings.registry import Registry
from sebridge.smartenergy.drlc import LoadControlEventRecord
from sebridge.smartenergy.identifiers import ENERGY_SERVICE_INTERFACE, SE_ENDPOINT
from sebridge.smartenergy.messaging import DisplayMessageRecord
from sebridge.smartenergy.price import PublishPriceRecord
from sebridge.smartenergy.price_tariff import (
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)

Keep = Callable[[str, Any, Any], MutableMapping[Any, Any]]
D = TypeVar("D", bound=ClientDelivery[Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What the desks of either side stand on."""

    endpoint: Endpoint
    router: Router
    directory: Directory
    runner: ScheduleRunner
    registry: Registry
    reports: ReportReceiver
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
        self.value_desk = self._desk(ValuePublisher, self.prices)
        self.drlc_desk = self._event_desk(self.load_control)
        self.message_desk = self._event_desk(self.messages)
        self._boundaries = BoundaryReader(traffic.reports, self._next_price_change, traffic.clock)

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

    def _event_desk(self, server: EventServer[R]) -> EventPublisher[R]:
        traffic = self._traffic
        traffic.runner.serve(
            server, lambda news: traffic.router.carry_out(traffic.endpoint, server, news)
        )
        desk: EventPublisher[R] = self._desk(EventPublisher, server)
        return desk

    def _desk(self, kind: Callable[..., D], server: LocalCluster) -> D:
        traffic = self._traffic
        desk = kind(
            traffic.endpoint,
            server,
            traffic.router,
            traffic.directory,
            traffic.clock,
            traffic.bus,
        )
        desk.interval = traffic.registry.reader(entries.RETRANSMISSION_INTERVAL)
        desk.patience = traffic.registry.reader(entries.TX_STATUS_TIMEOUT)
        desk.woken = traffic.runner.wake
        return desk

    def _next_price_change(self) -> float | None:
        change = self.prices.next_change(zigbee_time(self._traffic.clock.utc()))
        return None if change is None else unix_time(change)


def _price_values(keep: Keep) -> PriceValues:
    return PriceValues(
        keep("block_periods", str, Item[BlockPeriod]),
        keep("conversion_factors", str, Item[PublishConversionFactorRecord]),
        keep("calorific_values", str, Item[PublishCalorificValueRecord]),
    )
