"""Which messages EZSP is told to send in parts, and how."""

from bellows.types import EmberApsOption
import pytest
from zigpy.exceptions import DeliveryError
import zigpy.types as t

from sebridge.radio.ezsp.parts import LONGEST_FRAME, head_of, parts_of
from sebridge.radio.ezsp.status import failure_of
from sebridge.radio.fragments import MOST_FRAGMENTS, Part
from sebridge.radio.radio import TxStatus

SECRET = t.TransmitOptions.ACK | t.TransmitOptions.APS_Encryption
ONE = t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0x1234))
ALL = t.AddrModeAddress(t.AddrMode.Broadcast, t.BroadcastAddress.RX_ON_WHEN_IDLE)


def packet(
    size: int,
    options: t.TransmitOptions = t.TransmitOptions.ACK,
    destination: t.AddrModeAddress = ONE,
) -> t.ZigbeePacket:
    return t.ZigbeePacket(
        src_ep=t.uint8_t(0x5E),
        dst=destination,
        dst_ep=t.uint8_t(0x0A),
        profile_id=t.uint16_t(0x0109),
        cluster_id=t.uint16_t(0x0703),
        data=t.SerializableBytes(bytes(size)),
        tx_options=options,
    )


@pytest.mark.parametrize(
    ("message", "sizes"),
    [
        (packet(LONGEST_FRAME), []),
        (packet(LONGEST_FRAME + 1), [80, 3]),
        (packet(LONGEST_FRAME - 9, SECRET), []),
        (packet(LONGEST_FRAME - 8, SECRET), [71, 3]),
        (packet(LONGEST_FRAME, destination=ALL), []),
        (packet(MOST_FRAGMENTS * 80), [80] * MOST_FRAGMENTS),
    ],
)
def test_only_what_does_not_fit_one_frame_is_cut(message: t.ZigbeePacket, sizes: list[int]) -> None:
    assert [len(part) for part in parts_of(message)] == sizes


@pytest.mark.parametrize(
    "message", [packet(LONGEST_FRAME + 1, destination=ALL), packet(MOST_FRAGMENTS * 80 + 1)]
)
def test_what_nobody_would_put_together_is_too_long(message: t.ZigbeePacket) -> None:
    with pytest.raises(DeliveryError, match="octets are too many") as caught:
        parts_of(message)

    assert caught.value.status is not None
    assert failure_of(caught.value.status).status is TxStatus.TOO_LONG


@pytest.mark.parametrize(("options", "is_secret"), [(t.TransmitOptions.ACK, False), (SECRET, True)])
def test_each_part_says_which_it_is(options: t.TransmitOptions, *, is_secret: bool) -> None:
    head = head_of(packet(300, options), Part(7, 2, 5))

    assert (head.profileId, head.clusterId) == (0x0109, 0x0703)
    assert (head.sourceEndpoint, head.destinationEndpoint) == (0x5E, 0x0A)
    assert (head.groupId, head.sequence) == (0x0502, 7)
    assert EmberApsOption.APS_OPTION_FRAGMENT | EmberApsOption.APS_OPTION_RETRY in head.options
    assert (EmberApsOption.APS_OPTION_ENCRYPTION in head.options) == is_secret
