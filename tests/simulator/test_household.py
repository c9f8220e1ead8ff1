"""A whole house on the real ether: prices, load control and messages."""

from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from sebridge.app.features import FEATURES
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError
from sebridge.base.secret import Secret
from sebridge.crypto.install_code import link_key
from sebridge.features.basic.simulated import MANUFACTURER
from sebridge.features.load_control.records import (
    CancelLoadControlEventRecord,
    EventStatus,
    LoadControlEventRecord,
)
from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.load_control.simulated import LoadControlSwitch
from sebridge.features.messaging.records import DisplayMessageRecord
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.features.messaging.simulated import MessageOnDisplay
from sebridge.features.metering.signals import MeterRead
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.model.plain import to_plain
from sebridge.model.record import Record
from sebridge.radio.ether import Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.declaration import options_of
from sebridge.settings.simulator_options import (
    HOUSEHOLD,
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.simulator.household import Household, labelled, link_key_of, preconfigured_key
from sebridge.simulator.vocabulary import KINDS
from sebridge.zcl.identifiers import (
    BASIC,
    COLOR_CONTROL,
    DRLC,
    GROUPS,
    IAS_ZONE,
    IDENTIFY,
    KEEP_ALIVE,
    LEVEL_CONTROL,
    MESSAGING,
    METERING,
    ON_OFF,
    PRICE,
    TEMPERATURE_MEASUREMENT,
    THERMOSTAT_CLUSTER,
    TIME,
    WINDOW_COVERING,
)
from tests.api.home import (
    DISPLAY,
    LOAD_CONTROL,
    METER,
    THERMOSTAT,
    Collections,
    Home,
    address,
    devices,
)

SUB_METER = "sub_meter"
EVERY_KIND = (METER, SUB_METER, DISPLAY, THERMOSTAT, LOAD_CONTROL)


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, EVERY_KIND)
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
    display = next(iter(home.house.household.find(PriceOnDisplay).values()))
    price = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=10, price=215)

    created = await create(home, "create_price_event", price)

    assert str(address(DISPLAY)) in created["device_list"]
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

    await create(home, "create_DRLC_event", event(average_load_adjustment_percentage=-50))
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
    await create(home, "create_DRLC_event", event(duty_cycle=0))
    await clock.advance(10)

    record = CancelLoadControlEventRecord(issuer_event_id=1, cancel_control=0)
    await create(home, "cancel_DRLC_event", record)
    await clock.advance(10)

    assert household.controlled_load == before
    last = {s.device: s.record.event_status for s in told}
    assert set(last.values()) == {EventStatus.CANCELLED}


async def test_a_message_is_shown_and_confirmed(home: Home, clock: VirtualClock) -> None:
    told: list[MessageConfirmed] = []
    home.bus.listen(MessageConfirmed, told.append)
    display = next(iter(home.house.household.find(MessageOnDisplay).values()))
    message = DisplayMessageRecord(
        message_id=7, message_control=0x80, duration_in_minutes=5, message="Hello"
    )

    await create(home, "create_message_event", message)
    assert display.message == "Hello"
    await clock.advance(30)

    assert [(s.device, s.record.message_id) for s in told] == [(address(DISPLAY), 7)]


async def create(home: Home, method: str, record: Record) -> dict[str, Any]:
    """Ask for an event as a caller would."""
    return await home.call(method, record=to_plain(record))


# ------------------------------------------------------------------ descriptions


def household(clock: VirtualClock, description: SimulatedDeviceOptions) -> Household:
    ether = Ether(clock, AirOptions())
    return Household(
        [description],
        features=[feature.simulated for feature in FEATURES if feature.simulated],
        make_station=lambda device, key: SimulatedRadio(
            ether, device, key or WELL_KNOWN_KEY, (), {}
        ),
        open_collection=Collections().collection,
        security=None,
        clock=clock,
        random=Random(0),
    )


def test_a_house_has_the_kinds_of_devices_that_can_be_configured() -> None:
    kind: Any = options_of(SimulatedDeviceOptions)["kind"].takes

    assert list(KINDS) == list(kind.meanings)
    assert {device.kind for device in HOUSEHOLD} < set(KINDS)


@pytest.mark.parametrize(
    ("kind", "servers", "clients"),
    [
        ("meter", {BASIC, IDENTIFY, METERING}, {KEEP_ALIVE}),
        ("sub_meter", {BASIC, IDENTIFY, GROUPS, METERING}, set()),
        ("smart_plug", {BASIC, IDENTIFY, GROUPS, METERING, ON_OFF}, set()),
        ("two_outlet_plug", {BASIC, IDENTIFY, ON_OFF}, set()),
        ("remote_control", {BASIC, IDENTIFY}, {ON_OFF}),
        ("lamp", {BASIC, IDENTIFY, ON_OFF, LEVEL_CONTROL, COLOR_CONTROL}, set()),
        ("blind", {BASIC, IDENTIFY, WINDOW_COVERING}, set()),
        ("contact_sensor", {BASIC, IDENTIFY, IAS_ZONE}, set()),
        ("temperature_sensor", {BASIC, IDENTIFY, TEMPERATURE_MEASUREMENT}, set()),
        ("room_thermostat", {BASIC, IDENTIFY, THERMOSTAT_CLUSTER}, set()),
        ("display", {BASIC, IDENTIFY}, {KEEP_ALIVE, TIME, PRICE, MESSAGING, METERING}),
        ("thermostat", {BASIC, IDENTIFY}, {KEEP_ALIVE, TIME, PRICE, DRLC}),
        ("load_control", {BASIC, IDENTIFY}, {KEEP_ALIVE, TIME, DRLC}),
    ],
)
def test_a_device_has_what_all_features_together_add_to_its_kind(
    clock: VirtualClock, kind: str, servers: set[int], clients: set[int]
) -> None:
    description = SimulatedDeviceOptions(kind=kind, name="x", eui64=address(METER))

    clusters = household(clock, description).devices["x"].endpoint.clusters

    assert {c.cluster_id for c in clusters if c.server} == servers
    assert {c.cluster_id for c in clusters if not c.server} == clients
    assert len(clusters) == len(servers) + len(clients)


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        ("meter", {"divisor": -1}, "must be 0"),
        ("meter", {"mean_load": "much"}, r"simulator\.devices\[x\]\.options\.mean_load"),
        ("display", {"colour": "red"}, r"options\.colour: is unknown"),
        ("load_control", {"confirm_after": 5}, r"options\.confirm_after: is unknown"),
        ("load_control", {"load": None}, "load"),
        ("thermostat", {"opt_out": "perhaps"}, "opt_out"),
        ("temperature_sensor", {"temperature": 100}, "temperature"),
        ("room_thermostat", {"heating": 90}, "heating"),
    ],
)
def test_wrong_options_are_configuration_errors_that_name_them(
    clock: VirtualClock, kind: str, options: dict[str, Any], problem: str
) -> None:
    description = SimulatedDeviceOptions(kind=kind, name="x", eui64=address(METER), options=options)

    with pytest.raises(ConfigError, match=problem):
        household(clock, description)


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
        household(clock, device)

    assert "83fed3" not in str(caught.value)


def test_a_link_key_belongs_to_its_device_and_is_the_same_at_every_start() -> None:
    assert link_key_of(address(METER)) == link_key_of(address(METER))
    assert link_key_of(address(METER)) != link_key_of(address(DISPLAY))
    assert len(link_key_of(address(METER))) == 16


async def test_an_owner_who_opts_out_is_reported_and_left_alone(clock: VirtualClock) -> None:
    (description,) = devices(LOAD_CONTROL)
    unwilling = replace(description, options={"opt_out": True})
    home = Home(clock, (), simulator=SimulatorOptions(devices=(unwilling,)))
    switch = home.house.household.find(LoadControlSwitch)[description.name]
    told: list[EventStatusReported] = []
    home.bus.listen(EventStatusReported, told.append)
    await home.start()

    await create(home, "create_DRLC_event", event(minutes=5))
    await clock.advance(10)

    assert switch.power == 2000.0
    assert [s.record.event_status for s in told] == [EventStatus.RECEIVED, EventStatus.OPTED_OUT]
    await home.stop()


@pytest.mark.parametrize("device", HOUSEHOLD, ids=lambda device: device.kind)
def test_a_label_has_the_code_of_a_device_that_needs_one(device: SimulatedDeviceOptions) -> None:
    code = labelled(device).installation_code

    assert (code is not None) == KINDS[device.kind].is_smart_energy
    assert labelled(device) == labelled(device)
    if code is not None:
        assert preconfigured_key(labelled(device)) == link_key(code)


def test_a_device_keeps_the_code_that_it_has() -> None:
    code = Secret(bytes.fromhex("83FED3407A939723A5C639B26916D505C3B5"))
    device = replace(HOUSEHOLD[0], installation_code=code)

    assert labelled(device) == device
