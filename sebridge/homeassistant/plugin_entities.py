"""What Home Assistant shows of plug-ins: entities of the gateway, as each plug-in said."""

from collections.abc import Iterable, Iterator

from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import Entity, Group
from sebridge.plugins.entities import PluginEntity
from sebridge.plugins.host import Entities as SaidEntities


class PluginEntities:
    """Entities by what plug-ins said; their names are in the plug-in's language."""

    def __init__(self, said: SaidEntities) -> None:
        self._said = said

    def of_gateway(self) -> Iterable[Entity]:
        """Return what all plug-ins have said."""
        for (plugin, key), entity in sorted(self._said.items()):
            yield Entity(
                key=f"plugin_{plugin}-{key}",  # no key has a hyphen, so no two are alike
                platform=entity.platform,
                name=entity.name,
                group=Group.VALUE,
                topic=entity.topic,
                template=None if entity.topic is None else entity.template,
                device_class=entity.device_class,
                state_class=entity.state_class,
                unit=entity.unit,
                icon=entity.icon,
                category=entity.category,
                options=entity.options,
                event_types=entity.event_types,
                more=dict(_more_of(entity)),
            )

    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        """Return nothing: they have none at devices."""
        del device
        return ()

    def others(self) -> Iterable[DiscoveredDevice]:
        """Return nothing: their entities are the gateway's."""
        return ()


def _more_of(entity: PluginEntity) -> Iterator[tuple[str, str]]:
    """Yield what only its platform has."""
    if entity.command is not None:
        yield "cmd_t", entity.command
    for key, value in (("min", entity.minimum), ("max", entity.maximum), ("step", entity.step)):
        if value is not None:
            yield key, f"{value:g}"
