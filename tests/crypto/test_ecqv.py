"""Public keys from implicit certificates."""

from hypothesis import given, strategies as st
from msgspec.structs import replace
import pytest

from sebridge.base.errors import DecodeError
from sebridge.crypto.certificate import parse_certificate
from sebridge.crypto.comb import public_key
from sebridge.crypto.ecqv import authority_point, certificate_number, reconstructed_key
from sebridge.crypto.suite import SUITE_2, SUITES, Suite
from tests.crypto.key_vectors import (
    AUTHORITY_KEYS,
    METER,
    ORDER_4,
    VECTORS,
    authority,
    credentials,
    sides,
    with_bit_flipped,
)
from tests.examples import fewer_examples


@pytest.mark.parametrize("side", [*sides(), *VECTORS["implicit_certificates"]])
def test_a_published_certificate_gives_its_public_key(side: dict[str, str]) -> None:
    certificate = parse_certificate(bytes.fromhex(side["certificate"]))
    curve = certificate.suite.curve

    key = reconstructed_key(certificate, curve.validated(AUTHORITY_KEYS[certificate.suite]))

    assert curve.compressed(key).hex() == side["public_key"]
    assert key == public_key(curve, int(side["private_key"], 16))


@fewer_examples(5)  # each multiplies points of a curve
@given(st.sampled_from(SUITES), st.integers(0))
def test_a_flipped_bit_gives_another_key_or_none(suite: Suite, place: int) -> None:
    own = credentials(suite, METER)
    flipped = parse_certificate(with_bit_flipped(own.certificate.octets, place))

    try:
        key = own.key_of(flipped)
    except DecodeError:
        return

    assert suite.curve.compressed(key) != own.public_key


def test_a_point_outside_the_group_is_refused() -> None:
    own = credentials(SUITE_2, METER)

    with pytest.raises(DecodeError, match="reconstruction key: a point is not of the order"):
        own.key_of(replace(own.certificate, point=ORDER_4))


@pytest.mark.parametrize("suite", SUITES)
def test_a_certificate_that_cancels_its_authority_is_refused(suite: Suite) -> None:
    certificate, curve = credentials(suite, METER).certificate, suite.curve
    point = curve.multiply_public(
        certificate_number(certificate), curve.validated(certificate.point)
    )
    assert point is not None

    with pytest.raises(DecodeError, match="is infinity"):
        reconstructed_key(certificate, replace(point, y=point.x ^ point.y))


@pytest.mark.parametrize("suite", SUITES)
def test_an_authority_key_that_is_none_is_refused_by_name(suite: Suite) -> None:
    with pytest.raises(DecodeError, match="the authority's public key: a point has 5 octets"):
        authority_point(suite.curve, b"\x02abcd")


def test_the_authority_is_known_by_its_point() -> None:
    own = authority(SUITE_2)

    point = authority_point(SUITE_2.curve, own.public_key)

    assert SUITE_2.curve.compressed(point) == own.public_key
