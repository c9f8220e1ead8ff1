"""Plug-ins by RPC, with the whole gateway around them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.plugins.process import INTERFACE
from sebridge.rpc.message import Caller, Request, Scope
from sebridge.settings.options import Options
from sebridge.settings.plugin_options import PluginsOptions
from sebridge.settings.rpc_options import PolicyOptions, RpcOptions
from sebridge.transports.mqtt.messages import Message
from tests.api.home import Home
from tests.doubles import RecordingBroker
from tests.patience import until
from tests.plugins.packages import named, package

WATCH = named(
    "meter_watch",
    more="configuration:\n"
    "  settings: {Conversation.default_timeout: 20}\n"
    "  endpoints: [{endpoint_id: 7, profile_id: 0x0104}]\n"
    "  clusters: [{endpoint_id: 7, cluster_id: 6, side: client}]\n",
)
STATE = {"plugin_name": "meter_watch", "version": "1.0", "active": False, "enabled": "False"}
ASKED_BY_NAME = (
    "plugin_info",
    "uninstall_plugin",
    "start_plugin",
    "stop_plugin",
    "enable_plugin",
    "disable_plugin",
)


@pytest.fixture
async def home(clock: VirtualClock, tmp_path: Path) -> AsyncIterator[Home]:
    (tmp_path / "meter_watch.zip").write_bytes(package(WATCH))
    made = Home(clock, (), plugins=PluginsOptions(directory=tmp_path, allow_unsigned=True))
    await made.start()
    yield made
    await made.stop()


async def test_the_eight_requests(home: Home) -> None:
    assert await home.call("list_plugins") == {"count": 0, "plugins": []}
    assert await home.call("install_package", filename=" meter_watch.zip\n") == STATE
    assert await home.call("list_plugins") == {"count": 1, "plugins": [STATE]}
    assert await home.call("start_plugin", plugin_name="meter_watch\n  ") == STATE | {
        "active": True
    }
    assert 7 in home.gateway.endpoints
    assert await home.call("stop_plugin", plugin_name="meter_watch") == STATE
    assert 7 not in home.gateway.endpoints
    assert await home.call("enable_plugin", plugin_name="meter_watch") == STATE | {
        "active": True,
        "enabled": "True",
    }
    assert await home.call("plugin_info", plugin_name=" meter_watch") == STATE | {
        "active": True,
        "enabled": "True",
        "description": "It is meter_watch.",
    }
    assert await home.call("disable_plugin", plugin_name="meter_watch") == STATE
    assert await home.call("uninstall_plugin", plugin_name="meter_watch\n") == {
        "plugin_name": "meter_watch"
    }
    assert await home.call("list_plugins") == {"count": 0, "plugins": []}


@pytest.mark.parametrize("method", ASKED_BY_NAME)
async def test_a_plugin_that_is_asked_for_must_be_there(home: Home, method: str) -> None:
    error = await home.refused(method, plugin_name="no_such\n")

    assert error.code == -32009
    assert error.message == "no plug-in 'no_such' is installed"


async def test_the_name_of_a_plugin_must_be_given(home: Home) -> None:
    assert (await home.refused("plugin_info")).message == "plugin_name: is missing"


async def test_without_a_directory_none_is_installed(clock: VirtualClock) -> None:
    home = Home(clock, ())

    assert await home.call("list_plugins") == {"count": 0, "plugins": []}
    error = await home.refused("install_package", filename="meter_watch.zip")
    assert "plugins.directory is not configured" in error.message


@pytest.mark.parametrize(
    "caller", [Caller("mqtt", Scope.COMMAND), Caller(INTERFACE, Scope.ADMIN, name="another")]
)
async def test_only_admins_install_and_no_plugin_does(clock: VirtualClock, caller: Caller) -> None:
    options = Options(rpc=RpcOptions(policy=PolicyOptions()))
    home = Home(clock, (), rpc=options.rpc, plugins=PluginsOptions(most_scope="admin"))

    refused = await home.gateway.dispatcher.answer(
        Request("install_package", {"filename": "a.zip"}), caller
    )

    assert refused.error is not None
    assert "admin" in refused.error.message or "denied" in refused.error.message


VISIBLE = """
async def start(bridge):
    async def set_level(topic, value):
        await bridge.publish("level", value, retain=True)
    async def level():
        return {"level": 7, "of": (await bridge.call("get_version"))["version"]}
    await bridge.subscribe("level", set_level)
    await bridge.publish("level", 1, retain=True)
    await bridge.add_entity(
        "number", "level", "Level", topic="level", command="level", unit="%", maximum=50
    )
    await bridge.add_entity("event", "pressed", "Pressed", topic="on", event_types=("short",))
    await bridge.add_method("level", level, scope="read", description="Tell the level.")
"""


async def test_what_a_plugin_shows_is_there_as_long_as_it_runs(
    clock: VirtualClock, tmp_path: Path
) -> None:
    broker = RecordingBroker()
    manifest = named("dimmer", more="scope: command\nhooks: {start: main:start}\n")
    (tmp_path / "dimmer.zip").write_bytes(package(manifest, main=VISIBLE))
    options = PluginsOptions(directory=tmp_path, allow_unsigned=True)
    home = Home(clock, (), broker=broker, plugins=options)
    await home.start()
    await home.call("install_package", filename="dimmer.zip")
    await home.call("start_plugin", plugin_name="dimmer")
    broker.deliver(Message("sebridge/home/plugin/dimmer/command/level", b"5", retain=True))
    broker.deliver(Message("sebridge/home/plugin/dimmer/command/level", b"7"))
    await until(lambda: broker.kept("sebridge/home/plugin/dimmer/level") == 7)
    await clock.advance(2)

    answer = await home.call("dimmer.level")
    told = await home.call("help", methods=None)
    [gateway] = [topic for topic in broker.retained if topic.endswith("/config")]
    shown_all = broker.kept(gateway)["cmps"]
    shown = shown_all["plugin_dimmer-level"]
    await home.call("stop_plugin", plugin_name="dimmer")
    await clock.advance(4)
    left = broker.kept(gateway)["cmps"]["plugin_dimmer-level"]

    assert answer["level"] == 7
    assert "Tell the level." in str(told)
    assert (shown["p"], shown["unit_of_meas"]) == ("number", "%")
    assert shown["max"] == "50"
    pressed = shown_all["plugin_dimmer-pressed"]
    assert (pressed["evt_typ"], pressed["val_tpl"]) == (["short"], "{{ value_json | to_json }}")
    assert shown["stat_t"] == "sebridge/home/plugin/dimmer/level"
    assert shown["cmd_t"] == "sebridge/home/plugin/dimmer/command/level"
    assert left == {"p": "number"}  # by which Home Assistant takes it away
    assert [topic for topic in broker.retained if "/plugin/" in topic] == []
    assert (await home.refused("dimmer.level")).code == -32601
    await home.stop()
