"""Prepayment cluster 0x0705: ZigBee Smart Energy Profile 1.1 and 1.2, annex D."""

from typing import Final

from sebridge.features.prepayment.attributes import SERVER
from sebridge.features.prepayment.commands import (
    ChangeDebtRecord,
    ChangePaymentModeRecord,
    ChangePaymentModeResponseRecord,
    ConsumerTopUpRecord,
    ConsumerTopUpResponseRecord,
    CreditAdjustmentRecord,
    EmergencyCreditSetupRecord,
    GetDebtRepaymentLogRecord,
    GetPrepaySnapshotRecord,
    GetTopUpLogRecord,
    PublishDebtLogRecord,
    PublishPrepaySnapshotRecord,
    PublishTopUpLogRecord,
    SelectAvailableEmergencyCreditRecord,
    SetLowCreditWarningLevelRecord,
    SetMaximumCreditLimitRecord,
    SetOverallDebtCapRecord,
)
from sebridge.zcl.attribute_table import attributes_of
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import PREPAYMENT

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
    server_attributes=attributes_of(SERVER),
)
