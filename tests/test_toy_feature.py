"""A feature is one folder and an entry in the list: nothing else has to be touched for a new one.

The folder is tests/toy_feature/. What is asked here is asked of the shipped bridge, with the list
that it has and this one feature more.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
import json
from pathlib import Path
from typing import Any, Final

import pytest

from script.generate_docs import rpc_reference
from sebridge.app.features import FEATURES, clusters_of
from sebridge.base.clock import SystemClock, VirtualClock
from sebridge.rpc.description import openrpc
from sebridge.rpc.message import OURSELVES
from sebridge.storage.database import Database
from sebridge.zcl.explanation import explain_frame
from sebridge.zcl.frame_text import explanation_lines
from sebridge.zcl.identifiers import SE_PROFILE
from sebridge.zcl.wire import decode_octets, encode_document
from tests.api.home import LOAD_CONTROL, Home
from tests.doubles import RecordingBroker
from tests.homeassistant.schema import check
from tests.toy_feature.feature import FEATURE
from tests.toy_feature.records import WATERING, WateringEventRecord
from tests.toy_feature.simulated import Sprinkler

WITH_IT: Final = (*FEATURES, FEATURE)
EVENT: Final = {"issuer_event_id": 7, "duration_in_minutes": 60, "litres": 40}
FRAME: Final = bytes.fromhex("090500" + "07000000" + "00000000" + "3c00" + "2800")


class Garden:
    """A bridge that knows watering too, its broker, and its database."""

    def __init__(self, clock: VirtualClock, collections: Any) -> None:
        self.broker = RecordingBroker()
        self.home = Home(
            clock,
            [LOAD_CONTROL],
            collections,
            broker=self.broker,
            features=WITH_IT,
        )

    def kept(self, *levels: str) -> Any:
        """Return what is retained on a topic of the gateway."""
        return json.loads(self.broker.retained["/".join(("sebridge", "home", *levels))])


MakeGarden = Callable[..., Awaitable[Garden]]


@pytest.fixture
async def make_garden(clock: VirtualClock) -> AsyncIterator[MakeGarden]:
    made: list[Garden] = []

    async def make(collections: Database | None = None) -> Garden:
        garden = Garden(clock, collections)
        made.append(garden)
        await garden.home.start()
        return garden

    yield make
    for garden in made:
        await garden.home.stop()


@pytest.fixture
async def garden(make_garden: MakeGarden) -> Garden:
    return await make_garden()


# ------------------------------------------------------------------ frames


def test_its_frames_are_decoded_and_encoded() -> None:
    clusters = clusters_of(WITH_IT)

    decoded = decode_octets(clusters, SE_PROFILE, WATERING, FRAME)

    assert decoded.command == "watering_event"
    assert decoded.document()["fields"] == {
        "issuer_event_id": 7,
        "start_time": 0,
        "duration_in_minutes": 60,
        "litres": 40,
    }
    assert any(
        "watering_event" in line for line in explanation_lines(explain_frame(clusters, decoded))
    )
    assert encode_document(clusters, decoded.document()) == FRAME


# ------------------------------------------------------------------ requests


async def test_its_methods_are_called(garden: Garden) -> None:
    created = await garden.home.call("create_watering_event", record=EVENT)
    listed = await garden.home.call("get_watering_events")

    assert created["status"] == 0
    (device,) = created["device_list"]
    assert device.lower().endswith("05")
    (event,) = listed["events_record_list"]
    assert (event["issuer_event_id"], event["litres"]) == (7, 40)


async def test_bad_input_is_refused_by_name(garden: Garden) -> None:
    unknown = await garden.home.refused("create_watering_event", record=EVENT | {"beer": 1})
    too_much = await garden.home.refused("create_watering_event", record=EVENT | {"litres": 70000})

    assert "record.beer" in unknown.message
    assert "record.litres" in too_much.message
    refused = await garden.home.call("create_watering_event", record=EVENT | {"litres": 0})
    assert refused["status"] != 0
    assert "litres" in refused["reason"]


async def test_help_tells_of_its_methods_clusters_and_records(garden: Garden) -> None:
    told = await garden.home.call("help", methods=None, clusters=None, records=None)

    text = json.dumps(told)
    for name in ("create_watering_event", "WateringServer", "WateringEventRecord"):
        assert name in text


async def test_openrpc_describes_its_methods(garden: Garden) -> None:
    methods = garden.home.gateway.dispatcher.methods.values()

    document = openrpc(methods, "1.0", "/rpc")

    assert "create_watering_event" in {method["name"] for method in document["methods"]}
    assert "litres" in json.dumps(document)


async def test_it_is_called_in_xml(garden: Garden) -> None:
    call = (
        '<create_watering_event synchronous="TRUE"><record type="WateringEventRecord">'
        "<issuer_event_id>0x7</issuer_event_id><duration_in_minutes>60</duration_in_minutes>"
        "<litres>40</litres></record></create_watering_event>"
    )
    document = (
        f'<rci_request version="1.1"><do_command target="RPC_request">{call}</do_command>'
        "</rci_request>"
    )

    answer = asyncio.ensure_future(
        garden.home.bridge.head_end.xml.answer(document.encode(), OURSELVES)
    )
    await garden.home.clock.advance(seconds=5)
    text = (await answer).decode()

    assert "<create_watering_event_response" in text
    assert "WateringEventRecord" in text
    assert (await garden.home.call("get_watering_events"))["events_record_list"]


# ------------------------------------------------------------------ what is told and shown


async def test_what_is_in_force_is_told_and_kept(garden: Garden) -> None:
    await garden.home.call("create_watering_event", record=EVENT)

    (told,) = garden.home.notifications("updated_active_watering_events")
    assert [record["litres"] for record in told["record_list"]] == [40]
    assert garden.kept("active", "watering")["record_list"][0]["litres"] == 40


async def test_its_topic_is_kept_and_follows_the_clock(garden: Garden) -> None:
    await garden.home.call("create_watering_event", record=EVENT)
    during = garden.kept("garden")

    await garden.home.clock.advance(minutes=61)

    assert (during, garden.kept("garden")) == ({"litres": 40}, {"litres": 0})


async def test_info_names_it(garden: Garden) -> None:
    assert "watering" in garden.kept("info")["features"]


async def test_home_assistant_discovers_it(garden: Garden) -> None:
    payloads = [
        json.loads(payload)
        for topic, payload in garden.broker.retained.items()
        if topic.startswith("homeassistant/") and b"Water for the garden" in payload
    ]

    (payload,) = payloads
    check(payload)
    (component,) = [c for c in payload["cmps"].values() if "garden_water" in c["uniq_id"]]
    assert component["stat_t"] == "sebridge/home/garden"


async def test_a_simulated_device_takes_part(garden: Garden) -> None:
    (sprinkler,) = garden.home.house.household.find(Sprinkler).values()
    await garden.home.call("create_watering_event", record=EVENT)
    await garden.home.clock.advance(seconds=5)
    during = sprinkler.litres

    await garden.home.call("cancel_watering_event", record={"issuer_event_id": 7})
    await garden.home.clock.advance(seconds=5)

    assert (during, sprinkler.litres) == (40, 0)


# ------------------------------------------------------------------ database and documents


async def test_its_events_survive_a_restart_on_disk(
    make_garden: MakeGarden, tmp_path: Path
) -> None:
    database = Database(tmp_path / "garden.db", SystemClock())
    await database.open()
    before = await make_garden(database)
    await before.home.call("create_watering_event", record=EVENT)
    await before.home.stop()
    await database.stop()

    again = Database(tmp_path / "garden.db", SystemClock())
    await again.open()
    after = await make_garden(again)
    listed = await after.home.call("get_watering_events")
    await after.home.stop()
    await again.stop()

    assert [event["litres"] for event in listed["events_record_list"]] == [40]


def test_the_generated_documents_have_it() -> None:
    text = rpc_reference(WITH_IT)

    assert "create_watering_event" in text
    assert "updated_active_watering_events" in text
    assert f"### {WateringEventRecord.__name__}" in text


def test_without_its_entry_in_the_list_nothing_knows_it() -> None:
    assert WATERING not in clusters_of(FEATURES)
    assert "watering" not in rpc_reference(FEATURES)
