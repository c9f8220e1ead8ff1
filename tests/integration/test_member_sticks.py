"""Two bridges on one air, each on a stick of its own: one forms the network, the other joins it.

The drivers are those of zigpy, which themselves only form networks. Real time passes here only
because they have no other.
"""

from collections.abc import AsyncIterator, Callable
import json
from pathlib import Path
from typing import Any

import bellows.ezsp
import pytest

from sebridge.app.certificate_store import install
from sebridge.app.emulated_stick import EmulatedSticks, Plug
from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.app.process import Process
from sebridge.base.addresses import Eui64
from sebridge.base.errors import RefusedError
from sebridge.crypto import install_code
from sebridge.crypto.suite import SUITE_1
from sebridge.radio.radio import Association, EstablishedKey
from sebridge.settings.config import read
from sebridge.settings.simulator_options import SimulatedDeviceOptions, SimulatorOptions
from sebridge.simulator.household import link_key_of
from sebridge.simulator.modules.chip import CHIP, chip
from sebridge.zcl.zdo import LogicalType
from tests.integration.bridges import Caller, configuration
from tests.integration.brokers import Listener, Mosquitto
from tests.integration.emulated_sticks import drawers_of_used, model_of
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until

CODE = bytes(range(16)) + install_code.check(bytes(range(16)))
OTHER_CODE = bytes(range(1, 17)) + install_code.check(bytes(range(1, 17)))
MEMBER = chip(1)
METER = Eui64.parse("00:0d:6f:00:0a:00:00:01")
LINK_KEY = install_code.link_key(CODE).reveal().hex()
BY_CODE = {"installation_code": CODE.hex()}
PAIRS = [
    ("ezsp 13", "ezsp 13"),
    ("znp", "ezsp 14"),
    ("ezsp 19", "ezsp 19"),
    ("ezsp 13", "xbee se-router"),
    ("xbee se", "xbee se-router"),
]
"""What forms the network, and what joins it."""
_SPEED = 5


class Two:
    """Two sticks, and the bridges on them; `display` is started by the test."""

    def __init__(
        self, modules: tuple[str, str], clock: SteadyClock, broker: int, home: Path
    ) -> None:
        self.clock = clock
        self._broker = broker
        self._home = home
        self.key_establishment = "bridge"
        self._kinds = [module.partition(" ")[0] for module in modules]
        self._is_proof_usual = all(model_of(module).establishes_keys for module in modules)
        drawers = drawers_of_used()
        security = secure_house([1], drawers, clock.compute)
        home.mkdir(exist_ok=True)
        for number in range(2):
            own = security.certificates.of(chip(number)).find(SUITE_1)
            install(home / f"certificates{number}.txt", own)
        self.sticks = EmulatedSticks(
            [Plug(model_of(module), "127.0.0.1", 0) for module in modules],
            SimulatorOptions(
                devices=(SimulatedDeviceOptions(kind="meter", name="Meter", eui64=METER),)
            ),
            features=FEATURES,
            open_collection=drawers,
            clock=clock,
            line_clock=clock,
            security=security,
        )

    def bridge(self, number: int, name: str, role: str, **radio: Any) -> Process:
        path = self.sticks.sticks[number].path
        file = configuration(
            self._home / name,
            {"port": self._broker},
            gateway={"name": name, "role": role},
            radio={"type": self._kinds[number], "path": path} | radio,
            security={
                "certificate_store": self._certificates(number),
                "key_establishment": self.key_establishment,
            },
            registry={"ZDO_Device_Manager.join_interval": 5},
        )
        options = read(file.read_text(), file.parent, {})
        return Process(options, clock=self.clock, compute=self.clock.compute)

    def _certificates(self, number: int) -> str | None:
        """Return the certificates of a stick's bridge.

        None where its stick has them itself, and where one of the two can use no such key.
        """
        if self._kinds[number] == "xbee" or not self._is_proof_usual:
            return None
        return str(self._home / f"certificates{number}.txt")

    def display(self, code: bytes = CODE) -> Process:
        return self.bridge(1, "display", "display", installation_code=code.hex())


@pytest.fixture
async def clock() -> AsyncIterator[SteadyClock]:
    async with ticking(SteadyClock(_SPEED)) as clock:
        yield clock


@pytest.fixture
async def two(
    request: pytest.FixtureRequest,
    clock: SteadyClock,
    mosquitto: Mosquitto,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Two]:
    """Return two sticks with power; a parameter is what they are.

    The driver is not to wait for what a module says when it is given power: these have it.
    """
    monkeypatch.setattr(bellows.ezsp, "NETWORK_COORDINATOR_STARTUP_RESET_WAIT", 0)
    modules = getattr(request, "param", ("ezsp 13", "ezsp 13"))
    two = Two(modules, clock, mosquitto.port, tmp_path)
    await two.sticks.start()
    yield two
    await two.sticks.stop()


@pytest.fixture
def listener(mosquitto: Mosquitto, listening: Callable[..., Listener]) -> Listener:
    return listening(mosquitto.port, "sebridge/#")


@pytest.fixture
def caller(listener: Listener) -> Caller:
    return Caller(listener)


@pytest.fixture
async def home(two: Two) -> AsyncIterator[Process]:
    """Return the coordinator, which hears what it is asked by the broker."""
    bridge = two.bridge(0, "home", "coordinator", channel=15)
    await bridge.start()
    await until(lambda: bridge.link.published > 0)
    yield bridge
    await bridge.stop()


@pytest.fixture
async def display(two: Two, home: Process, caller: Caller) -> AsyncIterator[Process]:
    """Return a display that has joined with its installation code, and proved itself."""
    await let_in(caller)
    display = two.display()
    await display.start()
    await until(lambda: has_proved_itself(home, display))
    yield display
    await display.stop()


async def let_in(caller: Caller, seconds: int = 240) -> None:
    answer = await caller.rpc(
        "add_device",
        device_address=str(MEMBER),
        installation_code=CODE.hex(),
        join_time=seconds,
    )
    assert "result" in answer


def has_proved_itself(home: Process, display: Process) -> bool:
    """Say whether both have the key; an XBee has it in the module, which the other has seen."""
    in_module = home.gateway.radio.network.kind == "xbee"
    by_home = in_module or home.gateway.trust_center.is_established(MEMBER)
    return by_home and display.gateway.radio.is_established(CHIP)


async def announce(caller: Caller, identifier: int, price: int) -> None:
    record = {"issuer_event_id": identifier, "price": price, "duration_in_minutes": 60}
    answer = await caller.rpc("create_price_event", record=record)
    assert "result" in answer


def shows(listener: Listener, price: float) -> bool:
    """Say whether the display shows a price."""
    board = listener.topics().get("sebridge/display/price/electricity", b"")
    current = json.loads(board)["current"] if board else None
    return current is not None and current["price"] == price


def where(bridge: Process) -> tuple[bool, int, int, Eui64, int]:
    network = bridge.gateway.radio.network
    return (
        *(network.joined, network.nwk, network.pan_id, network.extended_pan_id),
        network.channel,
    )


def why_not(bridge: Process) -> tuple[Association, str]:
    association = bridge.gateway.keeper.association
    return association, association.words


# ------------------------------------------------------------------ joining


@pytest.mark.parametrize("two", PAIRS, indirect=True, ids=" and ".join)
async def test_a_display_joins_proves_itself_hears_a_price_and_goes_on_after_a_restart(
    two: Two, home: Process, display: Process, caller: Caller, listener: Listener
) -> None:
    await announce(caller, 7, 25)
    await until(lambda: shows(listener, 0.25))
    before = where(display)
    network = display.gateway.radio.network
    assert network.trust_center == CHIP
    assert network.node.logical_type == LogicalType.ROUTER
    made_by_module = network.established_key is EstablishedKey.MADE_BY_MODULE
    assert made_by_module is (network.kind == "xbee")
    assert before[2:] == where(home)[2:]

    await display.stop()
    again = two.display()
    await again.start()
    await announce(caller, 8, 30)

    await until(lambda: shows(listener, 0.3))
    assert where(again) == before
    await again.stop()


@pytest.mark.parametrize("two", [("ezsp 13", "ezsp 8")], indirect=True)
async def test_old_firmware_joins_and_says_that_it_takes_no_key_of_ours(
    two: Two, home: Process, caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    await let_in(caller)
    display = two.display()

    await display.start()

    said = "takes no key that is established with the trust centre: newer firmware does"
    await until(lambda: said in caplog.text)
    assert where(display)[2:] == where(home)[2:]
    assert not home.gateway.trust_center.is_established(MEMBER)
    await display.stop()


@pytest.mark.parametrize("two", [("ezsp 13", "ezsp 8"), ("ezsp 8", "ezsp 14")], indirect=True)
async def test_the_sticks_establish_the_key_themselves(
    two: Two, caller: Caller, listener: Listener
) -> None:
    two.key_establishment = "module"
    home = two.bridge(0, "home", "coordinator", channel=15)
    await home.start()
    await let_in(caller)
    display = two.display()
    await display.start()
    await until(lambda: has_proved_itself(home, display))
    await announce(caller, 7, 25)
    await until(lambda: shows(listener, 0.25))
    await display.stop()

    again = two.display()  # it goes on with that key, and establishes another
    await again.start()

    await announce(caller, 8, 30)
    await until(lambda: shows(listener, 0.3))
    await again.stop()
    await home.stop()


@pytest.mark.parametrize("two", [("ezsp 13", "xbee zb")], indirect=True)
async def test_an_xbee_joins_and_keeps_the_key_with_which_it_did(
    two: Two, home: Process, caller: Caller, listener: Listener
) -> None:
    display = two.display()
    await display.start()
    assert why_not(display)[0] is Association.NOT_ALLOWED
    await let_in(caller)
    await until(lambda: why_not(display)[0] is Association.JOINED)
    before = where(display)
    network = display.gateway.radio.network
    assert (network.trust_center, network.node.logical_type) == (CHIP, LogicalType.ROUTER)
    assert network.established_key is EstablishedKey.NEVER_TAKEN
    assert before[2:] == where(home)[2:]
    await until(lambda: home.gateway.directory.is_active(MEMBER))
    await announce(caller, 7, 25)
    await until(lambda: shows(listener, 0.25))

    await display.stop()
    again = two.display()
    await again.start()
    await announce(caller, 8, 30)
    await until(lambda: shows(listener, 0.3))
    assert where(again) == before

    await home.gateway.trust_center.open(0)
    await caller.rpc_of("display", "leave_network")
    await until(lambda: why_not(again)[0] is Association.NOT_ALLOWED)
    await again.stop()


@pytest.mark.parametrize("two", [("ezsp 13", "xbee zb")], indirect=True)
async def test_an_xbee_says_why_it_does_not_join(two: Two, caller: Caller) -> None:
    display = two.display(OTHER_CODE)
    await display.start()
    assert why_not(display)[0] is Association.NO_NETWORK
    home = two.bridge(0, "home", "coordinator", channel=15)
    await home.start()
    await let_in(caller)
    await until(lambda: why_not(display)[0] is Association.WRONG_LINK_KEY)
    await caller.rpc_of("display", "configure_zigbee_network", extended_pan_id=0x0BAD)
    await until(lambda: why_not(display)[0] is Association.NOT_PLANNED)

    await caller.rpc_of("display", "configure_zigbee_network", extended_pan_id=0, link_key=LINK_KEY)

    await until(lambda: why_not(display)[0] is Association.JOINED)
    await display.stop()
    await home.stop()


async def test_why_it_does_not_join_is_told_and_it_joins_once_it_can(
    two: Two, caller: Caller, listener: Listener
) -> None:
    display = two.display(OTHER_CODE)
    await display.start()
    assert why_not(display) == (Association.NO_NETWORK, "no network found")
    home = two.bridge(0, "home", "coordinator", channel=15)
    await home.start()
    await until(lambda: why_not(display)[0] is Association.NOT_ALLOWED)

    await let_in(caller)
    await until(lambda: why_not(display)[0] is Association.NO_NETWORK_KEY)
    status = await caller.rpc_of("display", "get_zigbee_network_status")
    assert status["result"]["status"] == 0xAD
    assert "no network key" in status["result"]["status_description"]
    await until(lambda: b"no network key" in listener.topics()["sebridge/display/info"])
    await caller.rpc_of("display", "configure_zigbee_network", link_key=LINK_KEY)

    await until(lambda: has_proved_itself(home, display))
    await display.stop()
    await home.stop()


async def test_a_plan_of_another_network_is_kept_to(
    two: Two, home: Process, caller: Caller
) -> None:
    await let_in(caller)
    display = two.bridge(
        1, "display", "display", extended_pan_id="00:00:00:00:00:00:0b:ad", **BY_CODE
    )

    await display.start()

    assert why_not(display)[0] is Association.NOT_PLANNED
    await display.stop()


async def test_a_stick_that_has_formed_a_network_joins_none(two: Two, home: Process) -> None:
    await home.stop()
    display = two.bridge(0, "display", "display", **BY_CODE)

    await display.start()

    assert why_not(display)[0] is Association.CHANGED
    await display.stop()


# ------------------------------------------------------------------ afterwards


async def test_a_network_that_was_silent_is_found_again(
    two: Two, home: Process, display: Process, caller: Caller, listener: Listener
) -> None:
    before = where(display)
    await home.stop()
    await two.sticks.sticks[0].module.stop()
    display.gateway.keeper.search()
    await until(lambda: why_not(display)[0] is Association.NO_ANSWER)

    again = two.bridge(0, "home", "coordinator", channel=15)
    await again.start()
    await until(lambda: why_not(display)[0] is Association.JOINED)
    await announce(caller, 7, 25)

    await until(lambda: shows(listener, 0.25))
    assert where(display) == before
    await again.stop()


async def test_who_leaves_joins_anew_only_while_the_network_is_open(
    two: Two, home: Process, display: Process, caller: Caller
) -> None:
    await home.gateway.trust_center.open(0)

    await caller.rpc_of("display", "leave_network")
    await until(lambda: not home.gateway.directory.is_active(MEMBER))
    await until(lambda: why_not(display)[0] is Association.NOT_ALLOWED)
    await let_in(caller)

    await until(lambda: why_not(display)[0] is Association.JOINED)
    await until(lambda: has_proved_itself(home, display))


async def test_who_is_put_out_looks_for_the_network_again(
    home: Process, display: Process, caller: Caller
) -> None:
    await home.gateway.trust_center.open(0)

    await caller.rpc("remove_device", device_address=str(MEMBER))

    await until(lambda: why_not(display)[0] is Association.NOT_ALLOWED)


async def test_the_trust_centre_grants_a_key_with_a_meter_that_has_proved_itself(
    two: Two, home: Process, display: Process
) -> None:
    radio = display.gateway.radio
    with pytest.raises(RefusedError, match="granted no key"):
        await radio.request_partner_key(METER)
    await home.gateway.manager.add(METER, link_key_of(METER), 240)
    network = two.sticks.ether.network
    assert network is not None
    await until(lambda: network.ring.is_established(METER))

    await radio.request_partner_key(METER)

    assert radio.is_established(METER)
    await display.stop()
    again = two.display()
    await again.start()
    assert again.gateway.radio.is_established(METER)
    await again.stop()


async def test_a_display_cannot_open_the_network(display: Process, caller: Caller) -> None:
    answer = await caller.rpc_of("display", "enable_joining", join_time=60)

    assert "only the coordinator" in answer["error"]["message"]
