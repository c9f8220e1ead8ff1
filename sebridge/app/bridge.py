"""A whole bridge over its ports: the gateway, its interfaces, and the simulated house."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sebridge import __version__
from sebridge.app.features import FEATURES, every_notification
from sebridge.app.gateway import build_gateway
from sebridge.app.head_end import HeadEnd
from sebridge.app.health import Health
from sebridge.app.log_memory import LogMemory
from sebridge.app.mqtt_interface import MqttInterface
from sebridge.app.ports import Ports
from sebridge.app.supervisor import Supervisor
from sebridge.app.support import Support
from sebridge.base.addresses import NOBODY
from sebridge.base.service import Service
from sebridge.drivers.discovered import discovered_with
from sebridge.feature import Feature, Role
from sebridge.gateway.events.event_cluster import EventCluster
from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.homeassistant.announcements import Announcements
from sebridge.homeassistant.discovered import GatewayFacts
from sebridge.homeassistant.entity import EntityHost
from sebridge.homeassistant.plugin_entities import PluginEntities
from sebridge.homeassistant.publisher import DiscoveryPublisher
from sebridge.rpc.message import Notification
from sebridge.settings import entries
from sebridge.settings.options import Options
from sebridge.transports.mqtt.inbox import CallResult, Inbox, InboxRequest
from sebridge.transports.mqtt.leftovers import Leftovers
from sebridge.transports.mqtt.messages import Topic
from sebridge.transports.mqtt.notifications import NotificationStream
from sebridge.transports.mqtt.topics import Topics

if TYPE_CHECKING:
    from sebridge.app.house import SimulatedHouse
    from sebridge.app.http_server import HttpInterface


class Bridge:
    """Builds everything at once; `start` and `stop` run it.

    The parts can be looked at: `gateway`, `head_end`, `health`, `mqtt_interface`, `http`
    (None unless it is configured), `discovery`, and `house` (None without the simulated air).
    Raises ConfigError for options that cannot be followed.
    """

    def __init__(
        self, options: Options, ports: Ports, *, features: Sequence[Feature] = FEATURES
    ) -> None:
        self.options = options
        self.ports = ports
        self.gateway = build_gateway(options, ports, features)
        self.topics = Topics(options.mqtt.base_topic, options.gateway.name, self.gateway.identities)
        self.head_end = HeadEnd(self.gateway, ports, self.topics)
        self._notification_types = tuple(every_notification(features))
        self._notifications = NotificationStream(
            ports.link,
            self.topics,
            use_timestamps=self.gateway.registry.reader(entries.USE_TIMESTAMPS),
        )
        ports.bus.listen(Notification, self._notifications)
        ports.bus.listen(Notification, self.head_end.xml.note)
        self.health = Health(self.gateway, self.head_end, ports)
        announcements = self._build_announcements(ports, features)
        self._leftovers = Leftovers(  # before those that keep topics, or withdraw
            ports.bus,
            ports.link,
            self.topics,
            ports.real_clock,
            knows=self.gateway.directory.__contains__,
            is_told_of=announcements.knows_device,
            is_announcement=announcements.knows,
        )
        self._log = LogMemory(ports.real_clock)
        self.mqtt_interface = MqttInterface(
            self.gateway,
            ports.link,
            self.topics,
            self.head_end.xml,
            self.health.facts,
            features,
            open_collection=ports.open_collection,
            inbox=Inbox(
                requests=ports.open_collection("inbox", int, InboxRequest),
                results=ports.open_collection("inbox_results", tuple[int, int], CallResult),
            ),
            durable=ports.durable,
            log=self._log,
            real_clock=ports.real_clock,
        )
        self._support = Support(
            self.gateway,
            ports,
            self._log,
            {"health.json": self.health.facts, "info.json": self.mqtt_interface.info},
        )
        self.gateway.dispatcher.register(self._support.method_groups)
        self.http = self._build_http(ports, features)
        self.discovery = DiscoveryPublisher(
            ports.bus,
            ports.link,
            announcements,
            self.gateway.directory,
            discovered_with(self.gateway.drivers.of_known, options.homeassistant.language),
            ports.real_clock,
            ports.random,
        )
        self.house, self._house_services = self._build_house(ports, features)
        self._supervisor = Supervisor(self._services(), ports.clock)

    async def start(self) -> None:
        """Start everything; raises ConfigError, StorageError or NotJoinedError."""
        await self._supervisor.start()
        self._show_what_is_in_force()

    def _show_what_is_in_force(self) -> None:
        """Keep the present lists of events, of which nothing may have changed since the last run.

        Without a list, or with that of an earlier run, nobody would know that there is no event.
        """
        gateway = self.gateway
        now = gateway.time.now()
        for endpoint in gateway.endpoints.values():
            for cluster in endpoint.clusters:
                if isinstance(cluster, EventCluster):
                    for signal in cluster.told_at_start(now):
                        gateway.bus.send(signal)
                    self._keep(cluster.active_list(now))

    def _keep(self, in_force: ActiveEventsChanged) -> None:
        if not self.gateway.role.shows(in_force):
            return
        for kind in self._notification_types:
            if kind.kept_as is not None and kind.signal is ActiveEventsChanged:
                for told in kind.parameters_of(in_force):
                    moment = self.gateway.clock.utc()
                    self._notifications.keep(Notification(kind.name, told, moment, kind.kept_as))

    async def stop(self) -> None:
        """Stop everything that was started."""
        await self._supervisor.stop()

    def _build_http(self, ports: Ports, features: Sequence[Feature]) -> "HttpInterface | None":
        if self.options.http is None:
            return None
        # aiohttp and prometheus-client are much to have in memory for who does not use them
        from sebridge.app.http_server import make_http_interface  # noqa: PLC0415

        return make_http_interface(
            self.options.http,
            self.gateway,
            ports,
            health=self.health,
            topics=self.topics,
            log=self._log,
            xml=self.head_end.xml,
            resources=[resource for feature in features for resource in feature.resources],
        )

    def _build_announcements(self, ports: Ports, features: Sequence[Feature]) -> Announcements:
        options, open_collection = self.options, ports.open_collection
        host = EntityHost(
            bus=ports.bus,
            topics=self.topics,
            open_collection=open_collection,
            network_clock=self.gateway.time.clock,
            serves=self.gateway.role.serves,
            shows=self.gateway.role.shows,
            default_prices=options.homeassistant.default_prices,
            expiry=self.gateway.reporting.expiry,
            clusters=self.gateway.clusters,
        )
        of_plugins = PluginEntities(self.gateway.plugin_host.entities)
        shown = [feature.entities for feature in features if feature.entities is not None]
        return Announcements(
            options=options.homeassistant,
            topics=self.topics,
            gateway=self._gateway_facts,
            features=[*(build(host) for build in shown), of_plugins]
            if options.homeassistant.enabled
            else (),
            announced=open_collection("announced", Topic, tuple[str, ...]),
            missed=open_collection("missed_withdrawals", Topic, tuple[str, ...]),
        )

    def _gateway_facts(self) -> GatewayFacts:
        """Return who the gateway is; the radio knows its address and firmware once it started."""
        network = self.gateway.radio.network
        return GatewayFacts(
            name=self.options.gateway.name,
            version=__version__,
            radio=self.options.radio.type,
            firmware=network.firmware,
            address="" if network.address == NOBODY else str(network.address),
        )

    def _build_house(
        self, ports: Ports, features: Sequence[Feature]
    ) -> "tuple[SimulatedHouse | None, Sequence[Service]]":
        if ports.ether is None or self.gateway.role is not Role.COORDINATOR:
            ports.link.forget(self.topics.simulator)
            return None, ()
        # a house is much to have in memory for who has a real radio
        from sebridge.app.house_services import build_house  # noqa: PLC0415

        return build_house(self.options, ports, ports.ether, self.gateway, self.topics, features)

    def _services(self) -> list[Service]:
        found: list[Service] = [
            *self._support.services,
            *self.head_end.services,
            *self.mqtt_interface.services,
            self.discovery,
            self._leftovers,
            *self.gateway.services,
        ]
        if self.http is not None:
            found += self.http.services
        return [*found, *self._house_services]
