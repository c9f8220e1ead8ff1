"""The Key Establishment cluster on the wire."""

import contextlib
from typing import Any

from hypothesis import given, strategies as st
import pytest
from zigpy.zcl.foundation import ZCLAttributeAccess

from sebridge.base.errors import DecodeError
from sebridge.crypto.terminate import TerminateStatus
from sebridge.features.keys.records import (
    InitiateKeyEstablishmentRequestRecord,
    KeyEstablishment,
    MacCode,
    Remaining,
    TerminateKeyEstablishmentRecord,
)
from sebridge.zcl.record import Record, decode
from tests.crypto.key_vectors import EXCHANGES
from tests.zcl.wire import commands, shown, vectors, wanted

RECORDS = [command.schema for _, command in commands(KeyEstablishment)]


@pytest.mark.parametrize(("kind", "payload", "fields"), vectors(KeyEstablishment))
def test_a_wire_vector_decodes_to_its_fields_and_encodes_back(
    kind: type[Record], payload: bytes, fields: dict[str, Any]
) -> None:
    record = decode(kind, payload)

    assert shown(record) == wanted(record, fields)
    assert record.serialize() == payload


def test_both_wire_vectors_of_the_cluster_are_there() -> None:
    assert len(vectors(KeyEstablishment)) == 2


def a_value(kind: Any) -> st.SearchStrategy[Any]:
    if issubclass(kind, MacCode):
        return st.binary(min_size=16, max_size=16).map(MacCode)
    if issubclass(kind, Remaining):
        return st.binary(min_size=1, max_size=74).map(Remaining)
    return st.integers(kind.min_value, kind.max_value)


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = kind(**{item.name: data.draw(a_value(item.type)) for item in kind.fields})

    assert kind.deserialize(record.serialize()) == (record, b"")


@pytest.mark.parametrize("kind", RECORDS)
@given(payload=st.binary(max_size=100))
def test_any_octets_decode_or_are_refused(kind: type[Record], payload: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert isinstance(decode(kind, payload), kind)


@pytest.mark.parametrize("exchange", EXCHANGES[:2])
def test_the_certificate_is_all_that_remains_in_either_suite(exchange: dict[str, Any]) -> None:
    certificate = bytes.fromhex(exchange["initiator"]["certificate"])

    record = decode(InitiateKeyEstablishmentRequestRecord, b"\x01\x00\x03\x06" + certificate)

    assert isinstance(record, InitiateKeyEstablishmentRequestRecord)
    assert record.identity == certificate


@pytest.mark.parametrize(("octets", "problem"), [(0, "too short"), (256, "more than 255")])
def test_a_certificate_of_no_sensible_length_is_refused(octets: int, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem) as caught:
        decode(InitiateKeyEstablishmentRequestRecord, b"\x01\x00\x03\x06" + bytes(octets))

    assert caught.value.offset == 4


@pytest.mark.parametrize("kind", RECORDS)
def test_an_empty_frame_is_refused(kind: type[Record]) -> None:
    with pytest.raises(DecodeError):
        decode(kind, b"")


def test_a_status_of_a_later_edition_is_kept() -> None:
    record = decode(TerminateKeyEstablishmentRecord, bytes.fromhex("77 1e 0300"))

    assert isinstance(record, TerminateKeyEstablishmentRecord)
    assert record.status_code == 0x77
    assert 0x77 not in set(TerminateStatus)


def test_the_attribute_can_only_be_read() -> None:
    attribute = KeyEstablishment.AttributeDefs.key_establishment_suite

    assert attribute.access == ZCLAttributeAccess.Read
    assert attribute.id == 0
