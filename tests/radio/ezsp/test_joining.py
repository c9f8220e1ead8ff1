"""What EZSP firmware is told to join a network, and what its statuses mean."""

from bellows.types import EmberStatus, sl_Status
import pytest
import zigpy.types as t

from sebridge.base.secret import Secret
from sebridge.radio.ezsp.joining import (
    UP,
    beacon_of,
    initial_security,
    parameters,
    status_of,
    why_not,
)
from sebridge.radio.joining import Beacon
from sebridge.radio.radio import Association

KEY = Secret(bytes(range(16)))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (0x94, 0x0017, Association.REFUSED),
        (0x98, 0x0017, Association.REFUSED),
        (0xAB, 0x0018, Association.NO_ANSWER),
        (0x96, 0x0C06, Association.NO_ANSWER),
        (0xAC, 0x0C1A, Association.KEY_IN_CLEAR),
        (0xAD, 0x0C1B, Association.NO_NETWORK_KEY),
        (0xAE, 0x0C1C, Association.WRONG_LINK_KEY),
        (0xAF, 0x0C1D, Association.WRONG_LINK_KEY),
    ],
)
def test_a_status_of_any_version_says_why_not(old: int, new: int, why: Association) -> None:
    assert why_not(status_of(EmberStatus(old))) is why
    assert why_not(status_of(sl_Status(new))) is why


def test_a_network_that_is_up_and_news_of_it_are_no_reasons() -> None:
    assert status_of(EmberStatus(0x90)) == UP == status_of(sl_Status(0x15))
    assert why_not(UP) is None
    assert why_not(status_of(EmberStatus.NETWORK_OPENED)) is None


def test_the_network_s_key_is_taken_only_under_the_link_key() -> None:
    octets = initial_security(KEY).serialize()

    assert octets == b"\x00\x09" + KEY.reveal() + bytes(16) + b"\0" + bytes(8)


def test_a_beacon_is_joined_as_it_was_heard() -> None:
    heard = t.NetworkBeacon(
        pan_id=t.PanId(0x5EB1),
        extended_pan_id=t.ExtendedPanId(bytes(range(1, 9))),
        channel=t.uint8_t(15),
        permit_joining=True,
        stack_profile=t.uint8_t(2),
        nwk_update_id=t.uint8_t(3),
        lqi=t.uint8_t(200),
        rssi=t.int8s(-60),
    )

    beacon = beacon_of(heard)

    assert beacon == Beacon(
        extended_pan_id=0x0807060504030201,
        pan_id=0x5EB1,
        channel=15,
        is_open=True,
        update_id=3,
        lqi=200,
    )
    expected = bytes.fromhex("0102030405060708 b15e 08 0f 00 0000 03 00000000")
    assert parameters(beacon).serialize() == expected
