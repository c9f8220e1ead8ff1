"""Whom a cluster of ours speaks with."""

from sebridge.gateway.pairing import OURSELVES, PairedAttribute, Pairing
from sebridge.model.row_codec import RowCodec
from sebridge.network.peer import Peer
from tests.gateway.radio_side import peer


def test_a_pairing_is_local_when_no_other_device_takes_part() -> None:
    near = Pairing(Peer(OURSELVES, 0x5E, 0x0109), 0x5E, 0x000A, server=False)
    far = Pairing(peer(), 0x5E, 0x000A, server=False)

    assert near.is_local
    assert not far.is_local


def test_an_attribute_of_a_pairing_can_be_the_key_of_what_is_kept() -> None:
    key = PairedAttribute(Pairing(peer(), 0x5E, 0x0702, False, 0x101E), 0x0400)  # noqa: FBT003
    codec = RowCodec[PairedAttribute](PairedAttribute)

    text = codec.write(key)

    assert codec.read(text) == key
    assert codec.write(codec.read(text)) == text
