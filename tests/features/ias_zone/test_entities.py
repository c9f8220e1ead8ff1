"""What Home Assistant has of a zone depends on what it watches."""

from sebridge.base.signals import SignalBus
from sebridge.features.ias_zone.entities import ZoneEntities
from sebridge.gateway.reporting.shown_values import ValuesShown
from sebridge.homeassistant.entity import EntitiesChanged
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import IAS_ZONE, ON_OFF
from tests.drivers.house import known
from tests.homeassistant.house import Kept, device_of, entity_host

DEVICE = device_of(known(servers=(IAS_ZONE,)))


def told(cluster_id: int = IAS_ZONE, kind: str | None = "water") -> ValuesShown:
    shown = {"status": [], **({} if kind is None else {"kind": kind})}
    return ValuesShown(DEVICE.eui64, 1, cluster_id, shown, 0.0)


def test_a_zone_is_shown_once_it_has_told_what_it_watches(bus: SignalBus) -> None:
    kept: Kept = {}
    entities = ZoneEntities(entity_host(bus, kept))
    changes: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, changes.append)

    for news in (told(ON_OFF), told(kind=None), told(), told()):
        bus.send(news)

    alarm, tamper, battery = ZoneEntities(entity_host(SignalBus(), kept)).of_device(DEVICE)
    assert [alarm.device_class, tamper.device_class, battery.device_class] == [
        "moisture",
        "tamper",
        "battery",
    ]
    assert (alarm.name, alarm.capability) == ("Water", "alarm_water")
    assert len(list(entities.of_device(DEVICE))) == 3
    assert changes == [EntitiesChanged(DEVICE.eui64)]
    bus.send(DeviceRemoved(DEVICE.eui64))
    assert kept["zone_kinds"] == {}
    assert list(entities.of_device(DEVICE)) == []
