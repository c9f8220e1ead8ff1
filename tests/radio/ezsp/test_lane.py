"""EZSP's frames both ways, through bellows and past it, in all versions: the same comes out."""

import asyncio
from collections.abc import Sequence
import gc
from typing import Any

import bellows.types
from hypothesis import assume, given, strategies as st
import pytest

from sebridge.radio.escaping import unescaped
from sebridge.radio.ezsp.ash_frames import ACKNOWLEDGEMENTS
from sebridge.radio.heard import Heard
from tests.examples import fewer_examples
from tests.patience import until
from tests.radio.ezsp.bench import VERSIONS, Connected, ezsp_bench, framed, header, message
from tests.radio.lane_bench import KNOWN, LaneBench, changed, cut

ACK, NAK, KIND_OF_FRAME = 0x80, 0xA0, 0xE0
KINDS = bellows.types.EmberIncomingMessageType

Outcome = tuple[list[Heard], list[list[Any]]]


def outcome(bench: LaneBench[Connected], *reads: bytes) -> Outcome:
    """Return what is heard, and what else came of each reading, acknowledged once, at its end."""
    others = []
    for octets in reads:
        before = len(bench.others)
        bench.read(octets)
        came = bench.others[before:]
        acks = [one for one in came if isinstance(one, bytes) and one[0] & KIND_OF_FRAME == ACK]
        others.append([one for one in came if one not in acks] + acks[-1:])
    return bench.frames, others


def others(version: int) -> list[bytes]:
    """Return messages that are less common, and frames that are none."""
    return [
        message(version, options=0, message=b""),
        message(version, message=bytes(range(100))),
        message(version, endpoint=0),
        message(version, sender=0x0000),
        message(version, sender=0x5678),
        message(version, type=KINDS.INCOMING_UNICAST_REPLY),
        message(version, type=KINDS.INCOMING_MULTICAST),
        message(version, type=KINDS.INCOMING_BROADCAST),
        message(version, control=0x80),
        message(version) + b"further",
        message(version)[:-1],
        header(version, 0x19) + bytes(4),  # stackStatusHandler
        header(version, 0xFE),
        b"",
    ]


@pytest.mark.parametrize("version", VERSIONS)
async def test_both_ways_bring_the_same(version: int) -> None:
    for content in (message(version), *others(version)):
        slow, fast = ezsp_bench(version), ezsp_bench(version).open()

        before = outcome(slow, framed(content))

        assert outcome(fast, framed(content)) == before  # the acknowledgement is among it


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_report_does_not_reach_the_library(version: int) -> None:
    bench = ezsp_bench(version).open()
    names: list[str] = []
    bench.application.stack.add_callback(lambda name, _result: names.append(name))

    bench.read(framed(message(version)), framed(message(version, sender=0x5678), 1))

    assert [frame.nwk for frame in bench.frames] == [KNOWN, 0x5678]
    assert names == ["incomingMessageHandler"]  # of the sender that is to be asked who it is


LINES = {
    "in order": [(0, False), (1, False), (2, False)],
    "one again": [(0, False), (0, True), (1, False)],
    "one lost": [(0, False), (2, False), (3, False), (1, True), (2, True)],
    "all around": [(n % 8, False) for n in range(10)],
}


@pytest.mark.parametrize("numbers", LINES.values(), ids=LINES)
async def test_the_library_counts_and_acknowledges_as_before(
    numbers: Sequence[tuple[int, bool]],
) -> None:
    slow, fast = ezsp_bench(), ezsp_bench().open()
    line = [framed(message(), number, again=again) for number, again in numbers]

    heard = slow.read(*line)

    assert fast.read(*line) == heard
    assert fast.others == slow.others
    assert fast.others


@pytest.mark.parametrize("numbers", LINES.values(), ids=LINES)
async def test_what_comes_at_once_is_acknowledged_at_once(
    numbers: Sequence[tuple[int, bool]],
) -> None:
    line = b"".join(framed(message(), number, again=again) for number, again in numbers)
    slow, fast = ezsp_bench(), ezsp_bench().open()

    before = outcome(slow, line)

    assert outcome(fast, line) == before


async def test_eight_frames_in_two_readings_take_two_writes() -> None:
    bench = ezsp_bench().open()
    frames = [framed(message(), number) for number in range(8)]

    bench.read(b"".join(frames[:5]), b"".join(frames[5:]))

    assert len(bench.frames) == 8
    assert bench.others == [ACKNOWLEDGEMENTS[5], ACKNOWLEDGEMENTS[0]]


async def test_what_comes_with_half_a_frame_is_acknowledged_at_once() -> None:
    bench = ezsp_bench().open()
    frames = framed(message(), 0) + framed(message(), 1)

    bench.read(frames[:-4], frames[-4:])

    assert bench.others == [ACKNOWLEDGEMENTS[1], ACKNOWLEDGEMENTS[2]]


@pytest.mark.parametrize(
    "line",
    [
        framed(message())[:9] + b"\x1a" + framed(message()),
        framed(message())[:9] + b"\x18" + framed(message()) + framed(message()),
        b"\x11" + framed(message()) + b"\x13",
        b"\x7e\x7e" + framed(message()),
        framed(message())[:-3] + b"\x7e" + framed(message()),
    ],
    ids=["cancelled", "substituted", "flow control", "flags", "damaged"],
)
async def test_what_the_firmware_writes_in_between_is_understood_as_before(line: bytes) -> None:
    reads = [line[:12], line[12:]]
    slow, fast = ezsp_bench(), ezsp_bench().open()

    before = outcome(slow, *reads)

    assert outcome(fast, *reads) == before
    assert len(fast.frames) == 1


async def test_a_frame_with_a_wrong_escape_is_asked_for_again() -> None:
    bench = ezsp_bench().open()
    octets = framed(message())

    bench.read(octets[:8], b"\x7d\x01" + octets[8:] + framed(message()))

    assert bench.others[0][0] == NAK
    assert len(bench.frames) == 1


async def test_nothing_is_acknowledged_on_a_line_that_closes() -> None:
    bench = ezsp_bench().open()
    bench.application.transport.closing = True

    bench.read(framed(message()))

    assert len(bench.frames) == 1
    assert bench.others == []


async def test_nothing_is_acknowledged_where_somebody_upstream_does_it() -> None:
    bench = ezsp_bench(suppress_acks=True).open()

    bench.read(framed(message()))

    assert len(bench.frames) == 1
    assert bench.others == []


async def test_nothing_is_acknowledged_on_a_line_that_a_frame_has_closed() -> None:
    bench = ezsp_bench().open()

    def close(name: str, _result: object) -> None:
        bench.application.transport.closing = name == "incomingMessageHandler"

    bench.application.stack.add_callback(close)

    bench.read(framed(message(sender=0x5678)))

    assert len(bench.frames) == 1
    assert bench.others == []


async def test_a_library_with_other_fields_is_left_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = ezsp_bench()
    command = bench.application.stack.COMMANDS["incomingMessageHandler"]
    renamed = {f"{name}X": kind for name, kind in command[2].items()}
    bench.application.stack.COMMANDS = {"incomingMessageHandler": (0x45, {}, renamed)}

    bench.open()

    assert "not one that we know" in caplog.text
    assert [frame.nwk for frame in bench.read(framed(message()))] == [KNOWN]


@st.composite
def streams(draw: st.DrawFn, version: int) -> Sequence[bytes]:
    """Return what may be on the line: frames, nearly right ones, and damaged ones."""
    contents = st.sampled_from([message(version)] * 4 + others(version))
    stream = b""
    for number, content in enumerate(draw(st.lists(contents, min_size=1, max_size=4))):
        octets = draw(changed(content)) if draw(st.booleans()) else content
        stream += framed(octets, number, again=draw(st.booleans()))
    return draw(cut(draw(changed(stream, most=1))))


async def under_way(bench: LaneBench[Connected]) -> asyncio.Task[None]:
    """Return the sending of a frame that is on the line and not acknowledged."""
    sending = asyncio.create_task(bench.application.stack.ash.send_data(b"a command"))
    await until(lambda: bench.others)
    return sending


async def test_who_waits_for_a_frame_is_told_that_it_failed() -> None:
    bench = ezsp_bench().open()
    sending = await under_way(bench)

    bench.application.stack.ash.close()

    with pytest.raises(RuntimeError, match="closed"):
        await sending


async def test_a_frame_that_fails_when_nobody_waits_for_it_any_more_leaves_no_trace() -> None:
    traces: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: traces.append(context))
    bench = ezsp_bench().open()
    sending = await under_way(bench)
    sending.cancel()
    await asyncio.wait([sending])

    bench.application.stack.ash.close()
    await asyncio.sleep(0)
    gc.collect()

    assert traces == []


@pytest.mark.parametrize("version", VERSIONS)
@fewer_examples(len(VERSIONS) // 2)
@given(st.data())
async def test_both_ways_bring_the_same_of_anything(version: int, data: st.DataObject) -> None:
    reads = data.draw(streams(version))
    # what the library makes of a wrong escape depends on what it read before
    assume(all(unescaped(frame) is not None for frame in b"".join(reads).split(b"\x7e")))
    slow, fast = ezsp_bench(version), ezsp_bench(version).open()

    before = outcome(slow, *reads)

    assert outcome(fast, *reads) == before
