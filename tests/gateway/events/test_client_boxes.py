"""The desks of the three clients: values beside the price, opting out, confirming, unlocking."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import RefusedError, UnknownEventError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.records import EventStatus, LoadControlEventRecord
from sebridge.features.messaging.records import (
    DisplayMessageRecord,
    DisplayProtectedMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.features.price.tariff_records import PublishBlockPeriodRecord
from sebridge.network.signals import DeviceActive
from sebridge.zcl.frame import Frame
from tests.gateway.events.client_side import NEAR, Clients


@pytest.fixture
def clients(clock: VirtualClock, bus: SignalBus) -> Clients:
    return Clients(clock, bus)


async def test_a_price_server_is_asked_for_the_values_beside_its_prices_too(
    clients: Clients,
) -> None:
    clients.bus.send(DeviceActive(NEAR))
    await clients.clock.advance(seconds=1)

    sent = [f for f in clients.outside.sent if (f.destination, f.cluster_id) == (NEAR, 0x0700)]
    commands = sorted({Frame.parse(frame.data).command_id for frame in sent})
    assert commands == [0x01, 0x03, 0x04, 0x05]


async def test_a_server_that_does_not_take_the_first_question_is_asked_no_more(
    clients: Clients,
) -> None:
    clients.outside.silent.add(NEAR)

    clients.bus.send(DeviceActive(NEAR))
    await clients.clock.advance(seconds=1)

    assert clients.outside.sent == []


async def test_values_beside_the_price_are_listed_by_kind(clients: Clients) -> None:
    period = PublishBlockPeriodRecord(issuer_event_id=3, block_period_duration=60)

    clients.hear(0x0700, period.serialize(), command_id=1)
    await clients.clock.advance(seconds=1)

    [listed] = clients.price_box.listed(PublishBlockPeriodRecord)
    assert listed.issuer_event_id == 3


async def test_opting_out_of_an_event_that_runs_is_reported(clients: Clients) -> None:
    event = LoadControlEventRecord(issuer_event_id=5, duration_in_minutes=30, event_control=0)
    clients.hear(0x0701, event.serialize())
    await clients.clock.advance(seconds=10)
    clients.outside.sent.clear()

    clients.load_box.choose(5, out=True)
    await clients.clock.advance(seconds=1)

    [report] = [Frame.parse(frame.data).payload for frame in clients.outside.sent]
    assert report[4] == EventStatus.OPTED_OUT
    with pytest.raises(UnknownEventError):
        clients.load_box.choose(6, out=True)


async def test_a_confirmation_is_stamped_unless_it_has_a_time(clients: Clients) -> None:
    fresh = clients.box.stamped(MessageConfirmationRecord(message_id=1))
    dated = clients.box.stamped(MessageConfirmationRecord(message_id=1, confirmation_time=9))

    assert fresh.confirmation_time > 0
    assert dated.confirmation_time == 9


async def test_confirming_a_cancellation_lets_the_message_go(clients: Clients) -> None:
    message = DisplayMessageRecord(message_id=4, duration_in_minutes=5, message="Hello")
    clients.hear(0x0703, message.serialize())
    clients.hear(0x0703, bytes.fromhex("0400000080"), command_id=1)
    assert len(clients.box.active()) == 1

    clients.box.confirmed(4)
    await clients.clock.advance(seconds=1)

    assert clients.box.active() == []


async def test_the_right_pin_unlocks_a_protected_message(clients: Clients) -> None:
    message = DisplayProtectedMessageRecord(message_id=4, duration_in_minutes=5, message="Hello")
    clients.hear(0x0703, message.serialize(), command_id=2)
    with pytest.raises(RefusedError, match="not the one of this display"):
        clients.box.unlock(Secret(b"4321"))
    locked = [m.message for m in clients.box.active()]

    clients.box.unlock(Secret(b"1234"))
    await clients.clock.advance(seconds=1)

    assert (locked, [m.message for m in clients.box.active()]) == ([""], ["Hello"])
