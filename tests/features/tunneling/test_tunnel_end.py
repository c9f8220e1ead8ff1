"""What both ends of a tunnel do with octets."""

import pytest

from sebridge.base.errors import FullError
from sebridge.features.tunneling.records import (
    AckTransferDataRecord,
    AckTransferDataToClientRecord,
    ReadyDataRecord,
    ReadyDataToClientRecord,
    RequestTunnelRecord,
    TransferDataErrorRecord,
    TransferDataRecord,
    TransferDataToClientRecord,
)
from sebridge.features.tunneling.server import TunnelingServer
from sebridge.features.tunneling.signals import TunnelClosed, TunnelData, TunnelDataLost
from sebridge.features.tunneling.tunnel import ForeignTunnelError, NoTunnelError, TunnelProtocol
from sebridge.gateway.cluster import Outcome, Sending
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, address, command, peer

PLACE = (address(1), 9, 0x5E)


def end(*, flow_control: bool = False, peer_room: int = 20) -> TunnelingServer:
    """Return a server with tunnel 0 of device 1."""
    made = TunnelingServer(0x5E, [TunnelProtocol(0)])
    request = RequestTunnelRecord(
        protocol_id=0, flow_control_support=flow_control, maximum_incoming_transfer_size=peer_room
    )
    made.receive(command(request))
    return made


def test_octets_are_handed_on() -> None:
    outcome = end().receive(command(TransferDataRecord(tunnel_id=0, data=b"hello")))

    assert outcome == Outcome(signals=(TunnelData(*PLACE, 0, b"hello"),))


def test_with_flow_control_the_room_is_told_and_told_again() -> None:
    server = end(flow_control=True)

    told = server.receive(command(TransferDataRecord(tunnel_id=0, data=bytes(100))))
    freed = server.taken_out(peer(), 0, 60)

    ack = AckTransferDataToClientRecord(tunnel_id=0, number_of_bytes_left=1400)
    ready = ReadyDataToClientRecord(tunnel_id=0, number_of_octets_left=1460)
    assert told.answers == (ack,)
    assert freed.sendings == (Sending(peer(), ready),)


def test_no_more_is_sent_than_the_other_end_has_room_for() -> None:
    server = end(flow_control=True)
    [sending] = server.send(peer(), 0, bytes(15), NOW).sendings
    with pytest.raises(FullError, match="5 octets, not 6"):
        server.send(peer(), 0, bytes(6), NOW)

    server.receive(command(AckTransferDataRecord(tunnel_id=0, number_of_bytes_left=0)))
    with pytest.raises(FullError):
        server.send(peer(), 0, b"x", NOW)
    server.receive(command(ReadyDataRecord(tunnel_id=0, number_of_octets_left=6)))

    assert sending == Sending(peer(), TransferDataToClientRecord(tunnel_id=0, data=bytes(15)))
    assert server.send(peer(), 0, bytes(6), NOW).sendings


def test_octets_that_the_other_end_did_not_take_are_told() -> None:
    server = end()

    lost = server.receive(command(TransferDataErrorRecord(tunnel_id=0, transfer_data_status=2)))
    gone = server.receive(command(TransferDataErrorRecord(tunnel_id=0, transfer_data_status=0)))

    assert lost.signals == (TunnelDataLost(*PLACE, 0),)
    assert gone.signals == (TunnelClosed(*PLACE, 0),)
    assert server.tunnels == []


def test_another_device_cannot_close_a_tunnel_by_an_error() -> None:
    server = end()

    with pytest.raises(ForeignTunnelError) as refused:
        server.receive(
            command(TransferDataErrorRecord(tunnel_id=0, transfer_data_status=0), source=peer(2))
        )

    assert zcl_status(refused.value) == Status.NOT_AUTHORIZED
    assert len(server.tunnels) == 1


def test_nothing_is_sent_through_a_tunnel_that_is_not_there() -> None:
    with pytest.raises(NoTunnelError) as refused:
        end().send(peer(), 7, b"x", NOW)

    assert zcl_status(refused.value) == Status.NOT_FOUND
