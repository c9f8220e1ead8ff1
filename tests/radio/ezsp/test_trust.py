"""What EZSP firmware is told of a trust centre of Smart Energy."""

import bellows.ezsp.v8
import bellows.types as bt
import pytest

from sebridge.radio.ezsp.trust import SIZES, policies, trust_center_policy

SE, HA = 0x0109, 0x0104
BITS = bt.EzspDecisionBitmask


def test_the_library_knows_these_sizes_and_policies() -> None:
    schemas = bellows.ezsp.v8.EZSPv8.SCHEMAS
    said = policies(8, {SE})

    assert schemas["ezsp_config"](dict(SIZES)).items() >= SIZES.items()
    assert schemas["ezsp_policies"](said) == said


@pytest.mark.parametrize("version", [8, 19])
def test_who_is_let_in_is_said_in_bits(version: int) -> None:
    closed = trust_center_policy(version, is_open=False, others=True)
    for_one = trust_center_policy(version, is_open=True, others=False)
    for_all = trust_center_policy(version, is_open=True, others=True)

    assert closed == BITS.ALLOW_UNSECURED_REJOINS
    assert for_all == BITS.ALLOW_UNSECURED_REJOINS | BITS.ALLOW_JOINS
    assert for_one == for_all | BITS.JOINS_USE_INSTALL_CODE_KEY


def test_who_is_let_in_is_one_decision_in_older_versions() -> None:
    ids = bt.EzspDecisionId

    assert trust_center_policy(7, is_open=False, others=True) == ids.ALLOW_REJOINS_ONLY
    for_all = trust_center_policy(7, is_open=True, others=True)
    assert for_all == ids.ALLOW_PRECONFIGURED_KEY_JOINS
    for_one = trust_center_policy(7, is_open=True, others=False)
    assert for_one == ids.BDB_JOIN_USES_INSTALL_CODE_KEY


def test_partner_keys_are_granted_and_those_of_the_trust_centre_to_home_automation() -> None:
    ids = bt.EzspDecisionId

    energy, both = policies(13, {SE}), policies(13, {SE, HA})

    assert energy["APP_KEY_REQUEST_POLICY"] == ids.ALLOW_APP_KEY_REQUESTS
    assert energy["TC_KEY_REQUEST_POLICY"] == ids.DENY_TC_KEY_REQUESTS
    sent = ids.ALLOW_TC_KEY_REQUESTS_AND_SEND_CURRENT_KEY
    assert both["TC_KEY_REQUEST_POLICY"] == sent
