"""Which networks may be formed, and which a radio may have."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError
from sebridge.radio.network_guard import FormedNetwork, NetworkGuard
from sebridge.radio.radio import Association

OWN = FormedNetwork(Eui64(0xDDDD), Eui64.parse("0e:5e:b1:00:00:00:00:02"))
STRANGE = [
    pytest.param(FormedNetwork(Eui64(0xEEEE), OWN.coordinator), id="another network"),
    pytest.param(FormedNetwork(OWN.extended_pan_id, Eui64(1)), id="another coordinator"),
]


def test_who_knows_nothing_may_form_a_network_and_takes_the_one_that_is_there() -> None:
    guard = NetworkGuard({})

    guard.check_forming()
    guard.check(OWN)

    assert guard.expected is None


def test_nothing_is_formed_over_a_network_that_is_remembered() -> None:
    guard = NetworkGuard({})
    guard.remember(OWN)

    with pytest.raises(NotJoinedError, match=r"000000000000dddd.* is expected") as raised:
        guard.check_forming()

    assert raised.value.association == Association.CHANGED
    assert "sebridge restore FILE" in str(raised.value)
    assert "sebridge network form --force-new" in str(raised.value)


def test_nothing_is_formed_where_devices_are_known() -> None:
    guard = NetworkGuard({}, lambda: True)

    with pytest.raises(NotJoinedError, match="there are devices that were in one"):
        guard.check_forming()


def test_devices_of_before_networks_were_remembered_are_in_the_one_that_is_there() -> None:
    guard = NetworkGuard({}, lambda: True)

    guard.check(OWN)
    guard.remember(OWN)

    assert guard.expected == OWN


@pytest.mark.parametrize("found", STRANGE)
def test_a_radio_with_something_else_is_refused(found: FormedNetwork) -> None:
    guard = NetworkGuard({})
    guard.remember(OWN)
    guard.check(OWN)

    with pytest.raises(NotJoinedError, match="the radio has the network"):
        guard.check(found)


@pytest.mark.parametrize("found", STRANGE)
def test_a_network_that_was_given_up_may_be_followed_by_another(found: FormedNetwork) -> None:
    stored: dict[str, FormedNetwork] = {}
    guard = NetworkGuard(stored, lambda: True)
    guard.remember(OWN)
    guard.give_up()

    again = NetworkGuard(stored, lambda: True)
    again.check_forming()
    again.check(found)
    again.remember(found)

    assert again.expected == found
    with pytest.raises(NotJoinedError):
        again.check_forming()


def test_who_never_had_a_network_can_give_it_up() -> None:
    guard = NetworkGuard({}, lambda: True)

    guard.give_up()

    guard.check_forming()
    assert guard.expected is None


def test_a_member_of_another_network_is_refused_whatever_is_known() -> None:
    with pytest.raises(NotJoinedError, match="as a router or end device"):
        NetworkGuard({}).refuse_member()
