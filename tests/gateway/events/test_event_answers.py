"""What the answers to event requests have in common."""

from dataclasses import dataclass

from zigpy.zcl.foundation import Status

from sebridge.features.messaging.records import CancelMessageRecord
from sebridge.gateway.events.client_delivery import Created
from sebridge.gateway.events.event_answers import CreatedAnswer, created_answer
from sebridge.model.plain import to_plain

RECORD = CancelMessageRecord(message_id=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(CreatedAnswer[CancelMessageRecord]):
    """An answer that names its cluster."""

    cluster_id: int = 0x0703


def test_an_answer_has_the_fields_in_their_order_and_its_own_cluster() -> None:
    answer = created_answer(Answer, 0x5E, Created(Status.SUCCESS, RECORD))

    assert list(to_plain(answer).items()) == [
        ("source_endpoint_id", 0x5E),
        ("cluster_id", 0x0703),
        ("status", 0),
        ("record", {"message_id": 7, "message_control": 0}),
        ("device_list", []),
    ]


def test_a_reason_is_there_only_where_there_is_something_to_say() -> None:
    refused = created_answer(Answer, 0x5E, Created(Status.NOT_FOUND, RECORD, reason="is gone"))

    assert (refused.status, refused.reason) == (0x8B, "is gone")
