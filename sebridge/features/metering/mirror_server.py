"""Mirrors: endpoints of ours that show a sleeping meter's attributes in its place (MET-11)."""

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
import logging
from typing import Any, ClassVar, Final

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.network.peer import Peer
from sebridge.zcl.attributes import AttributeValue, read_value, write_value
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import METERING, MIRROR_ENDPOINTS
from sebridge.zcl.metering import DEVICE_TYPE, NO_MIRROR, UNDEFINED_MIRROR, mirrored_type_of

_LOGGER = logging.getLogger(__name__)

_MOST_ATTRIBUTES: Final = 256  # of one mirror
_BITMAP8: Final = 0x18


class MirrorTable:
    """Which meter each mirror endpoint stands for. `store` keeps it over a restart. Pure."""

    def __init__(
        self, store: MutableMapping[int, Peer], endpoints: Sequence[int] = MIRROR_ENDPOINTS
    ) -> None:
        self._store = store
        self._endpoints = endpoints

    def __iter__(self) -> Iterator[int]:
        return iter(tuple(self._store))

    def owner(self, endpoint: int) -> Peer | None:
        """Return the meter that a mirror stands for."""
        return self._store.get(endpoint)

    def has(self, meter: Peer) -> bool:
        """Say whether a mirror stands for the meter."""
        return self._find(meter) is not None

    def request(self, meter: Peer) -> int:
        """Return the meter's endpoint, the one it has already or a free one; else 0xFFFF."""
        known = self._find(meter)
        if known is not None:
            return known
        free = next((e for e in self._endpoints if e not in self._store), NO_MIRROR)
        if free != NO_MIRROR:
            self._store[free] = meter
        return free

    def remove(self, meter: Peer) -> int:
        """Give up the meter's mirror; return its endpoint, or 0xFFFF if it has none."""
        endpoint = self._find(meter)
        if endpoint is None:
            return NO_MIRROR
        del self._store[endpoint]
        return endpoint

    def forget(self, device: Eui64) -> list[int]:
        """Give up all mirrors of a device; return their endpoints."""
        gone = [endpoint for endpoint in self if self._store[endpoint].device == device]
        for endpoint in gone:
            del self._store[endpoint]
        return gone

    def _find(self, meter: Peer) -> int | None:
        return next((e for e, owner in self._store.items() if owner == meter), None)


class MirrorServer(LocalCluster):
    """The Metering server of a mirror: shows what its meter reported, under a mirror's type.

    It has attributes only: questions are for the meter itself.
    """

    definition: ClassVar[ClusterDefinition] = ClusterDefinition(METERING, "metering")
    server = True

    def __init__(self) -> None:
        undefined = LocalAttribute(DEVICE_TYPE, _BITMAP8, UNDEFINED_MIRROR)
        super().__init__(LocalAttributes([undefined]))

    def take(self, values: Iterable[AttributeValue]) -> None:
        """Keep what the meter reported; attributes beyond 256 are left out."""
        there = dict(self.attributes.types())
        for value in values:
            if value.attribute_id in there or len(there) < _MOST_ATTRIBUTES:
                there[value.attribute_id] = value.attribute_type
                self._take(value)

    def _take(self, value: AttributeValue) -> None:
        shown = _mirrored(value)
        try:
            write_value(value.attribute_type, shown)
        except ParameterError as error:
            _LOGGER.debug("attribute 0x%04X cannot be mirrored: %s", value.attribute_id, error)
            return
        attribute = LocalAttribute(value.attribute_id, value.attribute_type, shown)
        self.attributes.show([attribute])


def _mirrored(value: AttributeValue) -> Any:
    if value.attribute_id == DEVICE_TYPE and isinstance(value.value, int):
        return mirrored_type_of(value.value)
    if value.value is None and value.raw:  # the mirror says that there is none as the meter did
        return read_value(value.attribute_type, value.raw)[0]
    return value.value
