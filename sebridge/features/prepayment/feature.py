"""What ties the parts of Prepayment together."""

from typing import Final

from sebridge.feature import Feature
from sebridge.features.prepayment.build import build
from sebridge.features.prepayment.methods import PrepaymentMethods
from sebridge.features.prepayment.notifications import NOTIFICATIONS
from sebridge.features.prepayment.records import (
    PREPAYMENT_CLUSTER,
    ChangePaymentModeRecord,
    ChangePaymentModeResponseRecord,
)
from sebridge.features.prepayment.simulated import simulated

FEATURE: Final = Feature(
    name="prepayment",
    clusters=(PREPAYMENT_CLUSTER,),
    used_as="prepayment",
    build=build,
    method_groups=(PrepaymentMethods,),
    notifications=NOTIFICATIONS,
    records=(ChangePaymentModeRecord, ChangePaymentModeResponseRecord),
    simulated=simulated,
)
