"""Whom a cluster of ours speaks with."""

from sebridge.gateway.pairing import (
    OURSELVES,
    PairedAttribute,
    Pairing,
    local_endpoint_for,
    pairing_with,
)
from sebridge.model.row_codec import RowCodec
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import HA_ENDPOINT, HA_PROFILE, METERING, SE_ENDPOINT, SE_PROFILE
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


def test_each_profile_has_its_endpoint_of_ours() -> None:
    assert local_endpoint_for(SE_PROFILE) == SE_ENDPOINT
    assert local_endpoint_for(HA_PROFILE) == HA_ENDPOINT


def test_a_remote_server_is_paired_with_our_client() -> None:
    found = pairing_with(peer(profile=HA_PROFILE), METERING)

    assert found == Pairing(peer(profile=HA_PROFILE), HA_ENDPOINT, METERING, server=False)
