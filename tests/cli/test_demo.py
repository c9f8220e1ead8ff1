"""What the demonstration is made of; its stories are told by test_demo_stories.py."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

from sebridge.cli.demo import demo_options
from sebridge.settings.broker_address import EMBEDDED
from sebridge.settings.http_options import HttpOptions
from tests.patience import PATIENCE
from tests.ports import unused_port


@pytest.mark.parametrize(("speed", "expected"), [(1.0, 20.0), (60.0, 60.0)])
def test_the_demonstration_needs_nothing_but_this_machine(
    tmp_path: Path, speed: float, expected: float
) -> None:
    options = demo_options(speed, 1884, tmp_path, HttpOptions())

    assert (options.mqtt.broker, options.mqtt.port) == (EMBEDDED, 1884)
    assert options.radio.type == "simulated"
    assert options.rpc.policy.mqtt.scope == "admin"
    assert options.storage.path.parent == tmp_path
    assert options.simulator.speed == expected
    kinds = {device.kind for device in options.simulator.devices}
    assert {"meter", "display", "thermostat", "load_control"} <= kinds


def test_the_demonstration_says_where_it_can_be_watched_and_ends_when_it_is_told(
    tmp_path: Path,
) -> None:
    port = unused_port()
    where = ("--directory", str(tmp_path), "--port", str(port))
    with subprocess.Popen(
        [sys.executable, "-m", "sebridge", "demo", *where],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
    ) as demo:
        assert demo.stdout is not None
        told = next(line for line in demo.stdout if "mosquitto_sub" in line)

        demo.terminate()

        assert demo.wait(PATIENCE) == 0

    assert f"mosquitto_sub -h 127.0.0.1 -p {port} -v -t 'sebridge/#'" in told
