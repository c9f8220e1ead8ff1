"""Octets that wait for a node."""

from collections.abc import Sequence

from hypothesis import given, strategies as st

from sebridge.transports.control_port.pending import FEW_WAITING, MOST_WAITING, Pending


@given(st.lists(st.tuples(st.integers(0, 2), st.binary(max_size=200))))
def test_each_client_has_its_octets_in_order_and_in_pieces_that_fit(
    sent: Sequence[tuple[int, bytes]],
) -> None:
    pending, taken = Pending[int](64), {0: b"", 1: b"", 2: b""}
    for client, octets in sent:
        pending.add(client, octets)

    while (piece := pending.next()) is not None:
        assert len(piece.octets) <= 64
        taken[piece.client] += piece.octets

    assert taken == {n: b"".join(o for c, o in sent if c == n) for n in range(3)}


def test_clients_have_turns() -> None:
    pending = Pending[str](4)
    pending.add("one", b"11112222")
    pending.add("other", b"aaaa")

    pieces = [pending.next() for _ in range(4)]

    assert [piece and piece.octets for piece in pieces] == [b"1111", b"aaaa", b"2222", None]


def test_a_client_that_has_sent_much_is_told_to_wait() -> None:
    pending = Pending[str](64)
    pending.add("one", bytes(MOST_WAITING - 1))
    assert not pending.is_full("one")
    pending.add("one", b"!")

    assert pending.is_full("one")
    assert not pending.is_low("one")
    while pending.waiting("one") > FEW_WAITING:
        pending.next()
    assert pending.is_low("one")
    assert not pending.is_full("other")


def test_what_is_dropped_is_gone() -> None:
    pending = Pending[str](64)
    pending.add("one", b"12345")

    assert pending.drop("one") == 5
    assert pending.drop("one") == 0
    assert pending.next() is None
