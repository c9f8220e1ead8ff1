"""A thermostat has the components that it has shown to be able to fill."""

from typing import Any

import pytest

from sebridge.base.signals import SignalBus
from sebridge.features.thermostat.entities import ThermostatEntities, ThermostatShape
from sebridge.gateway.reporting.shown_values import ValuesShown
from sebridge.homeassistant.entity import EntitiesChanged, Entity
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import TEMPERATURE_MEASUREMENT, THERMOSTAT_CLUSTER
from tests.homeassistant.house import ROOM_THERMOSTAT, Kept, device_of, entity_host

DEVICE = ROOM_THERMOSTAT.eui64


def components(entities: ThermostatEntities) -> dict[str, Entity]:
    return {entity.key: entity for entity in entities.of_device(device_of(ROOM_THERMOSTAT))}


def shown(cluster_id: int = THERMOSTAT_CLUSTER, **values: Any) -> ValuesShown:
    return ValuesShown(DEVICE, 1, cluster_id, values, 0.0)


def test_they_appear_once_it_tells_what_it_aims_at_and_stay(bus: SignalBus) -> None:
    kept: Kept = {}
    entities = ThermostatEntities(entity_host(bus, kept))
    changes: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, changes.append)
    before = components(entities)

    bus.send(shown(TEMPERATURE_MEASUREMENT, heating_setpoint=1.0))
    bus.send(shown(temperature=20.0))
    bus.send(shown(can="heat", heating_setpoint=21.0, cooling_setpoint=26.0, heating_demand=0))
    bus.send(shown(can="heat", heating_setpoint=None, heating_demand=None))

    again = components(ThermostatEntities(entity_host(SignalBus(), kept)))
    assert not before
    assert again == components(entities)
    assert again.keys() == {"climate", "heating_demand"}
    assert again["climate"].more["modes"] == ["off", "heat"]
    assert changes == [EntitiesChanged(DEVICE)]


@pytest.mark.parametrize(
    ("told", "modes", "limits", "settings"),
    [
        ({"can": "cool", "cooling_setpoint": 24.0, "lowest_cooling": 16.0}, ["off", "cool"],
         (16.0, 35.0), {"temp_stat_tpl": "{{ value_json.get('cooling_setpoint') }}"}),
        ({"heating_setpoint": 20.0, "cooling_setpoint": 25.0, "highest_heating": 28.0,
          "highest_cooling": 32.0}, ["off", "heat", "cool", "heat_cool"], (5.0, 32.0),
         {"temp_lo_stat_tpl": "{{ value_json.get('heating_setpoint') }}",
          "temp_hi_stat_tpl": "{{ value_json.get('cooling_setpoint') }}"}),
    ],
)  # fmt: skip
def test_what_can_be_set_is_what_it_can_do(
    bus: SignalBus,
    told: dict[str, Any],
    modes: list[str],
    limits: tuple[float, float],
    settings: dict[str, str],
) -> None:
    entities = ThermostatEntities(entity_host(bus, {}))

    bus.send(shown(**told))

    more = components(entities)["climate"].more
    assert more["modes"] == modes
    assert (more["min_temp"], more["max_temp"]) == limits
    assert {key: more[key] for key in more if key.endswith("stat_tpl") and "temp_" in key
            and "curr" not in key} == settings  # fmt: skip


def test_what_was_shown_is_forgotten_with_the_device(bus: SignalBus) -> None:
    kept: Kept = {"thermostat_shapes": {f"{DEVICE:016x}/1": ThermostatShape(heats=True)}}
    entities = ThermostatEntities(entity_host(bus, kept))
    assert components(entities)

    bus.send(DeviceRemoved(DEVICE))

    assert not components(entities)
    assert not kept["thermostat_shapes"]
