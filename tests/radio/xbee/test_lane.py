"""Frames of XBee modules both ways, through zigpy-xbee and past it: what comes out is the same."""

import asyncio
from collections.abc import Sequence

from hypothesis import given, strategies as st
import pytest

from tests.radio.lane_bench import KNOWN, changed, cut
from tests.radio.simulated_air import METER
from tests.radio.xbee.bench import Written, explicit, framed, xbee_bench

NOBODY = (1 << 64) - 1
MODEM_STATUS = b"\x8a\x06"
RECORDED = (
    explicit(),
    explicit(options=0x01, data=b""),
    explicit(data=bytes(range(0x60, 0x80))),
    explicit(endpoint=0),
    explicit(options=0x02),
    explicit(nwk=0x5678),
    explicit(nwk=0x0000),
    explicit(nwk=0xFFFE),
    explicit(source=NOBODY),
    explicit(source=METER + 1),
    MODEM_STATUS,
)


@pytest.mark.parametrize("frame", RECORDED)
async def test_both_ways_bring_the_same(frame: bytes) -> None:
    slow, fast = xbee_bench(), xbee_bench().open()
    octets = framed(frame)

    heard = slow.read(octets)

    assert fast.read(octets) == heard
    assert slow.others == [frame]


async def test_a_report_does_not_reach_the_library() -> None:
    bench = xbee_bench().open()
    moved = explicit(nwk=0x5678)

    bench.read(framed(explicit()) + framed(moved) + framed(MODEM_STATUS) + framed(explicit()))

    assert [frame.nwk for frame in bench.frames] == [KNOWN, 0x5678, KNOWN]
    assert bench.others == [moved, MODEM_STATUS]  # from which something is to be learned


async def test_a_frame_in_pieces_and_one_behind_noise_are_heard() -> None:
    bench = xbee_bench().open()
    octets = framed(explicit())

    bench.read(octets[:10], octets[10:], b"noise" + octets, octets)

    assert len(bench.frames) == 3


async def test_a_bug_behind_the_library_does_not_end_the_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = xbee_bench()
    bench.taker.is_broken = True

    bench.read(framed(explicit()), framed(explicit(nwk=0x5678)))

    assert [frame.nwk for frame in bench.frames] == [KNOWN, 0x5678]
    assert caplog.text.count("was lost to a bug") == 2


async def test_what_a_module_says_in_command_mode_is_text() -> None:
    bench = xbee_bench()
    bench.application.line.connection_made(Written())
    asking = asyncio.ensure_future(bench.application.api.command_mode_at_cmd("+++"))
    await asyncio.sleep(0)

    bench.read(b"O", b"K\r")

    assert await asking is True
    assert bench.taker.skips == 0


@st.composite
def streams(draw: st.DrawFn) -> Sequence[bytes]:
    """Return what may be on the line: frames, nearly right ones, and damaged ones."""
    frames = draw(st.lists(st.sampled_from(RECORDED), min_size=1, max_size=4))
    stream = b"".join(
        framed(draw(changed(frame)) if draw(st.booleans()) else frame) for frame in frames
    )
    return draw(cut(draw(changed(stream, most=1))))


@given(streams())
async def test_both_ways_bring_the_same_of_anything(reads: Sequence[bytes]) -> None:
    slow, fast = xbee_bench(), xbee_bench().open()

    slow.read(*reads)
    fast.read(*reads)

    assert fast.frames == slow.frames
    assert fast.taker.skips == slow.taker.skips
    rest = iter(slow.others)
    assert all(frame in rest for frame in fast.others)  # in the same order, none invented
    assert len(slow.others) - len(fast.others) <= len(fast.frames)


@given(st.lists(st.binary(max_size=40)))
async def test_behind_anything_the_second_frame_is_heard(noise: Sequence[bytes]) -> None:
    bench = xbee_bench().open()
    octets = framed(explicit())

    bench.read(*noise)
    before = len(bench.frames)
    bench.read(octets, octets)

    assert len(bench.frames) >= before + 1
