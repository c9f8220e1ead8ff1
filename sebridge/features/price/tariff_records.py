"""Blocks, tariffs and gas values of the Price cluster: Smart Energy Profile 1.1 and 1.2.

Source: annex D of the profile.
"""

from typing import ClassVar

import zigpy.types as t

from sebridge.zcl.record import Record, Text, counted_by, field


class GetBlockPeriodsRecord(Record):
    """Ask for the block periods which end after `start_time` (0 = now); 0 events means all."""

    start_time: t.UTCTime = field(0)
    number_of_events: t.uint8_t = field(0)
    tariff_type: t.uint8_t = field(optional=True)


class PublishBlockPeriodSe11Record(Record):
    """A block period as SE 1.1 had it: 16 octets, or 17 with its control.

    `number_of_price_tiers_and_number_of_block_thresholds`: high and low four bits.
    """

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    block_period_start_time: t.UTCTime
    block_period_duration: t.uint24_t = field(0xFFFFFF)
    number_of_price_tiers_and_number_of_block_thresholds: t.uint8_t
    block_period_control: t.uint8_t = field(optional=True)


class PublishBlockPeriodRecord(Record):
    """A block period: consumption counts from zero again when it starts.

    `block_period_duration` is in minutes, days, weeks or months, as the low four bits of
    `block_period_duration_type` say: 0 to 3; 0xFFFFFF is "until changed". Bit 1 of
    `block_period_control`: it starts again when it ends. `block_period_start_time` 0xFFFFFFFF
    cancels it (PRC-17).
    """

    OLDER_FORMS: ClassVar = {16: PublishBlockPeriodSe11Record, 17: PublishBlockPeriodSe11Record}

    provider_id: t.uint32_t = field(0xFFFFFFFF)
    issuer_event_id: t.uint32_t
    block_period_start_time: t.UTCTime = field(0)  # zero means now
    block_period_duration: t.uint24_t = field(0xFFFFFF)
    block_period_control: t.uint8_t = field(0)
    block_period_duration_type: t.uint8_t = field(0)
    tariff_type: t.uint8_t = field(0)
    tariff_resolution_period: t.uint8_t = field(0)


class GetConversionFactorRecord(Record):
    """Ask for the conversion factors of gas; 0 commands means all."""

    earliest_start_time: t.UTCTime = field(0)
    min_issuer_event_id: t.uint32_t = field(0xFFFFFFFF)
    number_of_commands: t.uint8_t = field(0)


class PublishConversionFactorRecord(Record):
    """The factor that corrects a volume of gas, and from when on.

    The high four bits of the trailing digit say how many digits are right of the decimal point.
    """

    issuer_event_id: t.uint32_t
    start_time: t.UTCTime = field(0)  # zero means now
    conversion_factor: t.uint32_t
    conversion_factor_trailing_digit: t.uint8_t = field(0)


class GetCalorificValueRecord(Record):
    """Ask for the calorific values of gas; 0 commands means all."""

    earliest_start_time: t.UTCTime = field(0)
    min_issuer_event_id: t.uint32_t = field(0xFFFFFFFF)
    number_of_commands: t.uint8_t = field(0)


class PublishCalorificValueRecord(Record):
    """The energy in a volume or mass of gas, and from when on.

    `calorific_value_unit`: 1 is MJ in a cubic metre, 2 is MJ in a kilogram. The high four bits of
    the trailing digit say how many digits are right of the decimal point.
    """

    issuer_event_id: t.uint32_t
    start_time: t.UTCTime = field(0)  # zero means now
    calorific_value: t.uint32_t
    calorific_value_unit: t.uint8_t = field(1)
    calorific_value_trailing_digit: t.uint8_t = field(0)


class GetTariffInformationRecord(Record):
    """Ask for tariffs; 0 commands means all."""

    earliest_start_time: t.UTCTime
    min_issuer_event_id: t.uint32_t = field(0xFFFFFFFF)
    number_of_commands: t.uint8_t
    tariff_type: t.uint8_t


class PublishTariffInformationRecord(Record):
    """A tariff: its label, tiers, blocks and money; `start_time` 0xFFFFFFFF cancels it."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    issuer_tariff_id: t.uint32_t
    start_time: t.UTCTime
    tariff_type_charging_scheme: t.uint8_t
    tariff_label: Text
    number_of_price_tiers_in_use: t.uint8_t
    number_of_block_thresholds_in_use: t.uint8_t
    unit_of_measure: t.uint8_t
    currency: t.uint16_t
    price_trailing_digit: t.uint8_t
    standing_charge: t.uint32_t = field(0xFFFFFFFF)
    tier_block_mode: t.uint8_t
    block_threshold_multiplier: t.uint24_t
    block_threshold_divisor: t.uint24_t


class GetPriceMatrixRecord(Record):
    """Ask for the prices of a tariff."""

    issuer_tariff_id: t.uint32_t


class PriceMatrixItem(t.Struct):
    """The price of one tier or block."""

    tier_block_id: t.uint8_t
    price: t.uint32_t


class PublishPriceMatrixRecord(Record):
    """The prices of a tariff; bit 0 of `sub_payload_control`: items are tiers, not blocks."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    start_time: t.UTCTime
    issuer_tariff_id: t.uint32_t
    command_index: t.uint8_t
    total_number_of_commands: t.uint8_t
    sub_payload_control: t.uint8_t
    price_matrix: t.List[PriceMatrixItem]


class GetBlockThresholdsRecord(Record):
    """Ask for the block thresholds of a tariff."""

    issuer_tariff_id: t.uint32_t


class BlockThresholdItem(t.Struct):
    """The thresholds of one tier: its number in the high, their count in the low four bits."""

    tier_number_of_block_thresholds: t.uint8_t
    block_thresholds: t.List[t.uint48_t] = counted_by("tier_number_of_block_thresholds", mask=0x0F)


class PublishBlockThresholdsRecord(Record):
    """The block thresholds of a tariff; bit 0 of `sub_payload_control`: one row for all tiers."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    start_time: t.UTCTime
    issuer_tariff_id: t.uint32_t
    command_index: t.uint8_t
    total_number_of_commands: t.uint8_t
    sub_payload_control: t.uint8_t
    thresholds: t.List[BlockThresholdItem]


class GetTierLabelsRecord(Record):
    """Ask for the names of the tiers of a tariff."""

    issuer_tariff_id: t.uint32_t


class TierLabelItem(t.Struct):
    """The name of one tier."""

    tier_id: t.uint8_t
    tier_label: Text


class PublishTierLabelsRecord(Record):
    """The names of the tiers of a tariff."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    issuer_tariff_id: t.uint32_t
    command_index: t.uint8_t
    total_number_of_commands: t.uint8_t
    number_of_labels: t.uint8_t
    labels: t.List[TierLabelItem] = counted_by("number_of_labels")


class GetTariffCancellationRecord(Record):
    """Ask for the last cancelled tariff."""


class CancelTariffRecord(Record):
    """Take a tariff back."""

    provider_id: t.uint32_t
    issuer_tariff_id: t.uint32_t
    tariff_type: t.uint8_t
