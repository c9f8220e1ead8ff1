"""All that can befall a stick, under a whole bridge: what was acknowledged is not lost.

The bridge says what is wrong, on MQTT and to who asks it, and comes back. Real time passes here
only because the drivers have no other.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
import json
from pathlib import Path
from typing import Any

import bellows.ezsp
import pytest

from benchmarks.radio_endurance import Reporter
from sebridge.app.emulated_stick import EmulatedSticks, Plug
from sebridge.app.process import Process
from sebridge.base.secret import Secret
from sebridge.settings.config import read
from sebridge.settings.simulator_options import AirOptions, SimulatorOptions
from sebridge.simulator.modules.faults import NO_FAULTS, Fault, Faults
from sebridge.simulator.modules.faulty import FULL_FOR, FaultyModule
from tests.integration.bridges import ROOT, Caller, configuration
from tests.integration.brokers import Listener, Mosquitto
from tests.integration.emulated_sticks import Drawers, model_of
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until

_INFO, _SAID = f"{ROOT}/info", f"{ROOT}/notification/message"
_GONE = "the radio is not connected"
_SPEED = 20
_BETWEEN_REPORTS = 0.2
"""Seconds of the home's clock: a busy machine has no more of them to carry than another."""
_FIRST = 1000  # above what the plug answers that is asked
_NOT_TAKEN = -32002
_SUMMATION = {
    "cluster_id": 0x0702,
    "server_or_client": 0,
    "source_endpoint_id": 1,
    "destination_endpoint_id": 2,
    "record_list": [{"attribute_id": 0}],
}


class Home:
    """A bridge on a stick, with a plug that reports without a pause."""

    def __init__(self, radio: str, directory: Path, listener: Listener, port: int) -> None:
        self.clock = SteadyClock(_SPEED)
        self._listener = listener
        self._caller = Caller(listener)
        drawers = Drawers()
        drawers("xbee_registers", str, Secret)["AP"] = Secret(b"\x02")
        self._sticks = EmulatedSticks(
            [Plug(model_of(radio), "127.0.0.1", 0)],
            SimulatorOptions(devices=(), air=AirOptions(delay=0.0)),
            features=(),
            open_collection=drawers,
            clock=self.clock,
            line_clock=self.clock,
            security=None,
        )
        self.plug = Reporter(self._sticks.ether, 0)
        self.sent = _FIRST
        self._configure = lambda path: configuration(
            directory,
            {"port": port},
            radio={"type": radio.partition(" ")[0], "path": path, "channel": 15},
            security={"certificate_store": None},
        )

    @property
    def stick(self) -> FaultyModule:
        """The stick, as the bridge sees it."""
        return self._sticks.sticks[0].faulty

    async def start(self) -> None:
        await self._sticks.start()
        file = self._configure(self._sticks.sticks[0].path)
        options = read(file.read_text(), file.parent, {})
        self.bridge = Process(options, clock=self.clock, compute=self.clock.compute)
        await self.bridge.start()
        await until(lambda: self.bridge.link.published > 0)
        await self.bridge.gateway.trust_center.open(240)
        await self.plug.come_in()
        await until(lambda: self.plug.is_set_up)
        self._reporting = asyncio.create_task(self._report())

    async def stop(self) -> None:
        self._reporting.cancel()
        with suppress(asyncio.CancelledError):
            await self._reporting
        await self.plug.radio.stop()
        await self.bridge.stop()
        await self._sticks.stop()

    async def pull_out(self) -> None:
        """Take the stick away, as who needs the socket."""
        await self._sticks.sticks[0].port.stop()
        await self._sticks.sticks[0].module.stop()

    async def plug_in(self) -> None:
        """Put the stick back where it was."""
        await self._sticks.sticks[0].module.start()
        await self._sticks.sticks[0].port.start()

    async def _report(self) -> None:
        while True:
            await self.clock.sleep(_BETWEEN_REPORTS)
            self.sent += 1
            await self.plug.say(self.sent, confirm=True)

    # ------------------------------------------------------------------ what is seen

    async def ask(self) -> Any:
        """Ask the plug through the broker; return the whole answer, or the whole error."""
        device = str(self.plug.radio.address)
        return await self._caller.rpc("read_attributes", destination_address=device, **_SUMMATION)

    async def status(self) -> str:
        """Return what the bridge says of its network when it is asked."""
        answer = await self._caller.rpc("get_zigbee_network_status")
        return str(answer["result"]["status_description"])

    def states(self) -> list[str]:
        """Return what it kept on the broker of that, one after the other."""
        payloads = self._listener.payloads(_INFO)
        return [json.loads(payload)["network"]["status"] for payload in payloads]

    def said(self, words: str) -> list[str]:
        """Return what the bridge said in which these words are."""
        heard = [payload.decode() for payload in self._listener.payloads(_SAID)]
        return [payload for payload in heard if words in payload]

    def published(self) -> set[int]:
        """Return which reports are on the broker, by their numbers."""
        heard = [p for topic, p, _ in self._listener.heard if topic.endswith("/metering")]
        powers = [json.loads(payload).get("power") for payload in heard]
        return {round(power * 1000) for power in powers if power is not None}

    async def until_reported(self) -> None:
        """Wait for a report that is sent from now on."""
        sent = self.sent
        await until(lambda: max(self.published(), default=0) > sent)


@pytest.fixture
async def home(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    mosquitto: Mosquitto,
    listening: Callable[..., Listener],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Home]:
    """Return a home on a radio; bellows is not to wait for what a stick says that gets power."""
    monkeypatch.setattr(bellows.ezsp, "NETWORK_COORDINATOR_STARTUP_RESET_WAIT", 0)
    listener = listening(mosquitto.port, f"{ROOT}/#")
    home = Home(request.param, tmp_path, listener, mosquitto.port)
    async with ticking(home.clock):
        await home.start()
        yield home
        await home.stop()


@pytest.mark.parametrize("home", ["ezsp", "znp", "xbee zb"], indirect=True)
async def test_a_bridge_outlives_all_that_befalls_its_stick(home: Home) -> None:
    await home.until_reported()
    home.plug.confirmed.clear()  # what came before the plug's scale was known is no reading
    await a_slow_line_serves_as_well(home)
    await what_does_not_fit_is_refused_and_fits_later(home)
    await it_is_lost_and_comes_back(home, Fault.RESET, "was reset")
    await it_is_lost_and_comes_back(home, Fault.HANG_UP, "onnection")
    await it_is_lost_and_comes_back(home, Fault.HANG, "the radio does not answer")
    await it_is_pulled_out_and_plugged_in_again(home)
    await what_the_line_spoils_does_no_harm(home, Faults(garbage_every=3))
    await what_the_line_spoils_does_no_harm(home, Faults(lose_every=15))
    await what_was_confirmed_is_published(home)


async def a_slow_line_serves_as_well(home: Home) -> None:
    home.stick.suffer(Faults(baud=57_600))
    await home.until_reported()
    answer = await home.ask()

    assert "result" in answer, answer
    assert home.said("the radio is lost") == []
    home.stick.suffer(NO_FAULTS)


async def what_does_not_fit_is_refused_and_fits_later(home: Home) -> None:
    refused: Any = {}
    while "error" not in refused:  # on a busy machine it may be over before it is asked
        home.stick.befall(Fault.FULL)
        refused = await home.ask()
    await home.clock.sleep(FULL_FOR)
    answer = await home.ask()

    assert refused["error"]["code"] == _NOT_TAKEN
    assert "result" in answer, answer
    assert home.said("the radio is lost") == []


async def it_is_lost_and_comes_back(home: Home, fault: Fault, reason: str) -> None:
    losses, starts = home.said("the radio is lost"), home.said("on the ZigBee network")
    states = len(home.states())

    asking = asyncio.create_task(home.ask())
    home.stick.befall(fault)

    await until(lambda: len(home.said("the radio is lost")) > len(losses))
    assert reason in home.said("the radio is lost")[-1]
    await until(lambda: _GONE in home.states()[states:])
    answer = await asking
    assert "result" in answer or answer["error"]["message"]
    await until(lambda: len(home.said("on the ZigBee network")) > len(starts))
    await home.until_reported()
    await until(lambda: home.states()[-1] == "joined")
    assert await home.status() == "joined"


async def it_is_pulled_out_and_plugged_in_again(home: Home) -> None:
    losses = home.said("the radio is lost")

    await home.pull_out()
    await until(lambda: len(home.said("the radio is lost")) > len(losses))
    refused = await home.ask()
    status = await home.status()
    await until(lambda: home.states()[-1] == _GONE)
    await home.plug_in()

    assert status == _GONE
    assert "not connected" in refused["error"]["message"]
    await home.until_reported()
    await until(lambda: home.states()[-1] == "joined")
    assert await home.status() == "joined"


async def what_the_line_spoils_does_no_harm(home: Home, faults: Faults) -> None:
    """Spoil frames; where the protocol repeats none, the bridge may have to begin anew."""
    home.stick.suffer(faults)
    answers = [await home.ask() for _ in range(3)]
    home.stick.suffer(NO_FAULTS)

    assert all("result" in answer or answer["error"]["message"] for answer in answers)
    while "error" in await home.ask():
        await home.until_reported()
    await until(lambda: home.states()[-1] == "joined")


async def what_was_confirmed_is_published(home: Home) -> None:
    confirmed = set(home.plug.confirmed)

    await until(lambda: confirmed <= home.published())

    assert confirmed
