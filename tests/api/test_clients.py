"""What a display may ask: the methods of the client side, against desks that remember."""

from collections.abc import Sequence

import pytest
from zigpy.types import uint8_t
from zigpy.zcl.foundation import CommandSchema, Status

from sebridge.api.clients import ClientMethods
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.load_control.records import GetScheduledEventsRecord
from sebridge.features.messaging.records import (
    DisplayMessageRecord,
    GetLastMessageRecord,
    MessageConfirmationRecord,
)
from sebridge.features.price.records import GetCurrentPriceRecord, GetScheduledPricesRecord
from sebridge.model.values import ABSENT, plain

SERVER = Eui64.parse("00:0d:6f:00:00:00:00:01")
HERE = uint8_t(0x5E)


class Desk:
    """A desk whose questions reach the servers it was made with."""

    def __init__(self, servers: Sequence[Eui64] = (SERVER,)) -> None:
        self.servers = list(servers)
        self.asked: list[CommandSchema] = []
        self.cleared = 0
        self.shown: list[DisplayMessageRecord] = []
        self.confirmations: list[int] = []

    async def ask(self, question: CommandSchema) -> list[Eui64]:
        self.asked.append(question)
        return self.servers

    def clear(self) -> None:
        self.cleared += 1

    def active(self) -> list[DisplayMessageRecord]:
        return self.shown

    def confirmed(self, message_id: int) -> None:
        self.confirmations.append(message_id)

    def stamped(self, record: MessageConfirmationRecord) -> MessageConfirmationRecord:
        return record.but(confirmation_time=record.confirmation_time or 1234)


def message(identifier: int, control: int = 0) -> DisplayMessageRecord:
    return DisplayMessageRecord(
        message_id=identifier, message_control=control, duration_in_minutes=5, message="Hello"
    )


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def methods(desk: Desk) -> ClientMethods:
    return ClientMethods({HERE: desk}, {HERE: desk}, {HERE: desk})


async def test_the_current_price_is_asked_for(desk: Desk, methods: ClientMethods) -> None:
    answer = await methods.get_current_price_event()

    assert desk.asked == [GetCurrentPriceRecord(command_options=1)]
    assert plain(answer) == {
        "status": 0,
        "endpoint_id": 0x5E,
        "source_endpoint_id": 0x5E,
        "cluster_id": 0x0700,
        "device_list": ["00:0d:6f:00:00:00:00:01"],
    }


async def test_without_a_server_nothing_is_found() -> None:
    alone = Desk(servers=())
    methods = ClientMethods({HERE: alone}, {HERE: alone}, {HERE: alone})

    assert (await methods.get_current_price_event()).status == Status.NOT_FOUND
    assert (await methods.get_last_message_event()).status == Status.NOT_FOUND


async def test_scheduled_prices_are_asked_for_with_the_record_given(
    desk: Desk, methods: ClientMethods
) -> None:
    record = GetScheduledPricesRecord(start_time=5, number_of_events=2)

    given = await methods.get_scheduled_price_events(record=record)
    plainly = await methods.get_scheduled_price_events()

    assert desk.asked == [record, GetScheduledPricesRecord()]
    assert given.record == record
    assert plainly.record is ABSENT


async def test_scheduled_load_control_is_asked_for(desk: Desk, methods: ClientMethods) -> None:
    answer = await methods.get_scheduled_DRLC_events()

    assert desk.asked == [GetScheduledEventsRecord()]
    assert answer.cluster_id == 0x0701


async def test_the_last_message_is_asked_for(desk: Desk, methods: ClientMethods) -> None:
    answer = await methods.get_last_message_event()

    assert desk.asked == [GetLastMessageRecord()]
    assert (answer.status, answer.cluster_id) == (0, 0x0703)


async def test_lists_are_cleared_here_only(desk: Desk, methods: ClientMethods) -> None:
    answers = [
        await methods.clear_price_events(),
        await methods.clear_DRLC_events(),
        await methods.clear_message_events(),
    ]

    assert desk.cleared == 3
    assert [answer.cluster_id for answer in answers] == [0x0700, 0x0701, 0x0703]
    assert desk.asked == []


async def test_the_message_on_display_is_confirmed(desk: Desk, methods: ClientMethods) -> None:
    desk.shown = [message(1), message(2, control=0x80)]

    answer = await methods.confirm_message()

    assert desk.asked == [MessageConfirmationRecord(message_id=2, confirmation_time=1234)]
    assert desk.confirmations == [2]
    assert (answer.status, answer.record) == (0, ABSENT)


async def test_a_confirmation_can_be_given(desk: Desk, methods: ClientMethods) -> None:
    record = MessageConfirmationRecord(message_id=7, confirmation_time=99)

    answer = await methods.confirm_message(record=record)

    assert desk.asked == [record]
    assert answer.record == record


async def test_nothing_on_display_is_not_found(desk: Desk, methods: ClientMethods) -> None:
    answer = await methods.confirm_message()

    assert answer.status == Status.NOT_FOUND
    assert desk.asked == []


async def test_an_energy_service_interface_has_no_clients() -> None:
    methods = ClientMethods({}, {}, {})

    for call in (
        methods.get_current_price_event,
        methods.get_scheduled_DRLC_events,
        methods.get_last_message_event,
        methods.clear_price_events,
    ):
        with pytest.raises(ParameterError, match="endpoint 0x5E has no client") as refusal:
            await call()
        assert refusal.value.path == "source_endpoint_id"
