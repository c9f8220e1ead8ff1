"""What scales values is read before they are told."""

from collections.abc import Sequence
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.features.electrical.readings import ElectricalReadings
from sebridge.features.electrical.signals import ElectricityMeasured
from sebridge.gateway.pairing import Pairing, pairing_with
from sebridge.gateway.reporting.reader import ReadResult
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import ELECTRICAL_MEASUREMENT, HA_PROFILE, METERING

PLUG = Peer(Eui64(1), 1, HA_PROFILE)
PAIRING = pairing_with(PLUG, ELECTRICAL_MEASUREMENT)
BUSY = 0x94


class Server:
    """A plug with a divisor of the voltage, or one that cannot tell now."""

    def __init__(self) -> None:
        self.status = 0

    async def read(self, pairing: Pairing, attribute_ids: Sequence[int]) -> list[ReadResult]:
        assert pairing == PAIRING
        tenths = AttributeValue(0x0601, 0x21, 10, b"\x0a\0")
        lacking: list[ReadResult] = [(one, 0x86, None) for one in attribute_ids if one != 0x0601]
        return [(0x0601, self.status, None if self.status else tenths), *lacking]


def report(raw: int = 2300, **changes: Any) -> AttributesReported:
    values = [AttributeValue(0x0505, 0x21, raw, b"\0\0")]
    given = {"cluster_id": ELECTRICAL_MEASUREMENT, "manufacturer_code": None} | changes
    return AttributesReported(
        device=PLUG.device,
        endpoint=1,
        local_endpoint=1,
        profile_id=HA_PROFILE,
        server_or_client=0,
        values=values,
        reported=True,
        time=5.0,
        **given,
    )


async def test_values_are_told_once_what_scales_them_is_known(bus: SignalBus) -> None:
    told: list[ElectricityMeasured] = []
    bus.listen(ElectricityMeasured, told.append)
    readings = ElectricalReadings(Server(), bus)

    bus.send(report())
    await readings.prepare(PAIRING)
    for one in (
        report(),
        report(cluster_id=METERING),
        report(manufacturer_code=1),
    ):
        bus.send(one)
    bus.send(DeviceRemoved(PLUG.device))
    bus.send(report())

    assert told == [ElectricityMeasured(PLUG.device, 1, {"voltage": 230.0}, 5.0)]


async def test_a_server_that_cannot_tell_now_is_asked_again(bus: SignalBus) -> None:
    server = Server()
    server.status = BUSY

    with pytest.raises(DeliveryError, match="0x0601"):
        await ElectricalReadings(server, bus).prepare(PAIRING)
