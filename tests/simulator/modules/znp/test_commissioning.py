"""APP_CNF: a network is formed as the host has configured it, and devices join with their keys."""

import pytest

from sebridge.base.errors import NotJoinedError
from sebridge.crypto import install_code
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.znp.items import TABLE_SIZE
from tests.radio.simulated_air import LINK_KEY, METER
from tests.simulator.modules.znp.bench import APP_CNF, SYS, ZDO, Bench, little, octets

CODE = bytes.fromhex("83FED3407A939723A5C639B26916D505C3B5")


async def test_a_new_network_is_formed_then_the_same_one_is_resumed(bench: Bench) -> None:
    assert bench.ask(APP_CNF, 0x05, b"\x04") == b"\0"
    await bench.clock.advance(1)
    info = bench.ask(ZDO, 0x50)

    assert bench.told(ZDO, 0xC0) == [b"\x08", b"\x09"]
    assert bench.told(APP_CNF, 0x80) == [b"\x00\x02\x00"]
    assert info[:3] == b"\0\0\x09"
    assert info[7:23] == octets(CHIP) * 2  # the network goes by our own address
    assert info[23] == 11

    await bench.restart()
    assert bench.ask(ZDO, 0x50)[2] == 0
    bench.ask(APP_CNF, 0x05, b"\x04")
    bench.ask(APP_CNF, 0x05, b"\x04")  # twice is once
    await bench.clock.advance(1)
    assert bench.told(APP_CNF, 0x80) == [b"\x08\x02\x00"] * 2
    assert bench.ask(ZDO, 0x50) == info


async def test_the_network_is_what_the_host_has_written(bench: Bench) -> None:
    key = bytes(range(16))
    bench.ask(SYS, 0x09, little(0x0083) + b"\0\x02" + little(0x1A62))
    bench.ask(SYS, 0x09, little(0x0047) + b"\0\x08" + b"\xdd" * 8)
    bench.ask(SYS, 0x09, little(0x0062) + b"\0\x10" + key)
    bench.ask(APP_CNF, 0x08, b"\x01" + little(1 << 20, 4))
    bench.ask(APP_CNF, 0x08, b"\x00" + little(1 << 11, 4))  # the second choice counts for nothing

    await bench.form()

    info = bench.ask(ZDO, 0x50)
    assert (info[3:5], info[7:15], info[23]) == (little(0x1A62), b"\xdd" * 8, 20)
    assert bench.ask(SYS, 0x08, little(0x003A) + b"\0") == b"\0\x11\0" + key
    assert bench.ask(SYS, 0x08, little(0x0055) + b"\0") == b"\0\x01\x01"
    assert bench.ask(SYS, 0x13, little(0x0021)) == little(116)


async def test_the_old_way_to_start_forms_and_resumes_too(bench: Bench) -> None:
    bench.ask(SYS, 0x09, little(0x0084) + b"\0\x04" + little(1 << 25, 4))
    assert bench.ask(ZDO, 0x40, little(100)) == b"\x01"
    await bench.clock.advance(1)
    assert bench.ask(ZDO, 0x50)[23] == 25

    await bench.restart()

    assert bench.ask(ZDO, 0x40, little(100)) == b"\x00"


async def test_a_network_that_the_host_wrote_over_is_another(formed: Bench) -> None:
    await formed.let_in()
    formed.ask(SYS, 0x09, little(0x0021) + b"\x24\x02" + little(0x4321))
    await formed.restart()

    await formed.form()

    assert formed.ask(ZDO, 0x50)[3:5] == little(0x4321)
    assert [str(reason) for reason in formed.ears.reasons] == ["nobody of the network is heard"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda bench: bench.ask(SYS, 0x12, little(0x0021) + little(116)),  # what tells of it
        lambda bench: bench.ask(SYS, 0x09, little(0x0021) + b"\x41\x01\0"),  # its key is not there
        lambda bench: bench.ask(SYS, 0x12, little(0x003A) + little(17)),
        lambda bench: bench.ask(SYS, 0x12, little(0x0055) + little(1)),
    ],
)
async def test_a_network_of_which_something_is_missing_is_formed_anew(
    formed: Bench, spoil: object
) -> None:
    assert callable(spoil)
    spoil(formed)
    await formed.restart()

    formed.ask(APP_CNF, 0x05, b"\x04")

    assert formed.told(APP_CNF, 0x80) == [b"\x00\x02\x00"]


async def test_steering_opens_the_network_where_there_is_one(bench: Bench) -> None:
    assert bench.ask(APP_CNF, 0x05, b"\x02") == b"\0"
    assert bench.told(APP_CNF, 0x80) == [b"\x02\x01\x00"]
    await bench.form()
    bench.heard.clear()

    assert bench.ask(APP_CNF, 0x05, b"\x02") == b"\0"

    assert bench.told(APP_CNF, 0x80) == [b"\x00\x01\x00"]
    assert bench.told(ZDO, 0xCB) == [b"\xb4"]
    assert bench.ask(APP_CNF, 0x05, b"\x08") == b"\x02"  # what nobody can


async def test_a_device_joins_with_the_key_of_its_installation_code(formed: Bench) -> None:
    key = install_code.link_key(CODE)
    assert formed.ask(APP_CNF, 0x04, b"\x01" + octets(METER) + CODE) == b"\0"

    nwk = await formed.let_in(key)

    assert formed.told(ZDO, 0xCA) == [little(nwk) + octets(METER) + b"\0\0"]
    assert formed.told(ZDO, 0xC1) == [little(nwk) + little(nwk) + octets(METER) + b"\x8e"]


async def test_a_device_with_another_key_is_not_let_in(formed: Bench) -> None:
    assert formed.ask(APP_CNF, 0x04, b"\x02" + octets(METER) + LINK_KEY.reveal()) == b"\0"

    with pytest.raises(NotJoinedError):
        await formed.let_in()

    assert formed.told(ZDO, 0xCA) == []


async def test_only_devices_with_codes_join_where_the_host_wants_that(formed: Bench) -> None:
    assert formed.ask(APP_CNF, 0x06, b"\x01") == b"\0"
    with pytest.raises(NotJoinedError):
        await formed.let_in()

    assert formed.ask(APP_CNF, 0x06, b"\x00") == b"\0"
    await formed.let_in()

    assert formed.ask(APP_CNF, 0x09, b"\x00") == b"\0"


async def test_a_reset_forgets_that_only_devices_with_codes_may_join(formed: Bench) -> None:
    formed.ask(APP_CNF, 0x06, b"\x01")
    await formed.restart()
    await formed.form()

    await formed.let_in()

    assert formed.meter.network.joined


async def test_codes_that_are_none_and_codes_without_a_network_are_refused(bench: Bench) -> None:
    code = b"\x02" + octets(METER) + LINK_KEY.reveal()
    assert bench.ask(APP_CNF, 0x04, code) == b"\xc2"
    assert bench.ask(APP_CNF, 0x06, b"\x01") == b"\0"  # nothing to hold it against
    await bench.form()

    assert bench.ask(APP_CNF, 0x04, b"\x01" + octets(METER) + CODE[:-1] + b"\0") == b"\x02"
    assert bench.ask(APP_CNF, 0x04, code[:-1]) == b"\x02"
    assert bench.ask(APP_CNF, 0x04, b"\x03" + code[1:]) == b"\x02"


async def test_the_table_of_keys_has_an_end(formed: Bench) -> None:
    for number in range(TABLE_SIZE):
        code = b"\x02" + little(number + 1, 8) + LINK_KEY.reveal()
        assert formed.ask(APP_CNF, 0x04, code) == b"\0"

    assert formed.ask(APP_CNF, 0x04, b"\x02" + octets(METER) + LINK_KEY.reveal()) == b"\xb2"
    assert formed.ask(APP_CNF, 0x04, b"\x02" + little(1, 8) + LINK_KEY.reveal()) == b"\0"
