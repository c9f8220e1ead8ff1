"""Requests about plug-ins are answered as by a gateway that has none."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.rpc.message import Caller, Request, Scope
from sebridge.settings.rpc_options import PolicyOptions, RpcOptions
from tests.api.home import Home

ASKED_BY_NAME = (
    "plugin_info",
    "uninstall_plugin",
    "start_plugin",
    "stop_plugin",
    "enable_plugin",
    "disable_plugin",
)


@pytest.fixture
def home(clock: VirtualClock) -> Home:
    return Home(clock, ())


async def test_the_list_of_plugins_is_empty(home: Home) -> None:
    assert await home.call("list_plugins") == {"count": 0, "plugins": []}


@pytest.mark.parametrize("method", ASKED_BY_NAME)
async def test_a_plugin_that_is_asked_for_is_not_there(home: Home, method: str) -> None:
    error = await home.refused(method, plugin_name="meter_watch\n")

    assert error.code == -32009
    assert error.message == "no plug-ins installed, so not 'meter_watch' either"


async def test_a_package_is_not_installed(home: Home) -> None:
    error = await home.refused("install_package", filename="meter_watch.zip")

    assert "no plug-ins installed" in error.message


async def test_the_name_of_a_plugin_must_be_given(home: Home) -> None:
    assert (await home.refused("plugin_info")).message == "plugin_name: is missing"


async def test_a_caller_who_may_only_command_may_not_install(clock: VirtualClock) -> None:
    home = Home(clock, (), rpc=RpcOptions(policy=PolicyOptions()))
    caller = Caller("mqtt", Scope.COMMAND)

    refused = await home.gateway.dispatcher.answer(
        Request("install_package", {"filename": "a.zip"}), caller
    )

    assert refused.error is not None
    assert "admin" in refused.error.message
