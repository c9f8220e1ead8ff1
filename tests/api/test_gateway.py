"""Version, help, time and registry."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.settings.options import ModulesOptions
from tests.api.home import Home

SECTIONS = ("registry", "methods", "interfaces", "endpoints", "clusters", "records", "paths")


async def test_the_version_of_the_whole_has_the_extended_one(alone: Home) -> None:
    answer = await alone.call("get_version")

    assert answer["module_name"] == "Version"
    assert answer["version"] == version("sebridge")
    assert set(answer["version_extended"]) == {"SE_spec_version", "description"}


async def test_a_part_has_its_own_version(alone: Home) -> None:
    answer = await alone.call("get_version", module_name="zigpy")

    assert answer == {
        "module_name": "zigpy",
        "version": version("zigpy"),
        "version_extended": {},
    }


@pytest.mark.parametrize(
    "name",
    [
        "features.load_control.server",
        "sebridge.features.load_control.server",
        "RPC_General_Interface",
        "RPC_SE_Interface",
        "RPC_ZCL_Interface",
    ],
)
async def test_every_module_has_the_version_of_the_whole(alone: Home, name: str) -> None:
    answer = await alone.call("get_version", module_name=name)

    assert answer["version"] == version("sebridge")


async def test_the_module_that_help_names_is_one_with_a_version(alone: Home) -> None:
    listed = await alone.call("help", records=None, clusters=None, endpoints=None)

    modules = {item["module"] for section in listed.values() for item in section}

    for module in modules:
        await alone.call("get_version", module_name=module)


async def test_the_folders_of_the_users_modules_are_listed(clock: VirtualClock) -> None:
    home = Home(clock, (), modules=ModulesOptions(directory=Path("/config/modules")))

    assert await home.call("help", paths=None) == {"paths": ["/config/modules"]}


async def test_the_process_ends_when_it_is_asked_to_and_says_nothing(alone: Home) -> None:
    assert await alone.call("exit") == {}

    assert alone.exits == [alone.clock.utc()]


async def test_an_unknown_module_is_told_which_there_are(alone: Home) -> None:
    error = await alone.refused("get_version", module_name="nothing")

    assert error.code == -32602
    assert "zigpy" in error.message


async def test_help_alone_names_its_sections(alone: Home) -> None:
    assert await alone.call("help") == dict.fromkeys(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
async def test_help_lists_one_section(alone: Home, section: str) -> None:
    answer = await alone.call("help", **{section: None})

    assert list(answer) == [section]
    fields = {"name", "value" if section == "registry" else "module", "description"}
    fields |= {"interface"} if section == "methods" else set()
    for item in answer[section]:
        assert set(item) == fields
        assert item["name"]
    assert bool(answer[section]) == (section != "paths")


async def test_help_names_the_interface_of_each_method(alone: Home) -> None:
    answer = await alone.call("help", methods=None)

    interfaces = {item["name"]: item["interface"] for item in answer["methods"]}
    assert interfaces["get_version"] == "RPC_General_Interface"
    assert interfaces["read_attributes"] == "RPC_ZCL_Interface"
    assert interfaces["create_price_event"] == "RPC_SE_Interface"


async def test_help_lists_several_sections(alone: Home) -> None:
    answer = await alone.call("help", methods=None, records="")

    assert set(answer) == {"methods", "records"}
    assert "create_DRLC_event" in {item["name"] for item in answer["methods"]}
    assert "PublishPriceRecord" in {item["name"] for item in answer["records"]}


async def test_a_setting_is_read(alone: Home) -> None:
    answer = await alone.call("registry_configuration", name="RPC_Manager.use_timestamps")

    assert answer.keys() == {"name", "value"}


@pytest.mark.parametrize(
    ("name", "value", "then"),
    [
        ("RPC_Manager.use_timestamps", True, True),
        ("RPC_Manager.use_timestamps", "TRUE", True),
        ("RPC_General_Interface.debug_rpc_severity", 2, 2),
        ("RPC_General_Interface.debug_rpc_severity", "0x2", 2),
        ("RPC_General_Interface.debug_rpc_severity", 2.0, 2),
    ],
)
async def test_a_setting_is_changed_and_the_answer_has_the_value_as_it_was_given(
    alone: Home, name: str, value: Any, then: Any
) -> None:
    answer = await alone.call("registry_configuration", name=name, value=value)

    assert answer == {"name": name, "write_status": True, "value": value}
    assert type(answer["value"]) is type(value)
    assert (await alone.call("registry_configuration", name=name))["value"] == then


@pytest.mark.parametrize("value", ["perhaps", 2.5, True, 77])
async def test_a_wrong_value_is_refused_with_the_reason_and_changes_nothing(
    alone: Home, value: Any
) -> None:
    name = "RPC_General_Interface.debug_rpc_severity"
    before = await alone.call("registry_configuration", name=name)

    answer = await alone.call("registry_configuration", name=name, value=value)

    assert answer.pop("write_errors")
    assert answer == {"name": name, "write_status": False, "value": value}
    assert await alone.call("registry_configuration", name=name) == before


@pytest.mark.parametrize("value", [[1], {"a": 1}])
async def test_a_setting_is_a_single_value(alone: Home, value: Any) -> None:
    error = await alone.refused(
        "registry_configuration", name="RPC_Manager.use_timestamps", value=value
    )

    assert (error.code, error.data) == (-32602, {"parameter": "value"})


async def test_no_setting_is_made(alone: Home) -> None:
    error = await alone.refused("registry_configuration", name="No.such", value=1)

    assert (error.code, error.data) == (-32602, {"parameter": "name"})


async def test_an_unknown_method_and_an_unknown_parameter_are_told(alone: Home) -> None:
    assert (await alone.refused("open_the_door")).code == -32601
    assert (await alone.refused("get_time", zone="UTC")).code == -32602
