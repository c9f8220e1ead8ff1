"""Frames that the host sends, and what is heard for its endpoints."""

import logging

from msgspec.structs import replace
import pytest

from sebridge.base.addresses import Broadcast, Group
from sebridge.radio.ether import AirFrame
from sebridge.radio.radio import Outgoing
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.messaging import (
    ACKNOWLEDGED_WITHIN,
    LONGEST_FRAME,
    MOST_FRAGMENTS,
    RETRIES,
)
from tests.radio.simulated_air import METER, METERING, SE, report
from tests.simulator.modules.ezsp.bench import Bench, aps, little

READ = b"\x00\x01\x00\x00\x00"
SENT, HEARD = 0x3F, 0x45


def unicast(nwk: int, head: bytes | None = None, data: bytes = READ, tag: int = 5) -> bytes:
    return b"\0" + little(nwk) + (head or aps()) + bytes((tag, len(data))) + data


@pytest.fixture
async def nwk(formed: Bench) -> int:
    """Return the network address of the meter, which has joined."""
    formed.admit()
    return await formed.let_in()


async def test_a_frame_is_sent_and_told_of(formed: Bench, nwk: int) -> None:
    formed.callbacks.clear()

    status, sequence = formed.ask(0x34, unicast(nwk))
    assert (status, formed.callbacks) == (0, [])
    await formed.clock.settle()

    sent = b"\0" + little(nwk) + aps()[:-1] + bytes((sequence, 5, 0, 0))
    assert formed.told(SENT) == [sent]
    [frame] = formed.ears.frames
    assert (frame.profile_id, frame.cluster_id, frame.data) == (SE, METERING, READ)
    assert (frame.source_endpoint, frame.destination_endpoint) == (0x5E, 0x0A)


async def test_a_frame_that_nobody_takes_is_told_of(formed: Bench) -> None:
    assert formed.ask(0x34, unicast(0x1234))[:1] == b"\0"
    await formed.clock.settle()

    [sent] = formed.told(SENT)
    assert sent[-2:] == b"\x66\0"


async def test_what_cannot_be_sent_is_refused(formed: Bench, nwk: int) -> None:
    secured = aps(options=0x0160)

    assert formed.ask(0x34, b"\x01" + unicast(nwk)[1:])[:1] == b"\x02"
    assert formed.ask(0x34, unicast(0xFFFD))[:1] == b"\x02"
    assert formed.ask(0x34, unicast(nwk, data=bytes(LONGEST_FRAME + 1)))[:1] == b"\x74"
    assert formed.ask(0x34, unicast(nwk, secured, bytes(LONGEST_FRAME - 8)))[:1] == b"\x74"
    assert formed.ask(0x34, unicast(0x1234, secured))[:1] == b"\xa6"
    assert formed.ask(0x36, little(nwk) + aps() + b"\0\x05\x01\0")[:1] == b"\x02"
    formed.begin()
    assert formed.ask(0x34, unicast(nwk))[:1] == b"\x93"
    assert formed.ask(0x36, little(0xFFFD) + aps() + b"\0\x05\x01\0")[:1] == b"\x93"
    assert formed.ask(0x38, aps() + b"\0\0\x05\x01\0")[:1] == b"\x93"
    assert formed.told(SENT) == []


async def test_no_more_is_on_the_way_than_the_configuration_lets(formed: Bench, nwk: int) -> None:
    for _ in range(10):
        assert formed.ask(0x34, unicast(nwk))[:1] == b"\0"
    assert formed.ask(0x34, unicast(nwk))[:1] == b"\x72"

    await formed.clock.settle()

    assert len(formed.told(SENT)) == 10
    assert formed.ask(0x34, unicast(nwk))[:1] == b"\0"


async def test_a_broadcast_reaches_everybody(formed: Bench, nwk: int) -> None:
    assert nwk
    status, sequence = formed.ask(0x36, little(0xFFFD) + aps() + b"\0\x07\x01\x18")
    await formed.clock.settle()

    assert status == 0
    assert formed.told(SENT) == [b"\x06\xfd\xff" + aps()[:-1] + bytes((sequence, 7, 0, 0))]
    assert [frame.broadcast for frame in formed.ears.frames] == [True]


async def test_what_is_sent_to_a_group_is_on_the_air_for_its_members(
    formed: Bench, nwk: int
) -> None:
    assert nwk
    head = aps()[:8] + b"\x34\x12\0"
    status, sequence = formed.ask(0x38, head + b"\0\0\x07\x01\x18")
    await formed.clock.settle()

    assert status == 0
    assert formed.told(SENT) == [b"\x03\x34\x12" + head[:-1] + bytes((sequence, 7, 0, 0))]
    assert [frame.group for frame in formed.ears.frames] == [0x1234]


async def test_what_is_sent_to_a_group_is_told_of_when_the_host_has_it_in_its_table(
    formed: Bench, nwk: int
) -> None:
    assert nwk
    frame = replace(report(CHIP, b"\x18\x01\x0a"), destination=Group(0x1234))
    formed.callbacks.clear()

    await formed.meter.send(frame)
    await formed.clock.settle()
    formed.ask(0x64, b"\x02" + little(0x1234) + b"\x01\0")
    before = formed.told(HEARD)
    await formed.meter.send(frame)
    await formed.clock.settle()
    formed.ask(0x64, b"\x02" + little(0x1234) + b"\0\0")
    await formed.meter.send(frame)
    await formed.clock.settle()

    assert before == []
    [heard] = formed.told(HEARD)
    assert heard[0] == 2
    assert heard[9:11] == little(0x1234)


async def test_a_report_is_told_of(formed: Bench, nwk: int) -> None:
    formed.callbacks.clear()

    await formed.meter.send(report(CHIP, b"\x18\x01\x0a"))

    [heard] = formed.told(HEARD)
    assert heard[:1] == b"\0"
    assert heard[1:9] == little(SE) + little(METERING) + b"\x0a\x5e\x40\0"
    assert heard[14:16] == little(nwk)
    assert heard[16:] == b"\xff\xff\x03\x18\x01\x0a"
    assert heard[12] > 0
    assert heard[13] > 0x80  # negative dBm


async def test_a_broadcast_is_told_of_as_one(formed: Bench, nwk: int) -> None:
    assert nwk
    formed.callbacks.clear()

    await formed.meter.send(report(Broadcast.LISTENING))
    await formed.clock.settle()

    [heard] = formed.told(HEARD)
    assert heard[0] == 4


@pytest.mark.parametrize(
    ("profile", "endpoint", "times"),
    [(SE, 0x5E, 1), (0x0104, 0x5E, 0), (0x0104, 0xFF, 1), (0xFFFF, 0xFF, 2), (SE, 0x77, 0)],
)
async def test_an_endpoint_hears_what_is_for_its_profile(
    formed: Bench, nwk: int, profile: int, endpoint: int, times: int
) -> None:
    assert nwk
    formed.callbacks.clear()

    await formed.meter.send(Outgoing(CHIP, profile, METERING, 0x0A, endpoint, READ))

    assert len(formed.told(HEARD)) == times


async def test_a_long_frame_is_told_of_in_parts_as_they_are_acknowledged(
    formed: Bench, nwk: int
) -> None:
    formed.callbacks.clear()
    data = bytes(range(LONGEST_FRAME + 10))

    await formed.meter.send(report(CHIP, data))
    await formed.clock.settle()
    [first] = formed.told(HEARD)
    group, sequence = first[9:11], first[11:12]
    assert (first[7:9], group) == (b"\x40\x80", b"\x00\x02")
    assert first[18:] == bytes((LONGEST_FRAME,)) + data[:LONGEST_FRAME]
    head = first[1:7] + b"\x40\x80"
    assert formed.ask(0x39, little(nwk) + head + b"\x01\xff" + sequence + b"\0") == b"\x70"
    assert formed.ask(0x39, little(nwk) + head + b"\x00\xff" + sequence + b"\0") == b"\0"
    await formed.clock.settle()

    [last] = formed.told(HEARD)
    assert (last[9:11], last[11:12]) == (b"\x01\x00", sequence)
    assert last[18:] == b"\x0a" + data[LONGEST_FRAME:]


async def test_a_part_that_is_not_acknowledged_is_the_last(formed: Bench, nwk: int) -> None:
    assert nwk
    formed.callbacks.clear()
    await formed.meter.send(report(CHIP, bytes(LONGEST_FRAME + 10)))

    await formed.clock.advance(10)

    assert len(formed.told(HEARD)) == 1


async def test_a_frame_with_too_many_parts_is_lost(
    formed: Bench, nwk: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert nwk
    formed.callbacks.clear()
    size = MOST_FRAGMENTS * LONGEST_FRAME + 1

    with caplog.at_level(logging.WARNING):
        await formed.meter.send(report(CHIP, bytes(size)))

    assert formed.told(HEARD) == []
    assert f"{size} octets do not fit" in caplog.text


def part(place: int, parts: int, sequence: int = 0, options: int = 0x8140) -> bytes:
    """Return the head of a part of a message as the host writes it."""
    return aps(options=options)[:-3] + bytes((place, parts, sequence))


async def test_the_parts_of_a_message_become_one(formed: Bench, nwk: int) -> None:
    first, last = bytes(range(80)), b"rest"

    status, sequence = formed.ask(0x34, unicast(nwk, part(0, 2), first))
    await formed.clock.settle()
    assert (status, formed.ears.frames) == (0, [])
    assert formed.ask(0x34, unicast(nwk, part(1, 2, sequence), last)) == bytes((0, sequence))
    await formed.clock.settle()

    assert [frame.data for frame in formed.ears.frames] == [first + last]
    assert [sent[11:15] for sent in formed.told(SENT)] == [
        bytes((0, 2, sequence, 5)),
        bytes((1, 2, sequence, 5)),
    ]


async def test_parts_for_itself_become_one(formed: Bench, nwk: int) -> None:
    assert nwk
    formed.callbacks.clear()
    first, last = (aps(destination=0x5E, options=0x8140)[:-3] + bytes((n, 2)) for n in range(2))
    sequence = formed.ask(0x34, unicast(0, first + b"\0"))[1:]

    formed.ask(0x34, unicast(0, last + sequence, b"rest"))
    await formed.clock.settle()

    assert [heard[18:] for heard in formed.told(HEARD)] == [b"\x09" + READ + b"rest"]


async def test_a_part_is_sent_again_until_it_is_acknowledged(formed: Bench, nwk: int) -> None:
    _, sequence = formed.ask(0x34, unicast(nwk, part(0, 2)))
    await formed.clock.settle()
    formed.told(SENT)
    formed.ether.air = AirOptions(delay=0, loss=1)
    formed.ask(0x34, unicast(nwk, part(1, 2, sequence)))
    await formed.clock.advance(ACKNOWLEDGED_WITHIN)
    assert formed.told(SENT) == []
    formed.ether.air = AirOptions(delay=0)

    await formed.clock.advance(ACKNOWLEDGED_WITHIN)

    assert [frame.data for frame in formed.ears.frames] == [READ + READ]
    assert [sent[-2:] for sent in formed.told(SENT)] == [b"\0\0"]


async def test_a_part_that_nobody_acknowledges_is_told_of(formed: Bench, nwk: int) -> None:
    formed.ether.air = AirOptions(delay=0, loss=1)
    formed.ask(0x34, unicast(nwk, part(0, 2)))

    await formed.clock.advance((RETRIES + 1) * ACKNOWLEDGED_WITHIN)

    assert [sent[-2:] for sent in formed.told(SENT)] == [b"\x66\0"]


async def test_parts_that_cannot_be_are_refused(formed: Bench, nwk: int) -> None:
    secured = part(0, 2, options=0x8160)

    assert formed.ask(0x34, unicast(nwk, part(0, 0)))[:1] == b"\x02"
    assert formed.ask(0x34, unicast(nwk, part(2, 2)))[:1] == b"\x02"
    assert formed.ask(0x34, unicast(nwk, part(0, 2), bytes(LONGEST_FRAME - 1)))[:1] == b"\x74"
    assert formed.ask(0x34, unicast(nwk, secured, bytes(LONGEST_FRAME - 10)))[:1] == b"\x74"
    assert formed.told(SENT) == []


async def test_off_the_network_nothing_is_heard(formed: Bench, nwk: int) -> None:
    ends = (SE, METERING, 0x0A, 0x5E)
    formed.begin()
    formed.callbacks.clear()

    is_taken = formed.module.stack.hear(AirFrame(METER, nwk, 0, *ends, READ), 200, -60)

    assert not is_taken
    assert formed.told(HEARD) == []
