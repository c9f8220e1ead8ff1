"""What servers tell is shown under names and in units that people read."""

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.shown_values import ShownAttribute, ShownValues, ValuesShown
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import HA_PROFILE, TEMPERATURE_MEASUREMENT as CLUSTER

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
PLACE = Pairing(Peer(DEVICE, 1, HA_PROFILE), 1, CLUSTER, server=False)
OTHER = Pairing(Peer(Eui64(7), 1, HA_PROFILE), 1, CLUSTER, server=False)
SHOWN = {
    0: ShownAttribute("temperature", lambda hundredths: hundredths / 100),
    1: ShownAttribute("lowest", lambda hundredths: hundredths / 100),
}


def value(attribute_id: int, plain: int | None) -> AttributeValue:
    return AttributeValue(attribute_id, 0x29, plain, b"")


def report(
    *values: AttributeValue, endpoint: int = 1, cluster_id: int = CLUSTER, side: int = 0
) -> AttributesReported:
    return AttributesReported(
        DEVICE, endpoint, 1, HA_PROFILE, cluster_id, side, None, values, reported=True, time=7.0
    )


async def test_each_news_has_all_that_the_server_has_told(bus: SignalBus) -> None:
    told: list[ValuesShown] = []
    bus.listen(ValuesShown, told.append)
    values = ShownValues(bus)
    values.show(CLUSTER, SHOWN)
    await values.expect(PLACE, [value(1, -4000)])

    bus.send(report(value(0, 2150)))
    bus.send(report(value(0, None), value(9, 1)))

    assert told == [
        ValuesShown(DEVICE, 1, CLUSTER, {"lowest": -40.0, "temperature": 21.5}, 7.0),
        ValuesShown(DEVICE, 1, CLUSTER, {"lowest": -40.0, "temperature": None}, 7.0),
    ]


async def test_what_was_not_set_up_or_is_of_no_interest_is_passed_over(bus: SignalBus) -> None:
    told: list[ValuesShown] = []
    bus.listen(ValuesShown, told.append)
    values = ShownValues(bus)
    values.show(CLUSTER, SHOWN)
    bus.send(report(value(0, 2150)))
    await values.expect(PLACE)
    await values.expect(OTHER)

    bus.send(report(value(0, 2150), endpoint=2))
    bus.send(report(value(0, 2150), cluster_id=0x0403))
    bus.send(report(value(0, 2150), side=1))
    bus.send(report(value(9, 2150)))
    bus.send(DeviceRemoved(OTHER.peer.device))
    assert not told
    bus.send(DeviceRemoved(DEVICE))
    bus.send(report(value(0, 2150)))

    assert not told
