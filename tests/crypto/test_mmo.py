"""The hash of ZigBee and its HMAC."""

from hypothesis import given, strategies as st
import pytest
from zigpy.util import aes_mmo_hash

from sebridge.crypto.mmo import mmo_hash, mmo_hmac
from tests.crypto.key_vectors import EXCHANGES, VECTORS


@pytest.mark.parametrize("vector", VECTORS["mmo"])
def test_a_hash_is_the_published_one(vector: dict[str, str]) -> None:
    assert mmo_hash(bytes.fromhex(vector["message"])).hex() == vector["hash"]


@given(octets=st.binary(max_size=100))
def test_a_hash_is_that_of_another_implementation(octets: bytes) -> None:
    assert mmo_hash(octets) == aes_mmo_hash(octets).serialize()


def test_a_code_is_the_published_one() -> None:
    exchange = EXCHANGES[0]
    u, v = exchange["initiator"], exchange["responder"]
    message = "02" + u["eui64"] + v["eui64"] + u["ephemeral_public"] + v["ephemeral_public"]

    code = mmo_hmac(bytes.fromhex(exchange["mac_key"]), bytes.fromhex(message))

    assert code.hex() == exchange["macu"]


def test_what_is_too_long_for_its_length_field_is_refused() -> None:
    assert len(mmo_hash(bytes(8191))) == 16

    with pytest.raises(ValueError, match="8192 octets are more"):
        mmo_hash(bytes(8192))


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="15 octets instead of 16"):
        mmo_hmac(bytes(15), b"")
