"""The Key Establishment cluster on the wire."""

import contextlib
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.crypto.terminate import TerminateStatus
from sebridge.features.keys.records import (
    KEY_ESTABLISHMENT_CLUSTER,
    InitiateKeyEstablishmentRequestRecord,
    TerminateKeyEstablishmentRecord,
)
from sebridge.model.record import Record
from tests.crypto.key_vectors import EXCHANGES
from tests.zcl.wire import kinds, records, shown, vectors, wanted

RECORDS = kinds(KEY_ESTABLISHMENT_CLUSTER)


@pytest.mark.parametrize(("kind", "payload", "fields"), vectors(KEY_ESTABLISHMENT_CLUSTER))
def test_a_wire_vector_decodes_to_its_fields_and_encodes_back(
    kind: type[Record], payload: bytes, fields: dict[str, Any]
) -> None:
    record = kind.deserialize(payload)

    assert shown(record) == wanted(record, fields)
    assert record.serialize() == payload


def test_both_wire_vectors_of_the_cluster_are_there() -> None:
    assert len(vectors(KEY_ESTABLISHMENT_CLUSTER)) == 2


@pytest.mark.parametrize("kind", RECORDS)
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert kind.deserialize_with_rest(record.serialize()) == (record, b"")


@pytest.mark.parametrize("kind", RECORDS)
@given(payload=st.binary(max_size=100))
def test_any_octets_decode_or_are_refused(kind: type[Record], payload: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert isinstance(kind.deserialize(payload), kind)


@pytest.mark.parametrize("exchange", EXCHANGES[:2])
def test_the_certificate_is_all_that_remains_in_either_suite(exchange: dict[str, Any]) -> None:
    certificate = bytes.fromhex(exchange["initiator"]["certificate"])

    record = InitiateKeyEstablishmentRequestRecord.deserialize(b"\x01\x00\x03\x06" + certificate)

    assert isinstance(record, InitiateKeyEstablishmentRequestRecord)
    assert record.identity == certificate


@pytest.mark.parametrize(("octets", "problem"), [(0, "cut off"), (256, "more than 255")])
def test_a_certificate_of_no_sensible_length_is_refused(octets: int, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem) as caught:
        InitiateKeyEstablishmentRequestRecord.deserialize(b"\x01\x00\x03\x06" + bytes(octets))

    assert caught.value.offset == 4


@pytest.mark.parametrize("kind", RECORDS)
def test_an_empty_frame_is_refused(kind: type[Record]) -> None:
    with pytest.raises(DecodeError):
        kind.deserialize(b"")


def test_a_status_of_a_later_edition_is_kept() -> None:
    record = TerminateKeyEstablishmentRecord.deserialize(bytes.fromhex("77 1e 0300"))

    assert isinstance(record, TerminateKeyEstablishmentRecord)
    assert record.status_code == 0x77
    assert 0x77 not in set(TerminateStatus)


def test_the_attribute_can_only_be_read() -> None:
    for of_server in (True, False):
        attributes = KEY_ESTABLISHMENT_CLUSTER.attributes(of_server=of_server)

        assert [(item.attribute_id, item.access) for item in attributes.values()] == [(0, "r")]
