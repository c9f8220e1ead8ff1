"""Names that Home Assistant accepts, and that never change."""

import re

from hypothesis import given, strategies as st
import pytest

from sebridge.homeassistant.naming import Naming, entity_id, unique_id
from sebridge.network.identities import Identities
from tests.homeassistant.house import address


def test_topics_and_ids_are_made_of_the_gateway_and_the_address() -> None:
    naming = Naming("homeassistant", "home", Identities())
    device = naming.device(address(1))

    assert device == "sebridge_home_000d6f000a000001"
    assert naming.topic(device) == f"homeassistant/device/{device}/config"
    assert naming.topic(naming.gateway) == "homeassistant/device/sebridge_home_gateway/config"
    assert naming.statuses == ("homeassistant/status",)
    assert unique_id(device, "power") == f"{device}_power"


@pytest.mark.parametrize(
    ("topic", "whole"),
    [
        ("ha/device/sebridge_home_000d6f000a000001/config",) * 2,
        (
            "ha/device/sebridge_home_000d6f000a000001_second_outlet/config",
            "ha/device/sebridge_home_000d6f000a000001/config",
        ),
        ("ha/device/sebridge_home_gateway/config",) * 2,
        ("", "//"),  # from a row that something has damaged: of nothing that there is
        ("config", "//config"),
    ],
)
def test_a_part_is_of_its_device(topic: str, whole: str) -> None:
    assert Naming("ha", "home", Identities()).whole(topic) == whole


def test_with_another_prefix_home_assistant_is_heard_where_it_speaks_by_default_too() -> None:
    assert Naming("ha", "home", Identities()).statuses == ("ha/status", "homeassistant/status")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Main meter", "sensor.main_meter_power", id="words"),
        pytest.param("Zähler 2", "sensor.z_hler_2_power", id="an umlaut"),
        pytest.param("電力計", "sensor.other_id_power", id="no letter of the Latin alphabet"),
    ],
)
def test_an_entity_id_is_made_of_the_devices_name(name: str, expected: str) -> None:
    assert entity_id("sensor", name, "power", "other-id") == expected


@given(st.text(max_size=80))
def test_any_name_makes_a_valid_entity_id(name: str) -> None:
    assert re.fullmatch(r"event\.[a-z0-9_]+", entity_id("event", name, "key", "id"))
