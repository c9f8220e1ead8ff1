"""Finding who has a cluster."""

from hypothesis import given, strategies as st

from sebridge.base.addresses import Eui64
from sebridge.network.peer import Peer
from sebridge.network.peer_index import PeerIndex
from tests.network.air import address


def peer(number: int, endpoint: int = 1) -> Peer:
    return Peer(address(number), endpoint, 0x0109)


def test_places_are_found_in_the_order_in_which_they_came() -> None:
    index = PeerIndex()

    index.put(address(2), [(0x0702, peer(2)), (0x0700, peer(2))])
    index.put(address(1), [(0x0702, peer(1, 5)), (0x0702, peer(1, 6))])

    assert index.find(0x0702) == (peer(2), peer(1, 5), peer(1, 6))
    assert index.find(0x0700) == (peer(2),)
    assert index.find(0x0701) == ()


def test_new_clusters_take_the_place_of_earlier_ones() -> None:
    index = PeerIndex()
    index.put(address(1), [(0x0702, peer(1))])
    assert index.find(0x0702) == (peer(1),)

    index.put(address(1), [(0x0700, peer(1))])

    assert index.find(0x0702) == ()
    assert index.find(0x0700) == (peer(1),)


def test_a_dropped_device_is_found_no_more_and_may_be_dropped_twice() -> None:
    index = PeerIndex()
    index.put(address(1), [(0x0702, peer(1)), (0x0702, peer(1))])

    index.drop(address(1))
    index.drop(address(1))

    assert index.find(0x0702) == ()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.none() | st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=5),
        ),
        max_size=20,
    )
)
def test_the_index_finds_what_a_search_through_all_would_find(
    steps: list[tuple[int, list[tuple[int, int]] | None]],
) -> None:
    index = PeerIndex()
    plain: dict[Eui64, list[tuple[int, Peer]]] = {}
    for number, places in steps:
        if places is None:
            index.drop(address(number))
            plain.pop(address(number), None)
        else:
            wanted = [(cluster, peer(number, endpoint)) for cluster, endpoint in places]
            index.put(address(number), wanted)
            plain[address(number)] = wanted

        for cluster in range(4):
            expected = {p for places in plain.values() for c, p in places if c == cluster}
            found = index.find(cluster)
            assert set(found) == expected
            assert len(found) == len(expected)
