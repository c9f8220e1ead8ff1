"""One tunnel: what goes through it, and what may be spoken in it."""

from msgspec.structs import replace
import pytest

from sebridge.base.errors import ParameterError
from sebridge.features.tunneling.records import TransferStatus
from sebridge.features.tunneling.tunnel import Tunnel, TunnelProtocol
from tests.gateway.radio_side import NOW, peer


def tunnel(*, flow_control: bool) -> Tunnel:
    return Tunnel(
        tunnel_id=1,
        peer=peer(),
        protocol=TunnelProtocol(0),
        flow_control=flow_control,
        room=10,
        peer_room=20,
        used=NOW,
        holds=True,
    )


def test_without_flow_control_each_transfer_has_the_same_limit() -> None:
    open_tunnel = tunnel(flow_control=False)

    arrived = [open_tunnel.arrive(octets, NOW) for octets in (10, 10, 11)]
    departed = [open_tunnel.depart(octets, NOW) for octets in (20, 20, 21)]

    assert arrived == [None, None, TransferStatus.OVERFLOW]
    assert departed == [True, True, False]


def test_with_flow_control_the_room_shrinks_and_grows_again() -> None:
    open_tunnel = tunnel(flow_control=True)
    arrived = [open_tunnel.arrive(octets, NOW) for octets in (7, 4)]
    departed = [open_tunnel.depart(octets, NOW) for octets in (15, 6)]

    open_tunnel.take_out(100)
    open_tunnel.peer_has_room(6, NOW)

    assert arrived == [None, TransferStatus.OVERFLOW]
    assert departed == [True, False]
    assert (open_tunnel.left, open_tunnel.depart(6, NOW)) == (10, True)


def test_room_for_octets_that_did_not_arrive_comes_back() -> None:
    controlled, free = tunnel(flow_control=True), tunnel(flow_control=False)

    for open_tunnel in (controlled, free):
        open_tunnel.depart(15, NOW)
        open_tunnel.come_back(15)

    assert (controlled.peer_room, free.peer_room) == (20, 20)


def test_an_end_that_holds_nothing_has_all_its_room_always() -> None:
    open_tunnel = replace(tunnel(flow_control=True), holds=False)

    arrived = [open_tunnel.arrive(octets, NOW) for octets in (10, 10, 11)]

    assert arrived == [None, None, TransferStatus.OVERFLOW]
    assert open_tunnel.left == 10


def test_room_that_nobody_asked_to_be_told_is_not_believed() -> None:
    open_tunnel = tunnel(flow_control=False)

    open_tunnel.peer_has_room(0, NOW + 5)

    assert (open_tunnel.peer_room, open_tunnel.used) == (20, NOW)


def test_what_goes_through_keeps_a_tunnel_alive() -> None:
    open_tunnel = tunnel(flow_control=True)
    moments: list[int] = []

    for use in (
        lambda now: open_tunnel.arrive(1, now),
        lambda now: open_tunnel.depart(1, now),
        lambda now: open_tunnel.peer_has_room(1, now),
    ):
        use(NOW + 1 + len(moments))
        moments.append(open_tunnel.used - NOW)

    assert moments == [1, 2, 3]


@pytest.mark.parametrize(
    ("protocol_id", "manufacturer_code", "wrong"),
    [
        (0, 0x101E, "manufacturer_code"),
        (200, 0xFFFF, "manufacturer_code"),
        (255, 0xFFFF, "protocol_id"),
        (-1, 0xFFFF, "protocol_id"),
    ],
)
def test_a_pair_that_cannot_be_is_refused_tun_2(
    protocol_id: int, manufacturer_code: int, wrong: str
) -> None:
    with pytest.raises(ParameterError, match=wrong):
        TunnelProtocol(protocol_id, manufacturer_code)
