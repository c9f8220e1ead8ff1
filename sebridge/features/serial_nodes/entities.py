"""What Home Assistant shows of serial nodes: how warm it is, and at which TCP port they are."""

from collections.abc import Iterable
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.features.serial_nodes.signals import SerialNodesKnown, TemperatureHeard
from sebridge.features.serial_nodes.topics import SERIAL, temperature_topic
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    DIAGNOSTIC,
    MEASUREMENT,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
)

_ICON: Final = "mdi:serial-port"


class ShownNode(msgspec.Struct, frozen=True):
    """What decides how a node is shown: whether it has told how warm it is."""

    measures: bool = False


class SerialNodeEntities(Entities):
    """Shows the nodes; it keeps them in `serial_nodes_shown`, so that a restart takes none away."""

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._shown = host.open_collection("serial_nodes_shown", Eui64, ShownNode)
        host.bus.listen(SerialNodesKnown, self._on_known)
        host.bus.listen(TemperatureHeard, lambda signal: self._show(signal.node, measures=True))

    def _on_known(self, signal: SerialNodesKnown) -> None:
        nodes = {place.node for place in signal.places}
        for node in self._shown.keys() - nodes:
            del self._shown[node]
            self._bus.send(EntitiesChanged(node))
        for node in nodes - self._shown.keys():
            self._show(node, measures=False)

    def _show(self, node: Eui64, *, measures: bool) -> None:
        shown = ShownNode(measures)
        if self._shown.get(node) != shown:
            self._shown[node] = shown
            self._bus.send(EntitiesChanged(node))

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        shown = self._shown.get(device.eui64)
        if shown is None:
            return
        yield Entity(
            key="tcp_port",
            platform="sensor",
            name="TCP port",
            topic=self._topics.at_device(device.eui64, SERIAL),
            template="{{ value_json.tcp_port }}",
            category=DIAGNOSTIC,
            icon=_ICON,
        )
        if shown.measures:
            yield Entity(
                key="xbee_temperature",
                platform="sensor",
                name="Temperature",
                topic=temperature_topic(self._topics, device.eui64),
                template="{{ value_json.temperature }}",
                device_class="temperature",
                state_class=MEASUREMENT,
                unit="°C",
                precision=1,
            )
