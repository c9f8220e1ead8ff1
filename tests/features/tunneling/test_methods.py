"""Requests for tunnels, over the whole bridge to a simulated meter and back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import Reason
from sebridge.features.tunneling.client import LONGEST_IDLE, MOST_OF_A_SERVER
from sebridge.features.tunneling.server import TunnelingServer
from sebridge.features.tunneling.signals import TunnelClosed, TunnelData, TunnelOpened
from sebridge.model.values import Base64
from sebridge.settings.options import GatewayOptions
from sebridge.zcl.identifiers import TUNNELING
from tests.api.home import METER, Collections, Home, address, house_security, lose

AT: dict[str, Any] = {"destination_address": str(address(METER))}
SOURCE = {"cluster_id": TUNNELING, "source_address": str(address(METER))}
WITH_TUNNELS = {"tunnel": True}


class House(Home):
    """A home whose gateway opens tunnels, and what came of them."""

    def __init__(
        self,
        clock: VirtualClock,
        meter: dict[str, Any] | None = None,
        *,
        optional_clusters: tuple[str, ...] = ("tunneling",),
        role: str = "coordinator",
        **options: Any,
    ) -> None:
        kept = Collections()
        super().__init__(
            clock,
            [METER],
            kept,
            house=house_security(kept),
            meter=WITH_TUNNELS if meter is None else meter,
            gateway=GatewayOptions(optional_clusters=optional_clusters, role=role),
            **options,
        )
        self.opened: list[TunnelOpened] = []
        self.data: list[TunnelData] = []
        self.closed: list[TunnelClosed] = []
        self.bus.listen(TunnelOpened, self.opened.append)
        self.bus.listen(TunnelData, self.data.append)
        self.bus.listen(TunnelClosed, self.closed.append)

    async def open(self, **more: Any) -> int:
        answer = await self.call("open_tunnel", **AT, protocol_id=0, **more)
        return int(answer["tunnel_id"])


@pytest.fixture
async def house(clock: VirtualClock) -> AsyncIterator[House]:
    house = House(clock)
    await house.start()
    yield house
    await house.stop()


async def test_a_tunnel_is_opened_speaks_both_ways_and_is_closed(house: House) -> None:
    opened = await house.call("open_tunnel", **AT, protocol_id=0)
    number = opened["tunnel_id"]
    sent = await house.call("send_tunnel_data", **AT, tunnel_id=number, data="0001000A")
    await house.clock.advance(1)
    listed = await house.call("get_tunnels")
    closed = await house.call("close_tunnel", **AT, tunnel_id=number)

    assert opened == SOURCE | {
        "profile_id": 0x0109,
        "source_endpoint_id": 9,
        "tunnel_status": 0,
        "tunnel_id": 0,
        "maximum_transfer_size": 1500,
    }
    assert sent == SOURCE | {"tunnel_id": number, "status": 0, "room": 1500}
    assert [data.data for data in house.data] == [bytes.fromhex("0001000A")]
    [tunnel] = listed["tunnel_list"]
    assert (tunnel["tunnel_id"], tunnel["flow_control"]) == (number, False)
    assert closed == SOURCE | {"tunnel_id": number, "status": 0}
    assert [signal.tunnel_id for signal in house.closed] == [number]
    assert await house.call("get_tunnels") == {"cluster_id": TUNNELING, "tunnel_list": []}


async def test_what_a_device_speaks_is_listed(house: House) -> None:
    answer = await house.call("get_tunnel_protocols", **AT)

    assert answer["protocol_list"] == [{"manufacturer_code": 0xFFFF, "protocol_id": 0}]


async def test_a_device_is_asked_for_its_protocols_by_one_caller_at_a_time(house: House) -> None:
    asking = [house.answer("get_tunnel_protocols", AT) for _ in range(2)]

    first, second = await asyncio.gather(*asking)

    assert first.error is None
    assert second.error is not None
    assert "is being asked for its protocols already" in second.error.message


async def test_octets_may_be_base64_as_xml_has_them(house: House) -> None:
    number = await house.open()

    await house.call("send_tunnel_data", **AT, tunnel_id=number, data=Base64(b"\xc0\x01\x40"))
    await house.clock.advance(1)

    assert [data.data for data in house.data] == [b"\xc0\x01\x40"]


async def test_with_flow_control_as_much_comes_back_as_goes_out(house: House) -> None:
    """Ten times what fits at once: each end says when it can take more."""
    number = await house.open(flow_control=True)

    for _ in range(10):
        await house.call("send_tunnel_data", **AT, tunnel_id=number, data="00" * 1500)
        await house.clock.advance(1)

    assert [len(data.data) for data in house.data] == [1500] * 10


async def test_a_protocol_that_the_device_does_not_speak_is_refused_with_the_reason(
    house: House,
) -> None:
    answer = await house.call("open_tunnel", **AT, protocol_id=1)

    assert (answer["tunnel_status"], "tunnel_id" in answer) == (3, False)
    assert answer["reason"] == "the server does not speak this protocol"


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"protocol_id": 200}, "manufacturer_code"),
        ({"protocol_id": 255}, "protocol_id"),
        ({"protocol_id": 0, "destination_endpoint_id": 1}, "destination_endpoint_id"),
    ],
)
async def test_what_cannot_be_asked_for_is_named(
    house: House, given: dict[str, int], parameter: str
) -> None:
    error = await house.refused("open_tunnel", **AT, **given)

    assert error.reason is Reason.INVALID_PARAMETER
    assert error.data == {"parameter": parameter}


async def test_more_than_the_device_takes_at_once_is_refused(house: House) -> None:
    number = await house.open()

    too_much = await house.refused("send_tunnel_data", **AT, tunnel_id=number, data="00" * 1501)
    nothing = await house.refused("send_tunnel_data", **AT, tunnel_id=number, data="")

    assert (too_much.reason, too_much.message) == (
        Reason.FULL,
        "tunnel 0 takes 1500 octets, not 1501",
    )
    assert nothing.data == {"parameter": "data"}


@pytest.mark.parametrize("method", ["send_tunnel_data", "close_tunnel"])
async def test_a_tunnel_that_is_not_there_is_not_found(house: House, method: str) -> None:
    more = {"data": "00"} if method == "send_tunnel_data" else {}

    error = await house.refused(method, **AT, tunnel_id=7, **more)

    assert error.reason is Reason.NOT_FOUND
    assert error.message.startswith("there is no tunnel 7 of ")


async def test_a_device_that_forgot_the_tunnel_says_so_and_it_is_closed(house: House) -> None:
    number = await house.open()
    server = house.house.household.find(TunnelingServer)["Main meter"]
    server.forget(server.tunnels[0])

    sent = await house.call("send_tunnel_data", **AT, tunnel_id=number, data="00")

    assert (sent["status"], sent["reason"]) == (0x8B, "the server knows no such tunnel")
    assert sent["room"] == 0
    assert [signal.tunnel_id for signal in house.closed] == [number]


async def test_one_device_can_make_us_keep_only_so_many_tunnels(clock: VirtualClock) -> None:
    house = House(clock, WITH_TUNNELS | {"tunnels": 256})
    await house.start()
    for _ in range(MOST_OF_A_SERVER):
        await house.open()

    error = await house.refused("open_tunnel", **AT, protocol_id=0)
    listed = await house.call("get_tunnels")
    await house.stop()

    assert error.reason is Reason.FULL
    assert len(listed["tunnel_list"]) == MOST_OF_A_SERVER


async def test_an_idle_tunnel_is_closed_by_the_device(clock: VirtualClock) -> None:
    house = House(clock, WITH_TUNNELS | {"tunnel_timeout": 60})
    await house.start()
    number = await house.open()

    await clock.advance(75)
    listed = await house.call("get_tunnels")
    await house.stop()

    assert [signal.tunnel_id for signal in house.closed] == [number]
    assert listed["tunnel_list"] == []


async def test_an_idle_tunnel_is_closed_by_us_where_the_device_says_nothing(
    house: House,
) -> None:
    number = await house.open()
    server = house.house.household.find(TunnelingServer)["Main meter"]
    server.forget(server.tunnels[0])

    await house.clock.advance(LONGEST_IDLE + 15)

    assert [signal.tunnel_id for signal in house.closed] == [number]


@pytest.mark.parametrize("step", [2 * LONGEST_IDLE, -2 * LONGEST_IDLE])
async def test_a_step_of_the_networks_time_makes_no_tunnel_idle_and_none_young(
    house: House, step: int
) -> None:
    number = await house.open()
    server = house.house.household.find(TunnelingServer)["Main meter"]
    server.forget(server.tunnels[0])
    now = (await house.call("get_time"))["UTC_2000"]

    await house.call("set_time", UTC_2000=now + step)
    await house.clock.advance(LONGEST_IDLE - 15)
    before = list(house.closed)
    await house.clock.advance(30)

    assert before == []
    assert [signal.tunnel_id for signal in house.closed] == [number]


async def test_what_comes_back_for_a_tunnel_that_was_closed_is_dropped(house: House) -> None:
    number = await house.open()
    await house.call("send_tunnel_data", **AT, tunnel_id=number, data="00")

    await house.call("close_tunnel", **AT, tunnel_id=number)
    await house.clock.advance(5)

    assert house.data == []


async def test_octets_that_did_not_reach_the_device_take_no_room(clock: VirtualClock) -> None:
    house = House(clock, registry={"Conversation.default_timeout": 5})
    await house.start()
    number = await house.open(flow_control=True)
    await house.house.stop()

    error = await house.refused("send_tunnel_data", **AT, tunnel_id=number, data="00" * 1500)
    listed = await house.call("get_tunnels")
    await house.stop()

    assert error.reason is Reason.NOT_DELIVERED
    assert [tunnel["room"] for tunnel in listed["tunnel_list"]] == [1500]


async def test_a_silent_device_is_not_waited_for_for_ever_and_its_late_answer_opens_nothing(
    clock: VirtualClock,
) -> None:
    house = House(clock, registry={"Conversation.default_timeout": 5})
    lose(house, lambda frame: frame.cluster_id == TUNNELING)
    await house.start()

    error = await house.refused("open_tunnel", **AT, protocol_id=0)
    again = await house.refused("get_tunnel_protocols", **AT)
    listed = await house.call("get_tunnels")
    await house.stop()

    assert [error.reason, again.reason] == [Reason.ANSWER_TIMEOUT] * 2
    assert listed["tunnel_list"] == []


async def test_a_device_that_is_removed_takes_its_tunnels_along(house: House) -> None:
    number = await house.open()

    await house.call("remove_device", device_address=str(address(METER)))
    listed = await house.call("get_tunnels")

    assert [signal.tunnel_id for signal in house.closed] == [number]
    assert listed["tunnel_list"] == []


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("get_tunnel_protocols", AT),
        ("open_tunnel", AT | {"protocol_id": 0}),
        ("send_tunnel_data", AT | {"tunnel_id": 0, "data": "00"}),
        ("close_tunnel", AT | {"tunnel_id": 0}),
        ("get_tunnels", {}),
    ],
)
async def test_where_tunnels_are_switched_off_the_key_is_named(
    clock: VirtualClock, method: str, more: dict[str, Any]
) -> None:
    house = House(clock, optional_clusters=())

    error = await house.refused(method, **more)

    assert error.reason is Reason.IMPOSSIBLE
    assert "gateway.optional_clusters" in error.message


async def test_a_device_without_tunnels_is_no_tunnel_server(clock: VirtualClock) -> None:
    house = House(clock, {})
    await house.start()

    error = await house.refused("open_tunnel", **AT, protocol_id=0)
    await house.stop()

    assert error.message.endswith("is not a tunnel server")


@pytest.mark.parametrize("role", ["coordinator", "router", "display"])
def test_every_role_tells_devices_of_the_cluster_it_was_given(
    clock: VirtualClock, role: str
) -> None:
    with_it = House(clock, role=role).gateway.endpoints[0x5E]
    without = House(clock, role=role, optional_clusters=()).gateway.endpoints[0x5E]

    assert with_it.cluster(TUNNELING, server=False) is not None
    assert without.cluster(TUNNELING, server=False) is None
