"""Mirrors of sleeping meters."""

from sebridge.features.metering.mirror_server import MirrorServer, MirrorTable
from sebridge.network.peer import Peer
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.general import parse_values
from sebridge.zcl.identifiers import MIRROR_ENDPOINTS
from sebridge.zcl.metering import NO_MIRROR
from tests.gateway.radio_side import address, peer


def test_a_meter_that_asks_again_gets_the_same_endpoint() -> None:
    table = MirrorTable({})

    given = [table.request(peer(1)), table.request(peer(2)), table.request(peer(1))]

    assert given == [MIRROR_ENDPOINTS[0], MIRROR_ENDPOINTS[1], MIRROR_ENDPOINTS[0]]
    assert all(1 <= endpoint <= 240 for endpoint in MIRROR_ENDPOINTS)


def test_when_all_are_taken_there_is_none_until_one_is_given_up() -> None:
    table = MirrorTable({}, range(0xC0, 0xC2))
    full = [table.request(peer(number)) for number in (1, 2, 3)]

    removed = [table.remove(peer(1)), table.remove(peer(1))]

    assert full == [0xC0, 0xC1, NO_MIRROR]
    assert removed == [0xC0, NO_MIRROR]
    assert table.request(peer(3)) == 0xC0


def test_who_has_which_survives_and_goes_with_the_device() -> None:
    kept: dict[int, Peer] = {}
    MirrorTable(kept).request(peer(1))
    MirrorTable(kept).request(peer(1, endpoint=10))
    table = MirrorTable(kept)

    assert list(table) == [0xC0, 0xC1]
    assert table.owner(0xC1) == peer(1, endpoint=10)
    assert table.forget(address(1)) == [0xC0, 0xC1]
    assert (list(table), table.owner(0xC0)) == ([], None)


def value(attribute_id: int, attribute_type: int, plain: object) -> AttributeValue:
    return AttributeValue(attribute_id, attribute_type, plain, b"")


def test_a_mirror_shows_what_was_reported_under_a_mirrors_type() -> None:
    mirror = MirrorServer()
    before = mirror.attributes.read(0x0306).value

    mirror.take([value(0x0000, 0x25, 5), value(0x0306, 0x18, 1)])
    mirror.take([value(0x0000, 0x25, 6)])

    assert before == 0xFE
    assert mirror.attributes.read(0x0306).value == 0x80
    assert mirror.attributes.read(0x0000).value == 6
    assert mirror.attributes.types() == [(0x0000, 0x25), (0x0306, 0x18)]


def test_a_mirror_has_no_value_where_its_meter_has_none() -> None:
    mirror = MirrorServer()

    mirror.take(parse_values(bytes.fromhex("0000 25 ffffffffffff  0004 2a 000080")))

    assert mirror.attributes.read(0x0000).raw.hex() == "ffffffffffff"
    assert mirror.attributes.read(0x0400).raw.hex() == "000080"


def test_a_mirror_grows_no_larger_than_256_attributes() -> None:
    mirror = MirrorServer()

    mirror.take([value(0x1000 + n, 0x20, n % 256) for n in range(300)])

    assert len(mirror.attributes.types()) == 256


def test_what_cannot_be_shown_again_is_left_out() -> None:
    mirror = MirrorServer()

    mirror.take([value(0x0002, 0x42, "�" * 254), value(3, 0x20, 1)])

    assert [attribute_id for attribute_id, _ in mirror.attributes.types()] == [3, 0x0306]
