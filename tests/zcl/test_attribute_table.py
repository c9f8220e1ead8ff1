"""Attributes declared by a table of text."""

import pytest

from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.data_types import DATA_TYPES, UTC

TABLE = """\
0x0010 last_time UTC rw
0x0100+1 block{n}_threshold uint48 r 1..3
0x0200+16+1 tier{n}_block{m}_price uint32 r 2..3 1..2
"""


def test_a_line_is_an_attribute_or_a_whole_family() -> None:
    found = {item.name: number for number, item in AttributeTable(TABLE).items()}

    assert found == {
        "last_time": 0x0010,
        "block1_threshold": 0x0100,
        "block2_threshold": 0x0101,
        "block3_threshold": 0x0102,
        "tier2_block1_price": 0x0200,
        "tier2_block2_price": 0x0201,
        "tier3_block1_price": 0x0210,
        "tier3_block2_price": 0x0211,
    }


def test_an_attribute_has_the_type_and_access_of_its_line() -> None:
    table = AttributeTable(TABLE)

    assert table[0x0010].data_type is DATA_TYPES[UTC]
    assert table[0x0010].is_writable
    assert not table[0x0100].is_writable


def test_an_attribute_knows_its_own_identifier() -> None:
    assert AttributeTable(TABLE)[0x0211].attribute_id == 0x0211


def test_the_attributes_of_others_are_there_unless_the_table_has_them_itself() -> None:
    others = AttributeTable("0x0010 older UTC r\n0x0011 other UTC r")

    table = AttributeTable("0x0010 newer UTC r", others)

    assert {number: item.name for number, item in table.items()} == {0x10: "newer", 0x11: "other"}
    assert 0x0012 not in table


def test_whether_there_are_any_takes_no_making() -> None:
    of_unknown_type = "0x0000 odd uint7 r"

    assert AttributeTable(of_unknown_type)
    assert AttributeTable("", AttributeTable(of_unknown_type))
    assert not AttributeTable("\n")


def test_a_type_that_is_not_known_is_refused_when_somebody_looks() -> None:
    with pytest.raises(KeyError, match="uint7"):
        len(AttributeTable("0x0000 odd uint7 r"))
