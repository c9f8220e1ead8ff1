"""A zone is made to tell us, unless it does so already."""

from collections.abc import Sequence
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.features.ias_zone.enrolment import Enrolment
from sebridge.features.ias_zone.zone import CIE_ADDRESS, SHOWN, ZONE_TYPE
from sebridge.gateway.pairing import Pairing, pairing_with
from sebridge.gateway.reporting.reader import ReadResult
from sebridge.gateway.reporting.shown_values import ShownValues
from sebridge.network.peer import Peer
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import HA_PROFILE, IAS_ZONE

US = Eui64(7)
PAIRING = pairing_with(Peer(Eui64(1), 1, HA_PROFILE), IAS_ZONE)


class Zone:
    """A zone that has an address, and remembers what is done to it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.told: list[str] = []

    async def read(self, _pairing: Pairing, attribute_ids: Sequence[int]) -> list[ReadResult]:
        values: dict[int, Any] = {ZONE_TYPE: 0x15, CIE_ADDRESS: self.address}
        return [(one, 0, AttributeValue(one, 0, values[one], b"")) for one in attribute_ids]

    async def write(
        self, _pairing: Pairing, values: Sequence[AttributeValue], *, undivided: bool
    ) -> list[int]:
        assert not undivided
        self.told += [str(one.value) for one in values]
        return [0 for _ in values]

    async def tell(self, *_to: object) -> None:
        self.told.append("taken")


async def take(address: Eui64, bus: SignalBus) -> Zone:
    zone, values = Zone(str(address)), ShownValues(bus)
    values.show(IAS_ZONE, SHOWN)
    await Enrolment(zone, zone, values, lambda: US).take(PAIRING)
    return zone


async def test_it_is_told_our_address_and_taken(bus: SignalBus) -> None:
    assert (await take(Eui64(0), bus)).told == [str(US), "taken"]


async def test_one_that_knows_us_is_only_taken(bus: SignalBus) -> None:
    assert (await take(US, bus)).told == ["taken"]
