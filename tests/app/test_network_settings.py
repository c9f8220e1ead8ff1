"""The plan of the network: where it comes from, and that it survives."""

from msgspec.structs import replace
import pytest

from sebridge.app.network_settings import NetworkSettings, network_guard
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError, NotJoinedError
from sebridge.base.secret import Secret
from sebridge.network.known_device import KnownDevice
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import NetworkPlan
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl.zdo import SimpleDescriptor
from tests.integration.emulated_sticks import Drawers
from tests.radio.simulated_air import SE_ENDPOINT, Ears

CONFIGURED = NetworkPlan(extended_pan_id=5, channel_mask=0x10)
KEY = Secret(bytes(range(16)))


class Bench:
    """Settings over a collection, and what they began."""

    def __init__(self, clock: VirtualClock) -> None:
        self.kept: dict[str, NetworkPlan] = {}
        self.begun: list[str] = []
        self.fails = False
        self.configured = CONFIGURED
        self.ether = Ether(clock, AirOptions(delay=0))

    def settings(self, *, joins: bool = False) -> NetworkSettings:
        ours: list[SimpleDescriptor] = []
        device = Eui64.parse("00:13:a2:00:40:5c:01:f7")
        self.radio = SimulatedRadio(self.ether, device, WELL_KNOWN_KEY, ours, {})
        return NetworkSettings(
            self.kept,
            self.configured,
            self.radio,
            self._begin_again,
            self.radio.change_channel,
            joins=joins,
        )

    async def _begin_again(self, reason: str) -> None:
        self.begun.append(reason)
        if self.fails:
            raise DeliveryError("the radio does not answer")


@pytest.fixture
def bench(clock: VirtualClock) -> Bench:
    return Bench(clock)


def test_the_plan_is_that_of_the_configuration_until_another_is_set(bench: Bench) -> None:
    assert bench.settings().plan == CONFIGURED
    assert bench.begun == []


async def test_only_what_is_given_changes_and_it_survives(bench: Bench) -> None:
    settings = bench.settings()

    await settings.change(channel_mask=0x20)
    await settings.change(link_key=KEY)

    expected = NetworkPlan(extended_pan_id=5, channel_mask=0x20, link_key=KEY)
    assert settings.plan == bench.settings().plan == expected
    assert len(bench.begun) == 2


async def test_a_plan_is_kept_also_when_the_radio_does_not_answer(bench: Bench) -> None:
    bench.fails = True

    with pytest.raises(DeliveryError):
        await bench.settings().change(extended_pan_id=0)

    assert bench.settings().plan.extended_pan_id == 0


async def test_only_who_joined_a_network_can_leave_it(bench: Bench) -> None:
    await bench.settings().leave()
    await bench.settings(joins=True).leave()

    assert bench.begun == ["the network is left"]


async def test_a_link_key_of_the_configuration_reaches_the_radio(
    bench: Bench, clock: VirtualClock
) -> None:
    home = make_radio(RadioOptions(), [SE_ENDPOINT], {}, clock, NetworkGuard({}), bench.ether)
    home.plan(NetworkPlan(link_key=KEY))
    await home.start(Ears())
    await home.permit_joining(60)
    bench.configured = NetworkPlan(link_key=KEY)
    bench.settings(joins=True)

    await bench.radio.start(Ears())

    assert bench.radio.network.joined
    await bench.radio.stop()
    await home.stop()


def test_a_network_may_be_formed_while_devices_are_only_added() -> None:
    device = KnownDevice(eui64=Eui64(7), added=True)
    devices = [device]
    guard = network_guard(Drawers(), devices)

    guard.check_forming()

    devices[0] = replace(device, nwk=0x1234)
    with pytest.raises(NotJoinedError, match="there are devices that were in one"):
        guard.check_forming()
