"""What differs between the versions of EZSP, octet by octet."""

from collections.abc import AsyncIterator

import pytest

from sebridge.radio.frame_counters import FrameCounters
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.wording import VERSIONS
from tests.radio.simulated_air import LINK_KEY, METER, report
from tests.simulator.modules.ezsp.bench import (
    NETWORK_KEY,
    PARAMETERS,
    STACKS,
    TRUST_CENTER_KEY,
    Bench,
    aps,
    little,
    octets,
)

READ = b"\x05\x00\x01\x00\x00\x00"  # with its length
OK = bytes(4)
NEW = (14, 19)
NOBODY = bytes(8)


@pytest.fixture
async def of_version(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Give a module of some version that has formed a network."""
    bench = Bench(version=request.param)
    await bench.form()
    bench.callbacks.clear()
    yield bench
    await bench.stop()


def test_all_versions_are_tried() -> None:
    assert tuple(STACKS) == VERSIONS


@pytest.mark.parametrize("of_version", NEW, indirect=True)
async def test_from_14_on_statuses_have_four_octets_and_stand_first(of_version: Bench) -> None:
    assert of_version.ask(0x28) == OK + b"\x01" + PARAMETERS
    assert of_version.ask(0x69) == OK + b"\x94\0" + octets()
    assert of_version.ask(0x52, b"\x1e") == OK + b"\x04\0"
    assert of_version.ask(0x52, b"\xfe") == little(0x21, 4) + b"\0\0"
    assert of_version.ask(0x53, b"\x1e\x05\0") == little(0x02, 4)  # the network is up
    assert of_version.ask(0x56, b"\0") == OK + b"\x03"
    assert of_version.ask(0xAA, b"\x11")[:7] == OK + b"\x07\0\0"
    assert of_version.ask(0x03, b"\x03" + bytes(4)) == little(0x21, 4) + b"\0"
    assert of_version.ask(0x15, b"\x49\x10") == OK
    assert of_version.ask(0x47, b"\0") == little(0x0F, 4) + b"\0"
    assert of_version.ask(0x4A, b"\0")[:4] == little(0x17, 4)
    assert of_version.ask(0x1A, b"\0" + bytes(4) + b"\x02") == OK
    assert of_version.told(0x1C) == [b"\0" + OK]
    assert of_version.ask(0x20, b"\0") == OK
    assert of_version.told(0x19) == [little(0x16, 4)]


@pytest.mark.parametrize("of_version", NEW, indirect=True)
async def test_from_14_on_messages_have_long_tags_and_another_order(of_version: Bench) -> None:
    of_version.admit()
    nwk = await of_version.let_in()
    of_version.callbacks.clear()

    answer = of_version.ask(0x34, b"\0" + little(nwk) + aps() + b"\x05\x01" + READ)
    await of_version.clock.settle()
    assert answer[:4] == OK
    head = b"\0" + little(nwk) + aps()[:-1] + answer[4:]
    assert of_version.told(0x3F) == [OK + head + b"\x05\x01\0"]

    alias, everybody = b"\xff\xff", b"\xfd\xff"
    answer = of_version.ask(0x36, alias + everybody + b"\0" + aps() + b"\0\x07\x02" + READ)
    assert of_version.told(0x3F)[0][-3:] == b"\x07\x02\0"
    answer = of_version.ask(0x38, aps() + b"\0" + everybody + alias + b"\0\x08\x03" + READ)
    assert answer[:4] == OK
    assert of_version.told(0x3F)[0][-3:] == b"\x08\x03\0"

    await of_version.meter.send(report(CHIP, b"\x18\x01\x0a"))
    [heard] = of_version.told(0x45)
    assert heard[12:24] == little(nwk) + octets(METER) + b"\xff\xff"
    assert heard[26:] == bytes(4) + b"\x03\x18\x01\x0a"

    answer = of_version.ask(0x34, b"\0" + b"\x34\x12" + aps() + b"\x05\x01" + READ)
    await of_version.clock.settle()
    assert of_version.told(0x3F)[0][:4] == little(0x0C02, 4)


@pytest.mark.parametrize("of_version", NEW, indirect=True)
async def test_from_14_on_addresses_have_one_command(of_version: Bench) -> None:
    assert of_version.ask(0x5C, b"\x01" + octets(METER) + b"\x34\x12") == OK
    assert of_version.ask(0x5E, b"\x01") == OK + b"\x34\x12" + octets(METER)
    assert of_version.ask(0x5E, b"\xf0")[:4] == little(0x27, 4)
    assert of_version.refused(0x5D, b"\x01\x34\x12") == 0x31
    assert of_version.refused(0x5F, b"\x01") == 0x31
    assert of_version.ask(0x60, octets(METER)) == OK + b"\x34\x12"
    assert of_version.ask(0x60, NOBODY) == little(0x2D, 4) + b"\xff\xff"
    assert of_version.ask(0x61, b"\x35\x12") == little(0x2D, 4) + NOBODY
    assert of_version.ask(0x7F, octets(METER)) == little(0x01, 4)
    assert of_version.ask(0x7E, octets(METER) + b"\x01") == OK
    assert of_version.ask(0x7F, octets(METER)) == OK
    assert of_version.ask(0x82, b"\x01" + octets(METER) + b"\x35\x12\0") == (
        OK + octets(METER) + b"\x34\x12\x01"
    )


@pytest.mark.parametrize("of_version", NEW, indirect=True)
async def test_from_14_on_keys_come_with_their_context(of_version: Bench) -> None:
    context = b"\x01" + bytes(17)
    assert of_version.ask(0x114, context) == OK + NETWORK_KEY + context
    assert of_version.ask(0x10E, b"\x02" + octets(METER) + LINK_KEY.reveal()) == OK

    shown = of_version.ask(0x10F, b"\x02")
    assert shown == of_version.ask(0x10D, octets(METER))
    assert shown == (
        OK + b"\x04\x02\0\0" + octets(METER) + bytes(6) + LINK_KEY.reveal() + b"\x1e\0" + bytes(10)
    )
    assert of_version.ask(0x10F, b"\x03")[:4] == little(0x2D, 4)
    assert of_version.ask(0x10F, b"\x04")[:4] == little(0x27, 4)


@pytest.mark.parametrize("of_version", [8], indirect=True)
async def test_8_has_commands_of_its_own_for_keys(of_version: Bench) -> None:
    number = b"\x03"
    network = b"\x03\0\x03" + NETWORK_KEY + bytes(8) + number + NOBODY
    assert of_version.ask(0x6A, b"\x03") == b"\0" + network
    trust_center = b"\x02\0\x01" + TRUST_CENTER_KEY + bytes(8) + b"\0" + NOBODY
    assert of_version.ask(0x6A, b"\x01") == b"\0" + trust_center
    assert of_version.ask(0x6A, b"\x05") == b"\x03" + bytes(36)
    entry = octets(METER) + b"\x01" + LINK_KEY.reveal()
    assert of_version.ask(0x66, entry) == b"\0"
    assert of_version.ask(0x66, entry) == b"\0"  # the same place again
    key = b"\x1e\0\x05" + LINK_KEY.reveal() + bytes(8) + b"\0" + octets(METER)
    assert of_version.ask(0x71, b"\0") == b"\0" + key
    assert of_version.ask(0x71, b"\x01")[:1] == b"\xb6"
    assert of_version.ask(0x71, b"\x04")[:1] == b"\xb1"
    for index in range(1, 4):
        device = little(index, 8)
        assert of_version.ask(0x72, bytes((index,)) + device + entry[8:]) == b"\0"
    assert of_version.ask(0x66, little(9, 8) + entry[8:]) == b"\xb4"
    for frame_id in (0x77, 0x10D, 0x10E, 0x10F, 0x111, 0x114, 0x116):
        assert of_version.refused(frame_id, bytes(40)) == 0x31


@pytest.mark.parametrize("of_version", [13, 14, 19], indirect=True)
async def test_later_versions_have_them_no_more(of_version: Bench) -> None:
    for frame_id in (0x66, 0x6A, 0x71, 0x72, 0xAF):
        assert of_version.refused(frame_id, bytes(40)) == 0x31


@pytest.mark.parametrize("of_version", VERSIONS, indirect=True)
async def test_a_meter_joins_and_its_established_key_is_used(of_version: Bench) -> None:
    of_version.admit()
    await of_version.let_in()
    if of_version.version < 13:
        of_version.ask(0x66, octets(METER) + b"\x01" + LINK_KEY.reveal())
    else:
        of_version.ask(0x10E, b"\0" + octets(METER) + LINK_KEY.reveal())
    await of_version.share(LINK_KEY, FrameCounters())
    of_version.callbacks.clear()

    await of_version.meter.send(report(CHIP, encrypted=True))

    assert len(of_version.told(0x45)) == 1


@pytest.mark.parametrize("of_version", [8], indirect=True)
async def test_before_13_the_status_of_a_scan_has_one_octet(of_version: Bench) -> None:
    assert of_version.ask(0x1A, b"\0" + bytes(4) + b"\x02") == b"\0"
    assert of_version.ask(0x1A, b"\x07" + bytes(4) + b"\x02") == b"\x34"
