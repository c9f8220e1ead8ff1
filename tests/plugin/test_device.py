"""Devices of a plug-in's drivers: made as they come, told what comes, and sent what is wanted."""

import asyncio
from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from sebridge.plugin import BoundCluster, BridgeError, Device, Devices, Light
from sebridge.plugin.testing import Stage

ADDRESS = "00:0d:6f:00:0a:00:00:21"
OTHER = "00:0d:6f:00:0a:00:00:22"
READ = {"record_list": [{"status": 0, "attribute_id": 0, "attribute_type": 32, "value": 40}]}


def drivers(*devices: str, plugin: str | None = "pumps") -> dict[str, Any]:
    own = {} if plugin is None else {"plugin": plugin}
    return {
        "driver_list": [
            {"driver": "pump", **own, "device_list": list(devices)},
            {"driver": "smart_plug", "device_list": [OTHER]},
            {"driver": "other", **own, "device_list": ["00:00:00:00:00:00:00:07"]},
        ]
    }


class Buttons(BoundCluster):
    """Notes what is pressed."""

    def __init__(self) -> None:
        self.pressed: list[Any] = []

    def toggle(self) -> None:
        self.pressed.append("toggle")

    async def step(self, *, mode: int, step_size: int) -> None:
        self.pressed.append((mode, step_size))


class Pump(Device):
    """Shows how fast it runs, and hears its buttons."""

    frames: list[Any]

    @override
    async def on_node_init(self) -> None:
        self.frames = []
        self.buttons = Buttons()
        self.bind("on_off", self.buttons)
        self.bind("level", self.buttons)
        await self.register_capability(
            "speed", 8, 0, parse=lambda raw: raw / 2, report=(1, 60, 2), manufacturer_code=0x1234
        )

    @override
    def handle_frame(self, endpoint: int, cluster: int, command: int, payload: bytes) -> None:
        self.frames.append((endpoint, cluster, command, payload))


def report(value: Any, **changes: Any) -> Mapping[str, Any]:
    told = {
        "source_address": ADDRESS,
        "source_endpoint_id": 1,
        "cluster_id": 8,
        "server_or_client": 0,
        "record_list": [{"attribute_id": 0, "value": value}, {"attribute_id": 9, "value": 1}],
    }
    return told | changes


async def started(**answers: Any) -> tuple[Stage, Devices]:
    stage = Stage(
        **{
            "list_drivers": drivers(ADDRESS),
            "read_attributes": READ,
            "start_receiving_reports": {},
            "send_ZCL": {"command_identifier": 11},
            **answers,
        }
    )
    devices = Devices(stage.bridge, "pumps", {"pump": Pump})
    await devices.start()
    await stage.advance(0)
    return stage, devices


async def test_a_capability_is_configured_read_and_shown() -> None:
    stage, devices = await started()

    reporting, read = stage.calls[1][1], stage.calls[2][1]
    assert list(devices.devices) == [ADDRESS]
    assert (reporting["cluster_id"], reporting["manufacturer_code"]) == (8, 0x1234)
    assert reporting["record_list"] == [
        {"attribute_id": 0, "min_interval": 1, "max_interval": 60, "reportable_change": 2}
    ]
    assert read["record_list"] == [{"attribute_id": 0}]
    assert stage.retained == {"000d6f000a000021/speed": {"speed": 20.0}}


async def test_what_is_reported_is_shown_where_it_is_of_a_capability() -> None:
    stage, _ = await started()
    for news in (
        report(50),
        report(60, server_or_client=1),
        report(70, source_endpoint_id=2),
        report(80, source_address=OTHER),
    ):
        await stage.notify("received_attribute_report_collection", news)
    shown = dict(stage.retained)
    await stage.notify("received_attribute_report_collection", report(None))

    assert shown == {"000d6f000a000021/speed": {"speed": 25.0}}
    assert stage.retained == {"000d6f000a000021/speed": {"speed": None}}


async def test_commands_come_to_the_methods_of_their_names() -> None:
    stage, devices = await started()
    pump = devices.devices[ADDRESS]
    assert isinstance(pump, Pump)
    pressed = {"device": ADDRESS, "endpoint": 1, "cluster": "on_off", "parameters": {}}

    for command in ("toggle", "on"):
        await stage.notify("button_pressed", pressed | {"command": command})
    stepped = {"cluster": "level", "command": "step", "parameters": {"mode": 1, "step_size": 5}}
    await stage.notify("button_pressed", pressed | stepped)
    await stage.notify("button_pressed", pressed | {"command": "toggle", "cluster": "scenes"})
    await stage.notify("button_pressed", pressed | {"command": "toggle", "device": OTHER})

    assert pump.buttons.pressed == ["toggle", (1, 5)]


async def test_frames_go_out_and_come_in() -> None:
    stage, devices = await started()
    pump = devices.devices[ADDRESS]
    assert isinstance(pump, Pump)
    heard = {"device": ADDRESS, "endpoint": 1, "cluster_id": 6, "command_id": 2, "payload": "0a0b"}

    answer = await pump.send_frame(6, 1, b"\x01")
    await stage.notify("received_command", heard)
    await stage.notify("received_command", heard | {"device": OTHER})
    Device(stage.bridge, OTHER).handle_frame(1, 6, 2, b"")

    sent = stage.calls[-1][1]
    assert answer == {"command_identifier": 11}
    assert (sent["command_identifier"], sent["payload"], sent["cluster_id"]) == (1, "01", 6)
    assert pump.frames == [(1, 6, 2, b"\x0a\x0b")]


async def test_devices_come_and_go() -> None:
    stage, devices = await started(list_drivers=drivers())
    none = dict(devices.devices)
    stage.answers["list_drivers"] = drivers(ADDRESS)
    await stage.notify("device_updated", {"device": ADDRESS})
    there = list(devices.devices)
    looked = len(stage.calls)
    await stage.notify("device_active", {"device": ADDRESS})
    unasked = len(stage.calls) - looked
    stage.answers["list_drivers"] = drivers(plugin=None)
    await stage.notify("device_active", {"device": OTHER})
    gone = dict(devices.devices)
    stage.answers["list_drivers"] = drivers(ADDRESS)
    await stage.notify("device_active", {"device": ADDRESS})
    await stage.notify("device_removed", {"device": ADDRESS})

    assert (none, there, unasked, gone, devices.devices) == ({}, [ADDRESS], 0, {}, {})


async def test_one_that_does_not_answer_begins_when_it_is_back() -> None:
    stage, devices = await started(read_attributes=BridgeError(-32000, "nothing came"))
    silent = dict(devices.devices)
    stage.answers["read_attributes"] = READ

    await stage.notify("device_active", {"device": ADDRESS})

    assert silent == {}
    assert list(devices.devices) == [ADDRESS]


class SlowStage(Stage):
    """A stage whose bridge takes a while."""

    @override
    async def call(self, method: str, params: Mapping[str, Any]) -> Any:
        await asyncio.sleep(0)
        return await super().call(method, params)


async def test_news_that_come_together_are_looked_at_once() -> None:
    stage = SlowStage(list_drivers=drivers())
    devices = Devices(stage.bridge, "pumps", {"pump": Pump})
    await devices.start()
    await stage.advance(0)
    for _ in range(3):
        stage.bridge.hear("device_active", {"device": ADDRESS})

    await stage.advance(0)

    assert [name for name, _ in stage.calls] == ["list_drivers"] * 3
    assert devices.devices == {}


async def test_a_device_may_have_nothing_to_do() -> None:
    stage = Stage()

    await Device(stage.bridge, ADDRESS).on_node_init()

    assert stage.calls == []


async def test_a_lamp_is_set() -> None:
    stage = Stage(switch_device={}, set_light={})
    lamp = Light(stage.bridge, ADDRESS)

    await lamp.switch(on=True)
    await lamp.switch(on=False)
    await lamp.dim(100, seconds=2)
    await lamp.warm(300)

    told = [(name, set(parameters)) for name, parameters in stage.calls]
    assert [parameters.get("command") for _, parameters in stage.calls[:2]] == ["on", "off"]
    assert told[2][0] == "set_light"
    assert "level" in told[2][1]
    assert "color_temperature" in told[3][1]


async def test_one_that_went_while_it_began_stays_gone() -> None:
    stage = SlowStage(
        list_drivers=drivers(ADDRESS), start_receiving_reports=BridgeError(-32000, "gone")
    )
    devices = Devices(stage.bridge, "pumps", {"pump": Pump})
    await devices.start()
    for _ in range(6):
        await asyncio.sleep(0)
        devices.devices.pop(ADDRESS, None)

    await stage.advance(0)

    assert devices.devices == {}
