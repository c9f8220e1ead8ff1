"""The section `control_port`: what is wrong in it is named."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sebridge.base.errors import ConfigError
from sebridge.settings.config import read
from sebridge.settings.control_port_options import ControlPortOptions

ONE, OTHER = "00:13:a2:00:40:0a:3e:ff", "00:13:a2:00:40:0a:3f:02"


def read_section(section: Any, kind: str = "xbee") -> ControlPortOptions | None:
    text = yaml.safe_dump({"radio": {"type": kind, "path": "/dev/x"}, "control_port": section})
    return read(text, Path(), {}).control_port


def test_it_may_be_switched_on_by_a_word() -> None:
    text = "radio: {type: xbee, path: /dev/x}\ncontrol_port: true"

    assert read(text, Path(), {}).control_port == ControlPortOptions()


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ({"host": "0.0.0.0"}, "is needed to listen on 0.0.0.0"),
        ({"allowed": ["192.168.1.5/24"]}, "has host bits set"),
        ({"allowed": ["home"]}, "is no address and no network"),
        ({"clients": "two"}, "several"),
        ({"nodes": [{"address": ONE}, {"address": ONE}]}, "address"),
        ({"nodes": [{"address": ONE, "port": 4001}, {"address": OTHER, "port": 4001}]}, "port"),
        ({"nodes": [{"address": ONE, "port": 27000}]}, "which is that of the XML-RPC"),
        ({"nodes": [{"address": ONE, "temperature_input": 4}]}, "temperature_input"),
    ],
)
def test_what_is_wrong_is_named(section: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        read_section(section)


def test_only_an_xbee_finds_nodes() -> None:
    with pytest.raises(ConfigError, match="needs a radio of type xbee"):
        read_section({}, kind="ezsp")
