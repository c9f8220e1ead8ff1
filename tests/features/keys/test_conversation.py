"""One exchange: how it reads the suites, and what ends it."""

import asyncio

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.computing import at_once
from sebridge.crypto.suite import SUITE_1
from sebridge.features.keys.arithmetic import OwnArithmetic
from sebridge.features.keys.conversation import Agreed, Conversation, Line
from sebridge.features.keys.records import TerminateKeyEstablishmentRecord
from sebridge.features.keys.session import Failed, Received, Setup, Start, initiator
from sebridge.gateway.exchange import Exchange
from sebridge.network.peer import Peer
from sebridge.radio.radio import Outgoing
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import write_default_response
from sebridge.zcl.identifiers import SE_PROFILE
from sebridge.zcl.status import Status
from tests.crypto.key_vectors import GATEWAY, METER, Scripted, store
from tests.gateway.radio_side import RecordingSender, heard

LINE = Line(Peer(GATEWAY, 0x5E, SE_PROFILE), 9, as_server=False)


@pytest.fixture
def talk(exchange: Exchange, clock: VirtualClock) -> Conversation:
    setup = Setup(own=store(METER, SUITE_1), partner=GATEWAY, randomness=Scripted())
    return Conversation(initiator(setup), LINE, exchange, clock, at_once, OwnArithmetic(at_once))


async def ended(talk: Conversation, clock: VirtualClock, seconds: float = 60.0) -> Agreed | Failed:
    talk.hear(Start())
    running = asyncio.ensure_future(talk.run())
    await clock.advance(seconds)
    return await running


def answering(sender: RecordingSender, exchange: Exchange, frame: Frame) -> None:
    """Let the partner answer whatever it is asked with this frame."""

    def answer(question: Outgoing) -> None:
        asked = Frame.parse(question.data)
        if not asked.cluster_specific:
            incoming = heard(frame, 0x0800, source=GATEWAY)
            numbered = Frame(frame.command_id, asked.sequence, frame.payload, from_server=True)
            exchange.answered(incoming, numbered)

    sender.answer = answer


@pytest.mark.parametrize(
    ("command_id", "payload"),
    [
        (zcl.READ_ATTRIBUTES_RESPONSE, bytes.fromhex("0000 00 31 0000")),
        (zcl.READ_ATTRIBUTES_RESPONSE, bytes.fromhex("0000 86")),
        (zcl.READ_ATTRIBUTES_RESPONSE, bytes.fromhex("0000 00 42 02 41 42")),
        (zcl.READ_ATTRIBUTES_RESPONSE, b""),
        (zcl.READ_ATTRIBUTES_RESPONSE, b"\x00"),
        (zcl.DEFAULT_RESPONSE, write_default_response(0, Status.FAILURE)),
    ],
)
async def test_a_partner_that_names_no_suite_has_none(
    talk: Conversation,
    sender: RecordingSender,
    exchange: Exchange,
    clock: VirtualClock,
    command_id: int,
    payload: bytes,
) -> None:
    answering(sender, exchange, Frame(command_id, 0, payload))

    failed = await ended(talk, clock)

    assert isinstance(failed, Failed)
    assert "no common suite" in failed.why


async def test_a_partner_that_does_not_tell_its_suites_is_given_up_silently(
    talk: Conversation, sender: RecordingSender, clock: VirtualClock
) -> None:
    failed = await ended(talk, clock)

    assert isinstance(failed, Failed)
    assert failed.status is None
    assert len(sender.sent) == 1


async def test_the_question_for_the_suites_goes_to_the_server_in_the_clear(
    talk: Conversation, sender: RecordingSender, clock: VirtualClock
) -> None:
    await ended(talk, clock)

    assert sender.sent[0] == Outgoing(
        GATEWAY, SE_PROFILE, 0x0800, 9, 0x5E, sender.sent[0].data, encrypted=False
    )
    assert not sender.frames[0].from_server
    assert sender.frames[0].payload == b"\x00\x00"


async def test_a_partner_that_cannot_be_reached_ends_it_at_once(
    talk: Conversation, sender: RecordingSender, clock: VirtualClock
) -> None:
    sender.silent.add(GATEWAY)

    failed = await ended(talk, clock, 0)

    assert isinstance(failed, Failed)
    assert failed.why == "the partner cannot be reached"


async def test_who_sends_more_than_can_be_looked_at_is_not_heard(
    talk: Conversation, clock: VirtualClock
) -> None:
    end = Received(TerminateKeyEstablishmentRecord(status_code=4, wait_time=9), 1)
    for _ in range(100):
        talk.hear(end)

    failed = await ended(talk, clock, 0)

    assert isinstance(failed, Failed)
    assert failed.by_partner
    assert failed.retry_at == clock.monotonic() + 9
