"""What Home Assistant would refuse is found before it is published."""

from collections.abc import Callable, Mapping
import copy
from typing import Any

from hypothesis import given, strategies as st
import pytest

from tests.homeassistant.schema import check

Change = Callable[[dict[str, Any]], object]

GOOD: dict[str, Any] = {
    "dev": {"ids": ["a"], "name": "A", "sw": "1"},
    "o": {"name": "sebridge", "sw": "1", "url": "https://example.org"},
    "avty": [{"t": "a/b", "val_tpl": "{{ value }}"}],
    "avty_mode": "all",
    "cmps": {
        "energy": {
            "p": "sensor",
            "uniq_id": "a_energy",
            "def_ent_id": "sensor.a_energy",
            "name": "Energy",
            "stat_t": "a/energy",
            "dev_cla": "energy",
            "stat_cla": "total_increasing",
            "unit_of_meas": "kWh",
            "ic": "mdi:flash",
            "qos": 1,
        },
        "tier": {
            "p": "sensor",
            "uniq_id": "a_tier",
            "stat_t": "a/tier",
            "dev_cla": "enum",
            "ops": ["1", "2"],
            "ent_cat": "diagnostic",
        },
        "press": {"p": "button", "uniq_id": "a_press", "cmd_t": "a/press", "ent_cat": "config"},
        "happens": {"p": "event", "uniq_id": "a_e", "stat_t": "a/e", "evt_typ": ["x"]},
        "gone": {"p": "switch"},
    },
}


def with_change(change: Change) -> dict[str, Any]:
    payload = copy.deepcopy(GOOD)
    change(payload)
    return payload


def part(key: str, **values: Any) -> Change:
    return lambda payload: payload["cmps"][key].update(values)


def without(*path: str) -> Change:
    def change(payload: dict[str, Any]) -> None:
        *parents, last = path
        for key in parents:
            payload = payload[key]
        del payload[last]

    return change


def root(**values: Any) -> Change:
    return lambda payload: payload.update(values)


def test_a_good_payload_has_no_problems(accepts: Callable[[Mapping[str, Any]], bool]) -> None:
    assert not check(GOOD)
    assert accepts(GOOD)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(without("dev"), "device: is missing", id="no device"),
        pytest.param(without("o"), "origin: is missing", id="no origin"),
        pytest.param(without("cmps"), "components: is missing", id="no components"),
        pytest.param(root(cmps={}), "components: at least one", id="empty components"),
        pytest.param(root(color=1), "color: is not a known key", id="unknown key"),
        pytest.param(root(device={"ids": ["a"]}), "device: given twice", id="both spellings"),
        pytest.param(root(dev=[]), "device: must be an object", id="device is a list"),
        pytest.param(root(dev={"name": "A"}), "identifiers: at least one", id="nameless device"),
        pytest.param(root(dev={"ids": ["a"], "colour": "x"}), "device.colour", id="device key"),
        pytest.param(root(dev={"ids": ["a"], "name": 5}), "device.name: must be", id="number"),
        pytest.param(root(o=None), "origin: must be an object", id="origin is null"),
        pytest.param(root(o={"sw": "1"}), "origin.name: is missing", id="nameless origin"),
        pytest.param(root(avty_mode="some"), "availability_mode: 'some'", id="mode"),
        pytest.param(root(avty={}), "availability: must be a list", id="availability"),
        pytest.param(root(avty=["a"]), "availability: must be a list of", id="bare topic"),
        pytest.param(root(avty=[{}]), "availability.topic: is missing", id="no topic"),
        pytest.param(root(avty=[{"t": "a/#"}]), "availability.topic: 'a/#'", id="wildcard"),
        pytest.param(root(avty_t="a"), "excludes availability_topic", id="both availabilities"),
    ],
)
def test_what_is_wrong_with_the_whole_payload_is_said(
    accepts: Callable[[Mapping[str, Any]], bool], change: Change, problem: str
) -> None:
    payload = with_change(change)

    problems = check(payload)

    assert any(problem in found for found in problems.payload), problems.payload
    assert not problems.components
    assert not accepts(payload)


@pytest.mark.parametrize(
    ("key", "change", "problem"),
    [
        pytest.param("energy", root(cmps={"energy": 5}), "must be an object", id="number"),
        pytest.param("energy", part("energy", p="lamp"), "platform: 'lamp'", id="platform"),
        pytest.param("energy", without("cmps", "energy", "uniq_id"), "unique_id", id="no id"),
        pytest.param("energy", without("cmps", "energy", "stat_t"), "state_topic", id="no topic"),
        pytest.param("energy", part("energy", cmd_t="a"), "command_topic: is not", id="wrong key"),
        pytest.param("energy", part("energy", stat_t="a/+"), "state_topic: 'a/+'", id="wildcard"),
        pytest.param("energy", part("energy", stat_t=""), "state_topic: ''", id="empty topic"),
        pytest.param("energy", part("energy", stat_t="a\n"), "state_topic", id="control character"),
        pytest.param("energy", part("energy", dev_cla="gold"), "device_class: 'gold'", id="class"),
        pytest.param("energy", part("energy", dev_cla=[1]), "device_class: [1]", id="class list"),
        pytest.param("energy", part("energy", unit_of_meas="kW"), "does not fit", id="unit"),
        pytest.param("energy", without("cmps", "energy", "unit_of_meas"), "None does", id="bare"),
        pytest.param("energy", part("energy", unit_of_meas=" "), "not be empty", id="blank unit"),
        pytest.param("energy", part("energy", stat_cla="measurement"), "not fit", id="state"),
        pytest.param("energy", part("energy", stat_cla="often"), "'often' is none", id="unknown"),
        pytest.param("energy", part("energy", ops=["1"]), "options: are for", id="stray options"),
        pytest.param("energy", part("energy", qos=3), "qos: must be 0, 1 or 2", id="quality"),
        pytest.param("energy", part("energy", qos=True), "qos: must be 0, 1 or 2", id="true"),
        pytest.param("energy", part("energy", ent_cat="config"), "can be set", id="setting"),
        pytest.param("energy", part("energy", ent_cat="x"), "entity_category: 'x'", id="category"),
        pytest.param("energy", part("energy", ic="flash"), "lacks its prefix", id="icon"),
        pytest.param("energy", part("energy", name=7), "name: must be text", id="name"),
        pytest.param("energy", part("energy", def_ent_id="a_energy"), "is no id of", id="bare id"),
        pytest.param(
            "energy", part("energy", def_ent_id="sensor.A b"), "is no id of", id="letters"
        ),
        pytest.param(
            "tier", without("cmps", "tier", "ops"), "options: are needed", id="no options"
        ),
        pytest.param("tier", part("tier", ops=[]), "options: must be", id="empty options"),
        pytest.param("tier", part("tier", unit_of_meas="x"), "'x' does not fit", id="enum unit"),
        pytest.param("tier", part("tier", stat_cla="total"), "'total' does not", id="enum state"),
        pytest.param("happens", part("happens", evt_typ=[]), "event_types: must", id="no types"),
        pytest.param("tier", part("tier", uniq_id="a_energy"), "has the same", id="same id"),
    ],
)
def test_what_is_wrong_with_a_component_is_said_of_it_alone(
    key: str, change: Change, problem: str
) -> None:
    problems = check(with_change(change))

    assert not problems.payload
    assert set(problems.components) == {key}
    assert any(problem in found for found in problems.components[key]), problems.components


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(part("energy", unit_of_meas="kW"), id="unit"),
        pytest.param(part("energy", stat_cla="measurement"), id="state class"),
        pytest.param(without("cmps", "energy", "uniq_id"), id="no id"),
        pytest.param(part("energy", cmd_t="a"), id="a key of another platform"),
        pytest.param(part("tier", unit_of_meas="x"), id="an enum with a unit"),
        pytest.param(part("energy", ops=["1"]), id="options without enum"),
        pytest.param(part("happens", evt_typ=[]), id="no event types"),
    ],
)
def test_the_second_statement_of_the_rules_refuses_the_same(
    accepts: Callable[[Mapping[str, Any]], bool], change: Change
) -> None:
    payload = with_change(change)

    assert check(payload)
    assert not accepts(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
KEYS = ["p", "uniq_id", "stat_t", "dev_cla", "ops", "avty", "evt_typ", "qos", "ic", "def_ent_id"]


@given(
    st.dictionaries(st.sampled_from(["dev", "o", "avty", "avty_mode", "cmps", "x"]), JSON),
    st.dictionaries(st.sampled_from(KEYS), JSON),
)
def test_no_payload_breaks_the_check(whole: dict[str, Any], component: dict[str, Any]) -> None:
    check(whole)

    problems = check(GOOD | {"cmps": {"a": component | {"p": "sensor"}}})

    assert problems.components.keys() <= {"a"}
