"""Devices get new firmware: from the file on a disk through the air to what people see of it."""

from pathlib import Path
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.features.ota.client import OtaClient
from sebridge.settings.ota_options import OtaOptions
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from tests.features.ota.files import element, file_of
from tests.scenarios.conftest import Home, MakeHome

METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
PLUG = Eui64.parse("00:0d:6f:00:0a:00:00:02")


def device(kind: str, eui64: Eui64, **options: Any) -> SimulatedDeviceOptions:
    firmware = {"firmware": 1, "firmware_type": 7} | options
    return SimulatedDeviceOptions(kind=kind, name=kind, eui64=eui64, options=firmware)


def simulator(*devices: SimulatedDeviceOptions, **air: Any) -> SimulatorOptions:
    return SimulatorOptions(devices=devices, air=AirOptions(**({"delay": 0.0} | air)))


@pytest.fixture
def ota(tmp_path: Path) -> OtaOptions:
    """Return options with a folder in which there is an image of 2,000 octets."""
    (tmp_path / "meter.ota").write_bytes(file_of(contents=element(2_000)))
    return OtaOptions(directory=tmp_path, block_period=100)


def client(home: Home, eui64: Eui64) -> OtaClient:
    return home.household.part_of(eui64, OtaClient, "device with firmware")


async def update_of(home: Home, eui64: Eui64) -> dict[str, Any]:
    found = await home.result("get_firmware_updates", destination_address=str(eui64))
    [update] = found["update_list"]
    return dict(update)


def states(home: Home) -> list[str]:
    told = [item["state"] for item in home.notifications("firmware_update_changed")]
    return list(dict.fromkeys(told))


async def test_a_meter_takes_an_image_over_bad_air_and_runs_it(
    make_home: MakeHome, ota: OtaOptions
) -> None:
    house = simulator(device("meter", METER), loss=0.1, duplicates=0.1, seed=3)
    home: Home = await make_home(simulator=house, ota=ota)
    before = await update_of(home, METER)

    begun = await home.result("update_firmware", destination_address=str(METER))
    await home.clock.advance(seconds=1_200)

    after = await update_of(home, METER)
    assert (before["installed_version"], before["latest_version"]) == (1, 2)
    assert begun["state"] in {"waiting", "offered", "downloading"}
    assert (after["installed_version"], after["state"], after["percent"]) == (2, "done", 100)
    assert client(home, METER).file_version == 2
    assert states(home) == ["waiting", "offered", "downloading", "installing", "done"]
    topic = home.topics.at_device(METER, "firmware")
    assert home.broker.kept(topic) == {
        "installed_version": "0x00000002",
        "latest_version": "0x00000002",
        "state": "done",
        "percent": 100,
        "reason": None,
        "notes": None,
    }
