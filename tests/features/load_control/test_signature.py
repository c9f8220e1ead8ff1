"""ECDSA over AES-MMO."""

import random
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.secret import Secret
from sebridge.crypto.binary_curve import SECT163K1
from sebridge.crypto.comb import public_key
from sebridge.crypto.mmo import mmo_hash
from sebridge.crypto.suite import SUITE_1, SUITES, Suite
from sebridge.features.load_control.signature import sign, verify
from tests.crypto.key_vectors import METER, VECTORS, Scripted, credentials, with_bit_flipped
from tests.examples import fewer_examples

VECTOR: dict[str, Any] = VECTORS["ecdsa_report_event_status"][0]
MESSAGE = bytes.fromhex(VECTOR["signed_octets"])
SIGNATURE = bytes.fromhex(VECTOR["signature_r_s"])


def test_the_signature_of_a_report_event_status_is_that_of_the_vector() -> None:
    private_key = Secret(bytes.fromhex(VECTOR["private_key"]))

    signature = sign(SUITE_1, private_key, MESSAGE, Scripted(int(VECTOR["nonce_k"], 16)))

    assert mmo_hash(MESSAGE).hex() == VECTOR["mmo_digest"]
    assert signature == SIGNATURE
    assert len(signature) == 42


def test_the_signature_of_the_vector_is_good() -> None:
    owner = SECT163K1.validated(bytes.fromhex(VECTOR["public_key"]))

    assert verify(SUITE_1, owner, MESSAGE, SIGNATURE)
    assert not verify(SUITE_1, owner, MESSAGE + b"\0", SIGNATURE)


@fewer_examples(8)  # each multiplies points of a curve
@given(
    st.sampled_from(SUITES),
    st.binary(max_size=60),
    st.randoms(use_true_random=False),
    st.integers(0),
)
def test_a_signature_is_good_until_a_bit_is_flipped(
    suite: Suite, message: bytes, chance: random.Random, place: int
) -> None:
    own = credentials(suite, METER)
    owner = own.key_of(own.certificate)

    signature = sign(suite, own.private_key, message, chance)

    assert verify(suite, owner, message, signature)
    assert not verify(suite, owner, message, with_bit_flipped(signature, place))


@pytest.mark.parametrize("suite", SUITES)
def test_a_signature_of_nonsense_is_not_good(suite: Suite) -> None:
    octets, order = suite.private_octets, suite.curve.order
    one, too_much = (number.to_bytes(octets, "big") for number in (1, order))
    own = credentials(suite, METER)
    owner = own.key_of(own.certificate)

    for nonsense in (
        b"",
        bytes(2 * octets),
        b"\xff" * 2 * octets,
        one + too_much,
        too_much + one,
        one + bytes(octets),
        one + one,
        one + one + b"\0",
    ):
        assert not verify(suite, owner, MESSAGE, nonsense)


def test_a_number_that_gives_no_signature_is_drawn_again() -> None:
    # with this private key, s would be 0 for the nonce 2
    order = SECT163K1.order
    r = SECT163K1.field.number(public_key(SECT163K1, 2).x) % order
    digest = int.from_bytes(mmo_hash(MESSAGE), "big")
    private_number = -digest * pow(r, -1, order) % order
    private_key = Secret(private_number.to_bytes(21, "big"))

    signature = sign(SUITE_1, private_key, MESSAGE, Scripted(2, 3))

    assert verify(SUITE_1, public_key(SECT163K1, private_number), MESSAGE, signature)
