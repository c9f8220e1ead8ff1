"""Blocks, tariffs and gas values of the Price cluster on the wire."""

import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.price.tariff_records import (
    BlockThresholdItem,
    GetBlockPeriodsRecord,
    PublishBlockPeriodRecord,
    PublishBlockPeriodSe11Record,
    PublishBlockThresholdsRecord,
    PublishPriceMatrixRecord,
    PublishTierLabelsRecord,
)
from sebridge.zcl.record import decode
from tests.zcl.wire import shown

HEAD = "01000000 02000000"
PERIOD = f"{HEAD} 805e9216 ffffff"


@pytest.mark.parametrize(
    ("rest", "kind"),
    [
        ("21", PublishBlockPeriodSe11Record),
        ("21 03", PublishBlockPeriodSe11Record),
        ("03 00 00 01", PublishBlockPeriodRecord),
        ("03 00 00 01 ff", PublishBlockPeriodRecord),
    ],
)
def test_the_length_tells_a_block_period_of_se_1_1_from_a_newer_one(rest: str, kind: type) -> None:
    assert type(decode(PublishBlockPeriodRecord, bytes.fromhex(PERIOD + rest))) is kind


@pytest.mark.parametrize("rest", ["", "03 00 00"])
def test_a_block_period_of_another_length_is_refused(rest: str) -> None:
    with pytest.raises(DecodeError):
        decode(PublishBlockPeriodRecord, bytes.fromhex(PERIOD + rest))


def test_a_block_period_is_sent_in_the_newer_form() -> None:
    record = PublishBlockPeriodRecord(
        provider_id=1,
        issuer_event_id=2,
        block_period_start_time=0,
        block_period_control=0,
        block_period_duration_type=0,
        tariff_type=0,
        tariff_resolution_period=1,
    )

    assert len(record.serialize()) == 19
    assert record.block_period_duration == 0xFFFFFF


@pytest.mark.parametrize("payload", ["00000000 02", "00000000 02 01"])
def test_block_periods_are_asked_for_as_in_se_1_1_and_1_2(payload: str) -> None:
    octets = bytes.fromhex(payload)

    assert decode(GetBlockPeriodsRecord, octets).serialize() == octets


def test_a_price_matrix_runs_to_the_end_of_the_frame() -> None:
    payload = bytes.fromhex(f"{HEAD} 00000000 0b000000 00 01 01 01 e8030000 02 d0070000")

    record = decode(PublishPriceMatrixRecord, payload)

    assert shown(record)["price_matrix"] == [
        {"tier_block_id": 1, "price": 1000},
        {"tier_block_id": 2, "price": 2000},
    ]


def test_thresholds_are_counted_by_the_low_four_bits() -> None:
    payload = bytes.fromhex(
        f"{HEAD} 00000000 0b000000 00 01 00 12 010000000000 020000000000 21 ffffffffffff"
    )

    record = decode(PublishBlockThresholdsRecord, payload)

    assert isinstance(record, PublishBlockThresholdsRecord)
    assert record.thresholds == [
        BlockThresholdItem(tier_number_of_block_thresholds=0x12, block_thresholds=[1, 2]),
        BlockThresholdItem(tier_number_of_block_thresholds=0x21, block_thresholds=[2**48 - 1]),
    ]
    assert record.serialize() == payload


def test_a_threshold_cut_short_is_refused_with_the_octet() -> None:
    payload = bytes.fromhex(f"{HEAD} 00000000 0b000000 00 01 00 01 0100000000")

    with pytest.raises(DecodeError, match="thresholds") as caught:
        decode(PublishBlockThresholdsRecord, payload)

    assert caught.value.offset == 19


def test_tier_labels_are_text() -> None:
    payload = bytes.fromhex(f"{HEAD} 0b000000 00 01 02 01 03446179 02 054e69676874")

    record = decode(PublishTierLabelsRecord, payload)

    assert [(item["tier_id"], item["tier_label"]) for item in shown(record)["labels"]] == [
        (1, "Day"),
        (2, "Night"),
    ]
