"""The network of the stack's memory: another key for it."""

from sebridge.base.secret import Secret
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.znp.items import Item
from sebridge.simulator.modules.znp.nv import legacy
from tests.radio.simulated_air import report
from tests.simulator.modules.znp.bench import AF, ZDO, Bench, little

EVERYBODY, METER_ALONE = b"\xff\xff", little(0x1234)
KEY = bytes(range(1, 17))
SEND, SWITCH = 0x4E, 0x4F
DONE, NOT_POSSIBLE, OFF = b"\x00", b"\x02", b"\xc2"


async def test_the_network_has_another_key_once_it_is_switched_and_after_a_restart(
    formed: Bench,
) -> None:
    await formed.let_in()
    assert formed.ether.network is not None
    before = formed.ether.network.network_key
    assert formed.ask(ZDO, SEND, EVERYBODY + b"\x01" + KEY) == DONE
    assert formed.ether.network.network_key == before

    assert formed.ask(ZDO, SWITCH, EVERYBODY + b"\x01") == DONE
    await formed.restart()
    await formed.form()
    await formed.meter.send(report(CHIP))
    await formed.clock.settle()

    assert formed.ether.network.network_key == Secret(KEY)
    assert formed.items[legacy(Item.ACTIVE_KEY)] == b"\x01" + KEY
    assert len(formed.told(AF, 0x81)) == 1


async def test_a_network_key_that_was_not_sent_is_not_used(formed: Bench) -> None:
    assert formed.ask(ZDO, SEND, METER_ALONE + b"\x01" + KEY) == NOT_POSSIBLE
    assert formed.ask(ZDO, SWITCH, EVERYBODY + b"\x01") == NOT_POSSIBLE
    formed.ask(ZDO, SEND, EVERYBODY + b"\x01" + KEY)

    assert formed.ask(ZDO, SWITCH, EVERYBODY + b"\x02") == NOT_POSSIBLE
    assert formed.ask(ZDO, SWITCH, METER_ALONE + b"\x01") == NOT_POSSIBLE
    assert formed.ask(ZDO, SWITCH, EVERYBODY + b"\x01") == DONE
    assert formed.ask(ZDO, SWITCH, EVERYBODY + b"\x01") == NOT_POSSIBLE


async def test_what_the_host_has_written_in_its_place_is_no_network_key(formed: Bench) -> None:
    formed.items[legacy(Item.ALTERNATE_KEY)] = b"\x01"

    assert formed.ask(ZDO, SWITCH, EVERYBODY + b"\x01") == NOT_POSSIBLE


async def test_without_a_network_there_is_no_network_key(bench: Bench) -> None:
    assert bench.ask(ZDO, SEND, EVERYBODY + b"\x01" + KEY) == OFF
    assert bench.ask(ZDO, SWITCH, EVERYBODY + b"\x01") == OFF
