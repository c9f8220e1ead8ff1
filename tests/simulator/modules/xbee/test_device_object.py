"""ZDO: what the module answers, and what AO leaves to the host."""

import pytest

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.radio.ether import AirFrame
from sebridge.radio.radio import Outgoing
from sebridge.simulator.modules.chip import CHIP
from sebridge.zcl.zdo import ZdoCommand
from tests.simulator.modules.xbee.bench import Bench

NODE = (ZdoCommand.Node_Desc_req, b"\x05\0\0")
BIND = (ZdoCommand.Bind_req, b"\x05" + bytes(21))
COMPLEX = (0x0010, b"\x05\0\0")  # Complex_Desc_req, which no module knows
NEIGHBORS = (0x0031, b"\x05\0")  # Mgmt_Lqi_req
QUESTIONS = {"node": NODE, "bind": BIND, "complex": COMPLEX}


async def ask(
    bench: Bench, question: tuple[int, bytes], receiver: Eui64 | Broadcast = CHIP
) -> tuple[int | None, int]:
    """Ask the module; return the status of its answer, and how many frames the host was told."""
    cluster_id, data = question
    await bench.meter.send(Outgoing(receiver, 0, cluster_id, 0, 0, data))
    await bench.clock.advance(1)
    answers = [frame for frame in bench.ears.frames if frame.cluster_id == cluster_id | 0x8000]
    return (answers[0].data[1] if answers else None), len(bench.heard(0x91))


@pytest.mark.parametrize(
    ("options", "answered", "told"),
    [
        (0x01, {"node": 0x00, "bind": 0x84, "complex": 0x84}, ()),
        (0x03, {"bind": 0x84, "complex": 0x84}, ("node",)),
        (0x05, {"node": 0x00, "bind": 0x84}, ("complex",)),
        (0x09, {"node": 0x00, "complex": 0x84}, ("bind",)),
        (0x0F, {}, ("node", "bind", "complex")),
        (0x11, {"node": 0x00, "bind": 0x84, "complex": 0x84}, ("node",)),
        (0x2F, {"node": 0x00, "bind": 0x84, "complex": 0x84}, ()),
    ],
)
async def test_ao_says_whose_business_a_question_is(
    formed: Bench, options: int, answered: dict[str, int], told: tuple[str, ...]
) -> None:
    await formed.let_in()
    formed.set("AO", options)

    found = {}
    for name, question in QUESTIONS.items():
        formed.ears.frames.clear()
        found[name] = await ask(formed, question)

    assert found == {name: (answered.get(name), int(name in told)) for name in QUESTIONS}


async def test_a_broadcast_is_not_refused(formed: Bench) -> None:
    await formed.let_in()

    assert await ask(formed, COMPLEX, Broadcast.LISTENING) == (None, 0)


@pytest.mark.parametrize("options", [0x01, 0x0F])
async def test_its_tables_are_its_own_business(formed: Bench, options: int) -> None:
    await formed.let_in()
    formed.set("AO", options)

    assert await ask(formed, NEIGHBORS) == (0x00, 0)


async def test_answers_and_announcements_are_the_hosts(formed: Bench) -> None:
    await formed.let_in()

    announced = (ZdoCommand.Device_annce, bytes(12))

    assert await ask(formed, announced, Broadcast.LISTENING) == (None, 1)
    assert await ask(formed, (ZdoCommand.Node_Desc_rsp, b"\x05\0")) == (None, 1)
    formed.set("AO", 0x21)
    assert await ask(formed, announced, Broadcast.LISTENING) == (None, 0)


async def test_empty_questions_are_no_questions(formed: Bench) -> None:
    await formed.let_in()

    assert await ask(formed, (ZdoCommand.Node_Desc_req, b"")) == (None, 0)


async def test_who_is_gone_before_the_answer_does_without(formed: Bench) -> None:
    nwk = await formed.let_in()
    await formed.meter.stop()
    cluster_id, data = NODE

    frame = AirFrame(formed.meter.address, nwk, 0, 0, cluster_id, 0, 0, data)
    assert formed.module.stack.hear(frame, 255, -40)
    await formed.clock.advance(1)

    assert not formed.ears.frames
