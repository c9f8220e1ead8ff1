"""A lamp is one component, with what its clusters and its driver have."""

from typing import Any

from msgspec.structs import replace

from sebridge.base.signals import SignalBus
from sebridge.features.light.entities import LightEntities
from sebridge.gateway.reporting.shown_values import ValuesShown
from sebridge.homeassistant.discovered import DiscoveredDevice
from sebridge.homeassistant.entity import EntitiesChanged
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import COLOR_CONTROL, LEVEL_CONTROL, ON_OFF
from tests.drivers.house import known
from tests.homeassistant.house import Kept, device_of, entity_host

DEVICE = device_of(known(servers=(ON_OFF, LEVEL_CONTROL, COLOR_CONTROL)))


def lamp(capabilities: frozenset[str] | None = None) -> DiscoveredDevice:
    (endpoint,) = DEVICE.endpoints
    endpoint = replace(endpoint, device_class="light", capabilities=capabilities)
    return replace(DEVICE, endpoints=(endpoint,))


def more(entities: LightEntities, device: DiscoveredDevice) -> dict[str, Any]:
    (light,) = entities.of_device(device)
    return dict(light.more)


def told(mireds: int | None, cluster_id: int = COLOR_CONTROL) -> ValuesShown:
    return ValuesShown(DEVICE.eui64, 1, cluster_id, {"color_temperature": mireds}, 0.0)


def test_a_lamp_that_never_told_how_warm_it_is_cannot_be_made_warm(bus: SignalBus) -> None:
    kept: Kept = {}
    entities = LightEntities(entity_host(bus, kept))
    changes: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, changes.append)
    before = more(entities, lamp())

    for news in (told(None), told(370, LEVEL_CONTROL), told(370), told(300)):
        bus.send(news)

    again = LightEntities(entity_host(SignalBus(), kept))
    assert "bri_cmd_t" in before
    assert "clr_temp_cmd_t" not in before
    assert "clr_temp_cmd_t" in more(entities, lamp())
    assert "clr_temp_cmd_t" in more(again, lamp())
    assert changes == [EntitiesChanged(DEVICE.eui64)]


def test_what_a_lamp_told_is_forgotten_with_it(bus: SignalBus) -> None:
    kept: Kept = {}
    LightEntities(entity_host(bus, kept))
    bus.send(told(370))

    bus.send(DeviceRemoved(DEVICE.eui64))

    assert kept["told_lights"] == {}


def test_a_driver_may_say_that_it_can_only_be_switched(bus: SignalBus) -> None:
    entities = LightEntities(entity_host(bus, {}))
    bus.send(told(370))

    assert more(entities, lamp(frozenset({"onoff"}))).keys() == {"pl_on", "pl_off", "stat_val_tpl"}


def test_what_is_no_lamp_is_none(bus: SignalBus) -> None:
    assert list(LightEntities(entity_host(bus, {})).of_device(DEVICE)) == []
