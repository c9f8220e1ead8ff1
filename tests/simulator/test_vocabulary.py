"""A feature of one file has a counterpart on simulated devices, with nothing else changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from typing_extensions import override

from sebridge.app.features import FEATURES
from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.errors import ConfigError
from sebridge.base.service import Service
from sebridge.feature import Feature
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.messaging.records import DisplayMessageRecord, GetLastMessageRecord
from sebridge.features.messaging.simulated import MessageOnDisplay
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.gateway.cluster import Outcome
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.vocabulary import (
    DISPLAY,
    NOTHING,
    DeviceOptions,
    Question,
    SimulatedHost,
    SimulatedPart,
    always,
)
from tests.api.home import Home, address
from tests.gateway.radio_side import command

TIP = 0xFC42  # the cluster of the toy: a tip of the day, which is an event


@dataclass(frozen=True, slots=True)
class TipSettings:
    """What the owner of the display chose."""

    shout: bool = False


class TipOnDisplay:
    """The tip that a person sees."""

    def __init__(self, client: MessagingClient, host: SimulatedHost) -> None:
        self._client, self._host = client, host
        self._shout = host.options.read(TipSettings).shout

    @property
    def tip(self) -> str | None:
        tips = [str(tip.message) for tip in self._client.active(self._host.zigbee_now())]
        return None if not tips else tips[-1].upper() if self._shout else tips[-1]


class TipCounter(Service):
    """Counts minutes."""

    def __init__(self, host: SimulatedHost) -> None:
        super().__init__()
        self.minutes = 0
        self._clock = host.clock

    @override
    async def run(self) -> None:
        while True:
            await self._clock.sleep(60)
            self.minutes += 1


def simulated(host: SimulatedHost) -> SimulatedPart:
    if host.kind is not DISPLAY:
        return NOTHING
    client = MessagingClient(host.endpoint_id, Schedule(Policy.MESSAGE, {}), time_is_known=always)
    client.appear_as(TIP, server=False)
    return SimulatedPart(
        clusters=(client,),
        services=(TipCounter(host),),
        questions=(Question(client, GetLastMessageRecord()),),
        load=lambda: 7.0,
        views=(TipOnDisplay(client, host),),
    )


TIPS = Feature(name="tips", simulated=simulated)


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, ["display", "load_control"], features=(*FEATURES, TIPS))
    await home.start()
    yield home
    await home.stop()


async def test_every_display_has_what_a_new_feature_adds_beside_the_others(home: Home) -> None:
    household = home.house.household

    assert set(household.find(TipOnDisplay)) == {"Kitchen display"}
    assert set(household.find(PriceOnDisplay)) == set(household.find(MessageOnDisplay))
    display = household.devices["Kitchen display"]
    assert display.endpoint.cluster(TIP, server=False) is not None
    assert [peer.device for peer in home.gateway.directory.clients(TIP)] == [display.eui64]


async def test_its_events_are_brought_forward_in_time_and_its_services_run(home: Home) -> None:
    display = home.house.household.devices["Kitchen display"]
    client = display.endpoint.cluster(TIP, server=False)
    assert isinstance(client, MessagingClient)
    shown, counter = display.find(TipOnDisplay), display.find(TipCounter)
    assert shown is not None
    assert counter is not None
    before = counter.minutes
    tip = DisplayMessageRecord(message_id=1, duration_in_minutes=1, message="put a lid on it")

    outcome = client.receive(command(tip, display_now(home)))
    display.carry_out(client, outcome)

    assert shown.tip == "put a lid on it"
    await home.clock.advance(minutes=2)
    assert shown.tip is None
    assert client.advance(display_now(home)) == Outcome()  # it has been told already
    assert counter.minutes == before + 2


def display_now(home: Home) -> int:
    return zigbee_time(home.clock.utc())


async def test_what_it_draws_counts_as_load_that_can_be_reduced(home: Home) -> None:
    household = home.house.household

    loads = {name: device.load for name, device in household.devices.items()}

    assert loads == {"Kitchen display": 7.0, "Water heater switch": 2000.0}
    assert household.controlled_load == 2007.0


def description(**options: object) -> SimulatedDeviceOptions:
    return SimulatedDeviceOptions(
        kind="display", name="x", eui64=address("display"), options=options
    )


def test_each_feature_reads_its_own_options_of_a_device() -> None:
    options = DeviceOptions(description(shout=True, colour="red"))

    assert options.read(TipSettings) == TipSettings(shout=True)
    with pytest.raises(ConfigError, match=r"devices\[x\]\.options\.colour: is unknown"):
        options.check_all_read()
