"""Price cluster 0x0700, wire format: ZigBee Smart Energy Profile 1.x, annex D."""

from typing import ClassVar, Final

from typing_extensions import override

from sebridge.features.price.attributes import CLIENT, SERVER
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
    PublishBlockPeriodSe11Record,
    PublishBlockThresholdsRecord,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
    PublishPriceMatrixRecord,
    PublishTariffInformationRecord,
    PublishTierLabelsRecord,
)
from sebridge.model.currency import CURRENCIES
from sebridge.model.data_types import Bitmap8, Text, Uint8, Uint16, Uint32, UtcTime
from sebridge.model.record import Record
from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.cluster import ClusterDefinition, CommandDefinition
from sebridge.zcl.identifiers import PRICE
from sebridge.zcl.metering import unit_of

UNTIL_CHANGED: Final = 0xFFFF
"""duration_in_minutes of a price or message that lasts until another comes."""

_LAST_TIER: Final = 0x0F  # the last tier, and the largest number of tiers, that four bits hold


class GetCurrentPriceRecord(Record):
    """Ask for the price in force."""

    command_options: Bitmap8 = 0  # bit 0: the asker listens all the time


class GetScheduledPricesRecord(Record):
    """Ask for the prices which end after `start_time` (UTC since 2000; 0 = now)."""

    start_time: UtcTime = 0
    number_of_events: Uint8 = 0  # zero means all


class PriceAcknowledgementRecord(Record):
    """Say that a price was received."""

    provider_id: Uint32
    issuer_event_id: Uint32
    price_ack_time: UtcTime
    control: Uint8 = 0


class PublishPriceRecord(Record):
    """A price and when it is in force: the same on air, over RPC and in storage.

    The amount is price / 10^trailing digits, in `currency` (ISO 4217 number) per unit. Times are
    seconds since 2000 in UTC. The fields after price_control exist from SE 1.1 and 1.2 on and are
    sent only where they are given.
    """

    OTHER_NAMES: ClassVar = {"alternate_cost_delivered": "alternate_cost_deliverd"}
    UNUSED: ClassVar = {"number_of_block_thresholds": 0xFF}  # not block based (PRC-16)

    provider_id: Uint32 = 0xFFFFFFFF
    rate_label: Text = ""
    issuer_event_id: Uint32 = 0  # zero: the gateway that is to publish it assigns one
    utc_time: UtcTime = 0  # stamped when sent
    unit_of_measure: Uint8 = 0
    currency: Uint16 = 840  # US dollar
    price_trailing_digit_and_price_tier: Uint8 = 0x20
    number_of_price_tiers_and_register_tier: Uint8 = 0
    start_time: UtcTime = 0  # zero means now
    duration_in_minutes: Uint16
    price: Uint32
    price_ratio: Uint8 = 0xFF
    generation_price: Uint32 = 0xFFFFFFFF
    generation_price_ratio: Uint8 = 0xFF
    alternate_cost_deliverd: Uint32 | None = 0xFFFFFFFF
    alternate_cost_unit: Uint8 | None = 0x01
    alternate_cost_trailing_digit: Uint8 | None = 0xFF
    number_of_block_thresholds: Uint8 | None = None
    price_control: Uint8 | None = None
    number_of_generation_tiers: Uint8 | None = None
    generation_tier: Uint8 | None = None
    extended_number_of_price_tiers: Uint8 | None = None
    extended_price_tier: Uint8 | None = None
    extended_register_tier: Uint8 | None = None

    @property
    def trailing_digits(self) -> int:
        """Digits right of the decimal point in `price` and `generation_price` (PRC-12)."""
        return self.price_trailing_digit_and_price_tier >> 4

    @property
    def amount(self) -> float:
        """The price in the main unit of its currency."""
        return round(self.price / 10.0**self.trailing_digits, self.trailing_digits)

    @property
    def tier(self) -> int:
        """The price tier: 0 for none, 1 (cheapest) and up (PRC-13)."""
        tier = self.price_trailing_digit_and_price_tier & _LAST_TIER
        extended = self.extended_price_tier or 0
        return _LAST_TIER + extended if tier == _LAST_TIER else tier

    @property
    def number_of_tiers(self) -> int:
        """How many price tiers there are: 0 for none, or for not said (PRC-13)."""
        number = self.number_of_price_tiers_and_register_tier >> 4
        extended = self.extended_number_of_price_tiers or 0
        return _LAST_TIER + extended if number == _LAST_TIER else number

    @override
    def meaning(self, name: str) -> str:
        """Say the price in the main unit of its currency, for a unit of energy."""
        if name != "price":
            return ""
        currency = CURRENCIES.get(self.currency, f"currency {self.currency}")
        unit = unit_of(self.unit_of_measure).energy
        return f"{self.amount:.{self.trailing_digits}f} {currency}" + (f"/{unit}" if unit else "")


PRICE_CLUSTER: Final = ClusterDefinition(
    PRICE,
    "price",
    from_client=(
        (0x00, "get_current_price", GetCurrentPriceRecord),
        (0x01, "get_scheduled_prices", GetScheduledPricesRecord),
        (0x02, "price_acknowledgement", PriceAcknowledgementRecord),
        (0x03, "get_block_periods", GetBlockPeriodsRecord),
        (0x04, "get_conversion_factor", GetConversionFactorRecord),
        (0x05, "get_calorific_value", GetCalorificValueRecord),
        (0x06, "get_tariff_information", GetTariffInformationRecord),
        (0x07, "get_price_matrix", GetPriceMatrixRecord),
        (0x08, "get_block_thresholds", GetBlockThresholdsRecord),
        (0x09, "get_co2_value", GetCo2ValueRecord),
        (0x0A, "get_tier_labels", GetTierLabelsRecord),
        (0x0B, "get_billing_period", GetBillingPeriodRecord),
        (0x0C, "get_consolidated_bill", GetConsolidatedBillRecord),
        (0x0D, "cpp_event_response", CppEventResponseRecord),
        (0x0E, "get_credit_payment", GetCreditPaymentRecord),
        (0x0F, "get_currency_conversion", GetCurrencyConversionRecord),
        (0x10, "get_tariff_cancellation", GetTariffCancellationRecord),
    ),
    from_server=(
        (0x00, "publish_price", PublishPriceRecord),
        (0x01, "publish_block_period", PublishBlockPeriodRecord),
        (0x02, "publish_conversion_factor", PublishConversionFactorRecord),
        (0x03, "publish_calorific_value", PublishCalorificValueRecord),
        (0x04, "publish_tariff_information", PublishTariffInformationRecord),
        (0x05, "publish_price_matrix", PublishPriceMatrixRecord),
        (0x06, "publish_block_thresholds", PublishBlockThresholdsRecord),
        (0x07, "publish_co2_value", PublishCo2ValueRecord),
        (0x08, "publish_tier_labels", PublishTierLabelsRecord),
        (0x09, "publish_billing_period", PublishBillingPeriodRecord),
        (0x0A, "publish_consolidated_bill", PublishConsolidatedBillRecord),
        (0x0B, "publish_cpp_event", PublishCppEventRecord),
        (0x0C, "publish_credit_payment", PublishCreditPaymentRecord),
        (0x0D, "publish_currency_conversion", PublishCurrencyConversionRecord),
        (0x0E, "cancel_tariff", CancelTariffRecord),
    ),
    older=(
        CommandDefinition(
            0x01,
            from_server=True,
            name="publish_block_period_se11",
            record=PublishBlockPeriodSe11Record,
        ),
    ),
    server_attributes=AttributeTable(SERVER),
    client_attributes=AttributeTable(CLIENT),
)
