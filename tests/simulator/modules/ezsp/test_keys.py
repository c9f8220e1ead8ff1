"""Link keys: those to join with, and the table."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, NotJoinedError
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import Lock
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.keys import MOST_TRANSIENT
from sebridge.simulator.modules.ezsp.tokens import KeptKey
from tests.radio.simulated_air import LINK_KEY, METER, report
from tests.simulator.modules.ezsp.bench import (
    NETWORK_KEY,
    TRUST_CENTER_KEY,
    Bench,
    aps,
    little,
    octets,
)

OK, FULL, NO_INDEX, NOT_FOUND = (little(status, 4) for status in (0, 0x1C, 0x27, 0x2D))
NOBODY = bytes(8)
STRANGER = Eui64(0x0E5E_B100_0000_1002)
OTHER_KEY = Secret(bytes(range(1, 17)))


def link_key(index: int = 0, device: bytes = octets(METER), key: Secret = LINK_KEY) -> bytes:
    return bytes((index,)) + device + key.reveal()


def exported(key: Secret, sent: int = 0, heard: int = 0) -> bytes:
    return key.reveal() + b"\x1e\0" + little(sent, 4) + little(heard, 4) + bytes(2)


def encrypted(nwk: int) -> bytes:
    """Return a unicast to a device under its link key."""
    return b"\0" + little(nwk) + aps(options=0x0160) + b"\x05\x03\x18\x01\x0b"


async def test_the_network_has_keys(begun: Bench) -> None:
    assert begun.ask(0x114, b"\x01" + bytes(17)) == bytes(16) + NOT_FOUND
    assert begun.ask(0x116) == OK + bytes(8)

    await begun.form()

    assert begun.ask(0x114, b"\x01" + bytes(17)) == NETWORK_KEY + OK
    assert begun.ask(0x114, b"\x02" + bytes(17)) == TRUST_CENTER_KEY + OK
    assert begun.ask(0x114, b"\x03" + bytes(17)) == bytes(16) + NOT_FOUND
    assert begun.ask(0x116) == OK + b"\x01\0\x03\0" + bytes(4)


async def test_nobody_comes_in_without_a_key(formed: Bench) -> None:
    with pytest.raises(NotJoinedError):
        await formed.let_in()

    formed.admit(octets(METER), LINK_KEY)
    with pytest.raises(NotJoinedError):
        await formed.let_in()
    await formed.let_in(LINK_KEY)


async def test_a_key_to_join_with_expires(formed: Bench) -> None:
    formed.admit(octets(METER), LINK_KEY)
    nwk = await formed.let_in(LINK_KEY)
    assert formed.ask(0x34, encrypted(nwk))[:1] == b"\0"

    await formed.clock.advance(301)

    assert formed.ask(0x34, encrypted(nwk)) == b"\xa6\0"


async def test_a_key_that_is_given_again_counts_from_then(formed: Bench) -> None:
    formed.admit()
    await formed.clock.advance(200)
    formed.admit()
    await formed.clock.advance(200)
    await formed.let_in()

    assert formed.ask(0x6B) == b""
    stranger = SimulatedRadio(formed.ether, STRANGER, WELL_KNOWN_KEY, (), {})
    with pytest.raises(NotJoinedError):
        await stranger.start(formed.ears)


async def test_keys_may_be_given_before_the_network_is_there(bench: Bench) -> None:
    bench.begin()
    assert bench.admit(octets(METER), LINK_KEY) == 0
    assert bench.ask(0x68, bytes(43)) == b"\0"
    bench.ask(0x1E, bytes.fromhex("0102030405060708 b15e 08 0f 00 0000 00 00f8ff07"))
    await bench.clock.advance(1)

    await bench.let_in(LINK_KEY)


async def test_the_table_may_be_written_before_the_network_is_there(begun: Bench) -> None:
    assert begun.ask(0x53, b"\x1e\x04\0") == b"\0"
    assert begun.ask(0x10E, link_key()) == OK
    assert begun.ask(0x76, b"\0") == b"\0"
    assert begun.ask(0x10F, b"\0") == bytes(36) + NOT_FOUND


async def test_there_is_room_for_a_few_keys_to_join_with(formed: Bench) -> None:
    for number in range(MOST_TRANSIENT):
        assert formed.admit(little(number + 1, 8), LINK_KEY) == 0

    assert formed.admit(octets(METER), LINK_KEY) == 0x1C
    assert formed.admit(little(1, 8), OTHER_KEY) == 0


async def test_an_established_key_is_used_both_ways(formed: Bench) -> None:
    formed.admit()
    nwk = await formed.let_in()
    assert formed.ask(0x10E, link_key()) == OK
    await formed.share(LINK_KEY, FrameCounters())
    formed.callbacks.clear()

    await formed.meter.send(report(CHIP, encrypted=True))
    assert formed.ask(0x34, encrypted(nwk))[:1] == b"\0"
    await formed.clock.settle()

    assert len(formed.told(0x45)) == 1
    assert formed.told(0x3F)[0][-2:] == b"\0\0"
    kept = octets(METER) + exported(LINK_KEY, 1024, 1)
    assert formed.ask(0x10F, b"\0") == kept + OK
    assert formed.ask(0x10D, octets(METER)) == kept[8:24] + b"\0" + kept[24:] + OK


async def test_the_table_has_the_size_of_the_configuration(formed: Bench) -> None:
    assert formed.ask(0x75, NOBODY + b"\x01") == b"\0"
    for index in range(4):
        assert formed.ask(0x10E, link_key(index, little(index + 1, 8))) == OK

    assert formed.ask(0x10E, link_key(4)) == NO_INDEX
    assert formed.ask(0x10F, b"\x04") == bytes(36) + NO_INDEX
    assert formed.ask(0x75, NOBODY + b"\x01") == b"\xff"
    assert formed.ask(0x75, little(3, 8) + b"\x01") == b"\x02"
    assert formed.ask(0x76, b"\x02") == b"\0"
    assert formed.ask(0x76, b"\x02") == b"\xb1"
    assert formed.ask(0x10F, b"\x02") == bytes(36) + NOT_FOUND
    assert formed.ask(0x75, NOBODY + b"\x01") == b"\x02"
    assert formed.ask(0x10D, octets(METER)) == bytes(16) + b"\xff" + bytes(12) + NOT_FOUND
    assert formed.ask(0x10D, NOBODY)[-4:] == NOT_FOUND
    assert formed.ask(0xB1) == b"\0"
    assert formed.ask(0x75, NOBODY + b"\x01") == b"\0"


async def test_an_erased_key_leaves_the_one_to_join_with(formed: Bench) -> None:
    formed.admit(octets(METER), LINK_KEY)
    nwk = await formed.let_in(LINK_KEY)
    formed.ask(0x10E, link_key(key=OTHER_KEY))

    assert formed.ask(0x76, b"\0") == b"\0"
    assert formed.ask(0x34, encrypted(nwk))[:1] == b"\0"
    await formed.clock.settle()

    assert formed.told(0x3F)[0][-2:] == b"\0\0"


async def test_an_erased_key_is_none(formed: Bench) -> None:
    formed.admit()
    nwk = await formed.let_in()
    formed.ask(0x10E, link_key())
    assert formed.ask(0x6B) == b""

    assert formed.ask(0x76, b"\0") == b"\0"

    assert formed.ask(0x34, encrypted(nwk)) == b"\xa6\0"


async def test_numbers_go_on_after_a_reset_and_a_replay_is_refused(formed: Bench) -> None:
    formed.admit()
    await formed.let_in()
    formed.ask(0x10E, link_key())
    await formed.share(LINK_KEY, FrameCounters())
    await formed.meter.send(report(CHIP, encrypted=True))

    await formed.resume()
    await formed.share(LINK_KEY, FrameCounters())

    with pytest.raises(DeliveryError):
        await formed.meter.send(report(CHIP, encrypted=True))


async def test_a_key_that_is_imported_again_lets_replays_in(formed: Bench) -> None:
    formed.admit()
    nwk = await formed.let_in()
    formed.ask(0x10E, link_key())
    formed.ask(0x34, encrypted(nwk))
    await formed.share(LINK_KEY, FrameCounters())
    await formed.meter.send(report(CHIP, encrypted=True))

    assert formed.ask(0x10E, link_key()) == OK

    assert formed.ask(0x10F, b"\0") == octets(METER) + exported(LINK_KEY, 1024) + OK
    await formed.share(LINK_KEY, FrameCounters())
    await formed.meter.send(report(CHIP, encrypted=True))


async def test_a_key_whose_numbers_are_used_up_is_none(formed: Bench) -> None:
    formed.admit()
    nwk = await formed.let_in()
    formed.ask(0x10E, link_key())
    kept = formed.drawers("ezsp_keys", int, KeptKey)
    kept[0] = KeptKey(device=METER, key=LINK_KEY, sent=1 << 32)
    await formed.resume()

    assert formed.ask(0x34, encrypted(nwk)) == b"\xa6\0"


async def test_what_a_lost_entry_counts_is_not_kept(formed: Bench) -> None:
    formed.admit()
    await formed.let_in()
    formed.ask(0x10E, link_key())
    network = formed.ether.network
    assert network is not None
    formed.drawers("ezsp_keys", int, KeptKey).clear()

    assert network.ring.opens(METER, Lock(LINK_KEY, 7))

    assert formed.drawers("ezsp_keys", int, KeptKey) == {}
