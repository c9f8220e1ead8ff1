"""The authorities of a simulated house."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITE_1, SUITE_2, SUITES, Suite
from sebridge.crypto.terminate import KeyEstablishmentError
from sebridge.simulator.credentials import (
    AUTHORITIES,
    Derived,
    HouseCertificates,
    SuiteCertificates,
)
from tests.gateway.radio_side import address


class Kept:
    """What survives a restart."""

    def __init__(self) -> None:
        self.authorities: dict[str, Secret] = {}

    def house(self, *suites: Suite, seed: int = 1) -> HouseCertificates:
        chance = Random(seed)
        return HouseCertificates(SuiteCertificates(one, self.authorities, chance) for one in suites)


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


def test_a_certificate_can_be_made_in_any_thread_and_keeps_nothing() -> None:
    kept = Kept()
    store = kept.house(SUITE_1).of(address(1))
    before = dict(kept.authorities)

    with ThreadPoolExecutor(1) as elsewhere:
        made = elsewhere.submit(store.find, SUITE_1).result()

    assert made.certificate.subject == address(1)
    assert kept.authorities == before


def test_houses_with_authorities_of_their_own_have_different_certificates() -> None:
    first, second = (Kept().house(SUITE_1, seed=seed).of(address(1)) for seed in (1, 2))

    assert first.find(SUITE_1).private_key != second.find(SUITE_1).private_key


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (5, 7), (1, SUITE_2.curve.order), (0, 1 << 64)]
)
def test_derived_numbers_are_within_their_range_and_differ_by_key_purpose_and_turn(
    start: int, stop: int
) -> None:
    def drawn(key: bytes, purpose: bytes) -> list[int]:
        numbers = Derived(Secret(key), purpose)
        return [numbers.randrange(start, stop) for _ in range(20)]

    all_drawn = [drawn(b"key", b"one"), drawn(b"key", b"two"), drawn(b"another", b"one")]

    assert all(start <= number < stop for numbers in all_drawn for number in numbers)
    assert drawn(b"key", b"one") == all_drawn[0]
    assert stop - start == 1 or len({tuple(numbers) for numbers in all_drawn}) == 3
