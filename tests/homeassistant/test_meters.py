"""A meter's components have units and device classes that fit together."""

from typing import Any

import pytest

from sebridge.homeassistant.discovered import shape_of
from sebridge.homeassistant.entities import Entity
from sebridge.homeassistant.meters import meter_entities
from tests.homeassistant.house import reading


def parts(**changes: Any) -> dict[str, Entity]:
    return {entity.key: entity for entity in meter_entities(shape_of(reading(**changes)))}


def test_an_electricity_meter_suits_the_energy_dashboard() -> None:
    energy = parts()["energy_in"]

    assert (energy.device_class, energy.state_class, energy.unit) == (
        "energy",
        "total_increasing",
        "kWh",
    )
    assert energy.name == "Energy imported"


def test_only_what_the_meter_has_is_shown() -> None:
    bare = parts(energy_in=None, power=None, status=None)

    assert parts().keys() == {"energy_in", "power", "meter_status"}
    assert parts(energy_out=1.0).keys() == {"energy_in", "energy_out", "power", "meter_status"}
    assert not bare


def test_each_tier_has_a_register_of_its_own() -> None:
    found = parts(tiers_in={1: 10.0, 2: None, 3: 5.0}, tiers_out={1: 0.5})

    assert found["energy_in_tier_1"].template == "{{ value_json.tiers_in.get('1') }}"
    assert found["energy_in_tier_3"].name == "Energy imported tier 3"
    assert found["energy_out_tier_1"].template == "{{ value_json.tiers_out.get('1') }}"
    assert "energy_in_tier_2" not in found


@pytest.mark.parametrize(
    ("commodity", "unit", "device_class", "state_class"),
    [
        ("electricity", "kWh", "energy", "total_increasing"),
        ("electricity", "kvarh", None, "total_increasing"),
        ("gas", "m³", "gas", "total_increasing"),
        ("gas", "CCF", "gas", "total_increasing"),
        ("gas", "kWh", "energy", "total_increasing"),
        ("gas", "BTU", None, "total_increasing"),
        ("water", "gal", "water", "total_increasing"),
        ("water", "imp gal", None, "total_increasing"),
        ("heat", "MJ", "energy", "total_increasing"),
        ("cooling", "m³", "volume", "total_increasing"),
        ("pressure", "kPa", "pressure", "measurement"),
        ("unitless", "", None, "total_increasing"),
    ],
)
def test_a_unit_that_fits_no_device_class_has_none(
    commodity: str, unit: str, device_class: str | None, state_class: str
) -> None:
    register = parts(commodity=commodity, unit=unit)["energy_in"]

    assert (register.device_class, register.state_class) == (device_class, state_class)
    assert register.unit == unit


@pytest.mark.parametrize(
    ("unit", "device_class"),
    [("kW", "power"), ("m³/h", "volume_flow_rate"), ("ft³/h", None), ("kPa", "pressure")],
)
def test_a_demand_has_a_device_class_where_one_fits(unit: str, device_class: str | None) -> None:
    demand = parts(power_unit=unit)["power"]

    assert (demand.device_class, demand.state_class) == (device_class, "measurement")
