"""The authority of a simulated house."""

from random import Random
from typing import Any

from sebridge.base.secret import Secret
from sebridge.simulator.certificates import AUTHORITY, HouseCertificates, IssuedCertificate
from sebridge.smartenergy.suite import SUITE_1
from sebridge.storage.row_codec import RowCodec
from tests.clusters.radio_side import address


def test_the_devices_of_a_house_are_of_one_authority() -> None:
    house = HouseCertificates({}, {}, Random(1))

    first, second = (house.of(address(number)).find(SUITE_1) for number in (1, 2))

    assert first.authority_key == second.authority_key
    assert first.certificate.subject == address(1)
    assert first.private_key != second.private_key


def test_certificates_are_the_same_after_a_restart_and_new_ones_of_the_same_authority() -> None:
    authorities: dict[Any, Any] = {}
    issued: dict[Any, Any] = {}
    before = HouseCertificates(authorities, issued, Random(1)).of(address(1)).find(SUITE_1)

    after = HouseCertificates(authorities, issued, Random(2))

    assert after.of(address(1)).find(SUITE_1) == before
    assert after.of(address(2)).find(SUITE_1).authority_key == before.authority_key
    assert set(authorities) == {AUTHORITY}


def test_what_is_kept_can_be_stored_and_does_not_show() -> None:
    issued: dict[Any, IssuedCertificate] = {}
    HouseCertificates({}, issued, Random(1)).of(address(1))
    kept = issued[address(1)]
    codec: RowCodec[IssuedCertificate] = RowCodec(IssuedCertificate)

    assert codec.read(codec.write(kept)) == kept
    assert isinstance(kept.private_key, Secret)
    assert repr(kept.private_key.reveal()) not in repr(kept)
