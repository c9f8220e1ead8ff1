"""The tables of devices and keys: what survives when the plug is pulled, and what hosts write."""

from random import Random

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.frame_counters import LEAP, FrameCounters
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.znp.items import TABLE_SIZE, restart
from sebridge.simulator.modules.znp.nv import NvMemory, Table, in_table, legacy
from sebridge.simulator.modules.znp.tables import DeviceTables, EstablishedKey
from tests.radio.simulated_air import LINK_KEY, METER, report
from tests.simulator.modules.znp.bench import AF, APP_CNF, ZDO, Bench, little, octets

OTHER = Eui64(0x0E5E_B100_0000_1002)
KEY = EstablishedKey(LINK_KEY, 3, 7)


@pytest.fixture
def memory() -> NvMemory:
    """Return a memory as it comes from the factory."""
    memory = NvMemory({})
    restart(memory, CHIP, Random(1))
    return memory


@pytest.fixture
def tables(memory: NvMemory) -> DeviceTables:
    return DeviceTables(memory)


def test_a_new_memory_knows_nobody(tables: DeviceTables) -> None:
    assert (tables.members(), tables.joining_keys(), tables.established()) == ({}, {}, {})


def test_devices_and_keys_are_kept_and_forgotten_one_by_one(tables: DeviceTables) -> None:
    assert tables.put_member(METER, 0x1234)
    assert tables.put_member(OTHER, 0x2345)
    assert tables.put_member(METER, 0x3456)  # it has another address now
    assert tables.put_joining_key(METER, LINK_KEY)
    assert tables.put_joining_key(OTHER, LINK_KEY)
    assert tables.put_established(OTHER, KEY)

    assert tables.members() == {METER: 0x3456, OTHER: 0x2345}
    assert tables.joining_keys() == {METER: LINK_KEY, OTHER: LINK_KEY}
    assert tables.established() == {OTHER: KEY}

    tables.drop_joining_key(METER)
    tables.drop_established(OTHER)
    assert (tables.joining_keys(), tables.established()) == ({OTHER: LINK_KEY}, {})
    assert tables.put_established(METER, KEY)
    tables.drop_member(METER)
    tables.drop_member(METER)
    tables.drop_established(METER)
    assert (tables.members(), tables.established()) == ({OTHER: 0x2345}, {})
    tables.clear()
    assert (tables.members(), tables.joining_keys()) == ({}, {})


def test_a_key_may_be_established_before_its_device_has_an_address(tables: DeviceTables) -> None:
    assert tables.put_established(METER, KEY)

    assert tables.members() == {}
    assert tables.established() == {METER: KEY}


def test_the_tables_have_an_end(tables: DeviceTables) -> None:
    for number in range(1, TABLE_SIZE + 1):
        assert tables.put_member(Eui64(number), number)
        assert tables.put_joining_key(Eui64(number), LINK_KEY)
        assert tables.put_established(Eui64(number), KEY)

    assert not tables.put_member(METER, 0x1234)
    assert not tables.put_joining_key(METER, LINK_KEY)
    assert not tables.put_established(METER, KEY)
    assert len(tables.established()) == TABLE_SIZE


def test_a_key_that_follows_from_the_seed_is_found(memory: NvMemory) -> None:
    seed = memory.get(legacy(0x0101))
    assert seed is not None
    entry = bytes(8) + octets(METER) + b"\x02\x00\x03\x00"
    memory.put(in_table(Table.TRUST_CENTER_KEYS, 5), entry)

    turned = seed[3:] + seed[:3]
    expected = bytes(a ^ b for a, b in zip(turned, octets(METER) * 2, strict=True))
    assert DeviceTables(memory).joining_keys() == {METER: Secret(expected)}


@pytest.mark.parametrize(
    ("table", "number", "entry"),
    [
        (Table.TRUST_CENTER_KEYS, 0, bytes(8) + bytes(METER) + b"\x02\x00\x10\x00"),  # no such turn
        (Table.TRUST_CENTER_KEYS, 0, bytes(8) + bytes(METER) + b"\x00\x00\x09\x00"),  # no such code
        (Table.TRUST_CENTER_KEYS, 0, bytes(8) + bytes(METER) + b"\xfe\x00\x00\x00"),
        (Table.TRUST_CENTER_KEYS, 0, b"\x02"),
        (Table.ADDRESSES, 0, b"\x02"),
        (Table.LEGACY, 0x004C, b""),
        (Table.LEGACY, 0x004C, b"\xff"),
        (Table.LEGACY, 0x004C, b"\x05\x00\x01\x00"),
        (Table.LEGACY, 0x004C, b"\x01\x00\x07\x00\x07\x00\x01\x00"),
        (Table.LEGACY, 0x0101, b"\x01"),
    ],
)
def test_what_makes_no_sense_is_passed_over(
    memory: NvMemory, table: Table, number: int, entry: bytes
) -> None:
    memory.put(in_table(table, number), entry)
    tables = DeviceTables(memory)

    assert (tables.members(), tables.joining_keys(), tables.established()) == ({}, {}, {})


def test_without_a_seed_no_key_follows_from_it(memory: NvMemory) -> None:
    memory.put(in_table(Table.TRUST_CENTER_KEYS, 0), bytes(8) + bytes(METER) + b"\x02\x00\x00\x00")
    memory.delete(legacy(0x0101))

    assert DeviceTables(memory).joining_keys() == {}


def test_a_link_key_whose_item_is_gone_is_none(memory: NvMemory) -> None:
    tables = DeviceTables(memory)
    tables.put_established(METER, KEY)
    memory.delete(in_table(Table.LINK_KEYS, 0))

    assert tables.established() == {}
    tables.drop_established(OTHER)


async def test_a_module_knows_its_devices_and_keys_when_its_plug_was_pulled() -> None:
    before = Bench()
    await before.form()
    before.ask(APP_CNF, 0x04, b"\x02" + octets(METER) + LINK_KEY.reveal())
    nwk = await before.let_in(LINK_KEY)
    await before.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters(sent=LEAP))
    before.ask(ZDO, 0x23, little(nwk) + octets(METER) + LINK_KEY.reveal())
    await before.meter.send(report(CHIP, encrypted=True))
    await before.stop()

    again = Bench(before.items)
    await again.form()
    await again.start_again(LINK_KEY, FrameCounters(sent=LEAP + 1))
    await again.meter.send(report(CHIP, encrypted=True))
    again.ask(
        AF, 0x01, little(nwk) + b"\x0a\x5e" + little(0x0702) + b"\x11\x40\x1e\x03\x10\x07\x00"
    )
    await again.clock.settle()

    assert again.meter.network.nwk == nwk
    assert [data[10] for data in again.told(AF, 0x81)] == [1]
    assert again.told(AF, 0x80) == [b"\x00\x5e\x11"]
    await again.stop()
