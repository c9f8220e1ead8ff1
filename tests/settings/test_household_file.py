"""A household is written as it is read, and keeps its secrets."""

from dataclasses import replace

import pytest

from sebridge.base.errors import ConfigError
from sebridge.base.secret import Secret
from sebridge.settings.household_file import read_household, write_household
from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions


def test_a_household_is_read_as_it_was_written() -> None:
    meter, *others = HOUSEHOLD
    options = {"divisor": 100, "unreportable": [1, 2], "top": {"a": 1}}
    devices = (replace(meter, options=options), *others)
    house = SimulatorOptions(devices=devices, air=AirOptions(loss=0.1), speed=20, suites=(1, 2))

    text = write_household(house)

    assert read_household(text) == house
    assert not text.endswith("\n")


def test_codes_and_keys_are_left_off_and_it_says_so() -> None:
    code, key = Secret(bytes(range(18))), Secret(bytes(range(16)))
    meter, plug, display, *_ = HOUSEHOLD
    devices = (replace(meter, installation_code=code), plug, replace(display, link_key=key))

    text = write_household(SimulatorOptions(devices=devices))

    assert "0001" not in text.replace("00:", "")
    assert "link keys of: Main meter, Kitchen display." in text
    assert read_household(text).devices == (meter, plug, display)


def test_a_code_and_a_key_cannot_both_be_given() -> None:
    text = f"""simulator:
  devices:
    - kind: meter
      name: x
      eui64: 00:0d:6f:00:0a:00:00:01
      installation_code: {"00" * 18}
      link_key: {"00" * 16}
"""

    with pytest.raises(ConfigError, match=r"link_key \(line 7\): cannot be given beside"):
        read_household(text)
