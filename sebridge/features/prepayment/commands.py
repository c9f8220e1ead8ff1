"""Commands of the Prepayment cluster: ZigBee Smart Energy Profile 1.1 and 1.2, annex D."""

import enum

import zigpy.types as t

from sebridge.zcl.record import OctetString, Record, Text, field


class TopUpResult(enum.IntEnum):
    """What became of a top-up."""

    ACCEPTED = 0x00
    INVALID = 0x01
    DUPLICATE = 0x02
    ERROR = 0x03
    MOST_CREDIT_REACHED = 0x04
    KEYPAD_LOCKED = 0x05
    TOO_LARGE = 0x06


class SelectAvailableEmergencyCreditRecord(Record):
    """Use the emergency credit; site and meter serial number are of SE 1.1 only."""

    command_issue_date_time: t.UTCTime
    originating_device: t.uint8_t
    site_id: OctetString = field(optional=True)
    meter_serial_number: OctetString = field(optional=True)


class ChangeDebtRecord(Record):
    """Set a debt, and how it is paid off."""

    issuer_event_id: t.uint32_t
    debt_label: Text
    debt_amount: t.uint32_t
    debt_recovery_method: t.uint8_t
    debt_amount_type: t.uint8_t
    debt_recovery_start_time: t.UTCTime
    debt_recovery_collection_time: t.uint16_t
    debt_recovery_frequency: t.uint8_t
    debt_recovery_amount: t.uint32_t
    debt_recovery_balance_percentage: t.uint16_t


class EmergencyCreditSetupRecord(Record):
    """Set the emergency credit, and from when on."""

    issuer_event_id: t.uint32_t
    start_time: t.UTCTime
    emergency_credit_limit: t.uint32_t
    emergency_credit_threshold: t.uint32_t


class ConsumerTopUpRecord(Record):
    """Add credit by a code."""

    originating_device: t.uint8_t
    top_up_code: OctetString


class ConsumerTopUpResponseRecord(Record):
    """What became of a top-up, and the credit now."""

    result_type: t.uint8_t
    top_up_value: t.uint32_t
    source_of_top_up: t.uint8_t
    credit_remaining: t.uint32_t


class CreditAdjustmentRecord(Record):
    """Add to the credit without a code."""

    issuer_event_id: t.uint32_t
    start_time: t.UTCTime
    credit_adjustment_type: t.uint8_t
    credit_adjustment_value: t.uint32_t


class ChangePaymentModeRecord(Record):
    """Change between credit and prepayment, and from when on."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    implementation_date_time: t.UTCTime
    proposed_payment_control_configuration: t.uint16_t
    cut_off_value: t.uint32_t


class ChangePaymentModeResponseRecord(Record):
    """The credit that comes with the new payment mode."""

    friendly_credit: t.uint8_t
    friendly_credit_calendar_id: t.uint32_t
    emergency_credit_limit: t.uint32_t
    emergency_credit_threshold: t.uint32_t


class GetPrepaySnapshotRecord(Record):
    """Ask for prepayment snapshots of a span of time."""

    earliest_start_time: t.UTCTime
    latest_end_time: t.UTCTime
    snapshot_offset: t.uint8_t
    snapshot_cause: t.uint32_t


class PublishPrepaySnapshotRecord(Record):
    """A prepayment snapshot; its payload depends on its type."""

    snapshot_id: t.uint32_t
    snapshot_time: t.UTCTime
    total_snapshots_found: t.uint8_t
    command_index: t.uint8_t
    total_number_of_commands: t.uint8_t
    snapshot_cause: t.uint32_t
    snapshot_payload_type: t.uint8_t
    snapshot_payload: t.Bytes


class GetTopUpLogRecord(Record):
    """Ask for top-ups before `latest_end_time`; 0 records means all."""

    latest_end_time: t.UTCTime
    number_of_records: t.uint8_t


class TopUpItem(t.Struct):
    """One top-up."""

    top_up_code: OctetString
    top_up_amount: t.int32s
    top_up_time: t.UTCTime


class PublishTopUpLogRecord(Record):
    """The last top-ups."""

    command_index: t.uint8_t
    total_number_of_commands: t.uint8_t
    top_ups: t.List[TopUpItem]


class SetLowCreditWarningLevelRecord(Record):
    """Set the credit at which to warn."""

    low_credit_warning_level: t.uint32_t


class GetDebtRepaymentLogRecord(Record):
    """Ask for collected debts before `latest_end_time`; 0 debts means all."""

    latest_end_time: t.UTCTime
    number_of_debts: t.uint8_t
    debt_type: t.uint8_t


class DebtItem(t.Struct):
    """One collected part of a debt."""

    collection_time: t.UTCTime
    amount_collected: t.uint32_t
    debt_type: t.uint8_t
    outstanding_debt: t.uint32_t


class PublishDebtLogRecord(Record):
    """The last collected debts."""

    command_index: t.uint8_t
    total_number_of_commands: t.uint8_t
    debts: t.List[DebtItem]


class SetMaximumCreditLimitRecord(Record):
    """Set the largest credit and top-up, and from when on."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    implementation_date_time: t.UTCTime
    maximum_credit_level: t.uint32_t
    maximum_credit_per_top_up: t.uint32_t


class SetOverallDebtCapRecord(Record):
    """Set how much debt may be collected in a period, and from when on."""

    provider_id: t.uint32_t
    issuer_event_id: t.uint32_t
    implementation_date_time: t.UTCTime
    overall_debt_cap: t.uint32_t
