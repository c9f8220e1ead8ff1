"""Z-Stack's frames both ways, through zigpy-znp and past it: what comes out is the same."""

from collections.abc import Sequence

from hypothesis import given, strategies as st
import pytest
import zigpy_znp.commands as c

from tests.radio.lane_bench import KNOWN, REPORT, changed, cut
from tests.radio.znp.bench import framed, message, znp_bench

CONFIRMATION = framed(b"\x44\x80", b"\x00\x5e\x09")
TO_GROUP = message(GroupId=5, TSN=8)
RECORDED = (
    message(),
    message(SecurityUse=False, DstEndpoint=0x01, Data=b""),
    message(Data=bytes(range(80))),
    message(SrcAddr=0x0000),
    message(SrcAddr=0x5678),
    message(DstEndpoint=0),
    message(DstEndpoint=0x22),
    message(DstEndpoint=0x77),
    message(WasBroadcast=True),
    TO_GROUP,
    CONFIRMATION,
)


@pytest.mark.parametrize("octets", RECORDED)
async def test_both_ways_bring_the_same(octets: bytes) -> None:
    slow, fast = znp_bench(), znp_bench().open()

    heard = slow.read(octets)

    assert fast.read(octets) == heard
    assert fast.others == slow.others
    assert len(heard) + len(slow.others) <= 1


async def test_a_report_does_not_reach_the_library() -> None:
    bench = znp_bench().open()
    commands: list[object] = []
    bench.application.stack.callback_for_response(
        c.AF.IncomingMsg.Callback(partial=True), commands.append
    )

    bench.read(message(), message(SrcAddr=0x5678))

    assert [frame.nwk for frame in bench.frames] == [KNOWN, 0x5678]
    assert len(commands) == 1  # of the sender that is to be asked who it is


async def test_what_stands_behind_a_frame_of_the_library_comes_after_it() -> None:
    bench = znp_bench().open()

    bench.read(message(Data=b"1") + TO_GROUP + message(Data=b"3") + CONFIRMATION)

    assert [frame.data for frame in bench.frames] == [b"1", REPORT, b"3"]
    assert len(bench.others) == 1


async def test_a_frame_in_pieces_and_one_behind_noise_are_heard() -> None:
    bench = znp_bench().open()
    octets = message()

    bench.read(octets[:10], octets[10:], b"noise" + octets, octets)

    assert len(bench.frames) == 3


async def test_a_bug_behind_the_lane_is_told_and_loses_one_frame(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = znp_bench().open()
    bench.taker.is_broken = True

    bench.read(message(), message(TSN=8))

    assert len(bench.frames) == 2
    assert caplog.text.count("0x0702 was lost to a bug") == 2


@st.composite
def streams(draw: st.DrawFn) -> Sequence[bytes]:
    """Return what may be on the line: frames, nearly right ones, and damaged ones."""
    frames = draw(st.lists(st.sampled_from(RECORDED), min_size=1, max_size=4))
    stream = b"".join(
        framed(b"\x44\x81", draw(changed(frame[4:-1]))) if draw(st.booleans()) else frame
        for frame in frames
    )
    return draw(cut(draw(changed(stream, most=1))))


@given(streams())
async def test_both_ways_bring_the_same_of_anything(reads: Sequence[bytes]) -> None:
    slow, fast = znp_bench(), znp_bench().open()

    heard = slow.read(*reads)

    assert fast.read(*reads) == heard
    assert fast.others == slow.others
