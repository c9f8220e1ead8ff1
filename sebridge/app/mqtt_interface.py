"""What the gateway shows on MQTT: requests, notifications, states, and Home Assistant."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sebridge import __version__
from sebridge.api.notifications import STATUS_NOTICE, MessageNotice
from sebridge.app.gateway import Gateway
from sebridge.app.log_memory import LogMemory
from sebridge.app.logs import LogTopic
from sebridge.app.ports import BrokerLink
from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, iso_time, wall_time
from sebridge.base.service import Service
from sebridge.feature import Feature
from sebridge.gateway.pairing import PairedAttribute
from sebridge.gateway.reporting.ways import Way
from sebridge.homeassistant.actions import failure_of
from sebridge.model.plain import to_plain
from sebridge.network.signals import JoiningChanged
from sebridge.rpc.json_codec import MAX_BATCH, MAX_SIZE
from sebridge.rpc.message import Response
from sebridge.rpc.xml_rpc_service import XmlRpcService
from sebridge.storage.collection import OpenCollection
from sebridge.transports.mqtt.attributes import AttributeMirror, levels_of
from sebridge.transports.mqtt.inbox import Inbox
from sebridge.transports.mqtt.messages import MAX_PACKET, MAX_PAYLOAD
from sebridge.transports.mqtt.rpc_server import MqttRpcServer
from sebridge.transports.mqtt.states import (
    BridgeState,
    DeviceStates,
    JoiningState,
    TopicHost,
)
from sebridge.transports.mqtt.topics import Topics
from sebridge.zcl.identifiers import SE_PROFILE


class MqttInterface:
    """Everything of the gateway that is on MQTT."""

    def __init__(
        self,
        gateway: Gateway,
        broker: BrokerLink,
        topics: Topics,
        documents: XmlRpcService,
        health: Callable[[], Mapping[str, Any]],
        features: Sequence[Feature],
        *,
        open_collection: OpenCollection,
        inbox: Inbox,
        durable: Callable[[], Awaitable[None]],
        log: LogMemory,
        real_clock: Clock,
    ) -> None:
        self._gateway = gateway
        self._features = features
        bus, clock = gateway.bus, gateway.clock
        self.requests = MqttRpcServer(
            broker=broker,
            topics=topics,
            discovery_prefix=gateway.options.homeassistant.discovery_prefix,
            answer=gateway.dispatcher.answer,
            answer_document=documents.answer,
            told=self._tell_failure,
            inbox=inbox,
            durable=durable,
            quota=gateway.quota,
            clock=real_clock,
        )
        self.mirror = AttributeMirror(
            bus,
            broker,
            topics,
            clock=real_clock,
            interval=gateway.options.mqtt.attribute_interval,
            room=gateway.attribute_room,
            options=gateway.directory.options,
            is_described=gateway.directory.is_described,
            clusters=gateway.clusters,
        )
        host = TopicHost(
            bus=bus,
            mqtt=broker,
            topics=topics,
            clock=clock,
            network_clock=gateway.time.clock,
            open_collection=open_collection,
            knows=gateway.directory.__contains__,
            shows=gateway.role.shows,
            default_prices=gateway.options.homeassistant.default_prices,
            expiry=gateway.reporting.expiry,
            options=gateway.directory.options,
        )
        for feature in features:
            if feature.topics is not None:
                feature.topics(host)
        self._joining_until: float | None = None
        bus.listen(JoiningChanged, self._on_joining)  # before the state, which shows it
        self.devices = DeviceStates(
            bus, broker, topics, clock, self._device_facts, self._known_devices
        )
        self.joining = JoiningState(bus=bus, mqtt=broker, topics=topics, clock=clock)
        self.state = BridgeState(bus, broker, topics, clock, self.info, health)
        self._sessions = 0
        broker.on_session(self._on_session)
        if gateway.options.mqtt.log:
            log.follow(LogTopic(broker, topics.log).publish)

    @property
    def services(self) -> list[Service]:
        """All services in the order in which they start."""
        return [self.requests, self.mirror, self.devices, self.joining, self.state]

    def _tell_failure(self, response: Response) -> None:
        """Tell of an action of Home Assistant that failed: it shows nothing of the answer."""
        failure = failure_of(response)
        if failure is not None:
            self._gateway.notifications.message(failure)

    def _on_joining(self, signal: JoiningChanged) -> None:
        is_open, now = signal.seconds > 0, self._gateway.clock.monotonic()
        self._joining_until = now + signal.seconds if is_open else None

    def _on_session(self, _is_resumed: bool) -> None:  # noqa: FBT001  # called by the link
        self._sessions += 1
        if self._sessions > 1:
            notice = MessageNotice(
                severity=STATUS_NOTICE, description="the broker is connected again"
            )
            self._gateway.notifications.message(notice)

    # ------------------------------------------------------------------ facts

    def _known_devices(self) -> list[Eui64]:
        return [known.eui64 for known in self._gateway.directory]

    def _device_facts(self, device: Eui64) -> dict[str, Any] | None:
        directory = self._gateway.directory
        known, presence = directory.get(device), directory.presence(device)
        if known is None or presence is None:
            return None
        seen = directory.last_seen(device)
        record: dict[str, Any] = to_plain(directory.record(device))
        return record | {
            "name": known.title,
            "manufacturer": known.manufacturer or None,
            "model": known.model or None,
            "last_seen": None if seen is None else iso_time(seen),
            "lqi": presence.lqi,
            "rssi": presence.rssi,
            "receives_when_idle": None if known.node_descriptor is None else not known.is_sleepy,
            "disabled": presence.disabled,
            "not_reported": self._not_reported(device),
        }

    def _not_reported(self, device: Eui64) -> dict[str, dict[str, str]]:
        """Return how attributes come, and why so, that should be reported and are not."""
        return {
            self._place_of(attribute.key): {"how": attribute.way.value, "why": attribute.why}
            for attribute in self._gateway.reporting.watcher.coming(device)
            if attribute.way is not Way.REPORT
        }

    def _place_of(self, key: PairedAttribute) -> str:
        """Return the levels of an attribute's topic below its device."""
        pairing = key.pairing
        levels = levels_of(
            self._gateway.clusters,
            pairing.cluster_id,
            key.attribute_id,
            int(pairing.server),
            pairing.manufacturer_code,
        )
        return "/".join((str(pairing.peer.endpoint), *levels))

    def _words(self) -> list[str]:
        """Return what the gateway has on its Smart Energy endpoints: each side by its name."""
        endpoints = self._gateway.endpoints.values()
        ours = [endpoint for endpoint in endpoints if endpoint.profile_id == SE_PROFILE]
        return [word for feature in self._features for word in feature.words(ours)]

    def info(self) -> dict[str, Any]:
        """Return what the topic `info` has: what the gateway is, and its limits."""
        gateway, network = self._gateway, self._gateway.radio.network
        clock, until = gateway.clock, self._joining_until
        return {
            "version": __version__,
            "role": gateway.options.gateway.role,
            "radio": {
                "kind": network.kind,
                "model": network.model or None,
                "firmware": network.firmware or None,
                "address": str(network.address),
            },
            "network": {
                "joined": network.joined,
                "status": gateway.keeper.association.words,
                "channel": network.channel,
                "pan_id": network.pan_id,
                "extended_pan_id": f"{network.extended_pan_id:016x}",
            },
            "joining_until": None if until is None else iso_time(wall_time(clock, until)),
            "limits": {
                "packet": MAX_PACKET,
                "json": MAX_SIZE,
                "batch": MAX_BATCH,
                "xml": min(gateway.options.rpc.xml.max_size, MAX_PAYLOAD),
                "reply": gateway.options.rpc.limits.reply,
            },
            "features": self._words(),
            "started": iso_time(wall_time(gateway.clock, gateway.started)),
        }
