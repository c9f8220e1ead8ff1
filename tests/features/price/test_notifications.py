"""What is told of prices without being asked."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.price.notifications import NOTIFICATIONS
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.tariff_records import (
    PublishBlockPeriodRecord,
    PublishBlockPeriodSe11Record,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.gateway.events.signals import ActiveEventsChanged, EventReceived, EventUndelivered
from sebridge.model.record import Record
from sebridge.zcl.status import Status
from tests.api.ear import Ear

DEVICE = Eui64.parse("00:13:a2:00:40:5c:01:f7")
CLUSTER, ANOTHER = 0x0700, 0x0703
A_PRICE = PublishPriceRecord(issuer_event_id=7, duration_in_minutes=60, price=25)
A_FACTOR = PublishConversionFactorRecord(issuer_event_id=7, conversion_factor=1020)
AN_OLDER_PERIOD = PublishBlockPeriodSe11Record(
    provider_id=1,
    issuer_event_id=7,
    block_period_start_time=0,
    block_period_duration=60,
    number_of_price_tiers_and_number_of_block_thresholds=0,
)
A_CALORIFIC_VALUE = PublishCalorificValueRecord(issuer_event_id=7, calorific_value=395)


@pytest.fixture
def ear(bus: SignalBus, clock: VirtualClock) -> Ear:
    return Ear(bus, clock, NOTIFICATIONS)


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (A_PRICE, "received_price_event"),
        (PublishBlockPeriodRecord(issuer_event_id=7), "received_block_period"),
        (AN_OLDER_PERIOD, "received_block_period"),
        (A_FACTOR, "received_conversion_factor"),
        (A_CALORIFIC_VALUE, "received_calorific_value"),
    ],
)
def test_what_a_client_of_ours_took_is_told(
    bus: SignalBus, ear: Ear, record: Record, name: str
) -> None:
    bus.send(EventReceived(DEVICE, 9, 0x5E, CLUSTER, Status.DUPLICATE_EXISTS, record))

    assert ear.names == [name]
    assert (ear.one()["status"], ear.one()["cluster_id"]) == (0x8A, CLUSTER)


@pytest.mark.parametrize("count", [0, 1])
def test_what_is_in_force_is_told_and_kept(bus: SignalBus, ear: Ear, count: int) -> None:
    bus.send(ActiveEventsChanged(0x5E, ANOTHER, [], server=True))
    bus.send(ActiveEventsChanged(0x5E, CLUSTER, [A_PRICE] * count, server=True))

    assert ear.names == ["updated_active_price_event"]
    assert ear.one().keys() == {"destination_endpoint_id", "cluster_id", "record_list"}
    assert len(ear.one()["record_list"]) == count
    assert [message.kept_as for message in ear.heard] == ["price"]


def test_an_event_that_reached_nobody_is_an_error(bus: SignalBus, ear: Ear) -> None:
    bus.send(EventUndelivered(0x5E, ANOTHER, 0x2A))
    bus.send(EventUndelivered(0x5E, CLUSTER, 0x2A))

    assert ear.one() == {"severity": 2, "description": "price event 0x2A reached no client yet"}
