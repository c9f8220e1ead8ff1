"""Each circle is a device of Home Assistant: a switch, its power and its energy."""

from collections.abc import Iterable
from typing import Final

import msgspec
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.features.plugwise.book import CircleState
from sebridge.features.plugwise.signals import CircleChanged, CirclesKnown
from sebridge.features.plugwise.topics import circle_topic
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import (
    ACTION_IDENTIFIER,
    DIAGNOSTIC,
    MEASUREMENT,
    TOTAL,
    Entities,
    EntitiesChanged,
    Entity,
    EntityHost,
    Group,
    Presence,
)
from sebridge.transports.mqtt.topics import eui64_topic

_MAKER: Final = "Plugwise"


class ShownCircle(msgspec.Struct, frozen=True):
    """What decides how a circle is shown."""

    name: str
    is_plus: bool
    produces: bool = False


class CircleEntities(Entities):
    """Shows the circles; it keeps which in `circles_shown`, so that a restart takes none away."""

    def __init__(self, host: EntityHost) -> None:
        super().__init__(host)
        self._bus = host.bus
        self._shown = host.open_collection("circles_shown", Eui64, ShownCircle)
        host.bus.listen(CirclesKnown, self._on_known)
        host.bus.listen(CircleChanged, lambda signal: self._on_change(signal.state))

    def _on_known(self, signal: CirclesKnown) -> None:
        for mac in self._shown.keys() - set(signal.macs):
            del self._shown[mac]
            self._bus.send(EntitiesChanged(mac))

    def _on_change(self, state: CircleState) -> None:
        before = self._shown.get(state.mac)
        produced = state.energy is not None and state.energy.produced > 0
        produces = produced or (before is not None and before.produces)
        shown = ShownCircle(state.name, state.is_plus, produces)
        if shown != before:
            self._shown[state.mac] = shown
            self._bus.send(EntitiesChanged(state.mac))

    @override
    def others(self) -> Iterable[DiscoveredDevice]:
        for mac, shown in self._shown.items():
            yield DiscoveredDevice(
                eui64=mac,
                name=shown.name,
                manufacturer=_MAKER,
                model="Circle+" if shown.is_plus else "Circle",
                hardware="",
                software="",
                endpoints=(),
                branch=circle_topic(self._topics, mac),
            )

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        mac = device.eui64
        if device.branch is None or mac not in self._shown:
            return
        state = device.branch
        energy = circle_topic(self._topics, mac, "energy")
        yield Entity(
            key="connection",
            platform="binary_sensor",
            name="Connection",
            group=Group.IN_FORCE,
            topic=circle_topic(self._topics, mac, "availability"),
            device_class="connectivity",
            category=DIAGNOSTIC,
            presence=Presence.GATEWAY,
            more={"pl_on": "online", "pl_off": "offline"},
        )
        yield self._switch(mac, state)
        yield Entity(
            key="power",
            platform="sensor",
            name="Power",
            topic=state,
            template="{{ value_json.power }}",
            device_class="power",
            state_class=MEASUREMENT,
            unit="W",
            precision=1,
        )
        yield _energy("energy_in", "Energy imported", energy)
        if self._shown[mac].produces:
            yield _energy("energy_out", "Energy exported", energy)

    def _switch(self, mac: Eui64, topic: str) -> Entity:
        return Entity(
            key="relay",
            platform="switch",
            name="Relay",
            group=Group.ACTION,
            topic=topic,
            template=("{{ none if value_json.on is none else 'ON' if value_json.on else 'OFF' }}"),
            device_class="outlet",
            command="switch_circle",
            command_template=(
                f"{{{{ {{'circle_address': '{eui64_topic(mac)}', 'on': value == 'ON',"
                f" 'request_identifier': '{ACTION_IDENTIFIER}'}} | to_json }}}}"
            ),
        )


def _energy(key: str, name: str, topic: str) -> Entity:
    return Entity(
        key=key,
        platform="sensor",
        name=name,
        topic=topic,
        template=f"{{{{ value_json.{key} }}}}",
        device_class="energy",
        state_class=TOTAL,
        unit="kWh",
        precision=2,
    )
