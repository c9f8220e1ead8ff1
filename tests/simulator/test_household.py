"""A whole house on the real ether: prices, load control and messages."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError, NotJoinedError
from sebridge.base.secret import Secret
from sebridge.crypto.install_code import link_key
from sebridge.features.load_control.records import (
    CancelLoadControlEventRecord,
    EventStatus,
    LoadControlEventRecord,
)
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.features.metering.signals import MeterRead
from sebridge.features.price.records import PublishPriceRecord
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.household import (
    MANUFACTURER,
    Home as Shared,
    Household,
    link_key_of,
    preconfigured_key,
)
from tests.api.home import DISPLAY, LOAD_CONTROL, METER, THERMOSTAT, Home, address

SUB_METER = "sub_meter"
KINDS = (METER, SUB_METER, DISPLAY, THERMOSTAT, LOAD_CONTROL)


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, KINDS)
    await home.start()
    yield home
    await home.stop()


def event(minutes: int = 30, **fields: Any) -> LoadControlEventRecord:
    given = {"issuer_event_id": 1, "event_control": 0} | fields
    return LoadControlEventRecord(duration_in_minutes=minutes, **given)


async def test_every_device_joins_is_known_by_name_and_tells_who_made_it(home: Home) -> None:
    household = home.house.household

    assert all(device.is_joined for device in household.devices.values())
    for device in household.devices.values():
        known = home.gateway.directory[device.eui64]
        assert known.manufacturer == MANUFACTURER
        assert known.name == device.label
        assert known.model.startswith(("SE ", "HA "))


async def test_meters_report_their_energy_without_being_asked_again(
    home: Home, clock: VirtualClock
) -> None:
    readings: list[MeterRead] = []
    home.bus.listen(MeterRead, readings.append)

    await clock.advance(minutes=20)

    for kind in (METER, SUB_METER):
        own = [told.reading for told in readings if told.device == address(kind)]
        energies = [reading.energy_in or 0 for reading in own]
        assert len(own) > 3
        assert energies == sorted(energies)
        assert energies[-1] > energies[0] >= 212


async def test_a_price_reaches_the_display_and_ends_on_time(
    home: Home, clock: VirtualClock
) -> None:
    display = next(iter(home.house.household.displays.values()))
    price = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=10, price=215)

    created = await delivered(home, home.gateway.energy.price_desk.create(price))

    assert address(DISPLAY) in created.devices
    assert display.price == 2.15
    await clock.advance(minutes=10)
    assert display.price is None


async def test_load_control_is_obeyed_reported_and_over_on_time(
    home: Home, clock: VirtualClock
) -> None:
    told: list[EventStatusReported] = []
    home.bus.listen(EventStatusReported, told.append)
    household = home.house.household
    before = household.controlled_load

    await delivered(
        home, home.gateway.energy.drlc_desk.create(event(average_load_adjustment_percentage=-50))
    )
    await clock.advance(10)
    assert household.controlled_load == pytest.approx(before / 2)
    await clock.advance(minutes=31)

    assert household.controlled_load == before
    for kind in (LOAD_CONTROL, THERMOSTAT):
        statuses = [s.record.event_status for s in told if s.device == address(kind)]
        assert statuses == [EventStatus.RECEIVED, EventStatus.STARTED, EventStatus.COMPLETED]


async def test_an_event_is_cancelled_for_all(home: Home, clock: VirtualClock) -> None:
    told: list[EventStatusReported] = []
    home.bus.listen(EventStatusReported, told.append)
    household = home.house.household
    before = household.controlled_load
    desk = home.gateway.energy.drlc_desk
    await delivered(home, desk.create(event(duty_cycle=0)))
    await clock.advance(10)

    record = CancelLoadControlEventRecord(issuer_event_id=1, cancel_control=0)
    await delivered(home, desk.cancel(1, 0, record))
    await clock.advance(10)

    assert household.controlled_load == before
    last = {s.device: s.record.event_status for s in told}
    assert set(last.values()) == {EventStatus.CANCELLED}


async def test_a_message_is_shown_and_confirmed(home: Home, clock: VirtualClock) -> None:
    told: list[MessageConfirmed] = []
    home.bus.listen(MessageConfirmed, told.append)
    display = next(iter(home.house.household.displays.values()))
    message = DisplayMessageRecord(
        message_id=7, message_control=0x80, duration_in_minutes=5, message="Hello"
    )

    await delivered(home, home.gateway.energy.message_desk.create(message))
    assert display.message == "Hello"
    await clock.advance(30)

    assert [(s.device, s.record.message_id) for s in told] == [(address(DISPLAY), 7)]


async def delivered(home: Home, work: Any) -> Any:
    """Let time pass until the gateway has told all devices."""
    task = asyncio.ensure_future(work)
    for _ in range(100):
        await home.clock.advance(0.1)
        if task.done():
            break
    return await task


# ------------------------------------------------------------------ descriptions


def shared(clock: VirtualClock) -> Shared:
    def no_station(*_: object) -> Any:
        raise NotJoinedError("no air here")

    return Shared(clock, Random(0), {}, no_station)


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        ("meter", {"divisor": -1}, "must be 0"),
        ("meter", {"mean_load": "much"}, r"simulator\.devices\[x\]\.options\.mean_load"),
        ("display", {"colour": "red"}, "colour"),
        ("load_control", {"load": None}, "load"),
        ("thermostat", {"opt_out": "perhaps"}, "opt_out"),
    ],
)
def test_wrong_options_are_configuration_errors_that_name_them(
    clock: VirtualClock, kind: str, options: dict[str, Any], problem: str
) -> None:
    description = SimulatedDeviceOptions(kind=kind, name="x", eui64=address(METER), options=options)

    with pytest.raises(ConfigError, match=problem):
        Household([description], shared(clock))


def test_a_device_with_an_installation_code_joins_with_the_key_of_the_code() -> None:
    code = Secret(bytes.fromhex("83fed3407a939723a5c639b26916d505c3b5"))
    device = SimulatedDeviceOptions(
        kind=METER, name="x", eui64=address(METER), installation_code=code
    )

    assert preconfigured_key(device) == link_key(code)
    assert preconfigured_key(replace(device, installation_code=None)) == link_key_of(device.eui64)


def test_a_wrong_installation_code_is_a_configuration_error_that_keeps_the_secret(
    clock: VirtualClock,
) -> None:
    code = Secret(bytes.fromhex("83fed3407a939723a5c639b26916d505c3b6"))
    device = SimulatedDeviceOptions(
        kind=METER, name="x", eui64=address(METER), installation_code=code
    )

    with pytest.raises(ConfigError, match=r"devices\[x\]\.installation_code: .*CRC") as caught:
        Household([device], shared(clock))

    assert "83fed3" not in str(caught.value)


def test_a_link_key_belongs_to_its_device_and_is_the_same_at_every_start() -> None:
    assert link_key_of(address(METER)) == link_key_of(address(METER))
    assert link_key_of(address(METER)) != link_key_of(address(DISPLAY))
    assert len(link_key_of(address(METER))) == 16


async def test_an_owner_who_opts_out_is_reported_and_left_alone(clock: VirtualClock) -> None:
    home = Home(clock, [LOAD_CONTROL])
    switch = next(iter(home.house.household.switches.values()))
    client = switch._client
    client.opts_out = lambda _record: True
    told: list[EventStatusReported] = []
    home.bus.listen(EventStatusReported, told.append)
    await home.start()

    await delivered(home, home.gateway.energy.drlc_desk.create(event(minutes=5)))
    await clock.advance(10)

    assert switch.power == 2000.0
    assert [s.record.event_status for s in told] == [EventStatus.RECEIVED, EventStatus.OPTED_OUT]
    await home.stop()
