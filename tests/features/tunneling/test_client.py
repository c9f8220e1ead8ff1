"""The client of tunnels: what it asked for, and what it did not."""

from typing import Any

import pytest

from sebridge.base.errors import FullError, RequestError, UnsupportedCommandError
from sebridge.features.prepayment.records import GetTopUpLogRecord
from sebridge.features.tunneling.client import MOST_TUNNELS, TunnelingClient
from sebridge.features.tunneling.records import (
    CloseTunnelRecord,
    GetSupportedTunnelProtocolsRecord,
    ProtocolItem,
    RequestTunnelResponseRecord,
    SupportedTunnelProtocolsResponseRecord,
    TransferDataErrorRecord,
    TransferDataRecord,
    TransferDataToClientRecord,
    TunnelClosureNotificationRecord,
)
from sebridge.features.tunneling.signals import (
    TunnelClosed,
    TunnelData,
    TunnelOpened,
    TunnelProtocolsListed,
    TunnelRefused,
)
from sebridge.features.tunneling.tunnel import NoTunnelError, TunnelProtocol
from sebridge.gateway.cluster import Outcome, Sending
from tests.gateway.radio_side import NOW, address, command, peer

OPENED = RequestTunnelResponseRecord(
    tunnel_id=5, tunnel_status=0, maximum_incoming_transfer_size=30
)
REFUSED = RequestTunnelResponseRecord(tunnel_id=0xFFFF, tunnel_status=2)
PLACE = (address(1), 9, 0x09)


def client_with_tunnel() -> TunnelingClient:
    client = TunnelingClient(9)
    client.request(peer(), TunnelProtocol(0))
    client.receive(command(OPENED))
    return client


def page(first: int, count: int, *, last: bool) -> SupportedTunnelProtocolsResponseRecord:
    items = tuple(
        ProtocolItem(manufacturer_code=0xFFFF, protocol_id=number)
        for number in range(first, first + count)
    )
    return SupportedTunnelProtocolsResponseRecord(
        protocol_list_complete=last, protocol_count=count, protocol_list=items
    )


def test_what_was_asked_for_is_opened_or_refused() -> None:
    client = TunnelingClient(9)
    client.request(peer(), TunnelProtocol(0))
    client.request(peer(2), TunnelProtocol(0))

    opened = client.receive(command(OPENED))
    refused = client.receive(command(REFUSED, source=peer(2)))

    assert opened.signals == (TunnelOpened(*PLACE, 5, 0, 0xFFFF),)
    assert refused.signals == (TunnelRefused(address(2), 9, 9, 2),)
    with pytest.raises(NoTunnelError):
        client.find(peer(2), 0xFFFF)


def test_a_tunnel_without_a_number_is_none() -> None:
    client = TunnelingClient(9)
    client.request(peer(), TunnelProtocol(0))

    outcome = client.receive(command(OPENED.replace(tunnel_id=0xFFFF)))

    assert outcome.signals == (TunnelRefused(*PLACE, 0),)
    assert client.tunnels == []


def test_a_server_is_asked_for_one_tunnel_after_the_other() -> None:
    client = TunnelingClient(9)
    client.request(peer(), TunnelProtocol(0))

    with pytest.raises(RequestError, match="is being asked for a tunnel already"):
        client.request(peer(), TunnelProtocol(0))
    client.give_up(peer())

    assert client.request(peer(), TunnelProtocol(0)).sendings


def test_a_tunnel_that_is_opened_too_late_is_closed_again() -> None:
    client = TunnelingClient(9)
    client.request(peer(), TunnelProtocol(0))
    client.give_up(peer())

    outcome = client.receive(command(OPENED))

    assert outcome.sendings == (Sending(peer(), CloseTunnelRecord(tunnel_id=5)),)
    assert client.tunnels == []


def test_all_devices_together_can_make_us_keep_only_so_many_tunnels() -> None:
    client = TunnelingClient(9)
    servers = [peer(number) for number in range(1, MOST_TUNNELS + 1)]
    for server in servers[:-1]:
        client.request(server, TunnelProtocol(0))
        client.receive(command(OPENED, source=server))
    client.request(servers[-1], TunnelProtocol(0))  # what is asked for counts as well

    with pytest.raises(FullError, match="64 tunnels"):
        client.request(peer(200), TunnelProtocol(0))

    assert len(client.tunnels) == MOST_TUNNELS - 1


def test_a_tunnel_that_nobody_asked_for_is_closed_again() -> None:
    client = TunnelingClient(9)

    opened, refused = client.receive(command(OPENED)), client.receive(command(REFUSED))

    assert opened == Outcome(sendings=(Sending(peer(), CloseTunnelRecord(tunnel_id=5)),))
    assert refused == Outcome()
    with pytest.raises(NoTunnelError):
        client.find(peer(), 5)


def test_a_number_that_is_given_again_was_forgotten_by_the_server() -> None:
    client = client_with_tunnel()
    client.request(peer(), TunnelProtocol(1))

    outcome = client.receive(command(OPENED))

    assert outcome.signals == (TunnelClosed(*PLACE, 5), TunnelOpened(*PLACE, 5, 1, 0xFFFF))


def test_two_servers_may_give_the_same_number() -> None:
    client = client_with_tunnel()
    client.request(peer(2), TunnelProtocol(0))
    client.receive(command(OPENED, source=peer(2)))

    client.receive(command(TunnelClosureNotificationRecord(tunnel_id=5), source=peer(2)))
    heard = client.receive(command(TransferDataToClientRecord(tunnel_id=5, data=b"x")))

    assert heard.signals == (TunnelData(*PLACE, 5, b"x"),)
    with pytest.raises(NoTunnelError):
        client.find(peer(2), 5)


def test_octets_and_errors_go_out_as_the_clients_commands() -> None:
    client = client_with_tunnel()

    [sending] = client.send(peer(), 5, b"x", NOW).sendings
    unknown = client.receive(command(TransferDataToClientRecord(tunnel_id=6, data=b"x")))

    assert sending == Sending(peer(), TransferDataRecord(tunnel_id=5, data=b"x"))
    error = TransferDataErrorRecord(tunnel_id=6, transfer_data_status=0)
    assert unknown == Outcome((error,))


def test_closing_is_told_to_the_server_and_to_us() -> None:
    client = client_with_tunnel()

    outcome = client.close(peer(), 5)

    assert outcome.sendings == (Sending(peer(), CloseTunnelRecord(tunnel_id=5)),)
    assert outcome.signals == (TunnelClosed(*PLACE, 5),)
    with pytest.raises(NoTunnelError):
        client.close(peer(), 5)


def test_a_list_is_asked_for_until_it_is_complete() -> None:
    client = TunnelingClient(9)
    client.ask_protocols(peer())

    more = client.receive(command(page(0, 16, last=False)))
    done = client.receive(command(page(16, 2, last=True)))
    unasked = client.receive(command(page(0, 1, last=True)))

    question = GetSupportedTunnelProtocolsRecord(protocol_offset=16)
    assert more == Outcome(sendings=(Sending(peer(), question),))
    assert done.signals == (TunnelProtocolsListed(*PLACE, tuple((0xFFFF, n) for n in range(18))),)
    assert unasked == Outcome()


@pytest.mark.parametrize("size", [0, 16])
def test_a_list_that_never_ends_is_ended(size: int) -> None:
    client = TunnelingClient(9)
    client.ask_protocols(peer())
    outcome, questions = Outcome(), 0

    while not outcome.signals:
        outcome = client.receive(command(page(0, size, last=False)))
        questions += len(outcome.sendings)

    listed: Any = outcome.signals[0]
    assert questions == (15 if size else 0)
    assert len(listed.protocols) == 16 * size


def test_a_command_of_another_cluster_is_unknown() -> None:
    with pytest.raises(UnsupportedCommandError):
        TunnelingClient(9).receive(
            command(GetTopUpLogRecord(latest_end_time=0, number_of_records=0))
        )
