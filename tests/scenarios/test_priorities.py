"""What a person asks a device for goes before what the bridge reads on its own."""

import asyncio
from typing import Any

from sebridge.base.addresses import Eui64
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.network.peer import Peer
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl.identifiers import BASIC, HA_ENDPOINT, HA_PROFILE
from tests.scenarios.conftest import Home

PLUG = "00:0d:6f:00:0a:00:00:02"


async def test_a_request_to_read_waits_for_no_reading_of_ours(home: Home) -> None:
    asked: list[int] = []
    home.ether.watch(
        lambda frame: (
            asked.append(frame.data[3])
            if frame.cluster_id == BASIC and frame.source_nwk == 0
            else None
        )
    )
    home.ether.air = AirOptions(delay=1)  # so that they wait for each other
    reader = RemoteReader(home.gateway.router.exchange)
    plug = Peer(Eui64.parse(PLUG), 1, HA_PROFILE)
    place: dict[str, Any] = {"destination_address": PLUG, "destination_endpoint_id": 1}
    place |= {"cluster_id": BASIC, "server_or_client": 0, "source_endpoint_id": HA_ENDPOINT}

    ours = [
        asyncio.create_task(reader.read(plug, BASIC, HA_ENDPOINT, [number])) for number in range(3)
    ]
    await home.clock.settle()
    found = await home.result("read_attributes", **place, record_list=[{"attribute_id": 5}])
    await home.clock.advance(seconds=20)

    assert found["record_list"][0]["attribute_id"] == 5
    assert asked == [0, 5, 1, 2]
    await asyncio.gather(*ours)
