"""The server of tunnels: numbers, limits, time."""

from typing import Any

import pytest

from sebridge.base.errors import ParameterError, UnsupportedCommandError
from sebridge.features.prepayment.records import GetTopUpLogRecord
from sebridge.features.tunneling.records import (
    CLOSE_TUNNEL_TIMEOUT,
    CloseTunnelRecord,
    GetSupportedTunnelProtocolsRecord,
    RequestTunnelRecord,
    TunnelClosureNotificationRecord,
)
from sebridge.features.tunneling.server import TunnelingServer, TunnelingSettings
from sebridge.features.tunneling.signals import TunnelClosed, TunnelOpened
from sebridge.features.tunneling.tunnel import TunnelProtocol
from sebridge.gateway.cluster import Outcome, Sending
from tests.gateway.radio_side import NOW, address, command, peer

REQUEST = RequestTunnelRecord(protocol_id=0, flow_control_support=0)


def server(**settings: Any) -> TunnelingServer:
    return TunnelingServer(0x5E, [TunnelProtocol(0)], TunnelingSettings(**settings))


def test_who_asks_gets_a_tunnel_and_we_hear_of_it() -> None:
    outcome = server(room=77).receive(command(REQUEST))

    answer: Any = outcome.answers[0]
    assert (answer.tunnel_id, answer.tunnel_status) == (0, 0)
    assert answer.maximum_incoming_transfer_size == 77
    assert outcome.signals == (TunnelOpened(address(1), 9, 0x5E, 0, 0, 0xFFFF),)


def test_a_client_of_before_se_1_1a_takes_as_many_octets_as_the_default() -> None:
    tunnels = server()

    tunnels.receive(command(REQUEST))

    assert tunnels.tunnels[0].peer_room == 1500


def opened_by(tunnels: TunnelingServer) -> int:
    """Open a tunnel; return its number."""
    answer: Any = tunnels.receive(command(REQUEST)).answers[0]
    return int(answer.tunnel_id)


def test_a_number_is_not_given_again_at_once() -> None:
    tunnels = server()
    numbers = []

    for _ in range(3):
        numbers.append(opened_by(tunnels))
        tunnels.receive(command(CloseTunnelRecord(tunnel_id=numbers[-1])))

    assert numbers == [0, 1, 2]


def test_numbers_start_again_without_those_in_use() -> None:
    tunnels = server()
    opened_by(tunnels)
    for _ in range(0xFFFD):
        tunnels.receive(command(CloseTunnelRecord(tunnel_id=opened_by(tunnels))))

    assert [opened_by(tunnels), opened_by(tunnels)] == [0xFFFE, 1]


def test_an_idle_tunnel_is_due_after_its_time() -> None:
    tunnels = server(close_timeout=60)
    assert tunnels.next_change(NOW) is None
    tunnels.receive(command(REQUEST))
    tunnels.receive(command(REQUEST, NOW + 30))

    early = tunnels.advance(NOW + 59)
    due = tunnels.next_change(NOW)
    closed = tunnels.advance(NOW + 60)

    assert (early, due) == (Outcome(), NOW + 60)
    told = TunnelClosureNotificationRecord(tunnel_id=0)
    assert closed.sendings == (Sending(peer(), told),)
    assert closed.signals == (TunnelClosed(address(1), 9, 0x5E, 0),)
    assert tunnels.next_change(NOW + 60) == NOW + 90


def test_we_close_a_tunnel_and_its_owner_is_told() -> None:
    tunnels = server()
    tunnels.receive(command(REQUEST))

    closed, again = tunnels.close(0), tunnels.close(0)

    assert closed.sendings == (Sending(peer(), TunnelClosureNotificationRecord(tunnel_id=0)),)
    assert again == Outcome()


def test_the_time_is_shown() -> None:
    shown = server(close_timeout=600).attributes.read(CLOSE_TUNNEL_TIMEOUT)

    assert (shown.attribute_type, shown.value) == (0x21, 600)


def test_protocols_behind_the_last_are_an_empty_list() -> None:
    record = GetSupportedTunnelProtocolsRecord(protocol_offset=200)

    answer = server().receive(command(record)).answers[0]

    assert answer.serialize() == bytes((1, 0))


def test_what_cannot_be_offered_is_refused() -> None:
    with pytest.raises(ParameterError, match="close_timeout"):
        TunnelingSettings(close_timeout=0)
    with pytest.raises(ParameterError, match="protocols"):
        TunnelingServer(0x5E, [TunnelProtocol(200, code) for code in range(257)])
    with pytest.raises(ParameterError, match="room"):
        server(room=0)


def test_a_command_of_another_cluster_is_unknown() -> None:
    with pytest.raises(UnsupportedCommandError):
        server().receive(command(GetTopUpLogRecord(latest_end_time=0, number_of_records=0)))
