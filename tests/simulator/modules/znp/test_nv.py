"""The memory of the stack: items that are made, read, written and dropped, within bounds."""

from sebridge.simulator.modules.znp.nv import (
    LONGEST_ITEM,
    MOST_OCTETS,
    NvId,
    NvMemory,
    Table,
    in_table,
    legacy,
)
from sebridge.simulator.modules.znp.status import Status

ITEM = NvId(7, 0x0001, 0x0002)


def test_a_new_item_holds_what_was_given_and_then_ones() -> None:
    memory = NvMemory({})

    assert memory.create(ITEM, 4, b"\x01\x02") is Status.NV_ITEM_UNINIT
    assert memory.create(ITEM, 4, b"\x09") is Status.SUCCESS  # it was there

    assert memory.get(ITEM) == b"\x01\x02\xff\xff"
    assert memory.length(ITEM) == 4


def test_an_item_is_read_and_written_in_parts() -> None:
    memory = NvMemory({ITEM: b"\x01\x02\x03\x04"})

    assert memory.write(ITEM, 1, b"\x0a\x0b") is Status.SUCCESS

    assert memory.read(ITEM, 0, 3) == b"\x01\x0a\x0b"
    assert memory.read(ITEM, 3, 240) == b"\x04"


def test_what_is_not_there_can_neither_be_read_nor_written() -> None:
    memory = NvMemory({ITEM: b"\x01\x02"})

    assert memory.read(legacy(1), 0, 1) is None
    assert memory.read(ITEM, 2, 1) is None
    assert memory.write(legacy(1), 0, b"\x01") is Status.INVALID_PARAMETER
    assert memory.write(ITEM, 1, b"\x01\x02") is Status.NV_BAD_ITEM_LENGTH
    assert memory.length(legacy(1)) == 0
    assert not memory.delete(legacy(1))


def test_an_item_that_is_too_long_or_empty_is_not_made() -> None:
    memory = NvMemory({})

    assert memory.create(ITEM, 0) is Status.NV_BAD_ITEM_LENGTH
    assert memory.create(ITEM, LONGEST_ITEM + 1) is Status.NV_BAD_ITEM_LENGTH
    assert memory.create(ITEM, 1, b"\x01\x02") is Status.NV_BAD_ITEM_LENGTH
    assert memory.items() == {}


def test_the_memory_is_full_at_its_bound_and_dropping_makes_room() -> None:
    memory = NvMemory({})
    made = 0
    while memory.create(legacy(made), LONGEST_ITEM) is Status.NV_ITEM_UNINIT:
        made += 1

    assert made == MOST_OCTETS // (LONGEST_ITEM + 8)
    assert memory.create(legacy(made), LONGEST_ITEM) is Status.NV_OPERATION_FAILED
    assert memory.delete(legacy(0))
    assert memory.create(legacy(made), LONGEST_ITEM) is Status.NV_ITEM_UNINIT


def test_an_old_number_is_an_item_of_the_stacks_first_table() -> None:
    assert legacy(0x0021) == NvId(1, 0, 0x0021) == in_table(Table.LEGACY, 0x0021)
