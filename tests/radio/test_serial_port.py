"""A port that is opened for whoever speaks through it: over TCP, and where there is none."""

import asyncio
from functools import partial
from pathlib import Path
from random import Random

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import SystemClock
from sebridge.base.errors import DeliveryError
from sebridge.base.signals import SignalBus
from sebridge.plugwise.circle import Circle
from sebridge.plugwise.stick import Stick
from sebridge.radio.serial_port import open_port
from sebridge.simulator.modules.faults import Fault, Faults
from sebridge.simulator.modules.faulty import FaultyModule
from sebridge.simulator.modules.tcp import ModulePort
from sebridge.simulator.plugwise.circle import SimulatedCircle
from sebridge.simulator.plugwise.stick import EmulatedPlugwiseStick
from tests.patience import until

STICK = Eui64.parse("000D6F0001A59EDC")
CIRCLE = Eui64.parse("000D6F0001A5A372")


async def test_a_plugwise_stick_is_reached_through_tcp_and_again_after_it_hung_up() -> None:
    clock, bus = SystemClock(), SignalBus(strict=True)
    circle = SimulatedCircle(CIRCLE, clock.utc(), watts=60.0)
    emulated = EmulatedPlugwiseStick(STICK, [circle], clock, bus)
    faulty = FaultyModule(
        emulated,
        Faults(after=((Fault.HANG_UP, 4),), garbage_every=3),
        seed=Random(1),
        bus=bus,
        clock=clock,
        hang_up=lambda: port.hang_up(),  # noqa: PLW0108  # it is made below
    )
    port = ModulePort(faulty, "127.0.0.1", 0)
    await port.start()
    stick = Stick(
        partial(open_port, f"socket://127.0.0.1:{port.port}", 115_200), clock, SignalBus()
    )
    await stick.start()
    await until(lambda: stick.info)
    ours = Circle(stick, CIRCLE, clock)

    before = (await ours.flow()).watts
    await ours.switch(on=False)
    with pytest.raises(DeliveryError, match="the stick is gone"):
        await ours.flow()
    await until(lambda: stick.info)
    after = (await ours.flow()).watts

    assert before == pytest.approx(60, abs=0.2)
    assert after == 0
    await stick.stop()
    await port.stop()
    await emulated.stop()


async def test_where_nothing_is_a_port_cannot_be_opened(tmp_path: Path) -> None:
    path = str(tmp_path / "ttyUSB0")

    with pytest.raises(DeliveryError, match="ttyUSB0 cannot be opened: "):
        await open_port(path, 115_200, asyncio.Protocol())


async def test_what_is_no_serial_port_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")

    with pytest.raises(DeliveryError, match="file cannot be opened: "):
        await open_port(str(path), 115_200, asyncio.Protocol())
