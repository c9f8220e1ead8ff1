"""Which frames must be encrypted: the profile's word, and who may overrule it."""

from hypothesis import given, strategies as st
import pytest

from sebridge.gateway.encryption import EncryptionRules
from sebridge.zcl.identifiers import (
    BASIC,
    HA_PROFILE,
    KEEP_ALIVE,
    PRICE,
    SE_ENDPOINT,
    SE_PROFILE,
    TIME,
    needs_link_key,
)

OF_A_MAKER = 0xFC01


@given(
    cluster_id=st.integers(0, 0xFFFF),
    profile_id=st.sampled_from([SE_PROFILE, HA_PROFILE]),
    server=st.booleans(),
)
def test_by_itself_it_is_as_the_profile_has_it(
    cluster_id: int, profile_id: int, *, server: bool
) -> None:
    rules = EncryptionRules()

    needed = rules.need(SE_ENDPOINT, cluster_id, profile_id, server=server)

    assert needed == needs_link_key(profile_id, cluster_id)


def test_one_profile_that_needs_it_is_enough() -> None:
    rules = EncryptionRules()

    assert rules.need(SE_ENDPOINT, PRICE, HA_PROFILE, SE_PROFILE, server=True)


@pytest.mark.parametrize(("cluster_id", "said"), [(OF_A_MAKER, False), (BASIC, True)])
def test_what_was_said_holds_for_one_side_of_one_endpoint(cluster_id: int, *, said: bool) -> None:
    rules = EncryptionRules()

    rules.say(SE_ENDPOINT, cluster_id, server=False, encrypted=said)

    assert rules.need(SE_ENDPOINT, cluster_id, SE_PROFILE, server=False) is said
    assert rules.need(SE_ENDPOINT, cluster_id, SE_PROFILE, server=True) is not said
    assert rules.need(7, cluster_id, SE_PROFILE, server=False) is not said


def test_what_was_said_can_be_taken_back() -> None:
    rules = EncryptionRules()
    rules.say(SE_ENDPOINT, OF_A_MAKER, server=True, encrypted=False)

    rules.say(SE_ENDPOINT, OF_A_MAKER, server=True, encrypted=None)
    rules.say(SE_ENDPOINT, OF_A_MAKER, server=True, encrypted=None)

    assert rules.need(SE_ENDPOINT, OF_A_MAKER, SE_PROFILE, server=True)


@pytest.mark.parametrize("cluster_id", [TIME, 0x0015, 0x0019, KEEP_ALIVE, *range(0x0700, 0x070D)])
def test_nothing_that_is_said_opens_what_smart_energy_secures(cluster_id: int) -> None:
    rules = EncryptionRules()

    rules.say(SE_ENDPOINT, cluster_id, server=True, encrypted=False)

    assert rules.need(SE_ENDPOINT, cluster_id, SE_PROFILE, server=True)
    assert rules.need(SE_ENDPOINT, cluster_id, HA_PROFILE, SE_PROFILE, server=True)
    assert not rules.need(SE_ENDPOINT, cluster_id, HA_PROFILE, server=True)
