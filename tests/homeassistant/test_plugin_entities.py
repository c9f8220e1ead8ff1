"""What Home Assistant shows of plug-ins, by its own rules."""

import pytest

from sebridge.homeassistant.discovery import Discovery
from sebridge.homeassistant.naming import Naming
from sebridge.homeassistant.plugin_entities import PluginEntities
from sebridge.network.identities import Identities
from sebridge.plugins.entities import PluginEntity
from tests.homeassistant.house import GATEWAY, METER, TOPICS, device_of
from tests.homeassistant.schema import check

STATE, COMMAND = "sebridge/home/plugin/a/x", "sebridge/home/plugin/a/command/x"
VALUE, WHOLE = "{{ value_json }}", "{{ value_json | to_json }}"


def entity(platform: str, template: str = VALUE, **more: object) -> PluginEntity:
    return PluginEntity(platform=platform, name="Shown", template=template, **more)  # type: ignore[arg-type]


def discovery(said: dict[tuple[str, str], PluginEntity]) -> Discovery:
    naming = Naming("homeassistant", "home", Identities())
    return Discovery(TOPICS, naming, lambda: GATEWAY, [PluginEntities(said)])


@pytest.mark.parametrize(
    "shown",
    [
        entity("sensor", topic=STATE, device_class="power", unit="W", state_class="measurement"),
        entity("binary_sensor", topic=STATE, category="diagnostic", icon="mdi:lamp"),
        entity("event", WHOLE, topic=STATE, event_types=("short", "long")),
        entity("switch", topic=STATE, command=COMMAND),
        entity("button", command=COMMAND),
    ],
    ids=lambda shown: shown.platform,
)
def test_what_plugins_show_is_what_home_assistant_takes(shown: PluginEntity) -> None:
    payload = discovery({("a", "x"): shown}).gateway()

    assert not check(payload)
    assert payload["cmps"]["plugin_a-x"]["name"] == "Shown"


def test_no_two_are_alike_and_numbers_have_their_limits() -> None:
    number = entity("number", command=COMMAND, minimum=0.5, maximum=100.0, step=0.5)
    parts = discovery({("a_b", "c"): number, ("a", "b_c"): number}).gateway()["cmps"]

    assert {"plugin_a_b-c", "plugin_a-b_c"} <= parts.keys()
    limits = {key: parts["plugin_a-b_c"][key] for key in ("min", "max", "step")}
    assert limits == {"min": "0.5", "max": "100", "step": "0.5"}
    assert parts["plugin_a_b-c"]["uniq_id"] != parts["plugin_a-b_c"]["uniq_id"]


def test_devices_have_none() -> None:
    made = discovery({("a", "x"): entity("button", command=COMMAND)})

    assert "plugin_a-x" not in made.device(device_of(METER))["cmps"]
