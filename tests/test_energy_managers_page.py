"""docs/energy-managers.md: what it has evcc and EMHASS read is what the bridge tells."""

import json

import msgspec

from sebridge.features.load_control.limit import ConsumptionLimit
from sebridge.features.load_control.topics import limit_topic
from sebridge.features.price.topics import forecast_topic
from sebridge.transports.mqtt.topics import Topics
from tests.page_examples import NOW, blocks, hours, rendered, yaml_with

PAGE = "energy-managers.md"
TOPICS = Topics("sebridge", "home")


def test_emhass_gets_the_price_of_each_of_its_steps() -> None:
    (command,) = yaml_with(PAGE, "rest_command")
    slots = hours(NOW, 24)
    states = {"raw_today": slots[:10], "raw_tomorrow": slots[10:]}

    made = rendered(command["rest_command"]["plan_the_day"]["payload"], states)

    assert made == {"load_cost_forecast": [step // 2 for step in range(48)]}


def test_the_limit_is_shown_as_it_is_told() -> None:
    (shown,) = blocks(PAGE, "json")

    limit = msgspec.json.decode(shown, type=ConsumptionLimit)

    assert set(json.loads(shown)) == set(ConsumptionLimit.__struct_fields__)
    assert limit.watts == limit.nominal // 2


def test_evcc_reads_the_curve_and_the_limit() -> None:
    (evcc,) = yaml_with(PAGE, "tariffs")

    assert evcc["tariffs"]["grid"]["forecast"]["topic"] == forecast_topic(TOPICS, "electricity")
    hems = evcc["hems"]
    # evcc, hems/custom/custom.go: what it takes, and that 0 is no limit
    assert hems["type"] == "custom"
    assert hems.keys() - {"type"} <= {
        *("maxConsumptionPower", "curtailedPercent", "productionNominalMax", "interval"),
    }
    assert hems["maxConsumptionPower"]["topic"] == limit_topic(TOPICS)
    names = {word.strip(".()") for word in hems["maxConsumptionPower"]["jq"].split() if "." in word}
    assert names <= set(ConsumptionLimit.__struct_fields__)
