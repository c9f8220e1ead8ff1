"""The suites and the choice between them."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.crypto.suite import SUITE_1, SUITE_2, Suite, choose_suite, suite_of_bit


@pytest.mark.parametrize(
    ("own", "partner", "chosen"),
    [
        (1, 1, SUITE_1),
        (3, 3, SUITE_2),
        (3, 1, SUITE_1),
        (1, 3, SUITE_1),
        (2, 3, SUITE_2),
        (3, 0xFFFF, SUITE_2),
        (1, 2, None),
        (3, 0, None),
        (0, 3, None),
        (3, 4, None),
    ],
)
def test_the_highest_common_suite_is_chosen(own: int, partner: int, chosen: Suite | None) -> None:
    assert choose_suite(own, partner) is chosen


@pytest.mark.parametrize("partner", [0, 1, 3])
def test_a_forced_suite_needs_no_consent(partner: int) -> None:
    assert choose_suite(3, partner, forced=1) is SUITE_1


@pytest.mark.parametrize("forced", [0, 2, 3, 4])
def test_a_suite_without_own_certificate_cannot_be_forced(forced: int) -> None:
    with pytest.raises(ParameterError, match="suite: the gateway has no certificate"):
        choose_suite(1, 3, forced=forced)


def test_only_one_known_bit_is_a_suite() -> None:
    assert [suite_of_bit(bits) for bits in range(5)] == [None, SUITE_1, SUITE_2, None, None]


def test_the_lengths_are_those_of_the_profile() -> None:
    lengths = [
        (suite.certificate_octets, suite.public_octets, suite.private_octets)
        for suite in (SUITE_1, SUITE_2)
    ]

    assert lengths == [(48, 22, 21), (74, 37, 36)]
