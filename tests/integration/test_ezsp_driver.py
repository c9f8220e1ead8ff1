"""Our radio on EZSP, as bellows drives it: what it does with a module that answers as a real one.

Real time passes here only because the driver has no other.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import bellows.ezsp
import pytest

from sebridge.base.errors import DeliveryError
from sebridge.radio.ezsp import MOST_LINK_KEYS
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.simulator.modules.chip import CHIP
from tests.integration.ezsp_wire import Wire
from tests.integration.steady_clock import SteadyClock
from tests.patience import until
from tests.radio.simulated_air import LINK_KEY, METER, eui64, report


@pytest.fixture
async def wire(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wire]:
    """Return a module on which our radio has formed a network.

    The driver is not to wait for what a module says when it is given power: this one has it.
    """
    monkeypatch.setattr(bellows.ezsp, "NETWORK_COORDINATOR_STARTUP_RESET_WAIT", 0)
    clock = SteadyClock(5)
    ticking = asyncio.create_task(clock.run())
    wire = Wire(clock)
    await wire.start()
    yield wire
    await wire.stop()
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking


async def test_a_frame_is_heard_in_the_run_in_which_the_network_was_formed(wire: Wire) -> None:
    await wire.let_in()

    await wire.meter.send(report(CHIP))
    await until(lambda: bool(wire.ears.zcl()))

    assert wire.ears.zcl()[0].source == METER


async def test_keys_that_are_established_at_once_are_both_kept(wire: Wire) -> None:
    devices = [METER, *map(eui64, range(7, 12))]

    await asyncio.gather(
        *(wire.radio.establish_link_key(one, LINK_KEY, FrameCounters()) for one in devices)
    )

    assert wire.ether.network is not None
    ring = wire.ether.network.ring
    assert [one for one in devices if not ring.is_established(one)] == []


ACTIONS: dict[str, Callable[[ZigpyRadio], Awaitable[None]]] = {
    "send": lambda radio: radio.send(report(METER)),
    "open the network": lambda radio: radio.permit_joining(60),
    "set a key": lambda radio: radio.set_link_key(eui64(7), LINK_KEY),
    "establish a key": lambda radio: radio.establish_link_key(METER, LINK_KEY, FrameCounters()),
}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
async def test_a_module_that_fails_is_an_error_of_ours_with_its_reason(
    wire: Wire, action: Callable[[ZigpyRadio], Awaitable[None]]
) -> None:
    wire.radio.remember(METER, 0x1234)
    wire.contact.shake()

    with pytest.raises(DeliveryError, match=r"NcpFailure|ACK_TIMEOUT"):
        await action(wire.radio)

    assert len(wire.ears.reasons) == 1


async def test_a_key_that_is_in_the_module_is_not_imported_again_so_replays_stay_out(
    wire: Wire,
) -> None:
    await wire.let_in()
    await wire.radio.establish_link_key(METER, LINK_KEY, FrameCounters())
    await wire.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters())
    await wire.meter.send(report(CHIP, encrypted=True))
    await until(lambda: [frame.encrypted for frame in wire.ears.zcl()] == [True])

    await wire.start_again()
    await wire.radio.establish_link_key(METER, LINK_KEY, FrameCounters())
    await wire.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters())  # counts from 0 again

    with pytest.raises(DeliveryError):
        await wire.meter.send(report(CHIP, encrypted=True))


async def test_keys_can_be_established_with_a_house_of_devices(wire: Wire) -> None:
    for number in range(MOST_LINK_KEYS):
        await wire.radio.establish_link_key(eui64(number + 1), LINK_KEY, FrameCounters())

    with pytest.raises(DeliveryError):
        await wire.radio.establish_link_key(METER, LINK_KEY, FrameCounters())
