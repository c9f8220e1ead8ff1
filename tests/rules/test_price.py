"""Prices, rule by rule: PRC-1 to PRC-20."""

from typing import Any

import pytest

from sebridge.base.clock import unix_time
from sebridge.base.errors import InvalidFieldError
from sebridge.features.price.client import DECREASE_RANDOMIZE_MINUTES, INCREASE_RANDOMIZE_MINUTES
from sebridge.features.price.gas_energy import gas_values
from sebridge.features.price.records import (
    PRICE_CLUSTER,
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    PriceAcknowledgementRecord,
    PublishPriceRecord,
)
from sebridge.features.price.server import PriceServer
from sebridge.features.price.tariff_records import (
    GetBlockPeriodsRecord,
    GetCalorificValueRecord,
    GetConversionFactorRecord,
    PublishBlockPeriodRecord,
    PublishBlockPeriodSe11Record,
    PublishCalorificValueRecord,
    PublishConversionFactorRecord,
)
from sebridge.features.price.topics import boards
from sebridge.features.price.values import CALORIFIC_VALUE, CONVERSION_FACTOR
from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.model.record import Record
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, question
from tests.rules.conftest import MakeHouse
from tests.rules.parts import (
    FIRST,
    SECOND,
    hears,
    ids,
    listed,
    price,
    price_client,
    price_server,
)

DAY = 24 * 60


def period(event_id: int, start: float, minutes: int, control: int = 0) -> PublishBlockPeriodRecord:
    return PublishBlockPeriodRecord(
        provider_id=7,
        issuer_event_id=event_id,
        block_period_start_time=NOW + int(60 * start),
        block_period_duration=minutes,
        block_period_control=control,
        block_period_duration_type=0,
        tariff_type=0,
        tariff_resolution_period=0,
    )


def factor(event_id: int, start: float, value: int) -> PublishConversionFactorRecord:
    return PublishConversionFactorRecord(
        issuer_event_id=event_id,
        start_time=NOW + int(60 * start),
        conversion_factor=value,
        conversion_factor_trailing_digit=0x30,
    )


def calorific(event_id: int, start: float, value: int) -> PublishCalorificValueRecord:
    return PublishCalorificValueRecord(
        issuer_event_id=event_id,
        start_time=NOW + int(60 * start),
        calorific_value=value,
        calorific_value_unit=1,
        calorific_value_trailing_digit=0x10,
    )


def test_prc_01_the_current_price_is_one_that_runs() -> None:
    """Also one that runs until changed; NOT_FOUND when there is none."""
    server = price_server()
    nothing = hears(server, GetCurrentPriceRecord(command_options=1))
    server.add(price(1, 0, 0xFFFF), NOW)
    server.add(price(2, 60, 10), NOW)

    [answer] = hears(server, GetCurrentPriceRecord(), 30).answers

    assert nothing.status == Status.NOT_FOUND
    assert isinstance(answer, PublishPriceRecord)
    assert (int(answer.issuer_event_id), int(answer.utc_time)) == (1, NOW + 30 * 60)


def test_prc_02_scheduled_prices_are_those_that_end_later() -> None:
    """The running one too, by their start, at most as many as asked for."""
    server = price_server()
    for number, start in ((1, 0), (2, 60), (3, 120)):
        server.add(price(number, start), NOW)

    def asked(start: int, most: int) -> list[int]:
        question = GetScheduledPricesRecord(start_time=start, number_of_events=most)
        return [int(p.issuer_event_id) for p in hears(server, question, 30).answers]  # type: ignore[attr-defined]  # prices

    assert asked(0, 0) == [1, 2, 3]
    assert asked(0, 2) == [1, 2]
    assert asked(NOW + 60 * 60, 0) == [2, 3]


async def test_prc_02_who_asks_again_while_the_list_is_on_its_way_is_told_to_wait(
    house_of: MakeHouse,
) -> None:
    """Default Response FAILURE until the previous list is sent; then it is answered again."""
    server = price_server()
    house = house_of(server)
    for number in (1, 2):
        server.add(price(number).replace(start_time=house.now + 3600 * number), house.now)
    frame = question(GetScheduledPricesRecord())

    await house.hears(frame)
    house.sender.take()
    house.sender.is_free.clear()
    await house.hears(frame)
    await house.hears(frame)
    house.sender.is_free.set()
    await house.clock.settle()
    busy = house.refusals()
    lists = len(house.sender.take()) - len(busy)
    await house.hears(frame)

    assert busy == [Status.FAILURE]
    assert lists == 2  # the prices of one list
    assert len(house.sender.frames) == 2


def test_prc_03_a_price_that_is_over_is_dropped() -> None:
    """The server keeps what is in force and to come."""
    server = price_server()
    server.add(price(1, 0, 60), NOW)
    server.add(price(2, 60, 60), NOW)

    server.advance(NOW + 3600)

    assert len(server.schedule) == 1
    assert listed(server, 60) == [2]


def test_prc_04_two_prices_of_a_server_never_overlap() -> None:
    """What is added makes room before anything is published, or is refused."""
    server = price_server()
    server.add(price(1, 0, 60), NOW)
    server.add(price(2, 30, 60), NOW)

    shown = server.valid(NOW)

    assert [(int(p.issuer_event_id), int(p.duration_in_minutes)) for p in shown] == [
        (1, 0xFFFF),
        (2, 60),
    ]
    assert [ids(server, minute) for minute in (29, 30, 89, 90)] == [[1], [2], [2], []]


def test_prc_05_a_newer_price_deletes_an_older_one_in_its_way() -> None:
    """The older had not started."""
    client = price_client()
    hears(client, price(1, 10, 60))

    hears(client, price(2, 30, 60))

    assert listed(client) == [2]


def test_prc_06_a_running_price_stays_until_the_newer_starts() -> None:
    """Its duration becomes "until changed"."""
    client = price_client()
    hears(client, price(1, 0, 60))

    hears(client, price(2, 30, 10))

    running, _ = client.valid(NOW)
    assert running.duration_in_minutes == 0xFFFF
    assert [ids(client, minute) for minute in (29, 30, 40)] == [[1], [2], []]


def test_prc_07_an_older_price_cannot_take_the_place_of_a_newer() -> None:
    """FAILURE, and the table is as it was."""
    client = price_client()
    hears(client, price(5, 0, 60))

    outcome = hears(client, price(4, 30, 60))

    assert (outcome.status, listed(client)) == (Status.FAILURE, [5])


def test_prc_08_the_same_price_again_is_a_duplicate() -> None:
    """DUPLICATE_EXISTS; M: the acknowledgement is sent again where it is asked for."""
    client = price_client()
    hears(client, price(1))
    hears(client, price(2, 60, price_control=1))

    plain = hears(client, price(1).replace(utc_time=NOW + 60), 1)
    again = hears(client, price(2, 60, price_control=1), 1)

    assert (plain.status, plain.answers) == (Status.DUPLICATE_EXISTS, ())
    assert isinstance(again.answers[0], PriceAcknowledgementRecord)
    assert listed(client, 1) == [1, 2]


def test_prc_09_what_is_over_or_too_much_is_refused() -> None:
    """FAILURE for a price whose end is past, INSUFFICIENT_SPACE where there is no room."""
    client = price_client(most=2)
    for number in (1, 2):
        hears(client, price(number, 100 * number))

    assert hears(client, price(3, -60, 60)).status == Status.FAILURE
    assert hears(client, price(4, 900)).status == Status.INSUFFICIENT_SPACE
    assert hears(client, price(5, 100, 400)).status == Status.SUCCESS  # makes its own room


def test_prc_10_a_price_is_acknowledged_where_it_asks_for_it() -> None:
    """With provider, event, the time of receipt and the control; no default response beside it."""
    outcome = hears(price_client(), price(9, price_control=1, provider_id=77), 2)

    assert outcome.answers == (
        PriceAcknowledgementRecord(
            provider_id=77, issuer_event_id=9, price_ack_time=NOW + 120, control=1
        ),
    )


async def test_prc_10_a_price_is_repeated_to_who_does_not_acknowledge(
    house_of: MakeHouse,
) -> None:
    """M: from memory. Three times at most, and no more once the acknowledgement is there."""
    house = house_of(price_server())
    house.directory.peers = [FIRST, SECOND]
    service = house.service()
    await service.start()
    acknowledged = PriceAcknowledgementRecord(
        provider_id=1, issuer_event_id=1, price_ack_time=0, control=1
    )

    await service.create(price(1, minutes=600, price_control=1).replace(start_time=0))
    await house.hears(question(acknowledged, no_default_response=True))
    await house.clock.advance(seconds=600)
    await service.stop()

    sent = [out.destination for out in house.sender.sent]
    assert (sent.count(FIRST.device), sent.count(SECOND.device)) == (1, 4)


def test_prc_11_loads_spread_their_reaction_but_displays_show_at_once() -> None:
    """The client's attributes: 5 and 15 minutes at first, 0 to 60 by writing."""
    client = price_client()
    attributes = client.attributes
    ids_of = (INCREASE_RANDOMIZE_MINUTES, DECREASE_RANDOMIZE_MINUTES)

    statuses = [
        attributes.check_write(
            AttributeValue(0, 0x20, value, write_value(0x20, value)), over_the_air=True
        )
        for value in (60, 61)
    ]
    hears(client, price(1, 10))

    assert [attributes.read(i).value for i in ids_of] == [5, 15]
    assert statuses == [Status.SUCCESS, Status.INVALID_VALUE]
    assert [ids(client, minute) for minute in (9, 10)] == [[], [1]]


def test_prc_12_the_amount_is_scaled_by_the_trailing_digits() -> None:
    """Price by ten to the digits; a ratio of 0 is not allowed, all ones is not used."""
    server = price_server()

    assert price(1, price=1234, price_trailing_digit_and_price_tier=0x40).amount == 0.1234
    with pytest.raises(InvalidFieldError, match="ratio"):
        server.add(price(1, price_ratio=0), NOW)
    server.add(price(1, price_ratio=0xFF), NOW)


@pytest.mark.parametrize(
    ("nibble", "extended", "tier"), [(0, 0, 0), (3, 0, 3), (15, 0, 15), (15, 4, 19), (3, 4, 3)]
)
def test_prc_13_tiers_above_fifteen_are_in_the_extended_field(
    nibble: int, extended: int, tier: int
) -> None:
    """It counts only where the nibble is full; so with the number of tiers."""
    record = price(
        1,
        price_trailing_digit_and_price_tier=0x20 | nibble,
        extended_price_tier=extended,
        number_of_price_tiers_and_register_tier=nibble << 4,
        extended_number_of_price_tiers=extended,
    )

    assert (record.tier, record.number_of_tiers) == (tier, tier)
    with pytest.raises(InvalidFieldError, match="number of price tiers"):
        price_server().add(
            price(
                1,
                price_trailing_digit_and_price_tier=0x25,
                number_of_price_tiers_and_register_tier=0x40,
            ),
            NOW,
        )


def test_prc_14_labels_have_twelve_octets_and_others_are_cut() -> None:
    """We send no longer ones. M: longer, empty and missing ones are taken, cut at a character."""
    client = price_client()
    with pytest.raises(InvalidFieldError, match="12 octets"):
        price_server().add(price(1, rate_label="thirteen octe"), NOW)

    labels = ("Wochenendtärif", "", "äääääää")
    for number, label in enumerate(labels, 1):
        hears(client, price(number, 100 * number, rate_label=label))
    octets = price(9, 900).serialize()
    missing = PublishPriceRecord.deserialize(octets[:4] + b"\xff" + octets[5:])
    hears(client, missing)

    assert [p.rate_label for p in client.valid(NOW)] == ["Wochenendtä", "", "ääääää", ""]


async def test_prc_15_a_tier_that_is_dearer_than_the_next_is_noticed(house_of: MakeHouse) -> None:
    """Tier 1 is the cheapest: what is in the wrong order is published, and its creator is told.

    It is compared with all prices of its tariff, those in force and those to come.
    """
    house = house_of(price_server())
    service = house.service()

    def tier(event_id: int, start: int, cents: int, number: int, **more: int) -> PublishPriceRecord:
        given = {"price": cents, "price_trailing_digit_and_price_tier": 0x20 | number} | more
        return price(event_id, **given).replace(start_time=house.now + 60 * start)

    told = [
        (await service.create(record)).reason
        for record in (
            tier(1, 120, 30, 1),
            tier(2, 0, 40, 2),
            tier(3, 240, 20, 2),
            tier(4, 360, 50, 1),
            tier(5, 480, 10, 9, currency=978),
        )
    ]

    assert told == [
        "",
        "",
        "price tier 1 (event 1) is dearer than tier 2",
        "price tier 1 is dearer than tier 2 (event 3)",
        "",
    ]
    assert len(service.valid()) == 5


async def test_prc_15_a_price_that_is_over_or_restored_counts_as_it_should(
    house_of: MakeHouse,
) -> None:
    """What ended is compared no more; what a restart brings back is."""
    kept: dict[int, Any] = {}
    house = house_of(PriceServer(9, Schedule(Policy.PRICE, kept)))
    service = house.service()
    await service.create(price(1, price=90, price_trailing_digit_and_price_tier=0x21))
    low = price(2, price=10, price_trailing_digit_and_price_tier=0x22)
    server = PriceServer(9, Schedule(Policy.PRICE, dict(kept)))

    restored = server.oddity(low)
    await service.cancel_all(None)
    after = await service.create(low)

    assert restored == "price tier 1 (event 1) is dearer than tier 2"
    assert after.reason == ""


def test_prc_16_block_periods_are_served_and_a_repeating_one_starts_again() -> None:
    """One active and one scheduled; those of SE 1.1 have 16 or 17 octets."""
    server = price_server()
    server.take_value(period(1, 0, DAY, control=2), NOW)

    def starts(minute: float) -> list[float]:
        found = hears(server, GetBlockPeriodsRecord(start_time=0, number_of_events=0), minute)
        return [(int(p.block_period_start_time) - NOW) / 60 for p in found.answers]  # type: ignore[attr-defined]  # periods

    old = PublishBlockPeriodSe11Record(
        provider_id=7,
        issuer_event_id=2,
        block_period_start_time=NOW + 60 * 3 * DAY,
        block_period_duration=DAY,
        number_of_price_tiers_and_number_of_block_thresholds=0x23,
    )
    assert [starts(0), starts(DAY), starts(2.5 * DAY)] == [[0], [DAY], [2 * DAY]]
    server.take_value(old, NOW + int(60 * 2.5 * DAY))
    assert starts(2.5 * DAY) == [2 * DAY, 3 * DAY]
    assert server.next_change(NOW + int(60 * 2.5 * DAY)) == NOW + 60 * 3 * DAY
    assert [starts(3 * DAY), starts(4 * DAY)] == [[3 * DAY], []]


def test_prc_17_a_block_period_to_come_is_taken_back() -> None:
    """Start of all ones, same provider and id; one that runs, or of another, is not found."""
    client = price_client()
    for record in (period(1, 0, DAY), period(2, DAY, DAY)):
        hears(client, record)
    back = period(2, 0, DAY).replace(block_period_start_time=0xFFFFFFFF)

    for wrong in (back.replace(issuer_event_id=1), back.replace(provider_id=8)):
        assert hears(client, wrong).status == Status.NOT_FOUND
    hears(client, back)

    [left] = client.values_of(FIRST).block_periods.items(NOW)
    assert left.issuer_event_id == 1
    assert client.values_of(SECOND).block_periods.items(NOW) == []


def test_prc_18_the_active_factor_and_calorific_value_are_attributes_too() -> None:
    """One active and one scheduled, the later id wins; energy is volume by both of them."""
    server = price_server()
    for record in (factor(1, 0, 1020), calorific(1, 0, 395), factor(2, 60, 1030)):
        server.take_value(record, NOW)
    server.take_value(factor(3, 90, 1040), NOW)  # in place of the one that was scheduled

    def shown() -> list[int]:
        read = server.attributes.read
        first = [read(CONVERSION_FACTOR + n).value for n in range(2)]
        return [
            int(value) for value in (*first, *(read(CALORIFIC_VALUE + n).value for n in (0, 1, 2)))
        ]

    assert shown() == [1020, 0x30, 395, 1, 0x10]
    server.advance(NOW + 90 * 60)
    assert shown() == [1040, 0x30, 395, 1, 0x10]
    gas = gas_values([server.values], NOW + 90 * 60, NOW + 90 * 60)
    assert gas.energy(100.0) == pytest.approx(100 * 1.040 * 39.5 / 3.6)


def test_prc_18_factors_and_values_are_published_and_asked_for() -> None:
    """Both sides keep them; what is too old or known is refused; NOT_FOUND for nothing."""
    server, client = price_server(), price_client()
    asked = GetConversionFactorRecord(earliest_start_time=0, number_of_commands=0)
    other = GetCalorificValueRecord(earliest_start_time=0, number_of_commands=0)
    for record in (factor(4, 0, 1020), factor(5, 60, 1030)):
        hears(client, server.take_value(record, NOW))

    found = hears(server, asked).answers
    newest = hears(server, asked.replace(min_issuer_event_id=5)).answers

    assert found == (factor(4, 0, 1020), factor(5, 60, 1030))
    assert newest == found[1:]
    assert hears(server, other).status == Status.NOT_FOUND
    assert [i.record for i in client.values_of(FIRST).conversion_factors.items(NOW)] == list(found)
    wrong = (factor(5, 60, 1030), factor(3, 90, 1), factor(9, 0, 1).replace(start_time=0xFFFFFFFF))
    statuses = [hears(client, record).status for record in wrong]
    assert statuses == [Status.DUPLICATE_EXISTS, Status.FAILURE, Status.INVALID_FIELD]


@pytest.mark.parametrize(
    "made",
    [
        PublishBlockPeriodRecord(issuer_event_id=1, block_period_duration=60),
        PublishConversionFactorRecord(issuer_event_id=1, conversion_factor=1020),
        PublishCalorificValueRecord(issuer_event_id=1, calorific_value=395),
    ],
    ids=("prc_16", "prc_18 factor", "prc_18 value"),
)
async def test_prc_16_prc_18_values_go_to_every_client_and_again_to_who_missed_them(
    house_of: MakeHouse, made: Record
) -> None:
    """At once as unicast, then at every interval only to those who have not heard it."""
    server = price_server()
    house = house_of(server)
    house.directory.peers = [FIRST, SECOND]
    house.sender.silent.add(SECOND.device)
    service = house.value_service(server)
    await service.start()

    created = await service.create(made)
    await house.clock.advance(seconds=60)
    house.sender.silent.clear()
    await house.clock.advance(seconds=600)
    await service.stop()

    sent = [out.destination for out in house.sender.sent]
    assert created.devices == [FIRST.device]
    assert (sent.count(FIRST.device), sent.count(SECOND.device)) == (1, 3)


async def test_prc_16_a_block_period_is_acknowledged_where_it_asks_for_it(
    house_of: MakeHouse,
) -> None:
    """M: from memory. As a price is; who does not acknowledge it is told it three times more."""
    server = price_server()
    house = house_of(server)
    house.directory.peers = [FIRST, SECOND]
    service = house.value_service(server)
    await service.start()
    made = PublishBlockPeriodRecord(
        provider_id=7, issuer_event_id=1, block_period_duration=600, block_period_control=1
    )

    await service.create(made)
    [acknowledgement] = hears(price_client(), made.replace(block_period_start_time=NOW)).answers
    await house.hears(question(acknowledgement, no_default_response=True))
    await house.clock.advance(seconds=600)
    await service.stop()

    sent = [out.destination for out in house.sender.sent]
    assert isinstance(acknowledgement, PriceAcknowledgementRecord)
    assert (acknowledgement.provider_id, acknowledgement.control) == (7, 1)
    assert (sent.count(FIRST.device), sent.count(SECOND.device)) == (1, 4)


async def test_prc_17_clients_are_told_that_a_block_period_is_taken_back(
    house_of: MakeHouse,
) -> None:
    """By a start of all ones; what runs, or is not there, is refused."""
    server = price_server()
    house = house_of(server)
    house.directory.peers = [FIRST]
    service = house.value_service(server)
    for number, start in ((1, 0), (2, house.now + 600)):
        await service.create(
            PublishBlockPeriodRecord(issuer_event_id=number, block_period_start_time=start)
        )
    house.sender.take()

    refusals = [await service.cancel_block_period(0xFFFFFFFF, number) for number in (1, 9)]
    told = await service.cancel_block_period(0xFFFFFFFF, 2)

    [frame] = house.sender.take()
    assert [refusal.status for refusal in refusals] == [Status.NOT_FOUND] * 2
    assert told.devices == [FIRST.device]
    assert frame.payload == told.record.serialize()
    assert told.record.block_period_start_time == 0xFFFFFFFF
    assert [p.issuer_event_id for p in service.listed(PublishBlockPeriodRecord)] == [1]


def test_prc_19_a_price_that_ended_without_successor_leaves_an_unknown_price() -> None:
    """The client tells that nothing is in force, and the board shows nothing as the price."""
    client = price_client()
    hears(client, price(1, 0, 60))
    hears(client, price(2, 120, 60))

    news = client.advance(NOW + 3600)

    [told] = [s for s in news.signals if isinstance(s, ActiveEventsChanged)]
    board = boards(client.valid(NOW + 3600), unix_time(NOW + 3600), {})["electricity"]
    assert told.records == []
    assert board["current"] is None
    assert board["next"]["issuer_event_id"] == 2


def test_prc_20_a_published_price_is_not_cancelled_but_superseded() -> None:
    """There is no command for it: a newer price that overlaps takes its place."""
    client = price_client()
    hears(client, price(1, 10, 60))
    names = {command.name for command in PRICE_CLUSTER.commands if command.from_server}

    refused = hears(client, price(1, 0, 60).replace(start_time=0xFFFFFFFF))
    hears(client, price(2, 10, 60))

    assert "cancel_price" not in names
    assert (refused.status, listed(client)) == (Status.INVALID_FIELD, [2])


def test_prc_04_prices_of_two_commodities_run_beside_each_other() -> None:
    """Electricity and gas of one server are not in each other's way."""
    sides: tuple[PriceServer, ...] = (price_server(),)
    client = price_client()
    for record in (price(1, 0, 60), price(2, 30, 60, unit_of_measure=1)):
        sides[0].add(record, NOW)
        hears(client, record)

    assert [ids(side, 40) for side in (*sides, client)] == [[1, 2], [1, 2]]
