"""Established keys as they are kept, with their counters."""

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.model.row_codec import RowCodec
from sebridge.network.link_keys import LinkKey, LinkKeys
from sebridge.radio.frame_counters import LEAP
from tests.network.air import address


def key(text: bytes = b"established key!") -> LinkKey:
    return LinkKey(key=Secret(text), suite=1, public_key=b"\x02abc")


def test_counters_are_kept_with_their_key_and_go_on_after_a_restart() -> None:
    store: dict[Eui64, LinkKey] = {}
    keys = LinkKeys(store)
    counters = keys.keep(address(1), key())
    counters.next_sent()
    assert keys.counters(address(1)) is counters
    assert store[address(1)].sent == LEAP
    counters.is_new(3)

    keys.settle()

    assert (store[address(1)].sent, store[address(1)].heard) == (1, 4)
    restarted = LinkKeys(store).counters(address(1))
    assert not restarted.is_new(3)
    assert restarted.next_sent() == 1


def test_a_new_key_begins_to_count_anew_and_the_old_counters_do_not_touch_it() -> None:
    store: dict[Eui64, LinkKey] = {}
    keys = LinkKeys(store)
    old = keys.keep(address(1), key())
    old.next_sent()

    new = keys.keep(address(1), key(b"another key 1234"))
    old.settle()

    assert (store[address(1)].sent, store[address(1)].heard) == (0, 0)
    assert new.next_sent() == 0


def test_a_dropped_key_is_gone() -> None:
    keys = LinkKeys({})
    counters = keys.keep(address(1), key())

    keys.drop(address(1))
    keys.drop(address(2))
    counters.settle()

    assert keys.find(address(1)) is None
    assert keys.items() == []


def test_a_key_survives_being_written_and_does_not_show() -> None:
    codec: RowCodec[LinkKey] = RowCodec(LinkKey)

    assert codec.read(codec.write(key())) == key()
    assert "established key!" not in repr(key())
