"""The Price cluster on the wire."""

import contextlib
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.price.records import (
    PRICE_CLUSTER,
    GetCurrentPriceRecord,
    PublishPriceRecord,
)
from sebridge.model.record import Record
from tests.examples import fewer_examples
from tests.zcl.wire import kinds, records, shown, vectors, wanted

RECORDS = kinds(PRICE_CLUSTER)


@pytest.mark.parametrize(("kind", "payload", "fields"), vectors(PRICE_CLUSTER))
def test_a_wire_vector_decodes_to_its_fields_and_encodes_back(
    kind: type[Record], payload: bytes, fields: dict[str, Any]
) -> None:
    record = kind.deserialize(payload)

    assert shown(record) == wanted(record, fields)
    assert record.serialize() == payload


@pytest.mark.parametrize("kind", RECORDS)
@fewer_examples(3)  # for each of thirty records
@given(data=st.data())
def test_every_record_survives_the_air(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(records(kind))

    assert kind.deserialize_with_rest(record.serialize()) == (record, b"")


@pytest.mark.parametrize("kind", RECORDS)
@fewer_examples(3)  # for each of thirty records
@given(payload=st.binary(max_size=100))
def test_any_octets_decode_or_are_refused(kind: type[Record], payload: bytes) -> None:
    with contextlib.suppress(DecodeError):
        assert isinstance(kind.deserialize(payload), (kind, *kind.OLDER_FORMS.values()))


PRICE = PublishPriceRecord(issuer_event_id=7, duration_in_minutes=60, price=1250)


def test_a_price_has_the_defaults_of_the_rpc_reference() -> None:
    assert PRICE.provider_id == 0xFFFFFFFF
    assert PRICE.rate_label == ""
    assert PRICE.currency == 840
    assert PRICE.price_ratio == 0xFF
    assert PRICE.alternate_cost_deliverd == 0xFFFFFFFF
    assert PRICE.number_of_block_thresholds is None
    assert GetCurrentPriceRecord().command_options == 0


def test_a_price_is_sent_in_the_form_with_17_fields_unless_more_are_given() -> None:
    assert len(PRICE.serialize()) == 40


def test_a_request_for_acknowledgement_fills_the_field_before_it() -> None:
    payload = PRICE.replace(price_control=1).serialize()

    assert payload[40:] == b"\xff\x01"
    assert PublishPriceRecord.deserialize(payload) == PRICE.replace(
        number_of_block_thresholds=0xFF, price_control=1
    )


@pytest.mark.parametrize(
    ("digits_and_tier", "price", "amount"),
    [(0x20, 1275, 12.75), (0x00, 7, 7.0), (0x40, 98765, 9.8765), (0xF0, 1, 1e-15)],
)
def test_the_amount_has_its_trailing_digits_by_prc_12(
    digits_and_tier: int, price: int, amount: float
) -> None:
    record = PRICE.replace(price=price, price_trailing_digit_and_price_tier=digits_and_tier)

    assert record.amount == amount


@pytest.mark.parametrize(
    ("digits_and_tier", "extended", "tier"),
    [
        (0x20, None, 0),
        (0x21, None, 1),
        (0x2F, None, 15),
        (0x2F, 0, 15),
        (0x2F, 3, 18),
        (0x23, 3, 3),
    ],
)
def test_the_tier_may_be_extended_by_prc_13(
    digits_and_tier: int, extended: int | None, tier: int
) -> None:
    record = PRICE.replace(
        price_trailing_digit_and_price_tier=digits_and_tier, extended_price_tier=extended
    )

    assert record.tier == tier


def test_a_label_longer_than_the_standard_has_it_is_read_by_prc_14() -> None:
    payload = PRICE.replace(rate_label="a label of many letters").serialize()

    record = PublishPriceRecord.deserialize(payload)

    assert isinstance(record, PublishPriceRecord)
    assert record.rate_label == "a label of many letters"


def test_a_label_without_a_value_reads_as_empty_by_prc_14() -> None:
    payload = PRICE.serialize()

    record = PublishPriceRecord.deserialize(payload[:4] + b"\xff" + payload[5:])

    assert record == PRICE


@pytest.mark.parametrize("length", [*range(34), 35, 36, 37])
def test_a_price_cut_short_is_refused(length: int) -> None:
    payload = PRICE.serialize()[:length]

    with pytest.raises(DecodeError) as caught:
        PublishPriceRecord.deserialize(payload)

    assert caught.value.offset is not None
    assert caught.value.offset <= length


@pytest.mark.parametrize("length", [34, 38, 39, 40])
def test_an_older_price_ends_early_by_gen_11(length: int) -> None:
    payload = PRICE.serialize()[:length]

    assert PublishPriceRecord.deserialize(payload).serialize() == payload


@pytest.mark.parametrize(
    ("fields", "name", "meaning"),
    [
        ({"currency": 978, "unit_of_measure": 0x00}, "price", "12.50 EUR/kWh"),
        ({"currency": 978, "unit_of_measure": 0x0B}, "price", "12.50 EUR"),
        ({"currency": 1, "unit_of_measure": 0x00}, "price", "12.50 currency 1/kWh"),
        ({"currency": 978, "unit_of_measure": 0x00}, "issuer_event_id", ""),
    ],
)
def test_a_price_is_told_in_the_main_unit_of_its_currency(
    fields: dict[str, int], name: str, meaning: str
) -> None:
    record = PRICE.replace(price_trailing_digit_and_price_tier=0x20, **fields)

    assert record.meaning(name) == meaning
