"""A meter's components have units and device classes that fit together."""

from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.features.metering.entities import MeterEntities, MeterShape, meter_entities, shape_of
from sebridge.features.metering.signals import MeterRead, SwapSettled
from sebridge.features.metering.status import possible_alarms
from sebridge.homeassistant.entity import EntitiesChanged, Entity
from sebridge.model.plain import from_plain, to_plain
from sebridge.network.signals import DeviceRemoved
from sebridge.zcl.identifiers import METERING
from tests.homeassistant.house import METER, PLUG, Kept, device_of, entity_host, reading

ALARMS = {f"alarm_{word}" for word in possible_alarms("electricity")}


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

    assert parts().keys() - ALARMS == {"energy_in", "power", "meter_status"}
    assert parts(energy_out=1.0).keys() - parts().keys() == {"energy_out"}
    assert not bare


def test_a_power_factor_is_shown_once_there_is_one(bus: SignalBus) -> None:
    entities = MeterEntities(entity_host(bus, {}))
    changes: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, changes.append)

    for factor in (0.0, 0.95, None, 0.95):
        bus.send(MeterRead(METER.eui64, 10, reading(power_factor=factor)))

    (shown,) = (e for e in entities.of_device(device_of(METER)) if "factor" in e.key)
    assert (shown.device_class, shown.unit) == ("power_factor", None)
    assert len(changes) == 2


@pytest.mark.parametrize(
    ("commodity", "only"),
    [
        ("electricity", {"alarm_power_failure", "alarm_service_disconnect_open"}),
        ("gas", {"alarm_reverse_flow", "alarm_low_pressure"}),
        ("water", {"alarm_pipe_empty", "alarm_leak_detect"}),
        ("heat", {"alarm_temperature_sensor", "alarm_burst_detect"}),
        ("cooling", {"alarm_burst_detect"}),
    ],
)
def test_each_alarm_that_a_meter_may_have_is_shown(commodity: str, only: set[str]) -> None:
    found = parts(commodity=commodity)

    assert only | {"alarm_low_battery", "alarm_tamper_detect"} <= found.keys()
    assert found["alarm_low_battery"].device_class == "battery"
    assert found["alarm_low_battery"].enabled
    assert not any(found[key].enabled for key in only)


def test_as_many_digits_are_shown_as_the_meter_shows() -> None:
    found = parts(decimals=3, power_decimals=2, tiers_in={1: 5.0})

    assert (found["energy_in"].precision, found["power"].precision) == (3, 2)
    assert found["energy_in_tier_1"].precision == 3
    assert parts()["energy_in"].precision is None
    assert parts(decimals=0)["energy_in"].precision == 0


def test_digits_that_are_told_later_are_shown_from_then_on(bus: SignalBus) -> None:
    kept: Kept = {}
    entities = MeterEntities(entity_host(bus, kept))
    changes: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, changes.append)
    told = reading(decimals=3)

    for news in (reading(), told, reading(), told):
        bus.send(MeterRead(METER.eui64, 10, news))

    shown = {entity.key: entity for entity in entities.of_device(device_of(METER))}
    assert shown["energy_in"].precision == 3
    assert len(changes) == 2


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


def test_a_shape_grows_with_what_the_meter_shows_and_never_shrinks() -> None:
    shape = shape_of(reading(energy_in=None, power=None, status=None))

    grown = shape.with_reading(reading(energy_out=1.0, tiers_in={2: 5.0, 3: None}))
    later = grown.with_reading(reading(energy_in=None, energy_out=None, tiers_in={1: 1.0}))

    assert not any((shape.energy_in, shape.energy_out, shape.power, shape.status))
    assert grown.energy_in
    assert grown.energy_out
    assert grown.tiers_in == (2,)
    assert later.energy_out
    assert later.tiers_in == (1, 2)


def test_a_shape_takes_the_units_of_the_newest_reading() -> None:
    shape = shape_of(reading()).with_reading(reading(unit="m³", commodity="gas"))

    assert (shape.unit, shape.commodity) == ("m³", "gas")


# ------------------------------------------------------------------ what is learned


def test_only_a_reading_with_something_new_is_news(bus: SignalBus) -> None:
    MeterEntities(entity_host(bus, {}))
    news: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, news.append)

    counts = []
    for shown in (
        reading(),
        reading(energy_in=2000.0, power=None),
        reading(energy_out=1.0),
        reading(energy_out=None),
    ):
        bus.send(MeterRead(METER.eui64, 10, shown))
        counts.append(len(news))

    assert counts == [1, 1, 2, 2]
    assert set(news) == {EntitiesChanged(METER.eui64)}


def test_a_meter_of_an_unknown_unit_has_no_components_and_loses_none(bus: SignalBus) -> None:
    kept = Kept()
    MeterEntities(entity_host(bus, kept))
    unknown = reading(unit=None, power_unit=None, energy_in=None, power=None)

    bus.send(MeterRead(PLUG.eui64, 1, unknown))
    bus.send(MeterRead(METER.eui64, 9, reading()))
    bus.send(MeterRead(METER.eui64, 9, unknown))

    (shape,) = kept["meter_shapes"].values()
    assert (shape.unit, shape.power_unit) == ("kWh", "kW")


def test_a_meter_keeps_its_components_over_a_restart(bus: SignalBus) -> None:
    kept: Kept = {}
    MeterEntities(entity_host(bus, kept))
    bus.send(MeterRead(METER.eui64, 10, reading()))

    shown = MeterEntities(entity_host(SignalBus(), kept)).of_device(device_of(METER))

    assert {entity.key for entity in shown} - ALARMS == {"energy_in", "power", "meter_status"}


def test_nothing_is_kept_of_the_meters_of_a_removed_device(bus: SignalBus) -> None:
    kept: Kept = {}
    MeterEntities(entity_host(bus, kept))
    bus.send(MeterRead(METER.eui64, 10, reading()))
    bus.send(MeterRead(PLUG.eui64, 1, reading()))

    bus.send(DeviceRemoved(METER.eui64))

    assert list(kept["meter_shapes"]) == ["000d6f000a000002/1"]


def test_a_shape_can_be_stored() -> None:
    shape = shape_of(reading(tiers_in={1: 5.0}))

    assert from_plain(MeterShape, to_plain(shape)) == shape


def test_a_meter_in_the_place_of_another_tells_both_serial_numbers() -> None:
    swap = {"old_serial_number": "A-1", "new_serial_number": "B-2"}
    shape = shape_of(reading(swap=swap))

    found = {entity.key: entity for entity in meter_entities(shape)}["serial_number"]

    assert found.template == "{{ value_json.get('swap', {}).get('new_serial_number') }}"
    assert found.category == "diagnostic"
    assert not shape.covers(reading())
    assert not shape.with_reading(reading()).swapped


def test_a_meter_that_follows_keeps_the_components_until_it_has_shown_its_own(
    bus: SignalBus,
) -> None:
    shapes: Kept = {}
    entities = MeterEntities(entity_host(bus, shapes))
    bus.send(MeterRead(METER.eui64, 9, reading(tiers_in={1: 1.0}, energy_out=2.0)))
    bus.send(MeterRead(PLUG.eui64, 1, reading()))

    bus.send(SwapSettled(old=METER.eui64, new=PLUG.eui64, endpoints={1: 9, 2: 7}))
    bus.send(SwapSettled(old=PLUG.eui64, new=METER.eui64, endpoints={9: 1}, undone=True))

    keys = {entity.key for entity in entities.of_device(device_of(PLUG))}
    assert keys >= {"energy_in", "energy_out", "energy_in_tier_1", "power"}


def test_each_value_expires_by_the_interval_of_its_own_attribute(bus: SignalBus) -> None:
    asked: set[tuple[Eui64, int, int]] = set()

    def expiry(device: Eui64, endpoint: int, cluster_id: int, attribute_id: int) -> int | None:
        asked.add((device, endpoint, cluster_id))
        return 60 + attribute_id

    entities = MeterEntities(entity_host(bus, {}, expiry=expiry))
    told = reading(energy_out=1.0, tiers_in={2: 1.0}, tiers_out={1: 1.0})
    bus.send(MeterRead(METER.eui64, 10, told))

    shown = {e.key: e.expires_after for e in entities.of_device(device_of(METER))}

    assert asked == {(METER.eui64, 10, METERING)}
    assert {key: shown[key] for key in shown.keys() - ALARMS} == {
        "energy_in": 60,
        "energy_out": 61,
        "energy_in_tier_2": 60 + 0x0102,
        "energy_out_tier_1": 60 + 0x0101,
        "power": 60 + 0x0400,
        "meter_status": 60 + 0x0200,
    }
    assert {shown[key] for key in ALARMS} == {60 + 0x0200}
