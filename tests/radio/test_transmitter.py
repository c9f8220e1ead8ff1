"""Why a frame was not delivered, in the numbers of ZigBee."""

from collections.abc import Callable

import bellows.types
import msgspec
import pytest
from typing_extensions import override
from zigpy.exceptions import ControllerException, DeliveryError as ZigpyDeliveryError, SendError
import zigpy.types as t

from sebridge.base.addresses import Broadcast, Group
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError, NotTakenError
from sebridge.radio.ether import Ether
from sebridge.radio.ether_application import EtherApplication, ether_application
from sebridge.radio.factory import zigpy_config
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.radio.radio import Outgoing, TxStatus
from sebridge.radio.transmitter import RadioCounters, Transmitter
from sebridge.settings.options import RadioOptions
from sebridge.zcl.zdo import ZdoCommand
from tests.radio.simulated_air import PRICE, SE

FRAME = Outgoing(Broadcast.LISTENING, SE, PRICE, 0x5E, 0x0A, b"price", encrypted=True)


class Recording(EtherApplication):
    """An application that writes down what it is to send, or fails."""

    packets: list[t.ZigbeePacket]
    failure: Exception | None = None

    @override
    async def send_packet(self, packet: t.ZigbeePacket) -> None:
        if self.failure is not None:
            raise self.failure
        self.packets.append(packet)


@pytest.fixture
async def make() -> Callable[[Exception | None], tuple[Transmitter, Recording, RadioCounters]]:
    def make(failure: Exception | None) -> tuple[Transmitter, Recording, RadioCounters]:
        base = ether_application(Ether(VirtualClock()))
        kind = type("Recorded", (Recording, base), {"failure": failure, "packets": []})
        application: Recording = kind(zigpy_config(RadioOptions(), "simulated"))
        counters = RadioCounters()
        transmitter = Transmitter(application, counters, FrameRecorder(VirtualClock()))
        return transmitter, application, counters

    return make


Make = Callable[[Exception | None], tuple[Transmitter, Recording, RadioCounters]]


async def test_a_frame_becomes_a_packet_with_both_endpoints(make: Make) -> None:
    transmitter, application, counters = make(None)

    await transmitter.send(FRAME, 0x1234)

    packet = application.packets[0]
    assert packet.dst == t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0x1234))
    assert (packet.src_ep, packet.dst_ep) == (0x5E, 0x0A)
    assert (packet.profile_id, packet.cluster_id) == (SE, PRICE)
    assert packet.data.serialize() == b"price"
    assert packet.tx_options == t.TransmitOptions.ACK | t.TransmitOptions.APS_Encryption
    assert counters.sent == 1


async def test_what_goes_to_a_group_is_neither_acknowledged_nor_encrypted(make: Make) -> None:
    transmitter, application, _ = make(None)

    await transmitter.send(msgspec.structs.replace(FRAME, destination=Group(7)), 7)

    packet = application.packets[0]
    assert packet.dst == t.AddrModeAddress(t.AddrMode.Group, t.Group(7))
    assert packet.tx_options == t.TransmitOptions.NONE


async def test_a_broadcast_is_neither_acknowledged_nor_encrypted(make: Make) -> None:
    transmitter, application, _ = make(None)

    await transmitter.send(FRAME, Broadcast.ALL)

    packet = application.packets[0]
    assert packet.dst is not None
    assert packet.dst.address == t.BroadcastAddress.ALL_DEVICES
    assert packet.tx_options == t.TransmitOptions.NONE


async def test_questions_have_sequence_numbers_of_their_own(make: Make) -> None:
    transmitter, application, _ = make(None)

    for _ in range(2):
        await transmitter.ask(0x1234, ZdoCommand.Node_Desc_req, 0x1234)

    frames = [packet.data.serialize() for packet in application.packets]
    assert [frame[1:] for frame in frames] == [b"\x34\x12"] * 2
    assert frames[0][0] != frames[1][0]


FAILURES = [
    pytest.param(ZigpyDeliveryError("no", status=0xA9), 0xA9, id="its own status"),
    pytest.param(ZigpyDeliveryError("no"), TxStatus.NO_ACK, id="no status"),
    pytest.param(
        ZigpyDeliveryError("no", status=bellows.types.sl_Status.ZIGBEE_DELIVERY_FAILED),
        TxStatus.NO_ACK,
        id="a status that is not ZigBee's",
    ),
    pytest.param(ZigpyDeliveryError("no", status=0), TxStatus.NO_ACK, id="no reason"),
    pytest.param(ControllerException("not running"), TxStatus.NO_ACK, id="a stack that stopped"),
    pytest.param(TimeoutError(), TxStatus.NO_ACK, id="silence"),
]


@pytest.mark.parametrize(("failure", "status"), FAILURES)
async def test_a_failure_has_a_status(make: Make, failure: Exception, status: int) -> None:
    transmitter, _, counters = make(failure)

    with pytest.raises(DeliveryError) as refusal:
        await transmitter.send(FRAME, 0x1234)

    assert refusal.value.tx_status == status
    assert refusal.value.__cause__ is failure
    assert counters.undelivered == 1


async def test_a_bug_is_not_taken_for_a_failure(make: Make) -> None:
    transmitter, _, _ = make(TypeError("a bug"))

    with pytest.raises(TypeError):
        await transmitter.send(FRAME, 0x1234)


@pytest.mark.parametrize(
    ("failure", "refused"),
    [
        (OSError("the port is busy"), True),
        (ControllerException("no buffers"), True),
        (SendError("it could not be enqueued", 0xF1), True),
        (ZigpyDeliveryError("no acknowledgement", 0xA7), False),
        (TimeoutError(), False),
    ],
)
async def test_what_the_radio_refused_is_told_from_what_was_not_delivered(
    make: Make, failure: Exception, *, refused: bool
) -> None:
    transmitter, _, _ = make(failure)

    with pytest.raises(DeliveryError) as raised:
        await transmitter.send(FRAME, 0x1234)

    assert isinstance(raised.value, NotTakenError) is refused
