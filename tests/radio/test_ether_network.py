"""Who is let in."""

import random
from typing import Any

import pytest
import zigpy.state

from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import WELL_KNOWN_KEY, Arrival, EtherNetwork, Membership
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import SharedKey
from tests.radio.simulated_air import LINK_KEY, METER, eui64

CHOICE = random.Random(1)
OTHER_KEY = Secret(b"another key 1234")


def network(*, is_open: bool) -> EtherNetwork:
    network = EtherNetwork(zigpy.state.NetworkInfo(), eui64(1))
    if is_open:
        network.open_until = 100.0
    return network


def test_the_registered_key_opens_the_door() -> None:
    house = network(is_open=True)
    house.link_keys[METER] = LINK_KEY

    arrival = house.admit(METER, LINK_KEY, 99.9, CHOICE)

    assert arrival is Arrival.JOIN
    assert house.members.keys() == {METER}
    assert 1 <= house.members[METER] <= 0xFFF7


REFUSALS = [
    pytest.param(LINK_KEY, OTHER_KEY, True, "not the registered one", id="wrong key"),
    pytest.param(LINK_KEY, WELL_KNOWN_KEY, True, "not the registered one", id="everybody's key"),
    pytest.param(None, LINK_KEY, True, "is not registered", id="key that is not registered"),
    pytest.param(LINK_KEY, LINK_KEY, False, "joining is closed", id="closed"),
    pytest.param(None, WELL_KNOWN_KEY, False, "joining is closed", id="closed for everybody"),
]


@pytest.mark.parametrize(("registered", "key", "is_open", "reason"), REFUSALS)
def test_others_are_refused(
    registered: Secret | None, key: Secret, *, is_open: bool, reason: str
) -> None:
    house = network(is_open=is_open)
    if registered is not None:
        house.link_keys[METER] = registered

    with pytest.raises(NotJoinedError, match=reason):
        house.admit(METER, key, 99.9, CHOICE)

    assert house.members == {}


def test_a_device_without_a_key_of_its_own_joins_with_the_well_known_one() -> None:
    house = network(is_open=True)

    assert house.admit(METER, WELL_KNOWN_KEY, 0.0, CHOICE) is Arrival.JOIN


def test_the_door_closes_by_itself() -> None:
    house = network(is_open=True)

    with pytest.raises(NotJoinedError, match="closed"):
        house.admit(METER, WELL_KNOWN_KEY, 100.0, CHOICE)


def test_a_member_comes_back_through_the_closed_door_to_its_address() -> None:
    house = network(is_open=False)
    house.link_keys[METER] = LINK_KEY
    house.members[METER] = 0x1234

    assert house.admit(METER, LINK_KEY, 0.0, CHOICE) is Arrival.SECURED_REJOIN
    assert house.members == {METER: 0x1234}


def test_every_member_has_an_address_of_its_own() -> None:
    house = network(is_open=True)

    for number in range(2000):
        house.admit(eui64(number), WELL_KNOWN_KEY, 0.0, CHOICE)

    assert len(set(house.members.values())) == 2000


def described(**differences: Any) -> EtherNetwork:
    told: dict[str, Any] = {
        "pan_id": 0x1A62,
        "extended_pan_id": eui64(2),
        "channel": 15,
        "network_key": LINK_KEY,
    }
    return EtherNetwork.of(eui64(1), **told | differences)


def test_a_network_may_be_described_in_our_words() -> None:
    house = described()

    assert (house.info.pan_id, house.info.channel) == (0x1A62, 15)
    assert (house.extended_pan_id, house.common_key) == (eui64(2), WELL_KNOWN_KEY)


def test_a_network_is_the_same_on_another_channel() -> None:
    house = described()
    house.move(20, 1)

    assert (house.info.channel, house.info.nwk_update_id) == (20, 1)
    assert house.is_same(described())


@pytest.mark.parametrize(
    "difference",
    [{"pan_id": 0x1A63}, {"extended_pan_id": eui64(3)}, {"network_key": OTHER_KEY}],
    ids=lambda difference: next(iter(difference)),
)
def test_a_network_with_another_identity_is_another(difference: dict[str, Any]) -> None:
    assert not described().is_same(described(**difference))


def test_a_network_may_refuse_devices_without_a_key_of_their_own() -> None:
    house = network(is_open=True)
    house.link_keys[METER] = LINK_KEY
    house.refuse_unregistered(refuse=True)

    assert house.admit(METER, LINK_KEY, 0.0, CHOICE) is Arrival.JOIN
    with pytest.raises(NotJoinedError, match="is not registered"):
        house.admit(eui64(7), WELL_KNOWN_KEY, 0.0, CHOICE)

    house.refuse_unregistered(refuse=False)
    assert house.admit(eui64(7), WELL_KNOWN_KEY, 0.0, CHOICE) is Arrival.JOIN


def test_who_has_the_key_of_the_network_comes_back_to_a_coordinator_that_does_not_know_it() -> None:
    house = described()
    house.refuse_unregistered(refuse=True)

    kept = Membership(house.network_key, LINK_KEY)

    assert house.admit(METER, LINK_KEY, 0.0, CHOICE, kept) is Arrival.SECURED_REJOIN
    assert house.members.keys() == {METER}
    with pytest.raises(NotJoinedError):
        house.admit(eui64(7), LINK_KEY, 0.0, CHOICE, kept=Membership(OTHER_KEY, LINK_KEY))


def test_the_key_of_the_network_does_not_help_who_has_the_wrong_link_key() -> None:
    house = described()
    house.link_keys[METER] = LINK_KEY

    with pytest.raises(NotJoinedError, match="is not the registered one"):
        house.admit(METER, OTHER_KEY, 0.0, CHOICE, kept=Membership(house.network_key, LINK_KEY))


def with_member(**keys: Secret) -> EtherNetwork:
    house = described()
    house.members[METER] = 0x1234
    if "made_with" in keys:
        house.link_keys[METER] = keys["made_with"]
    if "established" in keys:
        house.ring.establish(METER, SharedKey(keys["established"], FrameCounters()))
    return house


ESTABLISHED = Secret(b"established key1")


@pytest.mark.parametrize(
    ("keys", "link_key"),
    [
        ({"made_with": LINK_KEY}, LINK_KEY),
        ({"made_with": LINK_KEY, "established": ESTABLISHED}, ESTABLISHED),
        ({"established": ESTABLISHED}, ESTABLISHED),
    ],
)
def test_who_missed_a_network_key_comes_back_with_the_link_key_in_use(
    keys: dict[str, Secret], link_key: Secret
) -> None:
    house = with_member(**keys)

    arrival = house.admit(METER, LINK_KEY, 0.0, CHOICE, Membership(OTHER_KEY, link_key))

    assert arrival is Arrival.UNSECURED_REJOIN
    assert house.members == {METER: 0x1234}


def test_a_network_may_refuse_who_comes_back_without_its_key() -> None:
    house = with_member(made_with=LINK_KEY)
    house.allows_unsecured_rejoins = False

    with pytest.raises(NotJoinedError, match="only with the network's key"):
        house.admit(METER, LINK_KEY, 0.0, CHOICE, Membership(OTHER_KEY, LINK_KEY))


def test_the_key_before_the_established_one_brings_nobody_back() -> None:
    house = with_member(made_with=LINK_KEY, established=ESTABLISHED)

    with pytest.raises(NotJoinedError, match="is not the one in use"):
        house.admit(METER, LINK_KEY, 0.0, CHOICE, Membership(OTHER_KEY, LINK_KEY))


def test_who_missed_a_network_key_without_a_key_of_its_own_joins_like_anybody() -> None:
    house, kept = with_member(), Membership(OTHER_KEY, WELL_KNOWN_KEY)

    with pytest.raises(NotJoinedError, match="joining is closed"):
        house.admit(METER, WELL_KNOWN_KEY, 0.0, CHOICE, kept)

    house.open_until = 100.0
    assert house.admit(METER, WELL_KNOWN_KEY, 0.0, CHOICE, kept) is Arrival.JOIN
    assert house.members == {METER: 0x1234}


def test_the_link_key_of_who_is_no_member_brings_nobody_back() -> None:
    house = with_member(made_with=LINK_KEY)
    del house.members[METER]

    with pytest.raises(NotJoinedError, match="joining is closed"):
        house.admit(METER, LINK_KEY, 0.0, CHOICE, Membership(OTHER_KEY, LINK_KEY))
