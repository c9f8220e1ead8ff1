"""Bills, payments and CO2 in the Price cluster: Smart Energy Profile 1.2, annex D."""

import zigpy.types as t

from sebridge.zcl.record import OctetString, Record, field


class GetCo2ValueRecord(Record):
    """Ask for the CO2 values of energy; 0 commands means all."""

    earliest_start_time: t.UTCTime
    min_issuer_event_id: t.uint32_t = field(0xFFFFFFFF)
    number_of_commands: t.uint8_t
    tariff_type: t.uint8_t = field(optional=True)


class PublishCo2ValueRecord(Record):
    """How much CO2 a unit of energy stands for, and from when on."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    start_time: t.UTCTime
    tariff_type: t.uint8_t
    co2_value: t.uint32_t
    co2_value_unit: t.uint8_t
    co2_value_trailing_digit: t.uint8_t


class GetBillingPeriodRecord(Record):
    """Ask for billing periods; 0 commands means all."""

    earliest_start_time: t.UTCTime
    min_issuer_event_id: t.uint32_t = field(0xFFFFFFFF)
    number_of_commands: t.uint8_t
    tariff_type: t.uint8_t = field(optional=True)


class PublishBillingPeriodRecord(Record):
    """A billing period: its start and its length."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    billing_period_start_time: t.UTCTime
    billing_period_duration: t.uint24_t
    billing_period_duration_type: t.uint8_t
    tariff_type: t.uint8_t


class GetConsolidatedBillRecord(Record):
    """Ask for the bills of past billing periods; 0 commands means all."""

    earliest_start_time: t.UTCTime
    min_issuer_event_id: t.uint32_t = field(0xFFFFFFFF)
    number_of_commands: t.uint8_t
    tariff_type: t.uint8_t = field(optional=True)


class PublishConsolidatedBillRecord(Record):
    """The bill of a past billing period."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    billing_period_start_time: t.UTCTime
    billing_period_duration: t.uint24_t
    billing_period_duration_type: t.uint8_t
    tariff_type: t.uint8_t
    consolidated_bill: t.uint32_t
    currency: t.uint16_t
    bill_trailing_digit: t.uint8_t


class PublishCppEventRecord(Record):
    """A critical peak, with its own price tier."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    start_time: t.UTCTime
    duration_in_minutes: t.uint16_t
    tariff_type: t.uint8_t
    cpp_price_tier: t.uint8_t
    cpp_auth: t.uint8_t


class CppEventResponseRecord(Record):
    """What the customer says to a critical peak."""

    issuer_event_id: t.uint32_t
    cpp_auth: t.uint8_t


class GetCreditPaymentRecord(Record):
    """Ask for payments before `latest_end_time`; 0 records means all."""

    latest_end_time: t.UTCTime
    number_of_records: t.uint8_t


class PublishCreditPaymentRecord(Record):
    """A payment, and what is due."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    credit_payment_due_date: t.UTCTime
    credit_payment_overdue_amount: t.uint32_t
    credit_payment_status: t.uint8_t
    credit_payment: t.uint32_t
    credit_payment_date: t.UTCTime
    credit_payment_ref: OctetString


class GetCurrencyConversionRecord(Record):
    """Ask for the coming change of the currency."""


class PublishCurrencyConversionRecord(Record):
    """A change of the currency: from when on, and at which rate."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    start_time: t.UTCTime
    old_currency: t.uint16_t
    new_currency: t.uint16_t
    conversion_factor: t.uint32_t
    conversion_factor_trailing_digit: t.uint8_t
    currency_change_control_flags: t.uint32_t
