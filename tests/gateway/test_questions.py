"""Commands to devices, and what comes back to them."""

import asyncio
from collections.abc import Callable

import pytest

from sebridge.base.errors import DeviceRefusedError, MalformedAnswerError
from sebridge.features.tunneling.records import (
    TUNNELING_CLUSTER,
    CloseTunnelRecord,
    RequestTunnelRecord,
    RequestTunnelResponseRecord,
    TransferDataErrorToClientRecord,
    TransferDataRecord,
    TransferDataToClientRecord,
)
from sebridge.gateway.cluster import Sending
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.questions import Questions
from sebridge.radio.radio import Outgoing
from sebridge.zcl.frame import DEFAULT_RESPONSE, Frame
from sebridge.zcl.general import write_default_response
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, heard, peer

REQUEST = Sending(peer(), RequestTunnelRecord(protocol_id=0, flow_control_support=0))
OPENED = RequestTunnelResponseRecord(tunnel_id=3, tunnel_status=0)
DATA = TransferDataToClientRecord(tunnel_id=1, data=b"x")


@pytest.fixture
def questions(exchange: Exchange) -> Questions:
    return Questions(exchange, TUNNELING_CLUSTER, unasked=(TransferDataToClientRecord,))


@pytest.fixture
def device_says(sender: RecordingSender, exchange: Exchange) -> Callable[..., None]:
    """Let the device answer a question with these frames, one after the other."""

    def say(*frames: Frame) -> None:
        def hear(out: Outgoing) -> None:
            for frame in frames:
                numbered = Frame(
                    frame.command_id,
                    Frame.parse(out.data).sequence,
                    frame.payload,
                    cluster_specific=frame.cluster_specific,
                    from_server=True,
                )
                exchange.answered(heard(numbered, out.cluster_id), numbered)

        sender.answer = hear

    return say


def frame_of(record: RequestTunnelResponseRecord | TransferDataToClientRecord) -> Frame:
    number = TUNNELING_CLUSTER.command_id(type(record), from_server=True)
    return Frame(number, 0, record.serialize(), cluster_specific=True)


def default_response(status: Status) -> Frame:
    return Frame(DEFAULT_RESPONSE, 0, write_default_response(0, status))


async def test_the_record_that_answers_is_returned(
    questions: Questions, device_says: Callable[..., None]
) -> None:
    device_says(frame_of(OPENED))

    assert await questions.ask(REQUEST, RequestTunnelResponseRecord) == OPENED


async def test_what_a_server_says_by_itself_under_the_same_number_is_no_answer(
    questions: Questions, device_says: Callable[..., None]
) -> None:
    device_says(frame_of(DATA), frame_of(OPENED))

    assert await questions.ask(REQUEST, RequestTunnelResponseRecord) == OPENED


async def test_a_refusal_is_quoted_with_its_status(
    questions: Questions, device_says: Callable[..., None]
) -> None:
    device_says(default_response(Status.UNSUP_CLUSTER_COMMAND))

    with pytest.raises(DeviceRefusedError, match=r"UNSUP_CLUSTER_COMMAND \(0x81\)") as refused:
        await questions.ask(REQUEST, RequestTunnelResponseRecord)

    assert refused.value.details() == {"status": 0x81}


@pytest.mark.parametrize(
    "answer",
    [Frame(0x00, 0, b"\0", cluster_specific=True), Frame(0x05, 0, b"", cluster_specific=True)],
    ids=["cut short", "another command"],
)
async def test_what_can_be_no_answer_is_malformed(
    questions: Questions, device_says: Callable[..., None], answer: Frame
) -> None:
    device_says(answer)

    with pytest.raises(MalformedAnswerError):
        await questions.ask(REQUEST, RequestTunnelResponseRecord)


async def test_a_command_without_an_answer_of_its_own_is_confirmed_by_its_status(
    questions: Questions, device_says: Callable[..., None], sender: RecordingSender
) -> None:
    device_says(default_response(Status.NOT_FOUND))

    status = await questions.confirm(Sending(peer(), CloseTunnelRecord(tunnel_id=3)))

    assert status == Status.NOT_FOUND
    assert not Frame.parse(sender.sent[0].data).no_default_response


async def test_a_record_may_tell_what_became_of_a_command(
    questions: Questions, device_says: Callable[..., None]
) -> None:
    told = TransferDataErrorToClientRecord(tunnel_id=1, transfer_data_status=2)
    device_says(Frame(0x02, 0, told.serialize(), cluster_specific=True))
    command = Sending(peer(), TransferDataRecord(tunnel_id=1, data=b"x"))

    assert await questions.confirm(command, TransferDataErrorToClientRecord) == told


async def test_the_endpoint_that_asks_is_that_of_the_profile(
    questions: Questions, sender: RecordingSender
) -> None:
    asking = asyncio.ensure_future(questions.ask(REQUEST, RequestTunnelResponseRecord))
    await asyncio.sleep(0)

    assert (sender.sent[0].source_endpoint, sender.sent[0].cluster_id) == (0x5E, 0x0704)
    asking.cancel()
