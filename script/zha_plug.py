"""ZHA, the library of Home Assistant, on a stick: let a plug join, and print what is read of it.

Run by `script/try_with_zha` in an environment that has ZHA, and nothing of this project.
"""

import asyncio
from collections.abc import AsyncIterator
import contextlib
import logging
from pathlib import Path
import sys
import tempfile

from zha.application import Platform
from zha.application.const import ZHA_GW_MSG_DEVICE_FULL_INIT
from zha.application.gateway import DeviceFullInitEvent, Gateway
from zha.application.helpers import (
    CoordinatorConfiguration,
    QuirksConfiguration,
    ZHAConfiguration,
    ZHAData,
)
from zha.zigbee.device import Device

_JOIN_TIME = 240  # seconds


def configuration(kind: str, path: str, directory: Path) -> ZHAData:
    """Return what ZHA is told: the radio, and where it keeps its database."""
    radio = CoordinatorConfiguration(path=path, radio_type=kind, flow_control=None)
    return ZHAData(
        config=ZHAConfiguration(
            coordinator_configuration=radio, quirks_configuration=QuirksConfiguration(enabled=False)
        ),
        zigpy_config={"database_path": str(directory / "zigbee.db")},
    )


async def plugged(gateway: Gateway) -> Device:
    """Open the network, and return the first device that has joined and told what it is."""
    loop = asyncio.get_running_loop()
    coming: asyncio.Future[DeviceFullInitEvent] = loop.create_future()
    gateway.on_event(
        ZHA_GW_MSG_DEVICE_FULL_INIT,
        lambda event: None if coming.done() else coming.set_result(event),
    )
    await gateway.application_controller.permit(_JOIN_TIME)
    event = await asyncio.wait_for(coming, _JOIN_TIME)
    found: Device = gateway.devices[event.device_info.ieee]
    return found


@contextlib.asynccontextmanager
async def running(config: ZHAData) -> AsyncIterator[Gateway]:
    """Have ZHA run on the stick."""
    gateway = await Gateway.async_from_config(config)
    await gateway.async_initialize()
    try:
        await gateway.async_initialize_devices_and_entities()
        yield gateway
    finally:
        await gateway.shutdown()


async def main(kind: str, path: str) -> None:
    """Let a plug join, and print it."""
    with tempfile.TemporaryDirectory() as name:
        config = configuration(kind, path, Path(name))
        async with running(config):
            pass  # it forms the network; in that run bellows has no endpoints on an EZSP stick
        async with running(config) as gateway:
            device = await plugged(gateway)
            say(f"joined: {device.manufacturer}, {device.model}, {device.ieee}")
            for entity in device.platform_entities.values():
                if entity.PLATFORM == Platform.SENSOR:
                    state = entity.state
                    say(f"{state.class_name}: {state.native_value} {state.unit or ''}".rstrip())


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


logging.basicConfig(level=logging.CRITICAL)
asyncio.run(main(*sys.argv[1:]))
