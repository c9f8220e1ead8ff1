"""Plugwise sticks behind TCP ports: a stick of ours finds the house behind each."""

from functools import partial
from random import Random

import pytest

from sebridge.app.emulated_plugwise import WATTS, PlugwisePlug, PlugwiseSticks
from sebridge.base.clock import SystemClock
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.plugwise.association import circle_plus_of
from sebridge.plugwise.circle import Circle
from sebridge.plugwise.stick import Stick
from sebridge.radio.serial_port import open_port
from sebridge.simulator.modules.faults import Fault, Faults
from tests.patience import until

_PLACE = ("127.0.0.1", 0)


def _is_there(stick: Stick) -> bool:
    return stick.info is not None


async def test_each_has_a_house_of_its_own_and_what_goes_wrong_at_one_is_only_there() -> None:
    clock = SystemClock()
    plugs = [PlugwisePlug(*_PLACE), PlugwisePlug(*_PLACE, Faults(after=((Fault.HANG_UP, 3),)))]
    sticks = PlugwiseSticks(plugs, clock, Random(1))
    await sticks.start()
    ours = []
    for port in sticks.ports:
        path = f"socket://127.0.0.1:{port.port}"
        ours.append(Stick(partial(open_port, path, 115_200), clock, SignalBus()))

    for stick in ours:
        await stick.start()
        await until(partial(_is_there, stick))
    homes = [circle_plus_of(stick) for stick in ours]
    watts = [(await Circle(ours[0], mac, clock).flow()).watts for mac in sticks.sticks[0].circles]

    other = Circle(ours[1], homes[1], clock)
    await other.flow()

    assert len(set(homes)) == 2
    assert watts == pytest.approx(WATTS, abs=0.3)
    with pytest.raises(DeliveryError, match="the stick is gone"):
        await other.info()
    for stick in ours:
        await stick.stop()
    await sticks.stop()
