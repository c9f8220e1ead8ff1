"""Attributes declared by a table of text."""

import pytest
import zigpy.types as t

from sebridge.zcl.attribute_table import attribute_defs, attributes_by_id, read_table

TABLE = """\
0x0010 last_time utc rw
0x0100+1 block{n}_threshold uint48 r 1..3
0x0200+16+1 tier{n}_block{m}_price uint32 r 2..3 1..2
"""


def test_a_line_is_an_attribute_or_a_whole_family() -> None:
    found = {name: int(item.id) for name, item in read_table(TABLE).items()}

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
    table = read_table(TABLE)

    assert table["last_time"].type is t.UTCTime
    assert "w" in str(table["last_time"].access).lower()
    assert "w" not in str(table["block1_threshold"].access).lower()


def test_a_cluster_class_lists_the_attributes() -> None:
    assert {int(item.id) for item in attribute_defs(TABLE)} == {
        int(item.id) for item in read_table(TABLE).values()
    }


def test_attributes_are_found_by_their_identifier_and_know_their_name() -> None:
    assert attributes_by_id(TABLE)[0x0211].name == "tier3_block2_price"


def test_a_type_that_is_not_known_is_refused_when_the_table_is_read() -> None:
    with pytest.raises(KeyError, match="uint7"):
        read_table("0x0000 odd uint7 r")
