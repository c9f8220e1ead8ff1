"""What an XBee needs in its registers to join a network, and what it says of that."""

import pytest

from sebridge.radio.radio import Association, NetworkPlan
from sebridge.radio.xbee.joining import is_decided, wanted, why_not


def test_a_module_is_a_router_of_an_encrypted_network_as_it_is_planned() -> None:
    registers = wanted(NetworkPlan(extended_pan_id=0x0E5E, channel_mask=0x10))

    assert registers == {"ID": 0x0E5E, "SC": 0x10, "ZS": 2, "EE": 1, "EO": 0, "JV": 1, "CE": 0}


def test_a_module_that_proves_itself_authenticates_before_it_has_joined() -> None:
    registers = wanted(NetworkPlan(), proves_itself=True)

    assert registers["EO"] == 0x08


@pytest.mark.parametrize(
    ("indication", "why"),
    [
        (0x00, None),
        (0x21, Association.NO_NETWORK),
        (0x22, Association.NOT_PLANNED),
        (0x23, Association.NOT_ALLOWED),
        (0x24, Association.NOT_SUITABLE),
        (0x27, Association.REFUSED),
        (0xAB, Association.NO_ANSWER),
        (0xAC, Association.KEY_IN_CLEAR),
        (0xAD, Association.NO_NETWORK_KEY),
        (0xAF, Association.WRONG_LINK_KEY),
        (0x25, Association.REFUSED),  # which nobody but the module understands
    ],
)
def test_the_association_indication_says_why_not(indication: int, why: Association | None) -> None:
    assert why_not(indication) is why
    assert is_decided(indication)


def test_a_module_that_scans_has_decided_nothing() -> None:
    assert not is_decided(0xFF)
