"""The authority of simulated houses."""

import random

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError, ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto.certificate import check_certificate, parse_certificate
from sebridge.crypto.certificate_authority import ISSUER, Authority, new_authority
from sebridge.crypto.comb import public_key
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from tests.crypto.key_vectors import GATEWAY, METER, Scripted, authority
from tests.examples import fewer_examples


@fewer_examples(10)  # each multiplies points of a curve
@given(st.sampled_from(SUITES), st.binary(min_size=8, max_size=8), st.integers(0, 999))
def test_every_certificate_passes_the_checks(suite: Suite, address: bytes, seed: int) -> None:
    subject = Eui64.from_octets(address)

    issued = authority(suite).issue(subject, random.Random(seed), valid_from=1_700_000_000)

    check_certificate(parse_certificate(issued.certificate.octets), ISSUER, subject)
    assert issued.authority_key == authority(suite).public_key
    assert issued.key_of(issued.certificate) == public_key(
        suite.curve, int.from_bytes(issued.private_key.reveal(), "big")
    )


def test_a_certificate_of_suite_2_says_from_when_it_is_valid() -> None:
    issued = authority(SUITE_2).issue(METER, random.Random(1), valid_from=1_700_000_000)

    lines = issued.lines()

    assert lines["valid from"] == "2023-11-14T22:13:20Z"
    assert lines["valid until"] == "unlimited"
    assert lines["issuer"] == "5345425249444745 (SEBRIDGE)"


def test_no_two_certificates_have_the_same_key() -> None:
    one = authority(SUITE_1).issue(METER, random.Random(1))
    two = authority(SUITE_1).issue(METER, random.Random(2))

    assert one.private_key != two.private_key


@pytest.mark.parametrize("suite", SUITES)
def test_an_authority_lives_on_in_its_private_key(suite: Suite) -> None:
    first = new_authority(suite, random.Random(5))

    again = Authority(suite, first.private_key)

    assert again.public_key == first.public_key
    assert again.issue(GATEWAY, random.Random(1)) == first.issue(GATEWAY, random.Random(1))


def test_a_number_that_gives_no_key_is_drawn_again() -> None:
    curve = SUITE_1.curve
    probe = authority(SUITE_1).issue(METER, Scripted(5, 0))
    e_times_5 = int.from_bytes(probe.private_key.reveal(), "big") - int.from_bytes(
        authority(SUITE_1).private_key.reveal(), "big"
    )
    # the authority whose key cancels the certificate made of the number 5
    unlucky = Authority(SUITE_1, Secret((-e_times_5 % curve.order).to_bytes(21, "big")))

    issued = unlucky.issue(METER, Scripted(5, 0, 6, 0))

    assert issued.certificate.point == curve.compressed(public_key(curve, 6))


def test_an_issuer_has_8_octets() -> None:
    with pytest.raises(ParameterError, match="issuer: has 5 octets instead of 8"):
        new_authority(SUITE_1, random.Random(1), b"short")


def test_an_authority_needs_a_private_key_in_range() -> None:
    with pytest.raises(DecodeError, match="not between 1 and the order"):
        Authority(SUITE_1, Secret(bytes(21)))
