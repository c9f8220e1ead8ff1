"""Frames that are sent, and what is heard."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError
from sebridge.radio.ether import AirFrame
from sebridge.radio.radio import Outgoing
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.xbee.firmware import SE_COORDINATOR, ZIGBEE, Firmware
from sebridge.simulator.modules.xbee.memory import MOST_MEMBERS
from sebridge.simulator.modules.xbee.messaging import MOST_IN_FLIGHT
from tests.radio.simulated_air import METER
from tests.simulator.modules.xbee.bench import NOBODY, OK, OWN_KEY, Bench, order

UNDER_KEY = 0x20
ANYBODY = (1 << 64) - 1


async def test_a_frame_reaches_a_device(formed: Bench) -> None:
    nwk = await formed.let_in()

    said = await formed.transmit(order())

    assert said == nwk.to_bytes(2, "big") + b"\0\0\0"
    heard = formed.ears.last
    assert (heard.source, heard.source_nwk, heard.encrypted) == (CHIP, 0, False)
    assert (heard.profile_id, heard.cluster_id) == (0x0109, 0x0702)
    assert (heard.source_endpoint, heard.destination_endpoint) == (0x5E, 0x0A)
    assert heard.data == b"\x01\x02\x03"


@pytest.mark.parametrize("options", [0, 0x40])
async def test_a_frame_reaches_who_is_named_by_its_network_address_alone(
    formed: Bench, options: int
) -> None:
    nwk = await formed.let_in()

    said = await formed.transmit(order(ANYBODY, nwk, options=options))

    assert said == nwk.to_bytes(2, "big") + bytes((0, 0, options))


async def test_a_frame_under_a_link_key(formed: Bench) -> None:
    assert formed.register(OWN_KEY.reveal()) == 0
    nwk = await formed.let_in(OWN_KEY)

    said = await formed.transmit(order(options=UNDER_KEY))

    assert said == nwk.to_bytes(2, "big") + b"\0\0\0"
    assert formed.ears.last.encrypted


async def test_what_cannot_be_sent_has_its_reason(formed: Bench) -> None:
    nwk = await formed.let_in()
    there = nwk.to_bytes(2, "big")
    nowhere = NOBODY.to_bytes(2, "big")

    assert await formed.transmit(order(options=UNDER_KEY)) == there + b"\0\x35\0"
    assert await formed.transmit(order(endpoint=0xFF)) == there + b"\0\x15\0"
    assert await formed.transmit(order(0x1234)) == nowhere + b"\0\x24\1"
    assert await formed.transmit(order(ANYBODY)) == nowhere + b"\0\x24\0"
    assert await formed.transmit(order(0x1234, 0x4321)) == b"\x43\x21\0\x21\0"
    await formed.meter.stop()
    assert await formed.transmit(order()) == there + b"\0\x21\0"


async def test_without_a_network_nothing_is_sent(bench: Bench) -> None:
    assert (await bench.transmit(order()))[3] == 0x22


async def test_without_encryption_nothing_is_sent_under_a_key(bench: Bench) -> None:
    bench.set("CE", 1)
    await bench.clock.advance(2)

    said = await bench.transmit(order(0x1234, 0x4321, options=UNDER_KEY))

    assert said[3] == 0x2E


@pytest.mark.parametrize("options", [0, UNDER_KEY])
@pytest.mark.parametrize(("firmware", "longest"), [(ZIGBEE, 255), (SE_COORDINATOR, 128)])
async def test_what_does_not_fit_one_frame_is_sent_in_fragments(
    firmware: Firmware, longest: int, options: int
) -> None:
    bench = Bench(firmware=firmware)
    await bench.form()
    assert bench.register(OWN_KEY.reveal()) == 0
    await bench.let_in(OWN_KEY)
    assert bench.read("NP") == longest

    fits = await bench.transmit(order(options=options, data=bytes(longest)))
    does_not = await bench.transmit(order(options=options, data=bytes(longest + 1)))

    assert (fits[3], does_not[3]) == (0x00, 0x74)
    assert [len(frame.data) for frame in bench.ears.zcl()] == [longest]
    await bench.stop()


async def test_what_is_for_all_has_to_fit_one_frame(formed: Bench) -> None:
    everybody = 0xFFFF

    fits = await formed.transmit(order(everybody, everybody, data=bytes(74)))
    does_not = await formed.transmit(order(everybody, everybody, data=bytes(75)))

    assert (fits[3], does_not[3]) == (0x00, 0x74)


async def test_so_many_fragments_are_put_together(formed: Bench) -> None:
    await formed.let_in()

    await formed.meter.send(Outgoing(CHIP, 0x0109, 0x0702, 0x0A, 0x5E, bytes(255)))
    with pytest.raises(DeliveryError):
        await formed.meter.send(Outgoing(CHIP, 0x0109, 0x0702, 0x0A, 0x5E, bytes(256)))

    [heard] = formed.heard(0x91)
    assert heard[18:] == bytes(255)


async def test_only_so_many_frames_are_under_way(formed: Bench) -> None:
    await formed.let_in()

    for number in range(1, MOST_IN_FLIGHT + 2):
        formed.say(b"\x11" + bytes((number,)) + order())
    refused = formed.heard(0x8B)
    await formed.clock.advance(1)

    assert [(frame[1], frame[5]) for frame in refused] == [(MOST_IN_FLIGHT + 1, 0x32)]
    assert len(formed.heard(0x8B)) == MOST_IN_FLIGHT


@pytest.mark.parametrize(
    ("address", "options", "status"), [(0xFFFD, 0, 0), (0xFFFF, 0, 0), (0xFFFC, UNDER_KEY, 0x2D)]
)
async def test_a_broadcast_is_heard_by_all_and_never_under_a_key(
    formed: Bench, address: int, options: int, status: int
) -> None:
    await formed.let_in()

    said = await formed.transmit(order(address, address, options=options))

    assert said == address.to_bytes(2, "big") + bytes((0, status, 0))
    assert formed.ears.last.broadcast
    assert not formed.ears.last.encrypted


@pytest.mark.parametrize("own", [0, CHIP])
async def test_what_is_for_itself_comes_back(formed: Bench, own: int) -> None:
    said = await formed.transmit(order(own, profile_id=0x0104))

    assert said == b"\0\0\0\x23\0"
    [heard] = formed.heard(0x91)
    assert heard[9:11] == b"\0\0"


async def test_who_wants_no_status_is_told_none(formed: Bench) -> None:
    await formed.let_in()

    formed.say(b"\x11\x00" + order())
    await formed.clock.advance(1)

    assert formed.heard(0x8B) == []
    assert formed.ears.frames


async def test_frames_that_are_too_short_are_not_answered(bench: Bench) -> None:
    for kind in (0x08, 0x09, 0x10, 0x11, 0x17, 0x24, 0x55):
        bench.say(bytes((kind, 1)))
    await bench.clock.advance(1)

    assert bench.heard() == []


# ---------------------------------------------------------------------- hearing


def reported(*, encrypted: bool = False, profile: int = 0x0109, cluster: int = 0x0702) -> Outgoing:
    return Outgoing(CHIP, profile, cluster, 0x0A, 0x5E, b"\x18\x01\x0a", encrypted)


async def test_what_is_heard_is_told_with_its_ends(formed: Bench) -> None:
    nwk = await formed.let_in()

    await formed.meter.send(reported())

    head = METER.to_bytes(8, "big") + nwk.to_bytes(2, "big")
    assert formed.heard(0x91) == [b"\x91" + head + bytes.fromhex("0a5e 0702 0109 01 18010a")]


async def test_whoever_wants_no_ends_is_told_none(formed: Bench) -> None:
    nwk = await formed.let_in()
    formed.set("AO", 0)

    await formed.meter.send(reported())

    head = METER.to_bytes(8, "big") + nwk.to_bytes(2, "big")
    assert formed.heard(0x90) == [b"\x90" + head + b"\x01\x18\x01\x0a"]


async def test_the_option_tells_that_it_was_under_a_key(formed: Bench) -> None:
    assert formed.register(OWN_KEY.reveal()) == 0
    await formed.let_in(OWN_KEY)

    await formed.meter.send(reported(encrypted=True))

    [heard] = formed.heard(0x91)
    assert heard[17] == 0x21


async def test_who_has_no_place_in_the_table_has_no_name(formed: Bench) -> None:
    nwk = await formed.let_in()
    stranger = AirFrame(Eui64(METER + 1), 0x7777, 0, 0x0109, 0x0702, 10, 0x5E, b"\x18")

    formed.module.stack.hear(stranger, 255, -40)

    [heard] = formed.heard(0x91)
    assert heard[1:11] == b"\xff" * 8 + b"\x77\x77"
    assert nwk != 0x7777


async def test_serial_data_goes_both_ways(formed: Bench) -> None:
    nwk = await formed.let_in()
    head = METER.to_bytes(8, "big") + nwk.to_bytes(2, "big")

    formed.say(b"\x10\x09" + head + b"\0\0" + b"hello")
    await formed.clock.advance(1)

    assert [said[1:] for said in formed.heard(0x8B)] == [
        b"\x09" + nwk.to_bytes(2, "big") + bytes(3)
    ]
    heard = formed.ears.last
    assert (heard.profile_id, heard.cluster_id, heard.data) == (0xC105, 0x0011, b"hello")
    assert (heard.source_endpoint, heard.destination_endpoint) == (0xE8, 0xE8)


async def test_another_module_introduces_itself(formed: Bench) -> None:
    nwk = await formed.let_in()

    await formed.meter.send(reported(profile=0xC105, cluster=0x0095))

    head = METER.to_bytes(8, "big") + nwk.to_bytes(2, "big")
    assert formed.heard(0x95) == [b"\x95" + head + b"\x01\x18\x01\x0a"]


async def test_a_module_without_frames_passes_serial_data_through(formed: Bench) -> None:
    nwk = await formed.let_in()
    formed.set("DH", METER >> 32, octets=4)
    formed.set("DL", METER & 0xFFFFFFFF, octets=4)
    formed.module.take(b"")
    formed.say(b"\x08\0AP\0")

    formed.module.take(b"x" * 100)
    await formed.clock.advance(1)
    serial = Outgoing(CHIP, 0xC105, 0x0011, 0xE8, 0xE8, b"back")
    await formed.meter.send(serial)
    await formed.meter.send(reported())

    assert [frame.data for frame in formed.ears.frames] == [b"x" * 66, b"x" * 34]
    assert formed.line == b"back"
    assert nwk


async def test_no_other_module_answers_at_commands(formed: Bench) -> None:
    nwk = await formed.let_in()
    head = METER.to_bytes(8, "big") + nwk.to_bytes(2, "big")

    formed.say(b"\x17\x03" + head + b"\x02NI")
    formed.say(b"\x17\x00" + head + b"\x02NI")
    await formed.clock.advance(6)

    assert formed.heard(0x97) == [b"\x97\x03" + head + b"NI\x04"]


async def test_the_module_remembers_only_so_many(formed: Bench) -> None:
    members = formed.drawers("xbee_members", int, int)
    for number in range(MOST_MEMBERS):
        members[number] = number

    await formed.let_in()

    assert METER not in members


async def test_smart_energy_firmware_sends_alike() -> None:
    bench = Bench(firmware=SE_COORDINATOR)
    await bench.form()
    await bench.let_in()

    said = await bench.transmit(order())

    assert said[3] == 0
    assert bench.at("AO") == (OK, b"\1")
    await bench.stop()


async def test_a_module_that_is_full_takes_no_frame_until_it_has_room(formed: Bench) -> None:
    await formed.let_in()

    formed.module.set_full(is_full=True)
    refused = await formed.transmit(order())
    formed.module.set_full(is_full=False)
    taken = await formed.transmit(order())

    assert (refused[3], taken[3]) == (0x32, 0x00)
