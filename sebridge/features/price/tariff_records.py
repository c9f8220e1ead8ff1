"""Blocks, tariffs and gas values of the Price cluster: Smart Energy Profile 1.1 and 1.2.

Source: annex D of the profile.
"""

from typing import Annotated, ClassVar

from sebridge.model.data_types import (
    CountedBy,
    Text,
    Uint8,
    Uint16,
    Uint24,
    Uint32,
    Uint48,
    UtcTime,
)
from sebridge.model.record import Record


class GetBlockPeriodsRecord(Record):
    """Ask for the block periods which end after `start_time` (0 = now); 0 events means all."""

    start_time: UtcTime = 0
    number_of_events: Uint8 = 0
    tariff_type: Uint8 | None = None


class PublishBlockPeriodSe11Record(Record):
    """A block period as SE 1.1 had it: 16 octets, or 17 with its control.

    `number_of_price_tiers_and_number_of_block_thresholds`: high and low four bits.
    """

    provider_id: Uint32
    issuer_event_id: Uint32
    block_period_start_time: UtcTime
    block_period_duration: Uint24 = 0xFFFFFF
    number_of_price_tiers_and_number_of_block_thresholds: Uint8
    block_period_control: Uint8 | None = None


class PublishBlockPeriodRecord(Record):
    """A block period: consumption counts from zero again when it starts.

    `block_period_duration` is in minutes, days, weeks or months, as the low four bits of
    `block_period_duration_type` say: 0 to 3; 0xFFFFFF is "until changed". Bit 1 of
    `block_period_control`: it starts again when it ends. `block_period_start_time` 0xFFFFFFFF
    cancels it (PRC-17).
    """

    OLDER_FORMS: ClassVar = {16: PublishBlockPeriodSe11Record, 17: PublishBlockPeriodSe11Record}

    provider_id: Uint32 = 0xFFFFFFFF
    issuer_event_id: Uint32 = 0  # zero: the gateway that is to publish it assigns one
    block_period_start_time: UtcTime = 0  # zero means now
    block_period_duration: Uint24 = 0xFFFFFF
    block_period_control: Uint8 = 0
    block_period_duration_type: Uint8 = 0
    tariff_type: Uint8 = 0
    tariff_resolution_period: Uint8 = 0


class GetConversionFactorRecord(Record):
    """Ask for the conversion factors of gas; 0 commands means all."""

    earliest_start_time: UtcTime = 0
    min_issuer_event_id: Uint32 = 0xFFFFFFFF
    number_of_commands: Uint8 = 0


class PublishConversionFactorRecord(Record):
    """The factor that corrects a volume of gas, and from when on.

    The high four bits of the trailing digit say how many digits are right of the decimal point.
    """

    issuer_event_id: Uint32 = 0  # zero: the gateway that is to publish it assigns one
    start_time: UtcTime = 0  # zero means now
    conversion_factor: Uint32
    conversion_factor_trailing_digit: Uint8 = 0


class GetCalorificValueRecord(Record):
    """Ask for the calorific values of gas; 0 commands means all."""

    earliest_start_time: UtcTime = 0
    min_issuer_event_id: Uint32 = 0xFFFFFFFF
    number_of_commands: Uint8 = 0


class PublishCalorificValueRecord(Record):
    """The energy in a volume or mass of gas, and from when on.

    `calorific_value_unit`: 1 is MJ in a cubic metre, 2 is MJ in a kilogram. The high four bits of
    the trailing digit say how many digits are right of the decimal point.
    """

    issuer_event_id: Uint32 = 0  # zero: the gateway that is to publish it assigns one
    start_time: UtcTime = 0  # zero means now
    calorific_value: Uint32
    calorific_value_unit: Uint8 = 1
    calorific_value_trailing_digit: Uint8 = 0


class GetTariffInformationRecord(Record):
    """Ask for tariffs; 0 commands means all."""

    earliest_start_time: UtcTime
    min_issuer_event_id: Uint32 = 0xFFFFFFFF
    number_of_commands: Uint8
    tariff_type: Uint8


class PublishTariffInformationRecord(Record):
    """A tariff: its label, tiers, blocks and money; `start_time` 0xFFFFFFFF cancels it."""

    provider_id: Uint32
    issuer_event_id: Uint32
    issuer_tariff_id: Uint32
    start_time: UtcTime
    tariff_type_charging_scheme: Uint8
    tariff_label: Text
    number_of_price_tiers_in_use: Uint8
    number_of_block_thresholds_in_use: Uint8
    unit_of_measure: Uint8
    currency: Uint16
    price_trailing_digit: Uint8
    standing_charge: Uint32 = 0xFFFFFFFF
    tier_block_mode: Uint8
    block_threshold_multiplier: Uint24
    block_threshold_divisor: Uint24


class GetPriceMatrixRecord(Record):
    """Ask for the prices of a tariff."""

    issuer_tariff_id: Uint32


class PriceMatrixItem(Record):
    """The price of one tier or block."""

    tier_block_id: Uint8
    price: Uint32


class PublishPriceMatrixRecord(Record):
    """The prices of a tariff; bit 0 of `sub_payload_control`: items are tiers, not blocks."""

    provider_id: Uint32
    issuer_event_id: Uint32
    start_time: UtcTime
    issuer_tariff_id: Uint32
    command_index: Uint8
    total_number_of_commands: Uint8
    sub_payload_control: Uint8
    price_matrix: tuple[PriceMatrixItem, ...]


class GetBlockThresholdsRecord(Record):
    """Ask for the block thresholds of a tariff."""

    issuer_tariff_id: Uint32


class BlockThresholdItem(Record):
    """The thresholds of one tier: its number in the high, their count in the low four bits."""

    tier_number_of_block_thresholds: Uint8
    block_thresholds: Annotated[
        tuple[Uint48, ...], CountedBy("tier_number_of_block_thresholds", 0x0F)
    ]


class PublishBlockThresholdsRecord(Record):
    """The block thresholds of a tariff; bit 0 of `sub_payload_control`: one row for all tiers."""

    provider_id: Uint32
    issuer_event_id: Uint32
    start_time: UtcTime
    issuer_tariff_id: Uint32
    command_index: Uint8
    total_number_of_commands: Uint8
    sub_payload_control: Uint8
    thresholds: tuple[BlockThresholdItem, ...]


class GetTierLabelsRecord(Record):
    """Ask for the names of the tiers of a tariff."""

    issuer_tariff_id: Uint32


class TierLabelItem(Record):
    """The name of one tier."""

    tier_id: Uint8
    tier_label: Text


class PublishTierLabelsRecord(Record):
    """The names of the tiers of a tariff."""

    provider_id: Uint32
    issuer_event_id: Uint32
    issuer_tariff_id: Uint32
    command_index: Uint8
    total_number_of_commands: Uint8
    number_of_labels: Uint8
    labels: Annotated[tuple[TierLabelItem, ...], CountedBy("number_of_labels")]


class GetTariffCancellationRecord(Record):
    """Ask for the last cancelled tariff."""


class CancelTariffRecord(Record):
    """Take a tariff back."""

    provider_id: Uint32
    issuer_tariff_id: Uint32
    tariff_type: Uint8
