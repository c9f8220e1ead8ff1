"""What Home Assistant shows of what devices are capable of."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.drivers.capability import Capability
from sebridge.drivers.told import ToldCapabilities
from sebridge.homeassistant.discovered import DiscoveredDevice, DiscoveredEndpoint
from sebridge.homeassistant.entity import ACTION_IDENTIFIER, Entities, Entity, EntityHost
from sebridge.transports.mqtt.topics import eui64_topic

_EXPIRING: Final = frozenset({"sensor", "binary_sensor"})
"""Platforms whose states Home Assistant can have expire."""


class CapabilityEntities(Entities):
    """The components of every endpoint that has the clusters of these capabilities.

    What is kept of them is in a collection of the name `told_<collection>`.
    """

    def __init__(
        self, capabilities: Sequence[Capability], collection: str, host: EntityHost
    ) -> None:
        super().__init__(host)
        self._shown = [(one, one.entity) for one in capabilities if one.entity is not None]
        self._expiry = host.expiry
        self._told = ToldCapabilities(capabilities, f"told_{collection}", host)

    @override
    def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
        for capability, entity in self._shown:
            able = [one for one in device.endpoints if self._shows(device.eui64, one, capability)]
            for endpoint in able:
                placed = self._placed(capability, entity, device.eui64, endpoint.number)
                yield replace(
                    placed,
                    is_one_of_several=len(able) > 1,
                    device_class=capability.classes.get(
                        endpoint.device_class or "", entity.device_class
                    ),
                )

    def _shows(self, device: Eui64, endpoint: DiscoveredEndpoint, capability: Capability) -> bool:
        is_whole = endpoint.device_class not in capability.part_of
        return (
            is_whole
            and can(endpoint, capability)
            and self._told.has(device, endpoint.number, capability)
        )

    def _placed(
        self, capability: Capability, entity: Entity, device: Eui64, endpoint: int
    ) -> Entity:
        """Return the component at its place."""
        parameters = capability.parameters
        told = request(device, endpoint, parameters) if parameters else ""
        return replace(
            entity,
            topic=self._topics.at_endpoint(device, endpoint, capability.topic),
            endpoint=endpoint,
            command_template=f"{{{{ {told} | to_json }}}}" if told else None,
            expires_after=self._expiry(
                device, endpoint, capability.cluster_id, capability.attribute_id
            )
            if entity.platform in _EXPIRING
            else None,
        )


def entities_of(
    capabilities: Sequence[Capability], collection: str = ""
) -> Callable[[EntityHost], CapabilityEntities]:
    """Return who builds what says which components there are of these capabilities.

    `collection` is needed where servers are not sure to have one of them.
    """
    return lambda host: CapabilityEntities(capabilities, collection, host)


def can(endpoint: DiscoveredEndpoint, capability: Capability) -> bool:
    """Say whether an endpoint can do something: by its cluster, and by its driver if it has one."""
    is_named = endpoint.capabilities is None or capability.name in endpoint.capabilities
    return is_named and capability.cluster_id in endpoint.servers


def request(device: Eui64, endpoint: int, parameters: str) -> str:
    """Return the parameters of a request to an endpoint, as a mapping of a template."""
    return (
        f"{{'destination_address': '{eui64_topic(device)}',"
        f" 'destination_endpoint_id': {endpoint}, {parameters},"
        f" 'request_identifier': '{ACTION_IDENTIFIER}'}}"
    )
