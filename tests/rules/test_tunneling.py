"""Tunnels, rule by rule: TUN-1 to TUN-6, between two stations on the ether."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import FullError
from sebridge.features.tunneling.client import TunnelingClient
from sebridge.features.tunneling.records import (
    NO_TUNNEL,
    CloseTunnelRecord,
    RequestTunnelRecord,
    RequestTunnelResponseRecord,
    TransferDataErrorToClientRecord,
    TransferDataRecord,
    TransferStatus,
    TunnelStatus,
)
from sebridge.features.tunneling.server import TunnelingServer, TunnelingSettings
from sebridge.features.tunneling.signals import (
    TunnelClosed,
    TunnelData,
    TunnelOpened,
    TunnelProtocolsListed,
    TunnelRefused,
)
from sebridge.features.tunneling.tunnel import NoTunnelError, TunnelProtocol
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import SE_ENDPOINT
from tests.gateway.radio_side import NOW
from tests.rules.pair import SERVER, Pair
from tests.rules.parts import FIRST, SECOND, hears

DLMS = TunnelProtocol(0)
OURS = TunnelProtocol(200, 0x101E)
REQUEST = RequestTunnelRecord(
    protocol_id=0, flow_control_support=0, maximum_incoming_transfer_size=100
)


class Tunnels(Pair):
    """A client and a server of tunnels, and what both were told."""

    client: TunnelingClient
    server: TunnelingServer

    def __init__(self, clock: VirtualClock, settings: TunnelingSettings) -> None:
        server = TunnelingServer(SE_ENDPOINT, [DLMS, OURS], settings)
        super().__init__(clock, server, TunnelingClient(9, room=40))
        self.opened, self.refused = self.at_client(TunnelOpened), self.at_client(TunnelRefused)
        self.came_to_server = self.at_server(TunnelData)
        self.came_to_client = self.at_client(TunnelData)

    async def open(self, protocol: TunnelProtocol = DLMS, *, flow_control: bool = False) -> int:
        asking = self.client.request(SERVER, protocol, flow_control=flow_control)
        await self.client_does(asking)
        return int(self.opened[-1].tunnel_id) if self.opened else NO_TUNNEL


MakeTunnels = Callable[..., Awaitable[Tunnels]]


@pytest.fixture
async def make_tunnels(clock: VirtualClock) -> AsyncIterator[MakeTunnels]:
    made: list[Tunnels] = []

    async def make(**settings: Any) -> Tunnels:
        tunnels = Tunnels(clock, TunnelingSettings(**settings))
        made.append(tunnels)
        await tunnels.start()
        return tunnels

    yield make
    for tunnels in made:
        await tunnels.stop()


async def test_tun_01_a_tunnel_gets_a_number_of_its_own(make_tunnels: MakeTunnels) -> None:
    """The server gives it, and never two of the same."""
    tunnels = await make_tunnels()

    numbers = [await tunnels.open(), await tunnels.open()]

    assert len(set(numbers)) == 2
    assert [tunnel.tunnel_id for tunnel in tunnels.server.tunnels] == numbers
    assert tunnels.commands == [(False, 0x00), (True, 0x00)] * 2
    assert tunnels.encrypted


async def test_tun_01_without_a_tunnel_the_answer_says_why(make_tunnels: MakeTunnels) -> None:
    """Number 0xFFFF, and the reason."""
    tunnels = await make_tunnels(most_tunnels=1)
    await tunnels.open()

    await tunnels.open()
    answer = hears(tunnels.server, REQUEST).answers[0]

    assert len(tunnels.opened) == 1
    assert [refused.status for refused in tunnels.refused] == [TunnelStatus.NO_MORE_TUNNELS]
    assert isinstance(answer, RequestTunnelResponseRecord)
    assert answer.tunnel_id == NO_TUNNEL


async def test_tun_02_protocol_and_manufacturer_must_be_supported_together(
    make_tunnels: MakeTunnels,
) -> None:
    """0xFFFF stands for the standard protocols; 200 and above are a manufacturer's."""
    tunnels = await make_tunnels()
    for wrong in (TunnelProtocol(1), TunnelProtocol(200, 0x1234), TunnelProtocol(201, 0x101E)):
        await tunnels.open(wrong)
    statuses = [refused.status for refused in tunnels.refused]

    await tunnels.open(OURS)

    assert statuses == [TunnelStatus.PROTOCOL_NOT_SUPPORTED] * 3
    assert [(o.protocol_id, o.manufacturer_code) for o in tunnels.opened] == [(200, 0x101E)]


async def test_tun_03_octets_go_both_ways_through_a_tunnel(make_tunnels: MakeTunnels) -> None:
    """Each end hears what the other sent."""
    tunnels = await make_tunnels()
    number = await tunnels.open()

    await tunnels.client_does(tunnels.client.send(SERVER, number, b"ask", NOW))
    [tunnel] = tunnels.server.tunnels
    await tunnels.server_does(tunnels.server.send(tunnel.peer, number, b"answer", NOW))

    assert [(d.tunnel_id, d.data) for d in tunnels.came_to_server] == [(number, b"ask")]
    assert [(d.tunnel_id, d.data) for d in tunnels.came_to_client] == [(number, b"answer")]
    assert tunnels.encrypted


@pytest.mark.parametrize(
    ("source", "offset", "octets", "status"),
    [
        (FIRST, 1, 1, TransferStatus.NO_SUCH_TUNNEL),
        (SECOND, 0, 1, TransferStatus.WRONG_DEVICE),
        (FIRST, 0, 51, TransferStatus.OVERFLOW),
    ],
)
def test_tun_03_octets_that_are_not_taken_are_told(
    source: Peer, offset: int, octets: int, status: TransferStatus
) -> None:
    """An unknown tunnel, another device's, or more than the announced size."""
    server = TunnelingServer(SE_ENDPOINT, [DLMS], TunnelingSettings(room=50))
    hears(server, REQUEST, source=FIRST)

    outcome = hears(server, TransferDataRecord(tunnel_id=offset, data=bytes(octets)), 0, source)

    refusal = TransferDataErrorToClientRecord(tunnel_id=offset, transfer_data_status=status)
    assert outcome.answers == (refusal,)
    assert outcome.signals == ()


async def test_tun_03_a_client_whose_tunnel_is_unknown_knows_it_no_more(
    make_tunnels: MakeTunnels,
) -> None:
    """The server was restarted, say: the error closes the client's end."""
    tunnels = await make_tunnels()
    number = await tunnels.open()
    closed = tunnels.at_client(TunnelClosed)
    tunnels.server.forget(tunnels.server.tunnels[0])

    await tunnels.client_does(tunnels.client.send(SERVER, number, b"ask", NOW))

    assert [c.tunnel_id for c in closed] == [number]
    with pytest.raises(NoTunnelError):
        tunnels.client.send(SERVER, number, b"ask", NOW)


async def test_tun_04_an_idle_tunnel_is_closed_and_its_owner_told(
    make_tunnels: MakeTunnels, clock: VirtualClock
) -> None:
    """After CloseTunnelTimeout without a transfer, counted anew from each."""
    tunnels = await make_tunnels(close_timeout=60)
    await tunnels.serve_time()
    number, closed = await tunnels.open(), tunnels.at_client(TunnelClosed)

    await clock.advance(50)
    await tunnels.client_does(tunnels.client.send(SERVER, number, b"I am here", NOW))
    await clock.advance(50)
    while_used = list(closed)
    await clock.advance(15)

    assert while_used == []
    assert [c.tunnel_id for c in closed] == [number]
    assert tunnels.server.tunnels == []
    assert tunnels.commands[-1] == (True, 0x06)


async def test_tun_04_the_owner_closes_a_tunnel_and_nobody_else(make_tunnels: MakeTunnels) -> None:
    """NOT_AUTHORIZED to others, NOT_FOUND when there is none."""
    tunnels = await make_tunnels()
    number, closed = await tunnels.open(), tunnels.at_server(TunnelClosed)
    with pytest.raises(NoTunnelError, match="another device"):
        hears(tunnels.server, CloseTunnelRecord(tunnel_id=number), source=SECOND)

    await tunnels.client_does(tunnels.client.close(SERVER, number))

    assert [c.tunnel_id for c in closed] == [number]
    with pytest.raises(NoTunnelError, match="there is no tunnel"):
        hears(tunnels.server, CloseTunnelRecord(tunnel_id=number))


async def test_tun_05_flow_control_tells_how_much_room_there_is(make_tunnels: MakeTunnels) -> None:
    """Ack Transfer Data after each transfer, Ready Data when octets were dealt with."""
    tunnels = await make_tunnels(room=10)
    number = await tunnels.open(flow_control=True)

    await tunnels.client_does(tunnels.client.send(SERVER, number, bytes(8), NOW))
    with pytest.raises(FullError, match="2 octets"):
        tunnels.client.send(SERVER, number, bytes(3), NOW)
    [tunnel] = tunnels.server.tunnels
    await tunnels.server_does(tunnels.server.taken_out(tunnel.peer, number, 8))
    await tunnels.client_does(tunnels.client.send(SERVER, number, bytes(10), NOW))

    assert [len(data.data) for data in tunnels.came_to_server] == [8, 10]
    told = [command for from_server, command in tunnels.commands[2:] if from_server]
    assert told == [0x03, 0x04, 0x03]


async def test_tun_05_without_it_nothing_of_it_is_said(make_tunnels: MakeTunnels) -> None:
    """Both must want it."""
    tunnels = await make_tunnels(room=10)
    number = await tunnels.open(flow_control=False)

    for _ in range(3):
        await tunnels.client_does(tunnels.client.send(SERVER, number, bytes(10), NOW))
    [tunnel] = tunnels.server.tunnels

    assert len(tunnels.came_to_server) == 3
    assert tunnels.server.taken_out(tunnel.peer, number, 10).sendings == ()
    assert {command for _, command in tunnels.commands} == {0x00, 0x02}


async def test_tun_05_a_server_that_cannot_says_so(make_tunnels: MakeTunnels) -> None:
    """Status 4, and no tunnel."""
    tunnels = await make_tunnels(flow_control=False)

    await tunnels.open(flow_control=True)

    assert [r.status for r in tunnels.refused] == [TunnelStatus.FLOW_CONTROL_NOT_SUPPORTED]
    assert tunnels.server.tunnels == []


@pytest.mark.parametrize(("count", "questions"), [(0, 1), (16, 1), (17, 2), (40, 3)])
async def test_tun_06_protocols_are_listed_16_at_a_time(
    clock: VirtualClock, count: int, questions: int
) -> None:
    """The client asks on until the list is complete."""
    protocols = [TunnelProtocol(number) for number in range(count)]
    pair = Pair(clock, TunnelingServer(SE_ENDPOINT, protocols), client := TunnelingClient(9))
    listed = pair.at_client(TunnelProtocolsListed)
    await pair.start()

    await pair.client_does(client.ask_protocols(SERVER))
    await pair.stop()

    assert [news.protocols for news in listed] == [tuple((0xFFFF, n) for n in range(count))]
    assert pair.commands == [(False, 0x06), (True, 0x05)] * questions
