"""Prepayment cluster 0x0705: ZigBee Smart Energy Profile 1.1 and 1.2, annex D."""

import enum
from typing import Final

from sebridge.features.prepayment.attributes import SERVER
from sebridge.model.data_types import (
    AllOctets,
    Int32,
    OctetString,
    Text,
    Uint8,
    Uint16,
    Uint32,
    UtcTime,
)
from sebridge.model.record import Record
from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import PREPAYMENT


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

    command_issue_date_time: UtcTime
    originating_device: Uint8
    site_id: OctetString | None = None
    meter_serial_number: OctetString | None = None


class ChangeDebtRecord(Record):
    """Set a debt, and how it is paid off."""

    issuer_event_id: Uint32
    debt_label: Text
    debt_amount: Uint32
    debt_recovery_method: Uint8
    debt_amount_type: Uint8
    debt_recovery_start_time: UtcTime
    debt_recovery_collection_time: Uint16
    debt_recovery_frequency: Uint8
    debt_recovery_amount: Uint32
    debt_recovery_balance_percentage: Uint16


class EmergencyCreditSetupRecord(Record):
    """Set the emergency credit, and from when on."""

    issuer_event_id: Uint32
    start_time: UtcTime
    emergency_credit_limit: Uint32
    emergency_credit_threshold: Uint32


class ConsumerTopUpRecord(Record):
    """Add credit by a code."""

    originating_device: Uint8
    top_up_code: OctetString


class ConsumerTopUpResponseRecord(Record):
    """What became of a top-up, and the credit now."""

    result_type: Uint8
    top_up_value: Uint32
    source_of_top_up: Uint8
    credit_remaining: Uint32


class CreditAdjustmentRecord(Record):
    """Add to the credit without a code."""

    issuer_event_id: Uint32
    start_time: UtcTime
    credit_adjustment_type: Uint8
    credit_adjustment_value: Uint32


class ChangePaymentModeRecord(Record):
    """Change between credit and prepayment, and from when on."""

    provider_id: Uint32
    issuer_event_id: Uint32
    implementation_date_time: UtcTime
    proposed_payment_control_configuration: Uint16
    cut_off_value: Uint32


class ChangePaymentModeResponseRecord(Record):
    """The credit that comes with the new payment mode."""

    friendly_credit: Uint8
    friendly_credit_calendar_id: Uint32
    emergency_credit_limit: Uint32
    emergency_credit_threshold: Uint32


class GetPrepaySnapshotRecord(Record):
    """Ask for prepayment snapshots of a span of time."""

    earliest_start_time: UtcTime
    latest_end_time: UtcTime
    snapshot_offset: Uint8
    snapshot_cause: Uint32


class PublishPrepaySnapshotRecord(Record):
    """A prepayment snapshot; its payload depends on its type."""

    snapshot_id: Uint32
    snapshot_time: UtcTime
    total_snapshots_found: Uint8
    command_index: Uint8
    total_number_of_commands: Uint8
    snapshot_cause: Uint32
    snapshot_payload_type: Uint8
    snapshot_payload: AllOctets


class GetTopUpLogRecord(Record):
    """Ask for top-ups before `latest_end_time`; 0 records means all."""

    latest_end_time: UtcTime
    number_of_records: Uint8


class TopUpItem(Record):
    """One top-up."""

    top_up_code: OctetString
    top_up_amount: Int32
    top_up_time: UtcTime


class PublishTopUpLogRecord(Record):
    """The last top-ups."""

    command_index: Uint8
    total_number_of_commands: Uint8
    top_ups: tuple[TopUpItem, ...]


class SetLowCreditWarningLevelRecord(Record):
    """Set the credit at which to warn."""

    low_credit_warning_level: Uint32


class GetDebtRepaymentLogRecord(Record):
    """Ask for collected debts before `latest_end_time`; 0 debts means all."""

    latest_end_time: UtcTime
    number_of_debts: Uint8
    debt_type: Uint8


class DebtItem(Record):
    """One collected part of a debt."""

    collection_time: UtcTime
    amount_collected: Uint32
    debt_type: Uint8
    outstanding_debt: Uint32


class PublishDebtLogRecord(Record):
    """The last collected debts."""

    command_index: Uint8
    total_number_of_commands: Uint8
    debts: tuple[DebtItem, ...]


class SetMaximumCreditLimitRecord(Record):
    """Set the largest credit and top-up, and from when on."""

    provider_id: Uint32
    issuer_event_id: Uint32
    implementation_date_time: UtcTime
    maximum_credit_level: Uint32
    maximum_credit_per_top_up: Uint32


class SetOverallDebtCapRecord(Record):
    """Set how much debt may be collected in a period, and from when on."""

    provider_id: Uint32
    issuer_event_id: Uint32
    implementation_date_time: UtcTime
    overall_debt_cap: Uint32


PREPAYMENT_CLUSTER: Final = ClusterDefinition(
    PREPAYMENT,
    "prepayment",
    from_client=(
        (0x00, "select_available_emergency_credit", SelectAvailableEmergencyCreditRecord),
        (0x02, "change_debt", ChangeDebtRecord),
        (0x03, "emergency_credit_setup", EmergencyCreditSetupRecord),
        (0x04, "consumer_top_up", ConsumerTopUpRecord),
        (0x05, "credit_adjustment", CreditAdjustmentRecord),
        (0x06, "change_payment_mode", ChangePaymentModeRecord),
        (0x07, "get_prepay_snapshot", GetPrepaySnapshotRecord),
        (0x08, "get_top_up_log", GetTopUpLogRecord),
        (0x09, "set_low_credit_warning_level", SetLowCreditWarningLevelRecord),
        (0x0A, "get_debt_repayment_log", GetDebtRepaymentLogRecord),
        (0x0B, "set_maximum_credit_limit", SetMaximumCreditLimitRecord),
        (0x0C, "set_overall_debt_cap", SetOverallDebtCapRecord),
    ),
    from_server=(
        (0x01, "publish_prepay_snapshot", PublishPrepaySnapshotRecord),
        (0x02, "change_payment_mode_response", ChangePaymentModeResponseRecord),
        (0x03, "consumer_top_up_response", ConsumerTopUpResponseRecord),
        (0x05, "publish_top_up_log", PublishTopUpLogRecord),
        (0x06, "publish_debt_log", PublishDebtLogRecord),
    ),
    server_attributes=AttributeTable(SERVER),
)
