"""ZDO: what the stack answers, and what it leaves to the host."""

import pytest

from sebridge.radio.ether import AirFrame
from sebridge.radio.transmitter import zdo_frame
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.zdo_sender import MOST_IN_FLIGHT
from sebridge.zcl.zdo import ZdoCommand
from tests.radio.simulated_air import METER
from tests.simulator.modules.ezsp.bench import Bench, aps, little, octets

HEARD = 0x45
NODE = b"\x09\0\0"
ENDPOINTS = b"\x09\0\0"
BIND = b"\x09" + octets() + b"\x5e\x02\x07\x03" + octets() + b"\x01"


def heard(bench: Bench) -> list[tuple[int, bytes]]:
    """Return the frames of ZDO that the host heard: cluster and data."""
    frames = bench.told(HEARD)
    assert all(frame[1:3] == b"\0\0" and frame[6] == 0 for frame in frames)
    return [(int.from_bytes(frame[3:5], "little"), frame[19:]) for frame in frames]


async def ask(bench: Bench, cluster_id: int, data: bytes) -> list[tuple[int, bytes]]:
    """Let the meter ask us; return the answers, cluster and data."""
    bench.ears.frames.clear()
    await bench.meter.send(zdo_frame(CHIP, cluster_id, data))
    await bench.clock.settle()
    return [(frame.cluster_id, frame.data) for frame in bench.ears.frames]


async def configured(flags: int) -> Bench:
    """Return a module whose host wants this of ZDO, with a meter."""
    bench = Bench()
    bench.begin()
    bench.ask(0x53, b"\x2a" + little(flags))
    bench.ask(0x02, bytes.fromhex("5e 0901 0005 00 00 00"))
    bench.ask(0x68, bytes(43))
    bench.ask(0x1E, bytes.fromhex("0102030405060708 b15e 08 0f 00 0000 00 00f8ff07"))
    await bench.clock.advance(1)
    bench.admit()
    await bench.let_in()
    bench.callbacks.clear()
    return bench


async def test_by_itself_the_stack_answers_everything() -> None:
    bench = await configured(0)

    assert await ask(bench, 0x0005, ENDPOINTS) == [(0x8005, b"\x09\0\0\0\x01\x5e")]
    [(cluster, node)] = await ask(bench, 0x0002, NODE)
    assert (cluster, node[:4]) == (0x8002, b"\x09\0\0\0")
    [(cluster, neighbors)] = await ask(bench, 0x0031, b"\x09\0")
    assert (cluster, neighbors[:5]) == (0x8031, b"\x09\0\x01\0\x01")
    assert await ask(bench, 0x0032, b"\x09\0") == [(0x8032, b"\x09\0\0\0\0")]
    assert await ask(bench, 0x0036, b"\x09\0\0") == [(0x8036, b"\x09\x84")]
    assert await ask(bench, 0x0021, BIND) != []
    assert heard(bench) == []
    await bench.stop()


async def test_what_the_host_wants_to_answer_is_left_to_it() -> None:
    bench = await configured(0x0F)

    assert await ask(bench, 0x0005, ENDPOINTS) == []
    assert await ask(bench, 0x0036, b"\x09\0\0") == []
    assert await ask(bench, 0x0021, BIND) == []
    assert heard(bench) == [(0x0005, ENDPOINTS), (0x0036, b"\x09\0\0"), (0x0021, BIND)]
    assert [cluster for cluster, _ in await ask(bench, 0x0002, NODE)] == [0x8002]
    assert heard(bench) == [(0x0002, NODE)]
    await bench.stop()


async def test_answers_and_announcements_are_the_hosts(formed: Bench) -> None:
    formed.admit()
    await formed.let_in()
    [(cluster, _)] = heard(formed)
    assert cluster == ZdoCommand.Device_annce

    assert await ask(formed, 0x8002, b"\x09\0\0\0") == []
    assert await ask(formed, 0x0002, b"") == []

    assert heard(formed) == [(0x8002, b"\x09\0\0\0")]


async def test_the_host_may_ask_its_own_stack(formed: Bench) -> None:
    head = aps(0x0002, profile_id=0, source=0, destination=0)

    assert formed.ask(0x34, b"\0\0\0" + head + b"\x05\x03" + NODE)[:1] == b"\0"
    await formed.clock.settle()

    [(cluster, node)] = heard(formed)
    assert (cluster, node[:4]) == (0x8002, b"\x09\0\0\0")


async def test_an_answer_that_nobody_takes_is_forgotten(
    formed: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    formed.admit()
    await formed.let_in()
    await formed.meter.send(zdo_frame(CHIP, 0x0002, NODE))
    await formed.meter.stop()
    await formed.clock.settle()

    assert "not delivered" in caplog.text


async def test_too_many_questions_have_no_answer(formed: Bench) -> None:
    formed.admit()
    nwk = await formed.let_in()
    formed.ears.frames.clear()
    for number in range(MOST_IN_FLIGHT + 5):
        question = bytes((number, 0, 0))
        formed.module.stack.hear(AirFrame(METER, nwk, 0, 0, 0x0002, 0, 0, question), 200, -60)
    await formed.clock.settle()

    assert len(formed.ears.frames) == MOST_IN_FLIGHT
