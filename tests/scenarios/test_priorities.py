"""What a person asks a device for goes before what the bridge reads on its own."""

import asyncio
from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.peer import Peer
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl import frame as zcl
from sebridge.zcl.identifiers import BASIC, HA_ENDPOINT, HA_PROFILE
from tests.scenarios.conftest import Home

PLUG = "00:0d:6f:00:0a:00:00:02"


PLACE: dict[str, Any] = {
    "destination_address": PLUG,
    "destination_endpoint_id": 1,
    "cluster_id": BASIC,
    "server_or_client": 0,
    "source_endpoint_id": HA_ENDPOINT,
}


@pytest.mark.parametrize(
    ("method", "record", "question"),
    [
        ("read_attributes", {}, (zcl.READ_ATTRIBUTES, 5)),
        (
            "start_receiving_reports",
            {"attribute_type": 0x42, "min_interval": 1, "max_interval": 60},
            (zcl.CONFIGURE_REPORTING, 0),
        ),
    ],
)
async def test_what_a_person_wants_waits_for_no_reading_of_ours(
    home: Home, method: str, record: dict[str, Any], question: tuple[int, int]
) -> None:
    asked: list[tuple[int, int]] = []
    home.ether.watch(
        lambda frame: (
            asked.append((frame.data[2], frame.data[3]))
            if frame.cluster_id == BASIC and frame.source_nwk == 0
            else None
        )
    )
    home.ether.air = AirOptions(delay=1)  # so that they wait for each other
    reader = RemoteReader(home.gateway.router.exchange)
    plug = Peer(Eui64.parse(PLUG), 1, HA_PROFILE)

    ours = [
        asyncio.create_task(reader.read(plug, BASIC, HA_ENDPOINT, [number])) for number in range(3)
    ]
    await home.clock.settle()
    found = await home.result(method, **PLACE, record_list=[{"attribute_id": 5} | record])
    await home.clock.advance(seconds=20)

    assert found["record_list"][0]["attribute_id"] == 5
    assert asked == [(0, 0), question, (0, 1), (0, 2)]
    await asyncio.gather(*ours)
