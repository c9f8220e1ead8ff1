"""The drivers of a plug-in are read together; what is wrong is said with the driver."""

import pytest

from sebridge.base.errors import ConfigError
from sebridge.drivers.folder import read_drivers
from tests.drivers.house import PLUG


def test_drivers_are_their_plug_ins() -> None:
    (plug,) = read_drivers({"plug": PLUG.encode()}, "acme")

    assert (plug.title, plug.owner) == ("acme/plug", "acme")


def test_what_is_wrong_is_said_with_the_driver() -> None:
    with pytest.raises(ConfigError, match=r"driver pump: driver\.yml: name \(line 1\): is missing"):
        read_drivers({"plug": PLUG.encode(), "pump": b"class: other"}, "acme")
