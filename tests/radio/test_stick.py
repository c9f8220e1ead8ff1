"""A stick opened for its network alone, as far as no stick is needed; see also the integration."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError, RefusedError
from sebridge.radio.radio import NetworkPlan
from sebridge.radio.stick import Stick
from sebridge.settings.options import RadioOptions
from tests.radio.backups import document


def stick(kind: str) -> Stick:
    return Stick(RadioOptions(type=kind, path="/dev/ttyUSB0"), NetworkPlan(), VirtualClock())


async def test_an_xbee_does_not_tell_its_keys() -> None:
    with pytest.raises(RefusedError, match="an XBee does not tell its keys"):
        await stick("xbee").backup({})


async def test_an_xbee_is_given_no_network() -> None:
    with pytest.raises(RefusedError, match="an XBee cannot be given a network"):
        await stick("xbee").restore(document())


async def test_the_simulated_air_has_no_stick() -> None:
    with pytest.raises(ConfigError, match="simulated"):
        stick("simulated")
