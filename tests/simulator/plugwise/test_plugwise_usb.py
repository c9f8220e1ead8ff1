"""What plugwise_usb, a program of others, asked of the emulated stick and made of its answers.

`script/plugwise_usb` records it.
"""

import datetime as dt
from typing import Any

import pytest

from script.plugwise_usb_run import LOGGED, STICK, WATTS
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.plugwise.answers import Acknowledgement, read_answer
from sebridge.plugwise.frame import FrameReader, framed
from sebridge.plugwise.requests import read_request
from sebridge.simulator.plugwise.circle import SimulatedCircle
from sebridge.simulator.plugwise.stick import EmulatedPlugwiseStick
from tests.reference_files import reference

RECORDED = reference("plugwise_usb.json")
HOUR = 3600


@pytest.mark.parametrize("mac", list(WATTS), ids=str)
def test_it_understood_power_and_the_energy_of_hour_and_day(mac: Eui64) -> None:
    told, watts = RECORDED["circles"][f"{mac:016X}"], WATTS[mac]
    now = dt.datetime.fromtimestamp(RECORDED["time"], dt.UTC)
    of_hour = now.minute / 60 + now.second / 3600

    assert told["power"] == pytest.approx(watts, abs=0.3)
    assert told["this_hour"] == pytest.approx(watts / 1000 * of_hour, abs=watts / 1000 / 100)
    assert told["this_day"] == pytest.approx(
        watts / 1000 * (now.hour + of_hour), abs=watts / 1000 / 100
    )


def test_it_switched_the_relays_of_circles_that_it_found_on() -> None:
    assert {mac: told["is_on"] for mac, told in RECORDED["circles"].items()} == dict.fromkeys(
        (f"{mac:016X}" for mac in WATTS), True
    )
    assert not any(RECORDED["relays"].values())
    assert RECORDED["stick"] == f"{STICK:016X}"
    assert RECORDED["circle_plus"] == f"{next(iter(WATTS)):016X}"


async def test_all_that_it_asks_is_answered() -> None:
    clock = VirtualClock(RECORDED["time"] // HOUR * HOUR - LOGGED * HOUR)
    circles = [SimulatedCircle(mac, clock.utc(), watts=watts) for mac, watts in WATTS.items()]
    await clock.advance(hours=LOGGED)
    stick = EmulatedPlugwiseStick(STICK, circles, clock, SignalBus(strict=False))
    heard: list[Any] = []
    reader = FrameReader()
    stick.plug_in(lambda octets: heard.extend(reader.feed(octets)))

    for payload in RECORDED["requests"]:
        heard.clear()
        stick.take(framed(payload))
        await clock.advance(1)

        first, last = (read_answer(one).answer for one in heard)
        request = read_request(payload)
        assert isinstance(first, Acknowledgement)
        assert isinstance(last, request.ANSWER or Acknowledgement), request
    await stick.stop()
