"""How much of a load is drawn under load control, by a switch and a thermostat that obey."""

from random import Random
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES
from sebridge.features.load_control.client import DrlcClient, LoadControlSettings
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.features.load_control.signature import verify
from sebridge.features.load_control.simulated import (
    LoadControlSwitch,
    LoadSettings,
    SetPoints,
    Thermostat,
    share_of_load,
    signature_of,
)
from sebridge.network.link_keys import LinkKey
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from tests.api.home import LOAD_CONTROL, Collections, address, house_security
from tests.gateway.radio_side import NOW, always, command


def event(**fields: Any) -> LoadControlEventRecord:
    return LoadControlEventRecord(issuer_event_id=1, duration_in_minutes=10, **fields)


@pytest.mark.parametrize(
    ("events", "share"),
    [
        ([], 1.0),
        ([event()], 0.0),  # the device decides: off
        ([event(duty_cycle=50)], 0.5),
        ([event(duty_cycle=0)], 0.0),
        ([event(average_load_adjustment_percentage=-30)], 0.7),
        ([event(average_load_adjustment_percentage=30)], 1.0),
        ([event(average_load_adjustment_percentage=-100)], 0.0),
        ([event(cooling_temperature_offset=20)], 1.0),
        ([event(heating_temperature_set_point=1800)], 1.0),
        ([event(duty_cycle=50), event(average_load_adjustment_percentage=-80)], 0.2),
        ([event(duty_cycle=60, average_load_adjustment_percentage=-80)], 0.6),
    ],
)
def test_the_share_that_is_drawn_drlc_7_drlc_8(
    events: list[LoadControlEventRecord], share: float
) -> None:
    assert share_of_load(events) == pytest.approx(share)


@pytest.mark.parametrize(
    ("events", "set_points"),
    [
        ([], SetPoints(21.0, 25.0)),
        ([event(heating_temperature_offset=15)], SetPoints(19.5, 25.0)),
        ([event(cooling_temperature_offset=20)], SetPoints(21.0, 27.0)),
        ([event(heating_temperature_set_point=1850)], SetPoints(18.5, 25.0)),
        ([event(cooling_temperature_set_point=2750)], SetPoints(21.0, 27.5)),
        ([event(heating_temperature_set_point=2300)], SetPoints(21.0, 25.0)),
        ([event(cooling_temperature_set_point=2000)], SetPoints(21.0, 25.0)),
        (
            [event(heating_temperature_offset=10), event(heating_temperature_set_point=1500)],
            SetPoints(15.0, 25.0),
        ),
        (
            [event(cooling_temperature_set_point=2600, cooling_temperature_offset=90)],
            SetPoints(21.0, 26.0),
        ),
    ],
)
def test_set_points_give_way_towards_less_load_drlc_8(
    events: list[LoadControlEventRecord], set_points: SetPoints
) -> None:
    assert SetPoints().under(events) == set_points


@given(
    st.lists(
        st.builds(
            event,
            duty_cycle=st.integers(0, 255),
            average_load_adjustment_percentage=st.integers(-128, 127),
            heating_temperature_offset=st.integers(0, 255),
            cooling_temperature_set_point=st.integers(-0x8000, 0x7FFF),
        ),
        max_size=4,
    )
)
def test_no_event_raises_the_load(events: list[LoadControlEventRecord]) -> None:
    now = SetPoints().under(events)

    assert 0.0 <= share_of_load(events) <= 1.0
    assert now.heating <= 21.0
    assert now.cooling >= 25.0


# ------------------------------------------------------------------ devices


def client_of(settings: LoadSettings) -> DrlcClient:
    return DrlcClient(
        9,
        Schedule(Policy.LOAD_CONTROL, {}),
        LoadControlSettings(),
        Random(0),
        time_is_known=always,
        opts_out=lambda _record: settings.opt_out,
    )


@pytest.fixture
def client() -> DrlcClient:
    return client_of(LoadSettings())


def control(client: DrlcClient, **fields: Any) -> None:
    event = LoadControlEventRecord(
        issuer_event_id=1, duration_in_minutes=10, event_control=0, **fields
    )
    client.receive(command(event))


def test_a_switch_draws_its_share_while_the_event_lasts(client: DrlcClient) -> None:
    now = NOW
    switch = LoadControlSwitch(client, LoadSettings(load=2000.0), lambda: now)
    assert switch.power == 2000.0

    control(client, duty_cycle=25)
    assert switch.power == 500.0
    now = NOW + 600

    assert switch.power == 2000.0


def test_an_owner_who_opts_out_keeps_the_load_on() -> None:
    settings = LoadSettings(opt_out=True)
    client = client_of(settings)
    switch = LoadControlSwitch(client, settings, lambda: NOW)

    control(client)

    assert switch.power == 2000.0


def test_a_thermostat_gives_way_and_draws_less(client: DrlcClient) -> None:
    thermostat = Thermostat(client, LoadSettings(load=1500.0), SetPoints(), lambda: NOW)
    assert (thermostat.power, thermostat.set_points) == (1500.0, SetPoints(21.0, 25.0))

    control(client, heating_temperature_offset=20)

    assert thermostat.set_points == SetPoints(19.0, 25.0)
    assert thermostat.power == 1200.0


def test_a_thermostat_never_draws_less_than_nothing(client: DrlcClient) -> None:
    thermostat = Thermostat(client, LoadSettings(load=1500.0), SetPoints(), lambda: NOW)

    control(client, cooling_temperature_set_point=6000)

    assert thermostat.power == 0.0


def test_a_thermostat_whose_owner_opts_out_keeps_its_set_points() -> None:
    settings = LoadSettings(opt_out=True)
    client = client_of(settings)
    thermostat = Thermostat(client, settings, SetPoints(), lambda: NOW)

    control(client, heating_temperature_offset=20)

    assert thermostat.set_points == SetPoints()
    assert thermostat.power == 2000.0


# ------------------------------------------------------------------ signatures


def test_a_device_signs_with_its_certificate() -> None:
    security = house_security(Collections()).of(address(LOAD_CONTROL))
    own = security.own.find(SUITE_1)

    signature = signature_of(security, b"message")

    assert signature is not None
    assert len(signature) == 42
    assert verify(SUITE_1, own.key_of(own.certificate), b"message", signature)


def test_a_device_signs_nothing_that_could_not_be_verified() -> None:
    kept, device = Collections(), address(LOAD_CONTROL)
    only_2 = house_security(kept, [SUITE_2]).of(device)
    shown_2 = house_security(kept, SUITES).of(device)
    shown_2.kept.keep(device, LinkKey(key=Secret(bytes(16)), suite=2, public_key=b""))

    assert signature_of(only_2, b"message") is None
    assert signature_of(shown_2, b"message") is None
