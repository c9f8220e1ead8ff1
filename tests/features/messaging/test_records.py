"""The Messaging cluster on the wire."""

import contextlib
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.messaging.records import (
    DisplayMessageRecord,
    MessageConfirmationRecord,
    Messaging,
)
from sebridge.zcl.record import Record, decode
from tests.zcl.wire import commands, records, shown, vectors, wanted

RECORDS = [command.schema for _, command in commands(Messaging)]


@pytest.mark.parametrize(("kind", "payload", "fields"), vectors(Messaging))
def test_a_wire_vector_decodes_to_its_fields_and_encodes_back(
    kind: type[Record], payload: bytes, fields: dict[str, Any]
) -> None:
    record = decode(kind, payload)

    assert shown(record) == wanted(record, fields)
    assert record.serialize() == payload


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert kind.deserialize(record.serialize()) == (record, b"")


@pytest.mark.parametrize("kind", RECORDS)
@given(payload=st.binary(max_size=100))
def test_any_octets_decode_or_are_refused(kind: type[Record], payload: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert isinstance(decode(kind, payload), kind)


MESSAGE = DisplayMessageRecord(message_id=7, duration_in_minutes=60, message="Hello")


def test_a_message_has_the_defaults_of_the_rpc_reference() -> None:
    assert MESSAGE.message_control == 0
    assert MESSAGE.start_time == 0
    assert MESSAGE.extended_message_control is None


def test_text_is_counted_in_octets_by_msg_9() -> None:
    payload = MESSAGE.but(message="Strom ≥ 5 kW").serialize()

    assert payload[11] == len("Strom ≥ 5 kW".encode()) == 14


def test_text_for_which_there_is_no_room_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="longer than 254 octets"):
        MESSAGE.but(message="≥" * 85).serialize()


def test_an_answer_with_text_carries_its_control_by_msg_7() -> None:
    confirmation = MessageConfirmationRecord(
        message_id=7, confirmation_time=1, message_confirmation_response="ok"
    )

    assert confirmation.serialize() == bytes.fromhex("07000000 01000000 00 02 6f6b")


def test_the_older_form_of_a_confirmation_has_8_octets() -> None:
    confirmation = MessageConfirmationRecord(message_id=7, confirmation_time=1)

    assert len(confirmation.serialize()) == 8
