"""Bills, payments and CO2 in the Price cluster: Smart Energy Profile 1.2, annex D."""

from sebridge.model.data_types import OctetString, Uint8, Uint16, Uint24, Uint32, UtcTime
from sebridge.model.record import Record


class GetCo2ValueRecord(Record):
    """Ask for the CO2 values of energy; 0 commands means all."""

    earliest_start_time: UtcTime
    min_issuer_event_id: Uint32 = 0xFFFFFFFF
    number_of_commands: Uint8
    tariff_type: Uint8 | None = None


class PublishCo2ValueRecord(Record):
    """How much CO2 a unit of energy stands for, and from when on."""

    provider_id: Uint32
    issuer_event_id: Uint32
    start_time: UtcTime
    tariff_type: Uint8
    co2_value: Uint32
    co2_value_unit: Uint8
    co2_value_trailing_digit: Uint8


class GetBillingPeriodRecord(Record):
    """Ask for billing periods; 0 commands means all."""

    earliest_start_time: UtcTime
    min_issuer_event_id: Uint32 = 0xFFFFFFFF
    number_of_commands: Uint8
    tariff_type: Uint8 | None = None


class PublishBillingPeriodRecord(Record):
    """A billing period: its start and its length."""

    provider_id: Uint32
    issuer_event_id: Uint32
    billing_period_start_time: UtcTime
    billing_period_duration: Uint24
    billing_period_duration_type: Uint8
    tariff_type: Uint8


class GetConsolidatedBillRecord(Record):
    """Ask for the bills of past billing periods; 0 commands means all."""

    earliest_start_time: UtcTime
    min_issuer_event_id: Uint32 = 0xFFFFFFFF
    number_of_commands: Uint8
    tariff_type: Uint8 | None = None


class PublishConsolidatedBillRecord(Record):
    """The bill of a past billing period."""

    provider_id: Uint32
    issuer_event_id: Uint32
    billing_period_start_time: UtcTime
    billing_period_duration: Uint24
    billing_period_duration_type: Uint8
    tariff_type: Uint8
    consolidated_bill: Uint32
    currency: Uint16
    bill_trailing_digit: Uint8


class PublishCppEventRecord(Record):
    """A critical peak, with its own price tier."""

    provider_id: Uint32
    issuer_event_id: Uint32
    start_time: UtcTime
    duration_in_minutes: Uint16
    tariff_type: Uint8
    cpp_price_tier: Uint8
    cpp_auth: Uint8


class CppEventResponseRecord(Record):
    """What the customer says to a critical peak."""

    issuer_event_id: Uint32
    cpp_auth: Uint8


class GetCreditPaymentRecord(Record):
    """Ask for payments before `latest_end_time`; 0 records means all."""

    latest_end_time: UtcTime
    number_of_records: Uint8


class PublishCreditPaymentRecord(Record):
    """A payment, and what is due."""

    provider_id: Uint32
    issuer_event_id: Uint32
    credit_payment_due_date: UtcTime
    credit_payment_overdue_amount: Uint32
    credit_payment_status: Uint8
    credit_payment: Uint32
    credit_payment_date: UtcTime
    credit_payment_ref: OctetString


class GetCurrencyConversionRecord(Record):
    """Ask for the coming change of the currency."""


class PublishCurrencyConversionRecord(Record):
    """A change of the currency: from when on, and at which rate."""

    provider_id: Uint32
    issuer_event_id: Uint32
    start_time: UtcTime
    old_currency: Uint16
    new_currency: Uint16
    conversion_factor: Uint32
    conversion_factor_trailing_digit: Uint8
    currency_change_control_flags: Uint32
