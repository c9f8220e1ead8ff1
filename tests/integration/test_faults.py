"""Faults on request, as our radio sees them by the driver of each kind: it recovers, or says why.

Real time passes here only because the drivers have no other.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, NotTakenError
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import Outgoing, TxStatus
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.options import RadioOptions
from sebridge.simulator.modules.faults import read_faults
from sebridge.simulator.modules.faulty import FULL_FOR
from tests.integration.emulated_sticks import Drawers, drawers_of_used, make_stick
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until
from tests.radio.simulated_air import HA, HA_ENDPOINT, METERING, SE_ENDPOINT, Ears

PLUG = Eui64.parse("00:0d:6f:00:0a:00:00:02")
_SPEED = 20
_ENOUGH = 200
"""Frames of the host; each kind of module is on its network, with the plug, before."""


class Wire:
    """A stick with a plug in its house, and our radio on it."""

    def __init__(
        self, module: str, faults: Sequence[str], drawers: Drawers, directory: Path
    ) -> None:
        self.clock = SteadyClock(_SPEED)
        self.kind = module.partition(" ")[0]
        self.stick = make_stick(
            module,
            self.clock,
            {"Plug": ("sub_meter", PLUG)},
            directory / "certificates.txt",
            drawers,
            0,
            read_faults(faults)[0],
        )
        self.ears = Ears()
        self.radio: ZigpyRadio
        self._asked = 0

    async def start(self) -> None:
        await self.stick.start()
        path = self.stick.sticks[0].path
        options = RadioOptions(type=self.kind, path=path, channel=15)
        self.radio = make_radio(
            options, [SE_ENDPOINT, HA_ENDPOINT], {}, self.clock, NetworkGuard({})
        )
        await self.radio.start(self.ears)
        await self.radio.permit_joining(200)
        plug = self.stick.household.devices["Plug"]
        while not plug.is_joined:
            plug.press_join()
            await asyncio.sleep(0.05)
        self.radio.remember(PLUG, plug.station.network.nwk)

    async def stop(self) -> None:
        await self.radio.stop()
        await self.stick.stop()

    async def ask(self) -> None:
        """Ask the plug for what it has counted."""
        self._asked = (self._asked + 1) % 256
        data = bytes((0, self._asked, 0, 0, 0))  # read attributes: the summation
        plug = self.stick.household.devices["Plug"].endpoint.descriptor()
        ends = (HA_ENDPOINT.endpoint, plug.endpoint)
        await self.radio.send(Outgoing(PLUG, HA, METERING, *ends, data))

    async def ask_until_lost(self) -> asyncio.Task[None]:
        """Ask the plug until the radio is lost; return the question that was under way."""
        while True:
            asking = asyncio.create_task(self.ask())
            await until(partial(self._is_over, asking))
            if self.ears.reasons:
                return asking

    def _is_over(self, asking: asyncio.Task[None]) -> bool:
        return asking.done() or bool(self.ears.reasons)

    async def ask_until_full(self) -> None:
        """Ask the plug until that is refused."""
        while True:
            await self.ask()

    async def begin_again(self) -> None:
        """Do as the bridge does when the radio is lost; the plug is reached as before."""
        await self.radio.start(self.ears)
        await self.ask()


def faulty(*faults: str) -> pytest.MarkDecorator:
    """Have a test with these faults."""
    return pytest.mark.parametrize("faults", [faults], ids=["+".join(faults)])


@pytest_asyncio.fixture(params=["znp", "ezsp 13", "xbee zb"], scope="module", loop_scope="module")
async def used(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Drawers]:
    """Return a kind of module, and what one of it has kept that has a network with the plug."""
    drawers = drawers_of_used()
    wire = Wire(request.param, [], drawers, tmp_path_factory.mktemp("used"))
    async with ticking(wire.clock):
        await wire.start()
        await wire.stop()
    return request.param, drawers


@pytest.fixture
async def wire(
    used: tuple[str, Drawers], faults: Sequence[str], tmp_path: Path
) -> AsyncIterator[Wire]:
    module, drawers = used
    wire = Wire(module, faults, drawers.copy(), tmp_path)
    async with ticking(wire.clock):
        await wire.start()
        yield wire
        await wire.stop()


@faulty(f"hang-after={_ENOUGH}")
async def test_a_stick_that_hangs_is_lost_in_time_and_serves_who_plugs_in_again(
    wire: Wire,
) -> None:
    await wire.ask()
    heard_at = wire.clock.monotonic()
    asking = await wire.ask_until_lost()
    lost_at = wire.clock.monotonic()

    assert str(wire.ears.reasons[0]).startswith("the radio does not answer: ")
    assert lost_at - heard_at < 60
    await wire.begin_again()
    with pytest.raises(DeliveryError):
        await asking


@faulty(f"reset-after={_ENOUGH}")
async def test_a_stick_that_resets_itself_is_lost_with_the_reason_and_starts_again(
    wire: Wire,
) -> None:
    asking = await wire.ask_until_lost()

    assert "was reset" in str(wire.ears.reasons[0])
    await wire.begin_again()
    assert len(wire.ears.reasons) == 1
    with suppress(DeliveryError):  # of which the answer came just before
        await asking


@faulty(f"hang-up-after={_ENOUGH}")
@pytest.mark.parametrize("used", ["znp", "xbee zb"], indirect=True)
async def test_a_connection_that_is_dropped_is_lost_with_its_frames_and_starts_again(
    wire: Wire,
) -> None:
    asking = await wire.ask_until_lost()

    assert str(wire.ears.reasons[0]) == "the radio closed the connection"
    await wire.begin_again()
    with suppress(DeliveryError):  # of which the answer came just before
        await asking


@faulty(f"full-after={_ENOUGH}")
async def test_a_stick_whose_buffers_are_full_has_not_taken_a_frame_and_takes_it_later(
    wire: Wire,
) -> None:
    with pytest.raises(NotTakenError) as caught:
        await wire.ask_until_full()

    assert caught.value.tx_status == TxStatus.NO_ROOM
    await wire.clock.sleep(FULL_FOR)
    await wire.ask()
    assert wire.ears.reasons == []


@faulty("garbage-every=5")
async def test_noise_on_the_line_is_skipped(wire: Wire) -> None:
    for _ in range(30):
        await wire.ask()

    await until(lambda: len(wire.ears.zcl()) >= 30)
    assert wire.ears.reasons == []


@faulty("baud=9600")
@pytest.mark.parametrize("used", ["znp", "xbee zb"], indirect=True)
async def test_a_slow_line_serves_as_well(wire: Wire) -> None:
    begun = wire.clock.monotonic()

    for _ in range(10):
        await wire.ask()

    await until(lambda: len(wire.ears.zcl()) >= 10)
    assert wire.clock.monotonic() - begun > 10 * 40 / 960
    assert wire.ears.reasons == []


@faulty("lose-every=7")
@pytest.mark.parametrize("used", ["ezsp 13"], indirect=True)
async def test_what_ash_loses_is_sent_again(wire: Wire) -> None:
    for _ in range(20):
        await wire.ask()

    await until(lambda: len(wire.ears.zcl()) >= 20)
    assert wire.ears.reasons == []
