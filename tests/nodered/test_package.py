"""The package of flows as it lies there: what its files say, without a Node-RED."""

import json
import re
from typing import Any

import pytest

from tests.nodered.node_red import NAME, PACKAGE, PROJECT, TITLES, Flow

_PAGE = (PROJECT / "docs" / "node-red.md").read_text()


@pytest.fixture(params=TITLES)
def flow(request: pytest.FixtureRequest) -> Flow:
    return Flow.read(request.param)


def _broker(flow: Flow) -> dict[str, Any]:
    [broker] = [node for node in flow.nodes if node["type"] == "mqtt-broker"]
    return broker


def test_a_comment_says_what_a_flow_does_and_what_to_set(flow: Flow) -> None:
    [comment] = [node for node in flow.nodes if node["type"] == "comment"]

    assert comment["info"] == flow.tab["info"]
    assert "**What to set**" in comment["info"]
    assert "*Broker of sebridge*" in comment["info"]
    assert [
        one["name"] for one in flow.tab["env"] if f"`{one['name']}`" not in comment["info"]
    ] == []


def test_every_topic_of_a_flow_is_in_the_table(flow: Flow) -> None:
    topics = {
        re.sub("^sebridge/", "<base>/", node["topic"]) for node in flow.nodes if node.get("topic")
    }

    assert topics
    title = flow.tab["label"]
    assert [topic for topic in topics if f"| `{topic}` | {title} |" not in _PAGE] == []


def test_every_flow_is_told_of_wherever_they_are_listed(flow: Flow) -> None:
    title = flow.tab["label"]

    assert f"\n**{title}** " in _PAGE
    assert f"| {title} |" in (PACKAGE / "README.md").read_text()


def test_all_flows_share_one_broker() -> None:
    brokers = [_broker(Flow.read(title)) for title in TITLES]

    assert brokers == [brokers[0]] * len(TITLES)
    assert (brokers[0]["broker"], brokers[0]["protocolVersion"]) == ("localhost", "5")


def test_every_name_and_place_on_a_sheet_is_there_once(flow: Flow) -> None:
    on_sheet = [node for node in flow.nodes if "x" in node]
    names = [node["name"] for node in on_sheet]
    places = [(node["x"], node["y"]) for node in on_sheet]

    assert sorted(set(names)) == sorted(names)
    assert sorted(set(places)) == sorted(places)


def test_the_package_can_be_published_under_a_scope() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())

    assert NAME.startswith("@")
    assert "node-red" in package["keywords"]
    assert package["files"] == ["examples/"]
    assert package["node-red"]["nodes"] == {}
    assert "dependencies" not in package
