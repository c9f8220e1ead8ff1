"""What the gateway shows of itself."""

import json
import re

from sebridge.homeassistant.own_entities import SHORT_JOINING_WINDOW, entities_of_gateway
from tests.homeassistant.house import TOPICS


def test_what_opens_the_network_is_json_when_the_values_are_filled_in() -> None:
    opening = next(e for e in entities_of_gateway(TOPICS) if e.key == "permit_joining")
    assert opening.command_template is not None

    inner = re.fullmatch(r"\{\{ (.+) \| to_json \}\}", opening.command_template)

    assert inner is not None
    filled = inner[1].replace("'", '"').replace('240 if value == "ON" else 0', "240")
    assert json.loads(filled) == {
        "join_time": SHORT_JOINING_WINDOW,
        "request_identifier": "home_assistant",
    }
