"""Prepayment cluster 0x0705: ZigBee Smart Energy Profile 1.1 and 1.2, annex D."""

from typing import Final

import zigpy.types as t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import BaseCommandDefs

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
from sebridge.zcl.attribute_table import attribute_defs
from sebridge.zcl.record import command


class Prepayment(Cluster):
    """Command table of the Prepayment cluster."""

    cluster_id = t.uint16_t(0x0705)
    ep_attribute = "prepayment"
    aps_encryption = True

    AttributeDefs = attribute_defs(SERVER)

    class ServerCommandDefs(BaseCommandDefs):
        """What a client sends."""

        select_available_emergency_credit: Final = command(
            0x00, SelectAvailableEmergencyCreditRecord
        )
        change_debt: Final = command(0x02, ChangeDebtRecord)
        emergency_credit_setup: Final = command(0x03, EmergencyCreditSetupRecord)
        consumer_top_up: Final = command(0x04, ConsumerTopUpRecord)
        credit_adjustment: Final = command(0x05, CreditAdjustmentRecord)
        change_payment_mode: Final = command(0x06, ChangePaymentModeRecord)
        get_prepay_snapshot: Final = command(0x07, GetPrepaySnapshotRecord)
        get_top_up_log: Final = command(0x08, GetTopUpLogRecord)
        set_low_credit_warning_level: Final = command(0x09, SetLowCreditWarningLevelRecord)
        get_debt_repayment_log: Final = command(0x0A, GetDebtRepaymentLogRecord)
        set_maximum_credit_limit: Final = command(0x0B, SetMaximumCreditLimitRecord)
        set_overall_debt_cap: Final = command(0x0C, SetOverallDebtCapRecord)

    class ClientCommandDefs(BaseCommandDefs):
        """What the server sends."""

        publish_prepay_snapshot: Final = command(0x01, PublishPrepaySnapshotRecord)
        change_payment_mode_response: Final = command(0x02, ChangePaymentModeResponseRecord)
        consumer_top_up_response: Final = command(0x03, ConsumerTopUpResponseRecord)
        publish_top_up_log: Final = command(0x05, PublishTopUpLogRecord)
        publish_debt_log: Final = command(0x06, PublishDebtLogRecord)
