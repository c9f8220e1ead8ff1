"""Which methods there are, whatever the role, and who may call them."""

import pytest

from sebridge.app.features import FEATURES
from sebridge.app.house_control import house_groups
from sebridge.app.method_groups import method_groups
from sebridge.base.clock import VirtualClock
from sebridge.rpc.message import Caller, Request, Scope
from sebridge.rpc.method import (
    BUILT_IN_INTERFACES,
    PLUGIN_INTERFACE,
    SIMULATOR_INTERFACE,
    methods_of,
)
from sebridge.settings.options import GatewayOptions
from tests.api.home import Home

DESTRUCTIVE = {
    "add_interface",
    "add_module",
    "change_channel",
    "change_network_key",
    "exit",
    "get_configuration",
    "leave_network",
    "list_tokens",
    "make_backup",
    "remove_circle",
    "remove_device",
    "remove_interface",
    "remove_module",
    "remove_serial_node",
    "set_log_level",
    "xbee_AT",
    *("install_package", "uninstall_plugin"),
    *("start_plugin", "stop_plugin", "enable_plugin", "disable_plugin"),
}
TELLING = {"record_frames", "get_frames", "export_frames", "replay_frame"}
"""What shows all that devices say to the gateway, and can have them say it again."""


def test_every_role_has_the_same_methods_but_those_of_a_house(clock: VirtualClock) -> None:
    methods = Home(clock, ()).gateway.dispatcher.methods
    service = {name for name, item in methods.items() if item.interface != SIMULATOR_INTERFACE}

    listener = Home(clock, (), gateway=GatewayOptions(role="display")).gateway.dispatcher.methods

    assert set(listener) == service


@pytest.mark.parametrize("role", ["coordinator", "display"])
def test_every_declared_method_can_be_called_and_no_other(clock: VirtualClock, role: str) -> None:
    there_is_a_house = role == "coordinator"
    groups = method_groups(FEATURES) + (house_groups(FEATURES) if there_is_a_house else ())
    declared = [item.name for group in groups for item in methods_of(object.__new__(group))]

    there = Home(clock, (), gateway=GatewayOptions(role=role)).gateway.dispatcher.methods

    assert sorted(declared) == sorted(there)


def test_what_can_end_the_service_or_overhear_it_needs_the_admin_scope(clock: VirtualClock) -> None:
    methods = Home(clock, ()).gateway.dispatcher.methods

    assert {name for name, item in methods.items() if item.scope == Scope.ADMIN} == {
        *DESTRUCTIVE,
        *TELLING,
    }


def test_every_method_that_gets_something_only_reads(clock: VirtualClock) -> None:
    methods = Home(clock, ()).gateway.dispatcher.methods

    asking = [item for name, item in methods.items() if name.startswith("get_")]
    more = {item.name for item in asking if item.scope > Scope.READ}
    assert more == {
        "get_configuration",  # names of hosts and files are nobody else's business
        "get_log",  # it tells what others do
        "get_responses",  # what it gives, it takes out of the buffer
        "get_frames",  # tells when somebody is at home
        "get_network_map",  # it asks every router, one after the other
        "get_group_membership",  # it asks a device
        "get_driver_settings",  # it asks a device, too
    }


@pytest.mark.parametrize(
    ("params", "needed"),
    [
        ({}, "read"),
        ({"eui": "00:0d:6f:00:0a:00:00:01"}, "read"),
        ({"join_interval": 60}, "admin"),
        ({"extended_pan_id": 0}, "admin"),
        ({"channel_mask": 1}, "admin"),
        ({"link_key": None}, "admin"),
    ],
)
@pytest.mark.parametrize("method", ["configure_zigbee_network", "get_zigbee_network_configuration"])
async def test_which_network_is_set_may_be_read_and_not_changed(
    clock: VirtualClock, method: str, params: dict[str, object], needed: str
) -> None:
    home = Home(clock, ())

    answer = await home.gateway.dispatcher.answer(
        Request(method, params), Caller("http", Scope.READ)
    )

    assert (answer.error is None) == (needed == "read")
    if answer.error is not None:
        assert "needs the scope admin" in answer.error.message


def test_every_method_is_of_an_interface_that_consoles_know(clock: VirtualClock) -> None:
    methods = Home(clock, ()).gateway.dispatcher.methods.values()

    assert {item.interface for item in methods} == {
        *BUILT_IN_INTERFACES,
        PLUGIN_INTERFACE,
        SIMULATOR_INTERFACE,
    }
