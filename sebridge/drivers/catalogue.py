"""Which drivers there are, and which device has which."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.drivers.driver import Driver, read_driver
from sebridge.drivers.table import CAPABILITIES
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.network.known_device import KnownDevice
from sebridge.plugins.manifest import DRIVER_MANIFEST as MANIFEST
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord

_PADDING: Final = "\x00 "
"""What some devices fill up their names with."""


_STANDS_FOR: Final = {(one.cluster_id, one.attribute_id): one.name for one in CAPABILITIES.values()}
"""The capability that an attribute is."""


class DriversChanged(msgspec.Struct, frozen=True):
    """There are other drivers than before."""


@cache
def shipped_drivers() -> tuple[Driver, ...]:
    """Return the drivers that are part of the bridge."""
    folder = Path(__file__).parent / "shipped"
    return tuple(
        read_driver(path.parent.name, path.read_bytes())
        for path in sorted(folder.glob(f"*/{MANIFEST}"))
    )


class Drivers:
    """All drivers of a gateway. A device has the one that names its manufacturer and product.

    Of several it has the one of a plug-in, by the plug-in's name the first, and else the first by
    its identifier. `known` returns what is known of a device.
    """

    def __init__(
        self,
        shipped: Iterable[Driver],
        known: Callable[[Eui64], KnownDevice | None],
        bus: SignalBus,
    ) -> None:
        self._by_owner: dict[str, tuple[Driver, ...]] = {"": tuple(shipped)}
        self._known = known
        self._bus = bus
        self._by_product: dict[str, list[Driver]] = {}
        self._build_index()

    def __iter__(self) -> Iterator[Driver]:
        owners = sorted(self._by_owner, key=lambda owner: (not owner, owner))
        for owner in owners:
            yield from sorted(self._by_owner[owner], key=lambda one: one.identifier)

    def lend(self, owner: str, drivers: Sequence[Driver]) -> None:
        """Have these drivers of an owner, and no others of the same; without any, it has none."""
        before = self._by_owner.pop(owner, ())
        if drivers:
            self._by_owner[owner] = tuple(drivers)
        if before != tuple(drivers):
            self._build_index()
            self._bus.send(DriversChanged())

    def of_known(self, known: KnownDevice) -> Driver | None:
        """Return the driver of a device; None for one that has none."""
        maker, product = known.manufacturer.strip(_PADDING), known.model.strip(_PADDING)
        drivers = self._by_product.get(product, ())
        return next((d for d in drivers if maker in d.manifest.zigbee.manufacturerName), None)

    def of(self, device: Eui64) -> Driver | None:
        """Return the driver of a device; None for one that has none, or is not known."""
        known = self._known(device)
        return None if known is None else self.of_known(known)

    def adjusted(self, wanted: WantedReports) -> WantedReports:
        """Return the same, but for what drivers have reported otherwise, or do not name."""

        def records(pairing: Pairing) -> Sequence[AttributeReportingConfigurationRecord]:
            return self._records(pairing, wanted.records(pairing))

        return replace(wanted, records=records)

    def reported_besides(self) -> list[WantedReports]:
        """Return the clusters of which drivers want reports, with nothing that others want."""
        endpoints = (e for driver in self for e in driver.manifest.zigbee.endpoints.values())
        clusters = {one.cluster for endpoint in endpoints for one in endpoint.reporting}
        return [
            self.adjusted(WantedReports(cluster_id=cluster_id, records=lambda _pairing: ()))
            for cluster_id in sorted(clusters)
        ]

    def _records(
        self, pairing: Pairing, wanted: Sequence[AttributeReportingConfigurationRecord]
    ) -> Sequence[AttributeReportingConfigurationRecord]:
        driver = self.of(pairing.peer.device)
        if driver is None:
            return wanted
        peer, cluster_id = pairing.peer, pairing.cluster_id
        records = {
            record.attribute_id: record
            for record in wanted
            if _names(driver, peer.endpoint, cluster_id, record.attribute_id)
        }
        endpoint = driver.manifest.zigbee.endpoints.get(peer.endpoint)
        for one in () if endpoint is None else endpoint.reporting:
            if one.cluster == cluster_id:
                records[one.record.attribute_id] = one.record
        return tuple(records.values())

    def _build_index(self) -> None:
        self._by_product = {}
        for driver in self:
            for product in driver.manifest.zigbee.productId:
                self._by_product.setdefault(product, []).append(driver)


def changes_reports(driver: Driver, known: KnownDevice) -> bool:
    """Say whether a driver has attributes of a device reported otherwise, or not at all."""
    return driver.reports_otherwise or any(
        one.cluster_id in descriptor.servers
        and not _names(driver, number, one.cluster_id, one.attribute_id)
        for number, descriptor in known.simple_descriptors.items()
        for one in CAPABILITIES.values()
    )


def _names(driver: Driver, endpoint: int, cluster_id: int, attribute_id: int) -> bool:
    """Say whether a driver names what an attribute stands for, if that is a capability."""
    name, part = _STANDS_FOR.get((cluster_id, attribute_id)), driver.part_at(endpoint)
    return name is None or (part is not None and name in part.capabilities)
