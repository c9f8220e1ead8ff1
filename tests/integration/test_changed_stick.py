"""A stick that is not the one before: no network is formed over the one that is remembered.

Real time passes here only because the drivers have no other.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import bellows.ezsp
import pytest

from sebridge.app.emulated_stick import EmulatedSticks
from sebridge.app.process import Process
from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.radio.radio import Association, NetworkState
from sebridge.settings.config import read
from tests.integration.bridges import configuration
from tests.integration.brokers import Mosquitto
from tests.integration.emulated_sticks import Drawers, make_stick
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until
from tests.ports import unused_port

MakeStick = Callable[[Drawers], EmulatedSticks]
MakeBridge = Callable[..., Process]


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SteadyClock]:
    """Return the time; bellows is not to wait for a reset that a stick with power does not have."""
    monkeypatch.setattr(bellows.ezsp, "NETWORK_COORDINATOR_STARTUP_RESET_WAIT", 0)
    async with ticking(SteadyClock(5)) as clock:
        yield clock


@pytest.fixture(params=["znp", "ezsp", "xbee zb", "xbee se"])
def module(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def plug(module: str, clock: SteadyClock, tmp_path: Path) -> MakeStick:
    """Return a way to have a stick with some memory at the one port that there is."""
    port = unused_port()

    def make(drawers: Drawers) -> EmulatedSticks:
        # what an XBee knows that was used before: its way into the API takes long
        drawers("xbee_registers", str, Secret).setdefault("AP", Secret(b"\x02"))
        return make_stick(module, clock, {}, tmp_path / "certificates.txt", drawers, port)

    return make


@pytest.fixture
def make_bridge(
    module: str, clock: SteadyClock, mosquitto: Mosquitto, tmp_path: Path
) -> MakeBridge:
    kind = module.partition(" ")[0]

    def make(stick: EmulatedSticks, home: str = "bridge") -> Process:
        file = configuration(
            tmp_path / home,
            {"port": mosquitto.port},
            radio={
                "type": kind,
                "path": stick.sticks[0].path,
                "channel": 15,
            },
        )
        options = read(file.read_text(), file.parent, {})
        return Process(options, clock=clock, compute=clock.compute)

    return make


async def formed(make: MakeBridge, stick: EmulatedSticks) -> NetworkState:
    """Have a bridge of its own form a network on a stick, and leave again."""
    other = make(stick, "other")
    await stick.start()
    await other.start()
    network = other.gateway.radio.network
    await other.stop()
    await stick.stop()
    return network


async def test_over_an_emptied_stick_nothing_is_formed(
    plug: MakeStick, make_bridge: MakeBridge
) -> None:
    stick, empty = plug(Drawers()), plug(Drawers())
    await stick.start()
    bridge = make_bridge(stick)
    await bridge.start()
    await bridge.stop()
    await stick.stop()
    await empty.start()

    again = make_bridge(empty)
    with pytest.raises(NotJoinedError, match=r"the radio has no network, but .* is expected"):
        await again.start()

    assert empty.ether.network is None
    await empty.stop()


async def test_a_stick_with_the_network_of_another_is_left_as_it_is(
    plug: MakeStick, make_bridge: MakeBridge
) -> None:
    drawers = Drawers()
    foreign = await formed(make_bridge, plug(drawers))
    stick, other = plug(Drawers()), plug(drawers)
    await stick.start()
    bridge = make_bridge(stick)
    await bridge.start()
    await bridge.stop()
    await stick.stop()
    await other.start()

    again = make_bridge(other)
    with pytest.raises(NotJoinedError, match=r"the radio has the network .* is expected"):
        await again.start()

    third = make_bridge(other, "other")
    await third.start()
    assert third.gateway.radio.network == foreign
    await third.stop()
    await other.stop()


async def test_a_stick_exchanged_while_the_bridge_runs_is_refused_until_the_right_one_is_back(
    plug: MakeStick, make_bridge: MakeBridge
) -> None:
    drawers = Drawers()
    stick, empty, back = plug(drawers), plug(Drawers()), plug(drawers)
    await stick.start()
    bridge = make_bridge(stick)
    await bridge.start()
    before = bridge.gateway.radio.network

    await stick.stop()
    await empty.start()
    keeper = bridge.gateway.keeper
    await until(lambda: keeper.association == Association.CHANGED)

    assert empty.ether.network is None
    assert "sebridge restore FILE" in (keeper.problem or "")
    await empty.stop()
    await back.start()
    await until(lambda: bridge.gateway.radio.network.joined)
    assert bridge.gateway.radio.network.extended_pan_id == before.extended_pan_id
    assert keeper.problem is None
    await bridge.stop()
    await back.stop()


async def test_a_network_that_is_configured_anew_by_request_is_formed(
    plug: MakeStick, make_bridge: MakeBridge
) -> None:
    stick = plug(Drawers())
    await stick.start()
    bridge = make_bridge(stick)
    await bridge.start()

    await bridge.gateway.network_settings.change(extended_pan_id=0xDDDD)
    await until(lambda: bridge.gateway.radio.network.extended_pan_id == 0xDDDD)

    await bridge.stop()
    again = make_bridge(stick)
    await again.start()
    assert again.gateway.radio.network.extended_pan_id == 0xDDDD
    await again.stop()
    await stick.stop()
