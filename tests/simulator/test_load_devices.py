"""A switch and a thermostat that obey."""

from random import Random
from typing import Any

import pytest

from sebridge.features.load_control.client import DrlcClient, LoadControlSettings
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.simulator.load import SetPoints
from sebridge.simulator.load_devices import LoadControlSwitch, LoadSettings, Thermostat
from tests.gateway.radio_side import NOW, always, command


@pytest.fixture
def client() -> DrlcClient:
    return DrlcClient(
        9, Schedule(Policy.LOAD_CONTROL, {}), LoadControlSettings(), Random(0), time_is_known=always
    )


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


def test_an_owner_who_opts_out_keeps_the_load_on(client: DrlcClient) -> None:
    switch = LoadControlSwitch(client, LoadSettings(opt_out=True), lambda: NOW)

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


def test_a_thermostat_whose_owner_opts_out_keeps_its_set_points(client: DrlcClient) -> None:
    thermostat = Thermostat(client, LoadSettings(opt_out=True), SetPoints(), lambda: NOW)

    control(client, heating_temperature_offset=20)

    assert thermostat.set_points == SetPoints()
    assert thermostat.power == 2000.0
