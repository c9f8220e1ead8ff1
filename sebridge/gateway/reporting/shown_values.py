"""What servers of a cluster show, as people read it, where their values mean something alone."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

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


_OF_TWO_OCTETS: Final = range(-0x8000, 0x1_0000)


class ShownAttribute(msgspec.Struct, frozen=True):
    """How an attribute is shown: its name, and what a value of it means.

    It is a whole number, a flag or bits, in a range; what else a device tells means nothing.
    """

    name: str
    meaning: Callable[[int], Any]
    values: range = _OF_TWO_OCTETS

    def shown(self, value: Any) -> Any:
        """Return what a value means; None for what means nothing."""
        return self.meaning(value) if isinstance(value, int) and value in self.values else None


class ShownValues:
    """Takes the values of all servers that are set up, and tells them by ValuesShown.

    Of each cluster it is told once how its attributes are shown; others are passed over.
    """

    def __init__(self, bus: SignalBus) -> None:
        self._bus = bus
        self._attributes: dict[int, Mapping[int, ShownAttribute]] = {}
        self._hears = False
        self._shown: dict[int, dict[tuple[Eui64, int], dict[str, Any]]] = {}
        bus.listen(DeviceRemoved, self._on_removal)

    def show(self, cluster_id: int, attributes: Mapping[int, ShownAttribute]) -> None:
        """Have attributes of a cluster shown so."""
        self._attributes[cluster_id] = attributes

    async def expect(self, pairing: Pairing, known: Iterable[AttributeValue] = ()) -> None:
        """Take the values of a server from now on; some may be known already."""
        if not self._hears:  # most houses have no such server, and reports of others are many
            self._hears = True
            self._bus.listen(AttributesReported, self._on_report)
        places = self._shown.setdefault(pairing.cluster_id, {})
        shown = places.setdefault((pairing.peer.device, pairing.peer.endpoint), {})
        shown.update(self._meanings(pairing.cluster_id, known))

    def _meanings(self, cluster_id: int, values: Iterable[AttributeValue]) -> dict[str, Any]:
        attributes, found = self._attributes[cluster_id], {}
        for value in values:
            attribute = attributes.get(value.attribute_id)
            if attribute is not None:
                found[attribute.name] = attribute.shown(value.value)
        return found

    def _on_report(self, report: AttributesReported) -> None:
        places = self._shown.get(report.cluster_id)
        if places is None or not report.is_standard:
            return
        shown = places.get((report.device, report.endpoint))
        told = self._meanings(report.cluster_id, report.values)
        if shown is None or not told:
            return
        shown.update(told)
        self._bus.send(
            ValuesShown(report.device, report.endpoint, report.cluster_id, dict(shown), report.time)
        )

    def _on_removal(self, signal: DeviceRemoved) -> None:
        for places in self._shown.values():
            for place in [place for place in places if place[0] == signal.device]:
                del places[place]
