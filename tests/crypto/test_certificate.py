"""Implicit certificates: parse, check, print."""

from hypothesis import given, strategies as st
from msgspec.structs import replace
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.crypto.certificate import (
    Certificate,
    Terms,
    address_octets,
    check_certificate,
    parse_certificate,
)
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from sebridge.crypto.terminate import KeyEstablishmentError, TerminateStatus
from tests.crypto.key_vectors import EXCHANGES, GATEWAY, METER, VECTORS, credentials

DEVICE_1 = parse_certificate(bytes.fromhex(EXCHANGES[0]["responder"]["certificate"]))
DEVICE_2 = parse_certificate(bytes.fromhex(EXCHANGES[1]["initiator"]["certificate"]))


def refusal(certificate: Certificate, issuer: bytes, subject: Eui64) -> KeyEstablishmentError:
    with pytest.raises(KeyEstablishmentError) as caught:
        check_certificate(certificate, issuer, subject)
    return caught.value


def test_a_published_certificate_of_suite_1_reads_as_published() -> None:
    assert DEVICE_1.suite is SUITE_1
    assert DEVICE_1.point.hex() == "03045fdfc8d85ffb8b3993cb72ddcaa55f00b3e87d6d"
    assert address_octets(DEVICE_1.subject).hex() == "0000000000000001"
    assert DEVICE_1.issuer == b"TESTSECA"
    assert DEVICE_1.profile_data.hex() == "01090006000000000000"
    assert DEVICE_1.terms is None


def test_a_published_certificate_of_suite_2_reads_as_published() -> None:
    assert DEVICE_2.suite is SUITE_2
    assert address_octets(DEVICE_2.subject).hex() == "0a0b0c0d0e0f1012"
    assert DEVICE_2.issuer.hex() == "1112131415161718"
    assert DEVICE_2.terms == Terms(
        kind=0,
        serial=bytes.fromhex("84a933b37f018dec"),
        curve=0x0D,
        hash_function=0x08,
        valid_from=0x5292A38A,
        valid_seconds=0xFFFFFFFF,
        key_usage=0x88,
    )
    assert DEVICE_2.point.hex().startswith("03076277e2f7")
    assert len(DEVICE_2.point) == 37


@pytest.mark.parametrize("vector", VECTORS["implicit_certificates"])
def test_the_published_test_certificates_are_accepted(vector: dict[str, str]) -> None:
    certificate = parse_certificate(bytes.fromhex(vector["certificate"]))

    check_certificate(certificate, b"TESTSECA", certificate.subject)


@given(st.binary(max_size=100))
def test_any_octets_parse_or_are_refused(octets: bytes) -> None:
    try:
        certificate = parse_certificate(octets)
    except DecodeError:
        assert len(octets) not in {48, 74}
        return

    assert certificate.octets == octets
    assert certificate.lines()


@pytest.mark.parametrize("length", [0, 47, 49, 73, 75])
def test_a_wrong_length_is_a_bad_message(length: int) -> None:
    with pytest.raises(
        KeyEstablishmentError, match=f"has {length} octets instead of 48 or 74"
    ) as caught:
        parse_certificate(bytes(length))

    assert caught.value.terminate_status == TerminateStatus.BAD_MESSAGE


def test_the_length_of_the_other_suite_is_wrong_too() -> None:
    with pytest.raises(KeyEstablishmentError, match="has 48 octets instead of 74"):
        parse_certificate(DEVICE_1.octets, SUITE_2)


@pytest.mark.parametrize("suite", SUITES)
def test_a_wrong_issuer_is_an_unknown_issuer(suite: Suite) -> None:
    certificate = credentials(suite, METER).certificate

    error = refusal(certificate, b"TESTSECA", GATEWAY)

    assert error.terminate_status == TerminateStatus.UNKNOWN_ISSUER
    assert "(SEBRIDGE) instead of 5445535453454341 (TESTSECA)" in str(error)


@pytest.mark.parametrize("suite", SUITES)
def test_a_certificate_of_another_device_is_invalid(suite: Suite) -> None:
    certificate = credentials(suite, METER).certificate

    error = refusal(certificate, certificate.issuer, GATEWAY)

    assert error.terminate_status == TerminateStatus.INVALID_CERTIFICATE
    assert "is for 00:13:50:05:00:00:00:01, not for 00:13:a2:00:40:00:00:02" in str(error)


@pytest.mark.parametrize(
    ("place", "octet", "problem"),
    [
        (0, 0x01, "type is 0x01 instead of 0x00"),
        (9, 0x0C, "curve is 0x0c instead of 0x0d"),
        (10, 0x04, "hash is 0x04 instead of 0x08"),
        (36, 0x80, "key usage is 0x00 instead of 0x08"),
    ],
)
def test_a_field_of_suite_2_that_is_not_for_key_agreement_is_invalid(
    place: int, octet: int, problem: str
) -> None:
    octets = bytearray(DEVICE_2.octets)
    octets[place] = octet
    certificate = parse_certificate(bytes(octets))

    error = refusal(certificate, certificate.issuer, certificate.subject)

    assert error.terminate_status == TerminateStatus.INVALID_CERTIFICATE
    assert problem in str(error)


def test_a_certificate_prints_for_people() -> None:
    assert DEVICE_1.lines() == {
        "suite": "1 (sect163k1)",
        "subject": "00:00:00:00:00:00:00:01",
        "issuer": "5445535453454341 (TESTSECA)",
        "public reconstruction key": "03045fdfc8d85ffb8b3993cb72ddcaa55f00b3e87d6d",
        "profile data": "01090006000000000000",
    }
    lines = DEVICE_2.lines()
    assert lines["issuer"] == "1112131415161718"
    assert lines["serial number"] == "84a933b37f018dec"
    assert lines["valid from"] == "2013-11-25T01:10:34Z"
    assert lines["valid until"] == "unlimited"
    assert lines["key usage"] == "0x88"


def test_an_end_of_the_validity_prints_even_beyond_the_calendar() -> None:
    assert DEVICE_2.terms is not None
    one_day = replace(DEVICE_2.terms, valid_seconds=86400)
    never = replace(DEVICE_2.terms, valid_from=0xFFFFFFFFFF)

    assert replace(DEVICE_2, terms=one_day).lines()["valid until"] == "2013-11-26T01:10:34Z"
    assert replace(DEVICE_2, terms=never).lines()["valid from"] == "1099511627775 s since 1970"
