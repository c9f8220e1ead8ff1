"""Who has which address."""

from hypothesis import given, strategies as st
import pytest

from sebridge.radio.address_book import AddressBook, addresses_in, sleep_told_in
from sebridge.radio.zdo_server import node_descriptor
from sebridge.zcl.zdo import LogicalType, ZdoCommand, encode
from tests.radio.simulated_air import eui64

METER, DISPLAY, THERMOSTAT = eui64(1), eui64(2), eui64(3)


def test_both_addresses_are_found() -> None:
    book = AddressBook()

    assert book.learn(METER, 0x1234)

    assert book.device(0x1234) == METER
    assert book.nwk(METER) == 0x1234
    assert dict(book) == {METER: 0x1234}


def test_what_is_known_is_no_news() -> None:
    book = AddressBook()
    book.learn(METER, 0x1234)

    assert not book.learn(METER, 0x1234)


def test_a_new_address_replaces_the_old_one() -> None:
    book = AddressBook()
    book.learn(METER, 0x1234)

    book.learn(METER, 0x5678)

    assert book.device(0x1234) is None
    assert book.device(0x5678) == METER


def test_an_address_that_went_to_another_device_is_no_more_the_first_ones() -> None:
    book = AddressBook()
    book.learn(METER, 0x1234)

    book.learn(DISPLAY, 0x1234)

    assert book.device(0x1234) == DISPLAY
    assert book.nwk(METER) is None


@pytest.mark.parametrize(
    ("device", "nwk"), [(METER, 0xFFFE), (METER, 0xFFFD), (eui64(0), 1), (eui64(2**64 - 1), 1)]
)
def test_what_no_device_can_have_is_not_learned(device: object, nwk: int) -> None:
    book = AddressBook()

    assert not book.learn(device, nwk)  # type: ignore[arg-type]  # all of them are EUI-64s
    assert not dict(book)


def test_where_too_many_pass_by_the_first_goes() -> None:
    book = AddressBook(limit=2)
    book.learn(METER, 1)
    book.learn(DISPLAY, 2)

    assert book.learn(METER, 4)  # which moves behind the other
    assert book.learn(THERMOSTAT, 3)

    assert dict(book) == {METER: 4, THERMOSTAT: 3}


def test_who_is_to_stay_does_not_give_way_to_passers_by() -> None:
    book = AddressBook(limit=2)
    book.learn(METER, 1, stays=True)
    book.learn(DISPLAY, 2)
    book.learn(DISPLAY, 2, stays=True)

    for number in range(100):
        book.learn(eui64(1000 + number), 1000 + number)
    book.learn(METER, 3)  # a new address by announcement
    for number in range(100):
        book.learn(eui64(2000 + number), 2000 + number)

    assert dict(book) == {
        METER: 3,
        DISPLAY: 2,
        eui64(2098): 2098,
        eui64(2099): 2099,
    }


def test_who_has_to_give_way_is_told() -> None:
    book = AddressBook(limit=2)
    book.learn(METER, 1)
    book.learn(DISPLAY, 2)

    for_another = book.give_way(THERMOSTAT, 2)
    for_nothing = book.give_way(METER, 1)
    book.learn(DISPLAY, 2)
    for_one_more = book.give_way(THERMOSTAT, 3)

    assert (for_another, for_nothing, for_one_more) == ([DISPLAY], [], [METER])
    assert dict(book) == {DISPLAY: 2}


def test_a_forgotten_device_has_no_address() -> None:
    book = AddressBook()
    book.learn(METER, 0x1234)

    book.forget(METER)
    book.forget(DISPLAY)

    assert book.nwk(METER) is None
    assert book.device(0x1234) is None


TOLD = [
    pytest.param(0x0013, "01 3412 0100000000000000 8e", (METER, 0x1234), id="announcement"),
    pytest.param(0x8000, "01 00 0100000000000000 3412", (METER, 0x1234), id="NWK_addr_rsp"),
    pytest.param(0x8001, "01 00 0100000000000000 3412", (METER, 0x1234), id="IEEE_addr_rsp"),
    pytest.param(0x8000, "01 81 0100000000000000 ffff", None, id="not found"),
    pytest.param(0x8000, "01 00 0100", None, id="too short"),
    pytest.param(0x0013, "", None, id="empty"),
    pytest.param(0x8005, "01 00 3412 00", None, id="something else"),
]


@pytest.mark.parametrize(("cluster_id", "frame", "told"), TOLD)
def test_frames_tell_addresses(cluster_id: int, frame: str, told: object) -> None:
    assert addresses_in(cluster_id, bytes.fromhex(frame)) == told


@given(st.sampled_from([0x0013, 0x8000, 0x8001]), st.binary(max_size=30))
def test_random_octets_tell_something_or_nothing(cluster_id: int, frame: bytes) -> None:
    told = addresses_in(cluster_id, frame)

    assert told is None or 0 <= told.nwk <= 0xFFFF


def test_who_sleeps_does_so_at_another_address_until_it_says_otherwise_or_is_forgotten() -> None:
    book = AddressBook()
    book.note(METER, is_sleepy=True)  # nobody knows where it is
    assert not book.is_sleepy(0x1234)
    book.learn(METER, 0x1234)
    assert not book.is_sleepy(0x1234)

    book.note(METER, is_sleepy=True)
    book.learn(METER, 0x5678)
    assert book.is_sleepy(0x5678)

    book.note(METER, is_sleepy=False)
    assert not book.is_sleepy(0x5678)
    book.note(METER, is_sleepy=True)
    book.forget(METER)
    book.learn(DISPLAY, 0x5678)
    assert not book.is_sleepy(0x5678)


@pytest.mark.parametrize("is_sleepy", [True, False])
def test_a_node_descriptor_tells_who_sleeps(is_sleepy: bool) -> None:  # noqa: FBT001
    node = node_descriptor(LogicalType.END_DEVICE, is_sleepy=is_sleepy)
    answer = encode(ZdoCommand.Node_Desc_rsp, 7, 0, 0x1234, node)

    assert sleep_told_in(ZdoCommand.Node_Desc_rsp, answer) == (0x1234, is_sleepy)
    assert sleep_told_in(ZdoCommand.Power_Desc_rsp, answer) is None
    assert sleep_told_in(ZdoCommand.Node_Desc_rsp, answer[:2]) is None
    refused = encode(ZdoCommand.Node_Desc_rsp, 7, 0x80, 0x1234)
    assert sleep_told_in(ZdoCommand.Node_Desc_rsp, refused) is None
