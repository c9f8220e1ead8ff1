"""The payload of every kind of device keeps Home Assistant's rules."""

from collections.abc import Callable, Iterable, Mapping
import json
from typing import Any

import pytest
from typing_extensions import override

from sebridge.base.signals import SignalBus
from sebridge.feature import Role
from sebridge.features.metering.entities import MeterShape, shape_of
from sebridge.features.thermostat.entities import ThermostatShape
from sebridge.homeassistant.discovered import DiscoveredDevice, discovered
from sebridge.homeassistant.discovery import Discovery
from sebridge.homeassistant.entity import Entities, Entity, change_of_events
from sebridge.homeassistant.naming import Naming
from sebridge.network.identities import Identities
from sebridge.network.known_device import KnownDevice
from sebridge.transports.mqtt.topics import eui64_topic
from sebridge.zcl.metering import unit_of
from tests.homeassistant.house import (
    DISPLAY,
    DOUBLE_METER,
    GATEWAY,
    HOUSE,
    MEASURING_PLUG,
    METER,
    PLUG,
    RECORDED,
    ROOM_THERMOSTAT,
    SWITCH,
    THERMOSTAT,
    TOPICS,
    device_of,
    discovery,
    entities,
    entity_host,
    part,
    reading,
)
from tests.homeassistant.schema import check

ALL_UNITS = range(0x0E)
BRIDGE = {"t": "sebridge/home/availability"}


def gateway(role: Role = Role.COORDINATOR, **price_units: str) -> dict[str, Any]:
    return discovery(role, price_units=price_units).gateway()


def payload_of(known: KnownDevice, **shapes: MeterShape) -> dict[str, Any]:
    device = discovered(known)
    assert device is not None
    kept = {f"{eui64_topic(known.eui64)}/{key[1:]}": shape for key, shape in shapes.items()}
    return discovery(meter_shapes=kept).device(device)


def everything(unit_of_measure: int = 0) -> MeterShape:
    unit = unit_of(unit_of_measure)
    return shape_of(
        reading(
            unit=unit.energy,
            power_unit=unit.power,
            commodity=unit.commodity,
            energy_out=1.0,
            tiers_in={1: 1.0, 2: 2.0},
            tiers_out={1: 1.0},
        )
    )


def measuring(keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the payload of what has shown these values of Electrical Measurement."""
    known_as = f"{eui64_topic(MEASURING_PLUG.eui64)}/1"
    return discovery(electrical_shapes={known_as: keys}).device(device_of(MEASURING_PLUG))


KINDS = {
    "gateway without prices": gateway(),
    "gateway with prices": gateway(electricity="USD/kWh", gas="EUR/m³"),
    "display": gateway(Role.DISPLAY),
    "gateway with a limit": discovery(load_control_shape={"limited": 1}).gateway(),
    "display with a limit, and three events": discovery(
        Role.DISPLAY, load_control_shape={"limited": 1, "places": 3}
    ).gateway(),
    **{known.name: payload_of(known) for known in HOUSE if known.endpoints},
    **{f"meter of unit {unit}": payload_of(METER, _10=everything(unit)) for unit in ALL_UNITS},
    **{
        f"plug with {name}": measuring(keys)
        for name, keys in (
            ("one phase", ("voltage", "current", "power_factor")),
            ("three phases", ("voltage", "voltage_b", "voltage_c", "current", "current_b")),
        )
    },
    **{
        f"thermostat that {name}": discovery(
            thermostat_shapes={f"{eui64_topic(ROOM_THERMOSTAT.eui64)}/1": shape}
        ).device(device_of(ROOM_THERMOSTAT))
        for name, shape in (
            ("heats", ThermostatShape(heats=True, heating_demand=True, highest_heating=30.0)),
            ("cools", ThermostatShape(cools=True, lowest_cooling=16.0)),
            ("heats and cools", ThermostatShape(heats=True, cools=True)),
        )
    },
    "switch that tells what it is set to": discovery(
        enrolled_load_control={
            f"{eui64_topic(SWITCH.eui64)}/1": (
                "device_classes",
                "duration_randomization_minutes",
                "start_randomization_minutes",
                "utility_enrollment_group",
            )
        }
    ).device(device_of(SWITCH)),
    "meter with a power factor": payload_of(
        METER, _10=shape_of(reading(energy_out=1.0, power_factor=0.95))
    ),
    "two meters": payload_of(DOUBLE_METER, _1=everything(), _2=everything(1)),
}


@pytest.mark.parametrize(("kind", "payload"), KINDS.items(), ids=KINDS)
def test_every_payload_is_as_it_was_recorded(kind: str, payload: dict[str, Any]) -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))

    assert json.dumps(payload) == json.dumps(recorded["kinds"][kind])


@pytest.mark.parametrize("payload", KINDS.values(), ids=KINDS)
def test_every_payload_keeps_the_rules(
    accepts: Callable[[Mapping[str, Any]], bool], payload: dict[str, Any]
) -> None:
    assert not check(payload)
    assert accepts(json.loads(json.dumps(payload)))


@pytest.mark.parametrize("payload", KINDS.values(), ids=KINDS)
def test_every_payload_has_what_the_contract_promises(payload: dict[str, Any]) -> None:
    components = payload["cmps"].values()

    assert payload["o"]["name"] == "sebridge"
    assert payload["avty_mode"] == "all"
    assert all(component["qos"] == 1 for component in components)
    assert all("def_ent_id" in component for component in components)
    assert not any("obj_id" in component for component in components)
    assert len({component["uniq_id"] for component in components}) == len(components)
    assert len({component["def_ent_id"] for component in components}) == len(components)
    assert len({component["name"] for component in components}) == len(components)


def test_a_device_is_there_when_the_bridge_and_it_are() -> None:
    payload = payload_of(METER)

    own = {"t": "sebridge/home/device/000d6f000a000001/availability"}
    assert payload["avty"] == [BRIDGE, own]
    assert part(payload, "connection")["avty"] == [BRIDGE]
    assert part(gateway(), "connection")["avty"] == []


def test_a_device_names_itself_and_the_gateway_it_came_by() -> None:
    device = payload_of(METER)["dev"]

    assert device == {
        "ids": ["sebridge_home_000d6f000a000001"],
        "cns": [["zigbee", "00:0d:6f:00:0a:00:00:01"]],
        "name": "Main meter",
        "mf": "Acme",
        "mdl": "A 1",
        "hw": "2",
        "sw": "2.1.5",
        "sn": "00:0d:6f:00:0a:00:00:01",
        "via_device": "sebridge_home_gateway",
    }


def test_the_gateway_shows_its_state_prices_and_events() -> None:
    components = gateway(electricity="USD/kWh")["cmps"]

    assert components.keys() == {
        "connection",
        "network",
        "network_status",
        "channel",
        "permit_joining",
        "action_failed",
        "joining_until",
        "joining_remaining",
        "load_control",
        "load_control_until",
        "criticality_level",
        "message",
        "message_importance",
        "price_event",
        "load_control_event",
        "load_control_report",
        "joining",
        "message_event",
        "message_confirmed",
        "send_message",
        "price",
        "price_tier",
        "price_until",
        "next_price",
        "next_price_from",
    }


def test_a_price_suits_the_energy_dashboard() -> None:
    price = part(gateway(electricity="USD/kWh"), "price")

    assert price["stat_t"] == "sebridge/home/price/electricity"
    assert price["unit_of_meas"] == "USD/kWh"
    assert price["stat_cla"] == "measurement"
    assert "dev_cla" not in price


def test_another_commodity_has_prices_of_its_own() -> None:
    components = gateway(gas="EUR/m³")["cmps"]

    assert components["gas_price"]["stat_t"] == "sebridge/home/price/gas"
    assert components["gas_price"]["unit_of_meas"] == "EUR/m³"
    assert components["gas_price"]["name"] == "Gas current price"
    assert "price" not in components


def test_what_commands_calls_the_method_by_its_topic() -> None:
    shown = gateway()

    assert part(shown, "permit_joining")["cmd_t"] == "sebridge/home/rpc/request/enable_joining"
    assert part(shown, "send_message")["cmd_t"] == "sebridge/home/rpc/request/create_message_event"


def test_a_display_confirms_and_chooses_and_sends_nothing() -> None:
    shown = gateway(Role.DISPLAY)

    assert part(shown, "confirm_message")["cmd_t"] == "sebridge/home/rpc/request/confirm_message"
    choice = part(shown, "load_control_participation")
    assert choice["cmd_t"] == "sebridge/home/rpc/request"
    assert choice["stat_t"] == "sebridge/home/participation/drlc"
    server_only = {"send_message", "message_confirmed", "load_control_report"}
    assert not server_only & shown["cmps"].keys()


def test_an_energy_service_interface_has_nothing_to_confirm_or_to_choose() -> None:
    assert not {"confirm_message", "load_control_participation"} & gateway()["cmps"].keys()


def test_a_problem_says_which_alarms_a_meter_has() -> None:
    problem = part(payload_of(METER, _10=everything()), "10_meter_status")

    assert "'alarms': value_json.alarms" in problem["json_attr_tpl"]


def test_events_read_what_is_streamed_and_states_what_is_kept() -> None:
    components = gateway()["cmps"].values()

    events = {c["stat_t"] for c in components if c["p"] == "event"}
    states = {c["stat_t"] for c in components if c["p"] != "event" and "stat_t" in c}

    assert all(topic.startswith("sebridge/home/notification/") for topic in events)
    assert not any("/notification/" in topic for topic in states)


def test_a_meter_shows_a_reading_once_it_was_seen() -> None:
    before, after = payload_of(METER)["cmps"], payload_of(METER, _10=everything())["cmps"]

    assert not any(key.startswith("10_") for key in before)
    assert after["10_energy_in"]["stat_t"] == "sebridge/home/device/000d6f000a000001/10/metering"
    assert after["10_energy_in"]["def_ent_id"] == "sensor.main_meter_energy_in"


def test_two_meters_in_a_device_are_told_apart() -> None:
    components = payload_of(DOUBLE_METER, _1=everything(), _2=everything(1))["cmps"]

    assert components["1_energy_in"]["name"] == "Energy imported 1"
    assert components["2_energy_in"]["name"] == "Consumption 2"
    assert components["2_energy_in"]["def_ent_id"] == "sensor.two_energy_in_2"


@pytest.mark.parametrize("known", [THERMOSTAT, SWITCH], ids=lambda known: known.name)
def test_what_obeys_load_control_shows_its_last_word(known: KnownDevice) -> None:
    status = part(payload_of(known), "load_control_status")

    assert status["stat_t"].endswith("/drlc")
    assert {"started", "opted_out", "completed", "other"} <= set(status["ops"])


def test_a_display_has_no_load_control_status() -> None:
    assert "load_control_status" not in payload_of(DISPLAY)["cmps"]


def test_a_device_shows_what_it_was_given_of_prices_and_messages() -> None:
    display, thermostat, switch = (payload_of(k) for k in (DISPLAY, THERMOSTAT, SWITCH))

    told = {"delivered_price", "delivered_message", "delivered_message_confirmed"}
    assert told & display["cmps"].keys() == told
    assert told & thermostat["cmps"].keys() == {"delivered_price"}
    assert not told & switch["cmps"].keys()
    assert part(display, "delivered_message")["stat_t"].endswith("/message")


def test_a_gateway_that_serves_nothing_says_nothing_of_what_others_were_given() -> None:
    shown = discovery(Role.DISPLAY).device(device_of(DISPLAY))["cmps"]

    assert not [key for key in shown if key.startswith("delivered_")]


def test_a_device_that_can_show_itself_has_a_button_for_it() -> None:
    press = json.loads(part(payload_of(METER), "identify")["pl_prs"])

    assert press == {
        "destination_address": "000d6f000a000001",
        "destination_endpoint_id": 10,
        "source_endpoint_id": 0x5E,
        "identify_time": 10,
        "request_identifier": "home_assistant",
    }
    assert "identify" not in payload_of(PLUG)["cmps"]


def test_a_feature_more_has_its_components_among_the_others() -> None:
    class Greeting(Entities):
        @override
        def of_gateway(self) -> Iterable[Entity]:
            topic = self._topics.notification("received_greeting")
            yield change_of_events(key="greeting", name="Greeting", topic=topic, icon="mdi:hand")

        @override
        def of_device(self, device: DiscoveredDevice) -> Iterable[Entity]:
            topic = self._topics.at_device(device.eui64, "greeting")
            yield Entity(key="greeting", platform="sensor", name="Greeting", topic=topic)

    host = entity_host(SignalBus(), {})
    naming = Naming("homeassistant", "home", Identities())
    made = Discovery(TOPICS, naming, lambda: GATEWAY, [*entities(host.bus, {}), Greeting(host)])

    payloads = made.gateway(), made.device(device_of(METER))

    assert not any(check(payload) for payload in payloads)
    topics = [part(payload, "greeting")["stat_t"] for payload in payloads]
    assert topics == [
        "sebridge/home/notification/received_greeting",
        "sebridge/home/device/000d6f000a000001/greeting",
    ]
