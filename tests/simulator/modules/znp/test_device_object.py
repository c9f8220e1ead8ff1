"""ZDO: questions to devices and to ourselves, who comes and goes, and the network's door."""

from sebridge.base.addresses import Broadcast
from sebridge.base.secret import Secret
from sebridge.radio.radio import Outgoing
from sebridge.radio.transmitter import zdo_frame
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.znp.device_commands import MOST_GROUPS
from sebridge.simulator.modules.znp.framework import MOST_IN_FLIGHT
from sebridge.zcl.zdo import ZdoCommand, encode
from tests.radio.simulated_air import METER
from tests.simulator.modules.znp.bench import AF, SYS, ZDO, Bench, little, octets

NODE_OF_COORDINATOR = bytes.fromhex("00 40 8e 0000 52 ff00 0000 ff00 00")
NODE_OF_METER = bytes.fromhex("01 40 8e 0000 52 ff00 0000 ff00 00")


async def answered(bench: Bench, command: int, request: bytes) -> list[bytes]:
    """Ask; return what was told by the callback of the answer."""
    assert bench.ask(ZDO, command, request) == b"\0"
    await bench.clock.settle()
    return bench.told(ZDO, 0x80 + command)


# ------------------------------------------------------------------ questions


async def test_a_device_says_what_it_is(formed: Bench) -> None:
    nwk = await formed.let_in()
    own = little(nwk)

    node = await answered(formed, 0x02, own + own)
    endpoints = await answered(formed, 0x05, own + own)
    simple = await answered(formed, 0x04, own + own + b"\x0a")
    power = await answered(formed, 0x03, own + own)
    match = await answered(formed, 0x06, own + own + b"\x09\x01\x01\x02\x07\x00")

    assert node == [own + b"\0" + own + NODE_OF_METER]
    assert endpoints == [own + b"\0" + own + b"\x01\x0a"]
    descriptor = bytes.fromhex("0a 0901 0105 00 02 0000 0207 01 0007")
    assert simple == [own + b"\0" + own + bytes((len(descriptor),)) + descriptor]
    assert power == [own + b"\0" + own + b"\x10\xc1"]
    assert match == [own + b"\0" + own + b"\x01\x0a"]


async def test_addresses_are_told_without_who_said_it(formed: Bench) -> None:
    nwk = await formed.let_in()

    by_device = await answered(formed, 0x00, octets(METER) + b"\0\0")
    by_nwk = await answered(formed, 0x01, little(nwk) + b"\x01\0")

    assert by_device == [b"\0" + octets(METER) + little(nwk) + b"\0\0"]
    assert by_nwk == [b"\0" + octets(METER) + little(nwk) + b"\0\0"]


async def test_the_coordinator_answers_for_itself(formed: Bench) -> None:
    own = b"\0\0"

    assert await answered(formed, 0x00, octets(CHIP) + b"\0\0") == [
        b"\0" + octets(CHIP) + own + b"\0\0"
    ]
    assert await answered(formed, 0x02, own + own) == [own + b"\0" + own + NODE_OF_COORDINATOR]
    assert await answered(formed, 0x05, own + own) == [own + b"\0" + own + b"\x02\x5e\x01"]
    assert await answered(formed, 0x04, own + own + b"\x77") == [own + b"\x83" + own + b"\0"]
    for table in (0x31, 0x32, 0x33):
        assert await answered(formed, table, own + b"\0") == [own + bytes(4)]


async def test_a_device_learns_who_serves_what(formed: Bench) -> None:
    await formed.let_in()
    question = encode(ZdoCommand.Match_Desc_req, 7, 0, 0x0109, (0x0700,), ())

    await formed.meter.send(zdo_frame(CHIP, ZdoCommand.Match_Desc_req, question))
    await formed.clock.settle()

    answer = formed.ears.frames[-1]
    assert (answer.cluster_id, answer.data) == (0x8006, b"\x07\0\0\0\x01\x5e")


async def test_a_device_binds_a_cluster_to_us(formed: Bench) -> None:
    nwk = await formed.let_in()
    begin = little(nwk) + octets(METER) + b"\x0a" + little(0x0702)
    to_us = begin + b"\x03" + octets(CHIP) + b"\x5e"
    to_group = begin + b"\x01" + little(5).ljust(8, b"\0") + b"\0"

    assert await answered(formed, 0x21, to_us) == [little(nwk) + b"\0"]
    assert await answered(formed, 0x21, to_group) == [little(nwk) + b"\0"]
    assert len(formed.meter.bindings) == 2
    assert await answered(formed, 0x22, to_us) == [little(nwk) + b"\0"]
    assert len(formed.meter.bindings) == 1
    assert formed.ask(ZDO, 0x21, begin + b"\x02" + bytes(9)) == b"\x02"


async def test_who_is_not_there_gives_no_answer(formed: Bench) -> None:
    assert await answered(formed, 0x02, little(0x1234) * 2) == []


async def test_only_so_many_questions_are_under_way(formed: Bench) -> None:
    answers = [formed.ask(ZDO, 0x02, bytes(4)) for _ in range(MOST_IN_FLIGHT + 1)]
    await formed.clock.settle()

    assert answers == [b"\0"] * MOST_IN_FLIGHT + [b"\x11"]
    assert len(await answered(formed, 0x02, bytes(4))) > 0


async def test_without_a_network_nobody_can_be_asked(bench: Bench) -> None:
    assert bench.ask(ZDO, 0x02, bytes(4)) == b"\xc2"
    assert bench.ask(ZDO, 0x50) == bytes(15) + octets(CHIP) + b"\0"


async def test_the_memory_says_whether_answers_have_callbacks_of_their_own(formed: Bench) -> None:
    formed.ask(SYS, 0x09, little(0x008F) + b"\0\x01\0")

    assert await answered(formed, 0x02, bytes(4)) == []


async def test_the_host_hears_every_message_that_it_asked_for(formed: Bench) -> None:
    assert formed.ask(ZDO, 0x3E, little(0x8002)) == b"\0"
    formed.ask(ZDO, 0x02, bytes(4))
    await formed.clock.settle()
    [message] = formed.told(ZDO, 0xFF)
    number = message[6:7]
    assert message == b"\0\0\0" + little(0x8002) + b"\0" + number + b"\0\0" + b"\0\0\0" + (
        NODE_OF_COORDINATOR
    )

    assert formed.ask(ZDO, 0x3F, little(0x8002)) == b"\0"
    formed.ask(ZDO, 0x02, bytes(4))
    await formed.clock.settle()
    assert formed.told(ZDO, 0xFF) == []

    assert formed.ask(ZDO, 0x3E, little(0xFFFF)) == b"\0"
    await formed.let_in()
    clusters = [int.from_bytes(data[3:5], "little") for data in formed.told(ZDO, 0xFF)]
    assert 0x0013 in clusters


async def test_a_question_may_be_sent_as_a_frame_of_endpoint_0(formed: Bench) -> None:
    nwk = await formed.let_in()
    head = b"\x02" + little(nwk).ljust(8, b"\0") + b"\0" + little(0) + b"\0" + little(0x0005)
    data = b"\x33" + little(nwk)

    assert formed.ask(AF, 0x02, head + b"\x33\0\x1e" + little(3) + data) == b"\0"
    await formed.clock.settle()

    assert formed.told(ZDO, 0x85) == [little(nwk) + b"\0" + little(nwk) + b"\x01\x0a"]
    assert formed.told(AF, 0x80) == []  # of these nothing is confirmed


async def test_garbage_for_endpoint_0_is_survived(formed: Bench) -> None:
    await formed.let_in()
    formed.ask(ZDO, 0x3E, little(0xFFFF))

    for cluster in (0x0013, 0x0002, 0x0036, 0x0038, 0x8000, 0x8036, 0x9999):
        for data in (b"", b"\x01"):
            await formed.meter.send(Outgoing(CHIP, 0, cluster, 0, 0, data))
    await formed.clock.settle()

    assert await answered(formed, 0x05, bytes(4)) == [b"\0\0\0\0\0\x02\x5e\x01"]


# ------------------------------------------------------------------ the door, and who leaves


async def test_the_network_is_open_as_long_as_the_host_says(formed: Bench) -> None:
    assert await answered(formed, 0x36, b"\x02\0\0\x0a\x01") == [b"\0\0\0"]
    assert formed.told(ZDO, 0xCB) == [b"\x0a"]
    assert formed.ether.network is not None
    assert formed.ether.network.open_until == formed.clock.monotonic() + 10

    assert await answered(formed, 0x36, b"\x0f\xfc\xff\0\x01") == [b"\0\0\0"]
    assert formed.told(ZDO, 0xCB) == [b"\0"]
    assert formed.ether.network.open_until == formed.clock.monotonic()

    await answered(formed, 0x36, b"\x0f\xfc\xff\xff\x01")
    await formed.clock.advance(hours=1000)
    assert formed.ether.network.open_until > formed.clock.monotonic()


async def test_another_device_is_asked_itself_to_open_the_network(formed: Bench) -> None:
    nwk = await formed.let_in()
    formed.told(ZDO, 0xB6)

    answers = await answered(formed, 0x36, b"\x02" + little(nwk) + b"\x0a\x01")

    assert answers == [little(nwk) + b"\x84"]  # it does not


async def test_a_device_that_is_told_to_leaves(formed: Bench) -> None:
    nwk = await formed.let_in()

    answers = await answered(formed, 0x34, little(nwk) + octets(METER) + b"\0")

    assert answers == [little(nwk) + b"\0"]
    assert formed.told(ZDO, 0xC9) == [little(nwk) + octets(METER) + bytes(3)]
    assert formed.ears.departures == [METER]
    assert formed.ask(ZDO, 0x46, little(nwk) + bytes(2)) == b"\x01"


async def test_a_departure_of_a_stranger_is_no_news(formed: Bench) -> None:
    formed.module.stack.left(METER)

    assert formed.told(ZDO, 0xC9) == []


async def test_what_is_of_no_concern_to_a_coordinator_changes_nothing(formed: Bench) -> None:
    await formed.let_in()
    formed.heard.clear()

    formed.module.stack.network_lost()
    formed.module.stack.share(METER, a_key())

    assert formed.heard == []
    assert formed.module.stack.is_up


def a_key() -> Secret:
    return Secret(bytes(16))


# ------------------------------------------------------------------ the network itself


async def test_the_air_is_quiet(formed: Bench) -> None:
    scan = little(0) + b"\x02" + little(0x00101000, 4) + b"\x02\x01" + little(0)

    [found] = await answered_update(formed, scan)

    assert found == b"\0\0\0" + little(0x00101000, 4) + bytes(4) + b"\x02\x20\x20"
    [refused] = await answered_update(formed, scan[:7] + b"\x06\x01" + little(0))
    assert refused == b"\0\0\x84"


async def answered_update(bench: Bench, request: bytes) -> list[bytes]:
    assert bench.ask(ZDO, 0x37, request) == b"\0"
    await bench.clock.settle()
    return bench.told(ZDO, 0xB8)


async def test_the_network_moves_to_another_channel(formed: Bench) -> None:
    nwk = await formed.let_in()
    move = little(0xFFFD) + b"\x0f" + little(1 << 25, 4) + b"\xfe\x00" + little(0)

    assert await answered_update(formed, move) == []
    assert formed.ask(ZDO, 0x50)[23] == 25
    assert formed.meter.network.channel == 25

    await formed.restart()
    await formed.form()
    assert formed.ask(ZDO, 0x50)[23] == 25
    assert formed.ask(ZDO, 0x46, little(nwk) + bytes(2)) == b"\0"  # who was there still is


async def test_a_channel_cannot_be_changed_without_a_network(bench: Bench) -> None:
    bench.module.stack.move(25)

    await bench.form()

    assert bench.ask(ZDO, 0x50)[23] == 11


async def test_routes_are_there_to_those_who_are(formed: Bench) -> None:
    nwk = await formed.let_in()

    assert formed.ask(ZDO, 0x45, little(nwk) + b"\0\x1e") == b"\0"
    assert formed.ask(ZDO, 0x46, little(nwk) + b"\x01\x03") == b"\0"
    assert formed.ask(ZDO, 0x46, little(nwk ^ 1) + b"\x01\x03") == b"\x01"


async def test_endpoints_are_in_groups(formed: Bench) -> None:
    group = b"\xf2" + little(0x0B84)
    assert formed.ask(ZDO, 0x4A, group) == b"\x01" + little(0x0B84) + b"\0"
    assert formed.ask(ZDO, 0x47, group) == b"\x01"

    assert formed.ask(ZDO, 0x4B, group + b"\0") == b"\0"
    assert formed.ask(ZDO, 0x4A, group) == b"\0" + little(0x0B84) + b"\0"
    assert formed.ask(ZDO, 0x47, group) == b"\0"

    for number in range(MOST_GROUPS):
        assert formed.ask(ZDO, 0x4B, b"\x01" + little(number) + b"\0") == b"\0"
    assert formed.ask(ZDO, 0x4B, group + b"\0") == b"\xb2"


async def test_a_broadcast_of_a_device_is_not_answered_by_management(formed: Bench) -> None:
    await formed.let_in()
    before = len(formed.ears.frames)

    await formed.meter.send(Outgoing(Broadcast.ALL, 0, 0x0036, 0, 0, b"\x01\x05\x01"))
    await formed.clock.settle()

    assert formed.told(ZDO, 0xCB)[-1] == b"\x05"
    assert len(formed.ears.frames) == before
