"""The configuration as it is shown: every key, marked where it is a default, nothing secret."""

from pathlib import Path
from typing import Any

import pytest

from sebridge.settings.config import read
from sebridge.settings.shown import ShownOption, secrets_of, shown_options

SECRETIVE = """
gateway: {name: cottage, message_pin: 48151623}
radio: {type: simulated, link_key: 5a1b0cf37e2299d4a08fee610b7c43d5}
mqtt: {broker: "wss://anna:hunter22@broker.example/mqtt?token=swordfish", keepalive: 45}
rpc: {push: {url: "https://files.example/in?sig=swordfish", username: anna, password: hunter22}}
http:
  tokens:
    - {name: dashboard, scope: read, hash: "0123456789abcdef0123456789abcdef\
0123456789abcdef0123456789abcdef"}
simulator:
  devices:
    - kind: meter
      name: Meter
      eui64: 00:0d:6f:00:0a:00:00:01
      installation_code: 83FED3407A939738C552
      options: {seed: 4, label: "5a1b0cf37e2299d4a08fee610b7c43d5", pass: word, on: [true, 1.5]}
registry: {ZDO_Device_Manager.refresh_interval: 60}
homeassistant: {default_prices: {electricity: 0.25 EUR/kWh}}
log: {levels: {sebridge.radio: debug}}
"""
TARIFF = """
price_source:
  price_unit: EUR/kWh
  table:
    rates: [{name: night, price: 0.2, hours: [22:00-06:30], seasons: [04-01..09-30]}]
    holidays: [2026-04-06, 12-25]
"""


def shown(text: str) -> dict[str, ShownOption]:
    return {one.key: one for one in shown_options(read(text, Path("/etc/sebridge"), {}))}


@pytest.fixture(scope="module")
def secretive() -> dict[str, ShownOption]:
    return shown(SECRETIVE)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("gateway.name", "cottage"),
        ("mqtt.broker", "wss://broker.example/mqtt"),
        ("mqtt.keepalive", 45),
        ("rpc.push.url", "https://files.example/in?********"),
        ("http.tokens[0].name", "dashboard"),
        ("simulator.devices[0].eui64", "00:0d:6f:00:0a:00:00:01"),
        ("simulator.devices[0].options.seed", 4),
        ("simulator.devices[0].options.on", [True, 1.5]),
        ("simulator.devices[0].options.label", "********"),
        ("simulator.devices[0].options.pass", "********"),
        ("registry.ZDO_Device_Manager.refresh_interval", 60),
        ("homeassistant.default_prices.electricity", "0.25 EUR/kWh"),
        ("log.levels.sebridge.radio", "debug"),
    ],
)
def test_what_was_written_is_shown_and_marked_as_such(
    secretive: dict[str, ShownOption], key: str, value: Any
) -> None:
    assert (secretive[key].value, secretive[key].is_default) == (value, False)


@pytest.mark.parametrize(
    "key",
    [
        "gateway.message_pin",
        "radio.link_key",
        "rpc.push.username",
        "rpc.push.password",
        "http.tokens[0].hash",
        "simulator.devices[0].installation_code",
    ],
)
def test_what_is_secret_is_asterisks(secretive: dict[str, ShownOption], key: str) -> None:
    assert secretive[key].value == "********"


def test_nothing_of_any_secret_is_shown(secretive: dict[str, ShownOption]) -> None:
    told = str(list(secretive.values()))

    assert not [word for word in ("hunter22", "swordfish", "48151623", "anna") if word in told]


def test_defaults_are_marked_also_those_that_a_section_has_of_its_own() -> None:
    usual = shown("")

    # a relative path is below the directory of the file
    assert [one.key for one in usual.values() if not one.is_default] == ["storage.path"]
    assert usual["rpc.policy.http.scope"].value == "admin"
    assert usual["storage.path"].value == "/etc/sebridge/data/sebridge.db"
    assert usual["http"].value is None
    assert usual["registry"].value == {}
    assert usual["mqtt.keepalive"].words == "seconds of silence after which the link is tested"


def test_a_table_of_rates_is_shown_as_it_is_written() -> None:
    found = shown(TARIFF)

    assert found["price_source.price_unit"].value == "EUR/kWh"
    assert found["price_source.table.rates[0].hours"].value == ["22:00-06:30"]
    assert found["price_source.table.rates[0].seasons"].value == ["04-01..09-30"]
    assert found["price_source.table.holidays"].value == ["2026-04-06", "12-25"]


def test_all_secrets_of_the_options_are_found() -> None:
    options = read(SECRETIVE, Path(), {})

    found = [len(secret) for secret in secrets_of(options)]

    # PIN, link key, password of the broker, of the push server, hash, installation code
    assert sorted(found) == [8, 8, 8, 10, 16, 32]
