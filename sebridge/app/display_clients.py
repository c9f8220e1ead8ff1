"""What an in-premise display listens to: prices, load control, messages of others."""

from collections.abc import Callable
from random import Random
from typing import Any

from zigpy.zcl.foundation import CommandSchema

from sebridge.app.energy_services import Traffic
from sebridge.base.service import Service
from sebridge.clusters.client_desk import ClientDesk, MessageBox
from sebridge.clusters.cluster import LocalCluster
from sebridge.clusters.drlc_client import DrlcClient, LoadControlSettings
from sebridge.clusters.event_client import MOST_HEARD
from sebridge.clusters.event_cluster import EventCluster, R
from sebridge.clusters.messaging_client import MessagingClient
from sebridge.clusters.price_client import PriceClient
from sebridge.clusters.time_server import TimeClient
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.settings import entries
from sebridge.smartenergy.drlc import GetScheduledEventsRecord
from sebridge.smartenergy.identifiers import IN_PREMISE_DISPLAY, SE_ENDPOINT
from sebridge.smartenergy.price import GetScheduledPricesRecord


class DisplayClients:
    """The client side: clusters first, their desks once there is traffic.

    What servers published is not kept over a restart: every server is asked again, as soon as
    `time_is_known`.
    """

    device_id = IN_PREMISE_DISPLAY

    def __init__(self, random: Random, time_is_known: Callable[[], bool]) -> None:
        self.prices = PriceClient(SE_ENDPOINT, Schedule(Policy.PRICE, {}, MOST_HEARD))
        self.load_control = DrlcClient(
            SE_ENDPOINT,
            Schedule(Policy.LOAD_CONTROL, {}, MOST_HEARD),
            LoadControlSettings(),
            random,
        )
        self.messages = MessagingClient(SE_ENDPOINT, Schedule(Policy.MESSAGE, {}, MOST_HEARD))
        self._time_is_known = time_is_known
        for client in (self.prices, self.load_control, self.messages):
            client.time_is_known = time_is_known

    @property
    def clusters(self) -> tuple[LocalCluster, ...]:
        """The clusters that this side puts on the endpoint."""
        return (TimeClient(), self.prices, self.load_control, self.messages)

    def open(self, traffic: Traffic) -> None:
        """Open the desks."""
        self._traffic = traffic
        self.price_desk = self._desk(self.prices, GetScheduledPricesRecord())
        self.drlc_desk = self._desk(self.load_control, GetScheduledEventsRecord())
        self.message_box = MessageBox(traffic.endpoint, self.messages, **self._parts())
        self._serve(self.messages, self.message_box)

    @property
    def services(self) -> list[Service]:
        """What runs for this side."""
        return [self.price_desk, self.drlc_desk, self.message_box]

    def _desk(self, cluster: EventCluster[R], question: CommandSchema) -> ClientDesk[R]:
        desk = ClientDesk(self._traffic.endpoint, cluster, question, **self._parts())
        self._serve(cluster, desk)
        return desk

    def _serve(self, cluster: EventCluster[Any], desk: ClientDesk[Any]) -> None:
        traffic = self._traffic
        desk.patience = traffic.registry.reader(entries.TX_STATUS_TIMEOUT)
        desk.woken = traffic.runner.wake
        desk.time_is_known = self._time_is_known
        traffic.runner.serve(
            cluster, lambda news: traffic.router.carry_out(traffic.endpoint, cluster, news)
        )

    def _parts(self) -> dict[str, Any]:
        traffic = self._traffic
        return {
            "router": traffic.router,
            "servers": traffic.directory,
            "clock": traffic.clock,
            "bus": traffic.bus,
        }
