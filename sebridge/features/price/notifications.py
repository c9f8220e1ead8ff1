"""What nobody asked for of Price: what servers tell, and what is in force."""

from typing import Any, Final

from sebridge.api.events import received, undelivered, updated_active
from sebridge.api.notifications import ERROR, MessageNotice, NotificationType, notice
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.signals import PriceSourceFailed
from sebridge.features.price.tariff_records import (
    PublishBlockPeriodRecord,
    PublishBlockPeriodSe11Record,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.zcl.identifiers import PRICE


def _of_source(signal: PriceSourceFailed) -> MessageNotice:
    return MessageNotice(severity=ERROR, description=f"{signal.source}: {signal.problem}")


NOTIFICATIONS: Final[tuple[NotificationType[Any], ...]] = (
    received("received_price_event", PublishPriceRecord),
    received("received_block_period", PublishBlockPeriodRecord, PublishBlockPeriodSe11Record),
    received("received_conversion_factor", PublishConversionFactorRecord),
    received("received_calorific_value", PublishCalorificValueRecord),
    updated_active("updated_active_price_event", PublishPriceRecord, PRICE, kept_as="price"),
    undelivered("price", PRICE),
    notice(PriceSourceFailed, _of_source),
)
