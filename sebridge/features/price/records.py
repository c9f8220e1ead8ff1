"""Price cluster 0x0700, wire format: ZigBee Smart Energy Profile 1.x, annex D."""

from typing import ClassVar, Final

import zigpy.types as t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import BaseCommandDefs

from sebridge.features.price.attributes import SERVER
from sebridge.features.price.billing_records import (
    CppEventResponseRecord,
    GetBillingPeriodRecord,
    GetCo2ValueRecord,
    GetConsolidatedBillRecord,
    GetCreditPaymentRecord,
    GetCurrencyConversionRecord,
    PublishBillingPeriodRecord,
    PublishCo2ValueRecord,
    PublishConsolidatedBillRecord,
    PublishCppEventRecord,
    PublishCreditPaymentRecord,
    PublishCurrencyConversionRecord,
)
from sebridge.features.price.tariff_records import (
    CancelTariffRecord,
    GetBlockPeriodsRecord,
    GetBlockThresholdsRecord,
    GetCalorificValueRecord,
    GetConversionFactorRecord,
    GetPriceMatrixRecord,
    GetTariffCancellationRecord,
    GetTariffInformationRecord,
    GetTierLabelsRecord,
    PublishBlockPeriodRecord,
    PublishBlockThresholdsRecord,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
    PublishPriceMatrixRecord,
    PublishTariffInformationRecord,
    PublishTierLabelsRecord,
)
from sebridge.zcl.attribute_table import attribute_defs
from sebridge.zcl.record import Record, Text, command, field

UNTIL_CHANGED: Final = 0xFFFF
"""duration_in_minutes of a price or message that lasts until another comes."""

_LAST_TIER: Final = 0x0F  # the last tier, and the largest number of tiers, that four bits hold


class GetCurrentPriceRecord(Record):
    """Ask for the price in force."""

    command_options: t.bitmap8 = field(0)  # bit 0: the asker listens all the time


class GetScheduledPricesRecord(Record):
    """Ask for the prices which end after `start_time` (UTC since 2000; 0 = now)."""

    start_time: t.UTCTime = field(0)
    number_of_events: t.uint8_t = field(0)  # zero means all


class PriceAcknowledgementRecord(Record):
    """Say that a price was received."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    price_ack_time: t.UTCTime
    control: t.uint8_t = field(0)


class PublishPriceRecord(Record):
    """A price and when it is in force: the same on air, over RPC and in storage.

    The amount is price / 10^trailing digits, in `currency` (ISO 4217 number) per unit. Times are
    seconds since 2000 in UTC. The fields after price_control exist from SE 1.1 and 1.2 on and are
    sent only where they are given.
    """

    OTHER_NAMES: ClassVar = {"alternate_cost_delivered": "alternate_cost_deliverd"}
    UNUSED: ClassVar = {"number_of_block_thresholds": 0xFF}  # not block based (PRC-16)

    provider_id: t.uint32_t = field(0xFFFFFFFF)
    rate_label: Text = field("")
    issuer_event_id: t.uint32_t
    utc_time: t.UTCTime = field(0)  # stamped when sent
    unit_of_measure: t.uint8_t = field(0)
    currency: t.uint16_t = field(840)  # US dollar
    price_trailing_digit_and_price_tier: t.uint8_t = field(0x20)
    number_of_price_tiers_and_register_tier: t.uint8_t = field(0)
    start_time: t.UTCTime = field(0)  # zero means now
    duration_in_minutes: t.uint16_t
    price: t.uint32_t
    price_ratio: t.uint8_t = field(0xFF)
    generation_price: t.uint32_t = field(0xFFFFFFFF)
    generation_price_ratio: t.uint8_t = field(0xFF)
    alternate_cost_deliverd: t.uint32_t = field(0xFFFFFFFF, optional=True)
    alternate_cost_unit: t.uint8_t = field(0x01, optional=True)
    alternate_cost_trailing_digit: t.uint8_t = field(0xFF, optional=True)
    number_of_block_thresholds: t.uint8_t = field(optional=True)
    price_control: t.uint8_t = field(optional=True)
    number_of_generation_tiers: t.uint8_t = field(optional=True)
    generation_tier: t.uint8_t = field(optional=True)
    extended_number_of_price_tiers: t.uint8_t = field(optional=True)
    extended_price_tier: t.uint8_t = field(optional=True)
    extended_register_tier: t.uint8_t = field(optional=True)

    @property
    def trailing_digits(self) -> int:
        """Digits right of the decimal point in `price` and `generation_price` (PRC-12)."""
        return int(self.price_trailing_digit_and_price_tier) >> 4

    @property
    def amount(self) -> float:
        """The price in the main unit of its currency."""
        return round(float(self.price) / float(10**self.trailing_digits), self.trailing_digits)

    @property
    def tier(self) -> int:
        """The price tier: 0 for none, 1 (cheapest) and up (PRC-13)."""
        tier = int(self.price_trailing_digit_and_price_tier) & _LAST_TIER
        extended = int(self.extended_price_tier or 0)
        return _LAST_TIER + extended if tier == _LAST_TIER else tier

    @property
    def number_of_tiers(self) -> int:
        """How many price tiers there are: 0 for none, or for not said (PRC-13)."""
        number = int(self.number_of_price_tiers_and_register_tier) >> 4
        extended = int(self.extended_number_of_price_tiers or 0)
        return _LAST_TIER + extended if number == _LAST_TIER else number


class Price(Cluster):
    """Command table of the Price cluster."""

    cluster_id = t.uint16_t(0x0700)
    ep_attribute = "price"
    aps_encryption = True

    AttributeDefs = attribute_defs(SERVER)

    class ServerCommandDefs(BaseCommandDefs):
        """What a client sends."""

        get_current_price: Final = command(0x00, GetCurrentPriceRecord)
        get_scheduled_prices: Final = command(0x01, GetScheduledPricesRecord)
        price_acknowledgement: Final = command(0x02, PriceAcknowledgementRecord)
        get_block_periods: Final = command(0x03, GetBlockPeriodsRecord)
        get_conversion_factor: Final = command(0x04, GetConversionFactorRecord)
        get_calorific_value: Final = command(0x05, GetCalorificValueRecord)
        get_tariff_information: Final = command(0x06, GetTariffInformationRecord)
        get_price_matrix: Final = command(0x07, GetPriceMatrixRecord)
        get_block_thresholds: Final = command(0x08, GetBlockThresholdsRecord)
        get_co2_value: Final = command(0x09, GetCo2ValueRecord)
        get_tier_labels: Final = command(0x0A, GetTierLabelsRecord)
        get_billing_period: Final = command(0x0B, GetBillingPeriodRecord)
        get_consolidated_bill: Final = command(0x0C, GetConsolidatedBillRecord)
        cpp_event_response: Final = command(0x0D, CppEventResponseRecord)
        get_credit_payment: Final = command(0x0E, GetCreditPaymentRecord)
        get_currency_conversion: Final = command(0x0F, GetCurrencyConversionRecord)
        get_tariff_cancellation: Final = command(0x10, GetTariffCancellationRecord)

    class ClientCommandDefs(BaseCommandDefs):
        """What the server sends."""

        publish_price: Final = command(0x00, PublishPriceRecord)
        publish_block_period: Final = command(0x01, PublishBlockPeriodRecord)
        publish_conversion_factor: Final = command(0x02, PublishConversionFactorRecord)
        publish_calorific_value: Final = command(0x03, PublishCalorificValueRecord)
        publish_tariff_information: Final = command(0x04, PublishTariffInformationRecord)
        publish_price_matrix: Final = command(0x05, PublishPriceMatrixRecord)
        publish_block_thresholds: Final = command(0x06, PublishBlockThresholdsRecord)
        publish_co2_value: Final = command(0x07, PublishCo2ValueRecord)
        publish_tier_labels: Final = command(0x08, PublishTierLabelsRecord)
        publish_billing_period: Final = command(0x09, PublishBillingPeriodRecord)
        publish_consolidated_bill: Final = command(0x0A, PublishConsolidatedBillRecord)
        publish_cpp_event: Final = command(0x0B, PublishCppEventRecord)
        publish_credit_payment: Final = command(0x0C, PublishCreditPaymentRecord)
        publish_currency_conversion: Final = command(0x0D, PublishCurrencyConversionRecord)
        cancel_tariff: Final = command(0x0E, CancelTariffRecord)
