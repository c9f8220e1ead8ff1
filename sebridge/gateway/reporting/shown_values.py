"""What servers of a cluster show, as people read it, where their values mean something alone."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.attributes import AttributeValue


class ValuesShown(msgspec.Struct, frozen=True):
    """A server of a cluster shows these values now: all that it has told, by their names.

    None is what it marks as invalid, or what has no meaning. `time`: UTC since 1970.
    """

    device: Eui64
    endpoint: int
    cluster_id: int
    shown: Mapping[str, Any]
    time: float


class ShownAttribute(msgspec.Struct, frozen=True):
    """How an attribute is shown: its name, and what a value of it means."""

    name: str
    meaning: Callable[[Any], Any]


class ShownValues:
    """Takes the values of all servers of a cluster that are set up, and tells them by ValuesShown.

    `attributes` says how each is shown; others are passed over.
    """

    def __init__(
        self, cluster_id: int, attributes: Mapping[int, ShownAttribute], bus: SignalBus
    ) -> None:
        self._cluster_id = cluster_id
        self._attributes = attributes
        self._bus = bus
        self._hears = False
        self._shown: dict[Eui64, dict[int, dict[str, Any]]] = {}
        bus.listen(DeviceRemoved, self._on_removal)

    async def expect(self, pairing: Pairing, known: Iterable[AttributeValue] = ()) -> None:
        """Take the values of a server from now on; some may be known already."""
        if not self._hears:  # most houses have no such server, and reports of others are many
            self._hears = True
            self._bus.listen(AttributesReported, self._on_report)
        places = self._shown.setdefault(pairing.peer.device, {})
        places.setdefault(pairing.peer.endpoint, {}).update(self._meanings(known))

    def _meanings(self, values: Iterable[AttributeValue]) -> dict[str, Any]:
        found = {}
        for value in values:
            attribute = self._attributes.get(value.attribute_id)
            if attribute is not None:
                plain = value.value
                found[attribute.name] = None if plain is None else attribute.meaning(plain)
        return found

    def _on_report(self, report: AttributesReported) -> None:
        if report.cluster_id != self._cluster_id or not report.is_standard:
            return
        shown = self._shown.get(report.device, {}).get(report.endpoint)
        told = self._meanings(report.values)
        if shown is None or not told:
            return
        shown.update(told)
        self._bus.send(
            ValuesShown(report.device, report.endpoint, self._cluster_id, dict(shown), report.time)
        )

    def _on_removal(self, signal: DeviceRemoved) -> None:
        self._shown.pop(signal.device, None)
