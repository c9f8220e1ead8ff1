"""The arithmetic of key establishment, against published exchanges."""

from collections import Counter
import random
import secrets
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.base.secret import Secret
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.key_agreement import (
    EphemeralKey,
    Party,
    SharedKeys,
    derived_keys,
    ephemeral_key,
    initiator_code,
    random_private,
    responder_code,
    shared_secret,
)
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from tests.crypto.curves import operations
from tests.crypto.key_vectors import (
    EXCHANGES,
    GATEWAY,
    METER,
    ORDER_4,
    Scripted,
    credentials,
    ephemeral_number,
    published,
    with_bit_flipped,
)
from tests.examples import fewer_examples

MOST_PRODUCTS = {SUITE_1: 1_800, SUITE_2: 2_500}
MOST_SQUARES = {SUITE_1: 2_150, SUITE_2: 3_200}


def side(exchange: dict[str, Any], name: str) -> tuple[Credentials, EphemeralKey]:
    own = published(exchange[name])
    return own, ephemeral_key(own.suite, Scripted(ephemeral_number(exchange[name], own.suite)))


def secret_of(
    own: Credentials, ephemeral: EphemeralKey, other: Credentials, public: bytes
) -> Secret:
    return shared_secret(own, ephemeral, own.key_of(other.certificate), public)


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_both_sides_of_an_exchange_come_to_the_published_keys(exchange: dict[str, Any]) -> None:
    u, u_once = side(exchange, "initiator")
    v, v_once = side(exchange, "responder")

    of_u = secret_of(u, u_once, v, v_once.public)
    of_v = secret_of(v, v_once, u, u_once.public)

    assert u_once.public.hex() == exchange["initiator"]["ephemeral_public"]
    assert v_once.public.hex() == exchange["responder"]["ephemeral_public"]
    assert of_u == of_v == Secret(bytes.fromhex(exchange["shared_secret_z"]))
    assert derived_keys(of_u) == SharedKeys(
        mac_key=Secret(bytes.fromhex(exchange["mac_key"])),
        link_key=Secret(bytes.fromhex(exchange["key_data_link_key"])),
    )


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_the_codes_are_the_published_ones(exchange: dict[str, Any]) -> None:
    (u, u_once), (v, v_once) = (side(exchange, name) for name in ("initiator", "responder"))
    keys = derived_keys(Secret(bytes.fromhex(exchange["shared_secret_z"])))
    parties = (
        Party(u.certificate.subject, u_once.public),
        Party(v.certificate.subject, v_once.public),
    )

    assert initiator_code(keys, *parties).hex() == exchange["macu"]
    assert responder_code(keys, *parties).hex() == exchange["macv"]


@fewer_examples(10)  # each multiplies points of a curve
@given(st.sampled_from(SUITES), st.randoms(use_true_random=False))
def test_two_random_peers_agree(suite: Suite, chance: random.Random) -> None:
    u, v = credentials(suite, GATEWAY), credentials(suite, METER)
    u_once, v_once = ephemeral_key(suite, chance), ephemeral_key(suite, chance)

    assert secret_of(u, u_once, v, v_once.public) == secret_of(v, v_once, u, u_once.public)


@fewer_examples(5)  # each multiplies points of a curve
@given(st.sampled_from(SUITES), st.integers(0))
def test_a_flipped_bit_gives_another_secret_or_is_refused(suite: Suite, place: int) -> None:
    u, v = credentials(suite, GATEWAY), credentials(suite, METER)
    u_once, v_once = (ephemeral_key(suite, random.Random(n)) for n in (1, 2))
    flipped = with_bit_flipped(v_once.public, place)

    try:
        found = secret_of(u, u_once, v, flipped)
    except DecodeError:
        return

    assert found != secret_of(v, v_once, u, u_once.public)


def test_an_ephemeral_key_of_small_order_is_refused() -> None:
    u, v = credentials(SUITE_2, GATEWAY), credentials(SUITE_2, METER)
    once = ephemeral_key(SUITE_2, random.Random(1))

    with pytest.raises(DecodeError, match="not of the order"):
        secret_of(u, once, v, ORDER_4)


@pytest.mark.parametrize("suite", SUITES)
def test_a_secret_at_infinity_is_refused(suite: Suite) -> None:
    u, curve = credentials(suite, GATEWAY), suite.curve
    once, theirs = (ephemeral_key(suite, random.Random(n)) for n in (1, 2))
    point = curve.validated(theirs.public)
    half = 1 << (curve.order.bit_length() + 1) // 2
    weight = curve.field.number(point.x) % half + half
    # the partner's key is chosen so that it cancels its ephemeral key
    cancelling = curve.multiply_public(-pow(weight, -1, curve.order) % curve.order, point)
    assert cancelling is not None

    with pytest.raises(DecodeError, match="the shared secret is infinity"):
        shared_secret(u, once, cancelling, theirs.public)


@pytest.mark.parametrize("suite", SUITES)
def test_one_side_of_an_exchange_is_not_more_work_than_it_was(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    u, v = credentials(suite, GATEWAY), credentials(suite, METER)
    theirs = ephemeral_key(suite, random.Random(1))

    def one_side() -> Secret:
        once = ephemeral_key(suite, random.Random(2))
        return secret_of(u, once, v, theirs.public)

    done = Counter(operations(monkeypatch, one_side))

    assert done["multiply"] < MOST_PRODUCTS[suite]
    assert done["square"] < MOST_SQUARES[suite]
    assert done["inverse"] == 2


def test_private_keys_come_from_the_whole_range() -> None:
    low = random_private(SUITE_1, Scripted(1))
    high = random_private(SUITE_1, Scripted(SUITE_1.curve.order - 1))

    assert low == Secret(bytes(20) + b"\1")
    assert high == Secret((SUITE_1.curve.order - 1).to_bytes(21, "big"))


def test_the_systems_own_randomness_fits() -> None:
    one, two = (ephemeral_key(SUITE_1, secrets.SystemRandom()) for _ in range(2))

    assert one.public != two.public


def test_no_secret_prints() -> None:
    once = ephemeral_key(SUITE_1, random.Random(1))
    keys = derived_keys(once.private)

    assert "********" in repr(once)
    assert repr(keys) == "SharedKeys(mac_key=********, link_key=********)"
