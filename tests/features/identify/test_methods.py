"""Showing oneself, near and far."""

from typing import Any

from sebridge.base.clock import VirtualClock
from sebridge.features.identify.signals import Identifying
from sebridge.features.metering.simulated_meter import MeterServer
from tests.api.home import DISPLAY, METER, Home, address


def remaining(kind: str) -> dict[str, Any]:
    """Return the request for the seconds that a device still shows itself."""
    return {
        "cluster_id": 3,
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": 0x5E,
        "destination_address": str(address(kind)),
        "record_list": [{"attribute_id": 0}],
    }


async def test_the_gateway_identifies_itself(alone: Home) -> None:
    heard: list[Identifying] = []
    alone.bus.listen(Identifying, heard.append)

    answer = await alone.call("identify", destination_endpoint_id=0x5E, identify_time=5)

    assert answer == {
        "cluster_id": 3,
        "profile_id": 0x0109,
        "source_endpoint_id": 0x5E,
        "identify_time": 5,
    }
    assert heard == [Identifying(0x5E, 5)]


async def test_a_device_identifies_itself(home: Home) -> None:
    display = str(address(DISPLAY))

    answer = await home.call(
        "identify",
        destination_endpoint_id=9,
        identify_time="0x10",
        source_endpoint_id=0x5E,
        destination_address=display,
    )

    assert answer == {
        "cluster_id": 3,
        "profile_id": 0x0109,
        "source_endpoint_id": 9,
        "destination_endpoint_id": 0x5E,
        "source_address": display,
        "identify_time": 16,
    }
    read = await home.call("read_attributes", **remaining(DISPLAY))
    assert 0 < read["record_list"][0]["value"] <= 16


async def test_everybody_identifies(home: Home) -> None:
    answer = await home.call(
        "identify",
        destination_endpoint_id=0xFF,
        identify_time=30,
        source_endpoint_id=0x5E,
        destination_address="00:00:00:00:00:00:FF:FF",
    )

    await home.clock.advance(2)

    assert answer["source_address"] == "00:00:00:00:00:00:ff:ff"
    for kind in (METER, DISPLAY):
        read = await home.call("read_attributes", **remaining(kind))
        assert read["record_list"][0]["value"] > 0


async def test_a_remote_device_needs_a_source_endpoint_and_an_endpoint_an_identify_cluster(
    home: Home,
) -> None:
    far = await home.refused(
        "identify",
        destination_endpoint_id=9,
        identify_time=5,
        destination_address=str(address(DISPLAY)),
    )
    near = await home.refused("identify", destination_endpoint_id=77, identify_time=5)

    assert far.data == {"parameter": "source_endpoint_id"}
    assert near.data == {"parameter": "destination_endpoint_id"}


async def test_an_endpoint_of_ours_without_the_cluster_cannot_identify(clock: VirtualClock) -> None:
    home = Home(clock, [METER], meter={"mirrored": True})
    await home.start()
    (meter,) = home.house.household.find(MeterServer).values()

    refusal = await home.refused(
        "identify", destination_endpoint_id=meter.mirror_endpoint, identify_time=5
    )

    assert refusal.data == {"parameter": "destination_endpoint_id"}
    assert "cannot identify" in refusal.message
    await home.stop()
