"""The authorities of a simulated house."""

from random import Random

import pytest

from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from sebridge.crypto.terminate import KeyEstablishmentError
from sebridge.model.row_codec import RowCodec
from sebridge.simulator.credentials import (
    AUTHORITIES,
    HouseCertificates,
    IssuedCertificate,
    SuiteCertificates,
)
from tests.gateway.radio_side import address


class Kept:
    """What survives a restart."""

    def __init__(self) -> None:
        self.authorities: dict[str, Secret] = {}
        self.issued: dict[int, dict[object, IssuedCertificate]] = {1: {}, 2: {}}

    def house(self, *suites: Suite, seed: int = 1) -> HouseCertificates:
        chance = Random(seed)
        return HouseCertificates(
            SuiteCertificates(suite, self.authorities, self.issued[suite.number], chance)  # type: ignore[arg-type]  # a dict takes any key
            for suite in suites
        )


@pytest.mark.parametrize("suite", SUITES, ids=["1", "2"])
def test_the_devices_of_a_house_are_of_one_authority(suite: Suite) -> None:
    house = Kept().house(suite)

    first, second = (house.of(address(number)).find(suite) for number in (1, 2))

    assert first.authority_key == second.authority_key
    assert first.certificate.subject == address(1)
    assert first.private_key != second.private_key


def test_a_device_has_a_certificate_of_each_suite_of_its_house() -> None:
    kept = Kept()

    stores = [kept.house(*some).of(address(1)) for some in ((SUITE_1,), (SUITE_2,), SUITES)]

    assert [store.suites for store in stores] == [1, 2, 3]
    assert [store.subjects for store in stores] == [[address(1)], [address(1)], [address(1)] * 2]
    assert not kept.authorities  # nobody has asked for a certificate
    assert {stores[-1].find(suite).suite for suite in SUITES} == set(SUITES)
    assert set(kept.authorities) == set(AUTHORITIES.values())
    with pytest.raises(KeyEstablishmentError, match="no own certificate of suite 2"):
        stores[0].find(SUITE_2)


def test_a_certificate_is_made_and_checked_once() -> None:
    store = Kept().house(SUITE_1).of(address(1))

    assert store.find(SUITE_1) is store.find(SUITE_1)


def test_certificates_are_the_same_after_a_restart_and_new_ones_of_the_same_authority() -> None:
    kept = Kept()
    before = kept.house(SUITE_1).of(address(1)).find(SUITE_1)

    after = kept.house(*SUITES, seed=2)

    assert after.of(address(1)).find(SUITE_1) == before
    assert after.of(address(2)).find(SUITE_1).authority_key == before.authority_key


def test_what_is_kept_can_be_stored_and_does_not_show() -> None:
    kept = Kept()
    kept.house(SUITE_1).of(address(1)).find(SUITE_1)
    [issued] = kept.issued[1].values()
    codec: RowCodec[IssuedCertificate] = RowCodec(IssuedCertificate)

    assert codec.read(codec.write(issued)) == issued
    assert isinstance(issued.private_key, Secret)
    assert repr(issued.private_key.reveal()) not in repr(issued)
