"""A certificate with its keys."""

import random

import pytest

from sebridge.base.errors import DecodeError
from sebridge.base.secret import Secret
from sebridge.crypto.certificate_authority import new_authority
from sebridge.crypto.credentials import CertificateStore, Credentials
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from sebridge.crypto.terminate import KeyEstablishmentError, TerminateStatus
from tests.crypto.key_vectors import GATEWAY, METER, credentials, published, sides, store


@pytest.mark.parametrize("side", sides())
def test_published_credentials_are_sound(side: dict[str, str]) -> None:
    assert published(side).public_key.hex() == side["public_key"]


@pytest.mark.parametrize("suite", SUITES)
def test_the_private_key_of_another_device_is_refused(suite: Suite) -> None:
    own, other = credentials(suite, METER), credentials(suite, GATEWAY)

    with pytest.raises(DecodeError, match="does not belong to the certificate") as caught:
        Credentials(own.authority_key, own.certificate, other.private_key)

    assert other.private_key.reveal().hex() not in str(caught.value)


@pytest.mark.parametrize("suite", SUITES)
def test_the_key_of_another_authority_is_refused(suite: Suite) -> None:
    own = credentials(suite, METER)
    other = new_authority(suite, random.Random(99))

    with pytest.raises(DecodeError, match="does not belong to the certificate"):
        Credentials(other.public_key, own.certificate, own.private_key)


@pytest.mark.parametrize("suite", SUITES)
def test_a_private_key_of_another_length_is_refused(suite: Suite) -> None:
    own = credentials(suite, METER)

    with pytest.raises(DecodeError, match=f"has 5 octets instead of {suite.private_octets}"):
        Credentials(own.authority_key, own.certificate, Secret(b"12345"))


@pytest.mark.parametrize("suite", SUITES)
def test_a_private_key_outside_its_range_is_refused(suite: Suite) -> None:
    own = credentials(suite, METER)

    with pytest.raises(DecodeError, match="not between 1 and the order"):
        Credentials(own.authority_key, own.certificate, Secret(bytes(suite.private_octets)))


def test_the_authority_key_of_the_other_suite_is_refused() -> None:
    own, other = credentials(SUITE_1, METER), credentials(SUITE_2, METER)

    with pytest.raises(DecodeError, match="authority's public key: a point has 37 octets"):
        Credentials(other.authority_key, own.certificate, own.private_key)


@pytest.mark.parametrize("suite", SUITES)
def test_credentials_show_asterisks_for_the_private_key(suite: Suite) -> None:
    own = credentials(suite, METER)

    lines = own.lines()

    assert lines["private key"] == "********"
    assert lines["public key"] == own.public_key.hex()
    assert lines["authority public key"] == own.authority_key.hex()
    assert own.private_key.reveal().hex() not in f"{lines}{own!r}"
    assert repr(own.private_key.reveal()) not in repr(own)


def test_a_store_knows_its_suites() -> None:
    assert store(METER).suites == 3
    assert store(METER, SUITE_1).suites == 1
    assert CertificateStore().suites == 0
    assert store(METER).find(SUITE_2).suite is SUITE_2


def test_a_suite_without_certificate_is_unsupported() -> None:
    with pytest.raises(KeyEstablishmentError, match="no own certificate of suite 2") as caught:
        store(METER, SUITE_1).find(SUITE_2)

    assert caught.value.terminate_status == TerminateStatus.UNSUPPORTED_SUITE
