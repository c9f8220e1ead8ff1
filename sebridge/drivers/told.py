"""Which capabilities servers have told, of those that not every server of their cluster has."""

from collections.abc import Iterable, Mapping, MutableMapping

from sebridge.base.addresses import Eui64
from sebridge.drivers.capability import Capability
from sebridge.gateway.reporting.shown_values import ValuesShown
from sebridge.homeassistant.entity import EntitiesChanged, EntityHost
from sebridge.network.signals import DeviceRemoved


class ToldCapabilities:
    """Keeps it in a collection of this name, by `<eui64>/<endpoint>`, until the device goes."""

    def __init__(
        self, capabilities: Iterable[Capability], collection: str, host: EntityHost
    ) -> None:
        self._names: Mapping[tuple[int, str], str] = {
            (one.cluster_id, one.shown.name): one.name for one in capabilities if not one.sure
        }
        self._bus = host.bus
        self._told: MutableMapping[str, tuple[str, ...]] = {}
        if self._names:
            self._told = host.open_collection(collection, str, tuple[str, ...])
            host.bus.listen(ValuesShown, self._on_values)
            host.bus.listen(DeviceRemoved, self._on_removal)

    def has(self, device: Eui64, endpoint: int, capability: Capability) -> bool:
        """Say whether an endpoint with the cluster has a capability."""
        return capability.sure or capability.name in self._told.get(_key(device, endpoint), ())

    def _on_values(self, signal: ValuesShown) -> None:
        told = {
            self._names[signal.cluster_id, name]
            for name, value in signal.shown.items()
            if value is not None and (signal.cluster_id, name) in self._names
        }
        key = _key(signal.device, signal.endpoint)
        known = self._told.get(key, ())
        if told - set(known):
            self._told[key] = tuple(sorted({*known, *told}))
            self._bus.send(EntitiesChanged(signal.device))

    def _on_removal(self, signal: DeviceRemoved) -> None:
        branch = _key(signal.device, "")
        for key in [key for key in self._told if key.startswith(branch)]:
            del self._told[key]


def _key(device: Eui64, endpoint: int | str) -> str:
    return f"{device:016x}/{endpoint}"
