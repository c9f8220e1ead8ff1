"""What devices are known as when they change places."""

from hypothesis import given, strategies as st

from sebridge.base.addresses import Eui64
from sebridge.network.identities import Exchange, Identities, completed

A, B, C = (Eui64(number) for number in (0xA, 0xB, 0xC))


def arranged(*exchanges: Exchange) -> Identities:
    identities = Identities()
    identities.arrange(exchanges)
    return identities


def exchange(old: Eui64, new: Eui64, **endpoints: int) -> Exchange:
    return Exchange(old=old, new=new, endpoints={int(n[1:]): o for n, o in endpoints.items()})


def test_a_device_is_known_as_itself() -> None:
    identities = arranged()

    assert (identities.address(A), identities.endpoint(A, 9), identities.device(A)) == (A, 9, A)


def test_two_change_places_with_their_endpoints() -> None:
    identities = arranged(exchange(A, B, e10=1))

    assert (identities.address(B), identities.address(A)) == (A, B)
    assert (identities.device(B), identities.device(A)) == (A, B)
    assert [identities.endpoint(B, number) for number in (10, 1, 7)] == [1, 10, 7]
    assert [identities.endpoint(A, number) for number in (1, 10, 7)] == [10, 1, 7]


def test_back_again_all_are_known_as_themselves() -> None:
    identities = arranged(exchange(A, B, e10=1), exchange(B, A, e1=10))

    assert [identities.address(device) for device in (A, B)] == [A, B]
    assert [identities.endpoint(B, number) for number in (10, 1)] == [10, 1]


def test_one_after_the_other_take_a_place() -> None:
    identities = arranged(exchange(A, B, e10=1), exchange(B, C, e2=10))

    assert [identities.address(device) for device in (A, B, C)] == [B, C, A]
    assert identities.endpoint(C, 2) == 1
    assert identities.endpoint(B, 10) == 2


def test_two_meters_of_a_device_may_cross() -> None:
    assert completed({2: 1, 3: 2}) == {2: 1, 3: 2, 1: 3}


_DEVICES = st.sampled_from((A, B, C))
_PAIRS = st.dictionaries(st.integers(1, 4), st.integers(1, 4), max_size=3).filter(
    lambda pairs: len(set(pairs.values())) == len(pairs)
)


@given(st.lists(st.tuples(_DEVICES, _DEVICES, _PAIRS).filter(lambda one: one[0] != one[1])))
def test_no_two_are_ever_known_as_the_same(
    changes: list[tuple[Eui64, Eui64, dict[int, int]]],
) -> None:
    identities = arranged(*(Exchange(old=o, new=n, endpoints=e) for o, n, e in changes))

    places = [
        (identities.address(device), identities.endpoint(device, number))
        for device in (A, B, C)
        for number in range(1, 5)
    ]
    assert len(set(places)) == len(places)
    assert {identities.device(address) for address, _ in places} == {A, B, C}
