"""What the demonstration is made of; its stories are told by test_demo_stories.py."""

from pathlib import Path

import pytest

from sebridge.cli.demo import demo_options
from sebridge.settings.broker_address import EMBEDDED


@pytest.mark.parametrize(("speed", "expected"), [(1.0, 20.0), (60.0, 60.0)])
def test_the_demonstration_needs_nothing_but_this_machine(
    tmp_path: Path, speed: float, expected: float
) -> None:
    options = demo_options(speed, 1884, tmp_path)

    assert (options.mqtt.broker, options.mqtt.port) == (EMBEDDED, 1884)
    assert options.radio.type == "simulated"
    assert options.rpc.policy.mqtt.scope == "admin"
    assert options.storage.path.parent == tmp_path
    assert options.simulator.speed == expected
    kinds = {device.kind for device in options.simulator.devices}
    assert {"meter", "display", "thermostat", "load_control"} <= kinds
