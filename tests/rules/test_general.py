"""Events in general, rule by rule: GEN-1 to GEN-13."""

import pytest

from sebridge.base.errors import FullError, InvalidFieldError
from sebridge.features.load_control.client import LoadControlSettings
from sebridge.features.load_control.records import GetScheduledEventsRecord
from sebridge.features.messaging.records import GetLastMessageRecord
from sebridge.features.price.records import (
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    PublishPriceRecord,
)
from sebridge.gateway.events.event_client import MOST_HEARD
from sebridge.gateway.events.event_server import EventServer
from sebridge.model.record import Record
from sebridge.schedule.schedule import MOST_EVENTS
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, peer, question
from tests.rules.conftest import MakeHouse
from tests.rules.parts import (
    FIRST,
    SECOND,
    A,
    LoadDevice,
    cancel,
    hears,
    ids,
    listed,
    load,
    load_server,
    message,
    message_client,
    message_server,
    price,
    price_client,
    price_server,
)

SERVERS: tuple[tuple[EventServer[Record], Record, Record], ...] = (
    (price_server(), price(1).replace(start_time=0), GetCurrentPriceRecord()),  # type: ignore[assignment]  # one of three kinds
    (load_server(), load(1, 0, 60).replace(start_time=0), GetScheduledEventsRecord()),
    (message_server(), message(1), GetLastMessageRecord()),
)


@pytest.mark.parametrize(("server", "event", "asked"), SERVERS)
def test_gen_01_who_asks_later_does_not_get_the_full_duration_again(
    server: EventServer[Record], event: Record, asked: Record
) -> None:
    """An event that started "now" is handed out with the absolute time of its start."""
    server.add(event, NOW)

    [answer] = hears(server, asked, 30).answers

    assert (int(answer.start_time), int(answer.duration_in_minutes)) == (NOW, 60)  # type: ignore[attr-defined]  # all events have these


def test_gen_02_all_ones_is_no_start() -> None:
    """Neither side takes an event that starts at 0xFFFFFFFF."""
    server, client, device = price_server(), price_client(), LoadDevice()
    never = 0xFFFFFFFF

    with pytest.raises(InvalidFieldError, match="not a time"):
        server.add(price(1).replace(start_time=never), NOW)
    refused = hears(client, price(1).replace(start_time=never))
    device.hears(load(A, 0, 10).replace(start_time=never))

    assert refused.status == Status.INVALID_FIELD
    assert listed(client) == listed(device.client) == []


def test_gen_03_until_changed_ends_with_the_next_or_by_cancellation() -> None:
    """A duration of all ones has no end of its own; load control does not allow it."""
    client, device = price_client(), LoadDevice()
    hears(client, price(1, 0, 0xFFFF))
    hears(client, price(2, 60, 10))
    device.hears(load(A, 0, 0xFFFF))

    assert [ids(client, minute) for minute in (59, 60, 70)] == [[1], [2], []]
    assert device.statuses() == [0xFE]


def test_gen_04_of_two_in_conflict_the_larger_id_is_the_newer() -> None:
    """The order in which they arrive does not matter for prices."""
    for order in ((1, 2), (2, 1)):
        client = price_client()
        for number in order:
            hears(client, price(number, 10 * number, 60))
        assert listed(client) == [2]


def test_gen_05_a_duplicate_does_not_start_again() -> None:
    """Neither its end, nor its random delays, nor its count changes."""
    client, device = price_client(), LoadDevice(LoadControlSettings())
    hears(client, price(1, 0, 60))
    hears(client, price(1, 0, 60).replace(start_time=0), 30)
    device.hears(load(A, 10, 10, event_control=3))
    drawn = dict(device.store)
    device.hears(load(A, 10, 10, event_control=3))

    assert ids(client, 60) == []
    assert device.store == drawn


def test_gen_06_there_is_room_for_more_than_the_profile_asks_and_an_end_to_it() -> None:
    """At least two events at a client and five at a server; what is too much is refused."""
    server, client = price_server(most=5), price_client(most=2)
    for number in range(1, 6):
        server.add(price(number, 100 * number), NOW)
        last = hears(client, price(number, 100 * number))

    assert (listed(server), listed(client)) == ([1, 2, 3, 4, 5], [1, 2])
    assert last.status == Status.INSUFFICIENT_SPACE
    with pytest.raises(FullError, match="no room"):
        server.add(price(6, 900), NOW)
    assert (MOST_EVENTS, MOST_HEARD) >= (5, 2)


def test_gen_07_without_the_time_only_what_starts_now_is_taken() -> None:
    """A client whose clock is not set shows a price that starts at once, and schedules nothing."""
    client = price_client(time_is_known=lambda: False)

    absolute = hears(client, price(1, 10))
    at_once = hears(client, price(2).replace(start_time=0))

    assert (absolute.status, at_once.status) == (Status.FAILURE, Status.SUCCESS)
    assert listed(client) == [2]


def test_gen_08_what_came_from_two_servers_is_kept_apart() -> None:
    """Both may use the same id; each can only take back its own."""
    prices, messages, device = price_client(), message_client(), LoadDevice()
    for source, cents in ((FIRST, 10), (SECOND, 20)):
        hears(prices, price(1, price=cents), source=source)
        hears(messages, message(1, f"{cents}"), source=source)
    device.hears(load(A, 0, 60, device_class=1), FIRST)
    device.hears(load(A, 0, 60, device_class=2), SECOND)
    device.hears(cancel(A), SECOND)

    assert sorted(int(p.price) for p in prices.active(NOW)) == [10, 20]
    assert sorted(m.message for m in messages.active(NOW)) == ["10", "20"]
    assert [int(e.device_class) for e in device.client.obeyed(NOW)] == [1]


async def test_gen_09_a_list_is_answered_item_by_item_with_the_sequence_number_of_the_question(
    house_of: MakeHouse,
) -> None:
    """Oldest start first; nothing to send is NOT_FOUND; a count of 0 is no limit."""
    server = price_server()
    house = house_of(server)
    await house.hears(question(GetScheduledPricesRecord()))
    nothing = house.refusals()
    house.sender.take()
    for number, start in ((3, 60), (4, 300), (5, 180)):
        record = price(number, minutes=10).replace(start_time=house.now + 60 * start)
        server.add(record, house.now)

    await house.hears(question(GetScheduledPricesRecord(), sequence=0x44))

    frames = house.sender.take()
    starts = [PublishPriceRecord.deserialize(f.payload).issuer_event_id for f in frames]
    assert nothing == [Status.NOT_FOUND]
    assert starts == [3, 5, 4]
    assert {frame.sequence for frame in frames} == {0x44}


async def test_gen_10_a_default_response_comes_when_it_is_asked_for(house_of: MakeHouse) -> None:
    """Not with the bit set, beside an answer, or to a broadcast; errors come with the bit too."""
    house = house_of(message_client())
    quiet = {"from_server": True, "no_default_response": True}

    await house.hears(question(message(1), from_server=True))
    asked = house.refusals()
    house.sender.take()
    await house.hears(question(message(2), **quiet))
    await house.hears(question(message(3), from_server=True), broadcast=True)
    unasked = house.refusals()
    await house.hears(question(message(4, message_control=2), **quiet))

    assert (asked, unasked) == ([Status.SUCCESS], [])
    assert house.refusals() == [Status.INVALID_FIELD]


def test_gen_11_trailing_fields_may_be_missing_or_too_many() -> None:
    """Prices of 14, 17, 19 and all fields are the same price; what follows is ignored."""
    whole = price(1, alternate_cost_unit=1, number_of_block_thresholds=0xFF, price_control=0)
    octets = whole.serialize()
    lengths = [len(octets) - cut for cut in (0, 1, 2, 8)]

    prices = [PublishPriceRecord.deserialize(octets[:length]) for length in lengths]
    longer, rest = PublishPriceRecord.deserialize_with_rest(
        price(1)
        .replace(
            number_of_generation_tiers=1,
            generation_tier=1,
            extended_number_of_price_tiers=1,
            extended_price_tier=1,
            extended_register_tier=1,
        )
        .serialize()
        + b"\x01\x02"
    )

    assert {(int(p.issuer_event_id), int(p.price)) for p in (*prices, longer)} == {(1, 25)}
    assert rest == b"\x01\x02"


def test_gen_12_unknown_values_do_no_harm() -> None:
    """Reserved units, bits and controls are taken as not used."""
    client, device = price_client(), LoadDevice()

    taken = hears(client, price(1, unit_of_measure=0x7F, price_control=0xFE))
    device.hears(load(A, 0, 10, event_control=0xFC))

    assert taken.status == Status.SUCCESS
    assert device.at(20).reports[1:] == [(0, A, 2), (10, A, 3)]


async def test_gen_13_events_go_as_unicast_to_every_client_a_few_at_a_time(
    house_of: MakeHouse,
) -> None:
    """Acknowledged, encrypted, never as broadcast; M: spread over time, eight under way at once."""
    house = house_of(price_server())
    house.directory.peers = [peer(number) for number in range(1, 31)]
    service = house.service()

    created = await service.create(price(1).replace(start_time=0))

    assert len(created.devices) == 30
    assert {out.destination for out in house.sender.sent} == {
        p.device for p in house.directory.peers
    }
    assert all(out.encrypted for out in house.sender.sent)
