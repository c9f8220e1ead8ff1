"""AF: endpoints of the host, what it sends from them, and what is heard for them."""

import pytest

from sebridge.base.addresses import Broadcast
from sebridge.base.errors import DeliveryError
from sebridge.radio.ether import AirFrame
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.radio import Outgoing
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.znp.framework import LONGEST_FRAME, MOST_IN_FLIGHT
from sebridge.simulator.modules.znp.items import TABLE_SIZE
from tests.radio.simulated_air import HA, LINK_KEY, METER, METERING, SE, report
from tests.simulator.modules.znp.bench import AF, SE_REGISTRATION, SYS, ZDO, Bench, little, octets

SECURED = 0x40
READ = b"\x10\x07\x00\x00\x00"
OTHER_KEY = bytes(16)


def request(nwk: int, options: int = 0, data: bytes = READ, endpoint: int = 0x5E) -> bytes:
    head = little(nwk) + bytes((0x0A, endpoint)) + little(METERING) + bytes((0x11, options, 30))
    return head + bytes((len(data),)) + data


def extended(
    mode: int, address: bytes, data: bytes = READ, *, pan_id: int = 0, endpoint: int = 0x5E
) -> bytes:
    head = bytes((mode,)) + address.ljust(8, b"\0") + b"\x0a" + little(pan_id)
    head += bytes((endpoint,)) + little(METERING) + bytes((0x12, 0, 30))
    return head + little(len(data)) + data


# ------------------------------------------------------------------ endpoints


async def test_an_endpoint_is_registered_once_until_it_is_deleted(bench: Bench) -> None:
    assert bench.ask(AF, 0x00, SE_REGISTRATION) == b"\0"
    assert bench.ask(AF, 0x00, SE_REGISTRATION) == b"\xb8"
    assert bench.ask(AF, 0x04, b"\x5e") == b"\0"
    assert bench.ask(AF, 0x04, b"\x5e") == b"\x01"
    assert bench.ask(AF, 0x00, SE_REGISTRATION) == b"\0"


async def test_some_numbers_are_no_endpoints(bench: Bench) -> None:
    assert bench.ask(AF, 0x00, b"\x00" + SE_REGISTRATION[1:]) == b"\x02"
    assert bench.ask(AF, 0x00, b"\xff" + SE_REGISTRATION[1:]) == b"\x02"


async def test_a_reset_forgets_the_endpoints(formed: Bench) -> None:
    await formed.restart()

    assert formed.ask(AF, 0x00, SE_REGISTRATION) == b"\0"


# ------------------------------------------------------------------ sending


async def test_a_frame_reaches_a_device_in_the_profile_of_its_endpoint(formed: Bench) -> None:
    nwk = await formed.let_in()

    assert formed.ask(AF, 0x01, request(nwk)) == b"\0"
    await formed.clock.settle()

    heard = formed.ears.frames[-1]
    assert (heard.source, heard.profile_id, heard.cluster_id) == (CHIP, SE, METERING)
    assert (heard.source_endpoint, heard.destination_endpoint) == (0x5E, 0x0A)
    assert (heard.data, heard.encrypted) == (READ, False)
    assert formed.told(AF, 0x80) == [b"\x00\x5e\x11"]


async def test_a_receiver_may_be_named_by_either_address(formed: Bench) -> None:
    nwk = await formed.let_in()

    assert formed.ask(AF, 0x02, extended(0x02, little(nwk), endpoint=1)) == b"\0"
    assert formed.ask(AF, 0x02, extended(0x03, octets(METER))) == b"\0"
    await formed.clock.settle()

    assert [frame.profile_id for frame in formed.ears.zcl()] == [HA, SE]
    assert formed.told(AF, 0x80) == [b"\x00\x01\x12", b"\x00\x5e\x12"]


async def test_many_are_reached_at_once_and_so_are_groups(formed: Bench) -> None:
    await formed.let_in()
    before = len(formed.ears.zcl())

    assert formed.ask(AF, 0x02, extended(0x0F, little(0xFFFD))) == b"\0"
    assert formed.ask(AF, 0x02, extended(0x01, little(0x0001), b"\0\2\0\0\0")) == b"\0"
    await formed.clock.settle()

    heard = formed.ears.zcl()[before:]
    assert [(frame.broadcast, frame.group) for frame in heard] == [(True, None), (True, 1)]
    assert formed.told(AF, 0x80) == [b"\x00\x5e\x12", b"\x00\x5e\x12"]


async def test_who_is_not_there_does_not_acknowledge(formed: Bench) -> None:
    nwk = await formed.let_in()
    await formed.meter.stop()

    assert formed.ask(AF, 0x01, request(nwk)) == b"\0"
    assert formed.ask(AF, 0x01, request(nwk ^ 0x0100)) == b"\0"
    await formed.clock.advance(1)

    assert sorted(data[0] for data in formed.told(AF, 0x80)) == [0xCD, 0xE9]


async def test_what_cannot_be_sent_is_refused(bench: Bench) -> None:
    bench.ask(AF, 0x00, SE_REGISTRATION)
    assert bench.ask(AF, 0x01, request(0x1234)) == b"\xc2"  # there is no network
    await bench.restart()
    await bench.form()
    nwk = await bench.let_in()

    assert bench.ask(AF, 0x01, request(nwk, endpoint=0x77)) == b"\x02"
    assert bench.ask(AF, 0x01, request(nwk, data=bytes(LONGEST_FRAME + 1))) == b"\x02"
    assert bench.ask(AF, 0x02, extended(0x03, bytes(8))) == b"\x02"  # nobody has this address
    assert bench.ask(AF, 0x02, extended(0x02, little(nwk), pan_id=0x1234)) == b"\x02"
    assert bench.ask(AF, 0x02, extended(0x05, little(nwk))) == b"\x02"


async def test_only_so_many_frames_are_under_way(formed: Bench) -> None:
    nwk = await formed.let_in()

    answers = [formed.ask(AF, 0x01, request(nwk)) for _ in range(MOST_IN_FLIGHT + 1)]
    await formed.clock.settle()

    assert answers == [b"\0"] * MOST_IN_FLIGHT + [b"\x11"]
    assert len(formed.told(AF, 0x80)) == MOST_IN_FLIGHT
    assert formed.ask(AF, 0x01, request(nwk)) == b"\0"


async def test_a_frame_to_ourselves_comes_back(formed: Bench) -> None:
    data = request(0, data=READ)[:2] + b"\x5e" + request(0)[3:]

    assert formed.ask(AF, 0x01, data) == b"\0"
    await formed.clock.settle()

    [heard] = formed.told(AF, 0x81)
    assert heard[2:8] == little(METERING) + little(0) + b"\x5e\x5e"


# ------------------------------------------------------------------ link keys


async def test_a_frame_is_encrypted_with_the_key_that_the_device_joined_with(
    formed: Bench,
) -> None:
    formed.ask(0x0F, 0x04, b"\x02" + octets(METER) + LINK_KEY.reveal())
    nwk = await formed.let_in(LINK_KEY)

    assert formed.ask(AF, 0x01, request(nwk, SECURED)) == b"\0"
    await formed.clock.settle()

    assert formed.ears.frames[-1].encrypted


async def test_a_key_that_was_established_takes_its_place(formed: Bench) -> None:
    nwk = await formed.let_in()
    await formed.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters())
    key = little(nwk) + octets(METER) + LINK_KEY.reveal()
    assert formed.ask(ZDO, 0x23, key) == b"\0"

    await formed.meter.send(report(CHIP, encrypted=True))
    assert formed.ask(ZDO, 0x23, key) == b"\0"  # the same once more: the counters go on
    assert formed.ask(AF, 0x01, request(nwk, SECURED)) == b"\0"
    await formed.clock.settle()

    [heard] = formed.told(AF, 0x81)
    assert heard[10] == 1  # security was in use
    assert formed.ears.frames[-1].encrypted
    assert formed.told(AF, 0x80) == [b"\x00\x5e\x11"]


async def test_without_the_right_key_nothing_is_understood(formed: Bench) -> None:
    nwk = await formed.let_in()
    assert formed.ask(AF, 0x01, request(nwk, SECURED)) == b"\xa1"
    assert formed.ask(AF, 0x01, request(0x7777, SECURED)) == b"\xa1"
    assert formed.ask(ZDO, 0x24, octets(METER)) == b"\x02"

    formed.ask(ZDO, 0x23, little(nwk) + octets(METER) + OTHER_KEY)
    assert formed.ask(AF, 0x01, request(nwk, SECURED)) == b"\0"
    await formed.clock.settle()
    assert formed.told(AF, 0x80) == [b"\xe9\x5e\x11"]

    assert formed.ask(ZDO, 0x24, octets(METER)) == b"\0"
    assert formed.ask(AF, 0x01, request(nwk, SECURED)) == b"\xa1"


async def test_a_key_with_a_stranger_and_a_key_without_a_network_are_refused(
    bench: Bench,
) -> None:
    key = little(0x1234) + octets(METER) + LINK_KEY.reveal()
    assert bench.ask(ZDO, 0x23, key) == b"\xc2"
    assert bench.ask(ZDO, 0x24, octets(METER)) == b"\x02"
    await bench.form()

    assert bench.ask(ZDO, 0x23, key) == b"\x02"


async def test_more_keys_than_the_memory_has_room_for_are_refused(formed: Bench) -> None:
    nwk = await formed.let_in()
    for number in range(TABLE_SIZE):
        formed.ask(SYS, 0x31, b"\x01" + little(1) + little(number))

    assert formed.ask(ZDO, 0x23, little(nwk) + octets(METER) + LINK_KEY.reveal()) == b"\xb2"


async def test_a_key_whose_numbers_are_used_up_is_none_any_more(formed: Bench) -> None:
    nwk = await formed.let_in()
    await formed.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters())
    formed.ask(ZDO, 0x23, little(nwk) + octets(METER) + LINK_KEY.reveal())
    last = b"\xff" * 4
    formed.ask(SYS, 0x34, b"\x01" + little(6) + little(0) + little(16) + b"\x04" + last)
    await formed.stop()
    again = Bench(formed.items)
    await again.form()

    assert again.ask(AF, 0x01, request(nwk, SECURED)) == b"\0"
    assert again.ask(AF, 0x01, request(nwk, SECURED)) == b"\xa1"
    await again.stop()


async def test_what_is_for_many_is_not_encrypted(formed: Bench) -> None:
    await formed.let_in()

    assert formed.ask(AF, 0x01, request(0xFFFD, SECURED)) == b"\0"
    await formed.clock.settle()

    assert not formed.ears.frames[-1].encrypted


async def test_what_is_encrypted_with_another_key_is_not_acknowledged(formed: Bench) -> None:
    await formed.let_in()
    await formed.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters())

    with pytest.raises(DeliveryError):
        await formed.meter.send(report(CHIP, encrypted=True))

    assert formed.told(AF, 0x81) == []


# ------------------------------------------------------------------ hearing


async def test_a_report_is_told_with_all_that_is_known_of_it(formed: Bench) -> None:
    nwk = await formed.let_in()
    frame = report(CHIP)

    await formed.meter.send(frame)

    [heard] = formed.told(AF, 0x81)
    assert heard[:9] == b"\0\0" + little(METERING) + little(nwk) + b"\x0a\x5e\0"
    assert 0 < heard[9] <= 255
    assert heard[10] == 0
    length = len(frame.data)
    assert heard[15 : 17 + length] == bytes((0, length)) + frame.data
    assert heard[17 + length :] == little(nwk) + b"\x1d"


async def test_what_is_for_no_endpoint_of_ours_or_of_another_profile_is_not_told(
    formed: Bench,
) -> None:
    await formed.let_in()

    for profile, endpoint in ((SE, 0x44), (HA, 0x5E), (SE, 0x01)):
        await formed.meter.send(Outgoing(CHIP, profile, METERING, 0x0A, endpoint, READ))

    assert formed.told(AF, 0x81) == []


async def test_all_endpoints_of_a_profile_hear_what_is_for_all(formed: Bench) -> None:
    await formed.let_in()

    for profile in (SE, HA, 0xFFFF):
        await formed.meter.send(Outgoing(Broadcast.ALL, profile, METERING, 0x0A, 0xFF, READ))
    await formed.clock.settle()

    heard = [(data[7], data[8]) for data in formed.told(AF, 0x81)]
    assert heard == [(0x5E, 1), (0x01, 1), (0x5E, 1), (0x01, 1)]


async def test_a_frame_that_does_not_fit_one_message_is_not_told(formed: Bench) -> None:
    await formed.let_in()

    await formed.meter.send(report(CHIP, bytes(LONGEST_FRAME)))
    await formed.meter.send(report(CHIP, bytes(LONGEST_FRAME + 1)))

    assert [len(data) for data in formed.told(AF, 0x81)] == [250]


async def test_a_stack_that_is_down_hears_nothing(formed: Bench) -> None:
    nwk = await formed.let_in()
    await formed.restart()

    taken = formed.module.stack.hear(
        AirFrame(METER, nwk, 0, SE, METERING, 0x0A, 0x5E, READ), 200, -60
    )

    assert not taken
    assert formed.told(AF, 0x81) == []


async def test_a_module_that_is_full_takes_no_frame_until_it_has_room(formed: Bench) -> None:
    nwk = await formed.let_in()

    formed.module.set_full(is_full=True)
    refused = formed.ask(AF, 0x01, request(nwk))
    formed.module.set_full(is_full=False)

    assert (refused, formed.ask(AF, 0x01, request(nwk))) == (b"\x11", b"\0")
