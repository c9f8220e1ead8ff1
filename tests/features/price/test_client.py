"""Keep what Price servers publish."""

from typing import Any

import pytest

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.price.client import PriceClient
from sebridge.features.price.records import (
    GetCurrentPriceRecord,
    PriceAcknowledgementRecord,
    PublishPriceRecord,
)
from sebridge.features.price.tariff_records import PublishConversionFactorRecord
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.events.signals import ActiveEventsChanged, EventReceived, EventsChanged
from sebridge.network.signals import TimeStamped
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import PRICE
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, address, always, command, peer


def price(event_id: int, start: int = 0, minutes: int = 60, **more: Any) -> PublishPriceRecord:
    return PublishPriceRecord(
        issuer_event_id=event_id, start_time=start, duration_in_minutes=minutes, price=215, **more
    )


@pytest.fixture
def client() -> PriceClient:
    return PriceClient(9, Schedule(Policy.PRICE, {}), time_is_known=always)


def told(outcome: Outcome) -> EventReceived:
    first = outcome.signals[0]
    assert isinstance(first, EventReceived)
    assert first.status == outcome.status
    return first


def ids(client: PriceClient, now: int = NOW) -> list[int]:
    return [int(p.issuer_event_id) for p in client.valid(now)]


def test_a_price_is_kept_and_told(client: PriceClient) -> None:
    outcome = client.receive(command(price(1)))

    news = told(outcome)
    assert (news.device, news.endpoint, news.local_endpoint) == (address(1), 9, 9)
    assert (news.cluster_id, news.status) == (PRICE, Status.SUCCESS)
    assert [type(s) for s in outcome.signals[1:]] == [EventsChanged, ActiveEventsChanged]
    assert [p.amount for p in client.active(NOW)] == [2.15]
    assert outcome.answers == ()


def test_a_price_of_an_older_server_is_filled_with_defaults_gen_11(client: PriceClient) -> None:
    short = price(1, alternate_cost_deliverd=None, alternate_cost_unit=None)

    outcome = client.receive(command(short))

    assert told(outcome).record == short.with_defaults()


def test_after_its_end_the_price_is_unknown_prc_19(client: PriceClient) -> None:
    client.receive(command(price(1)))

    news = client.advance(NOW + 3600)

    assert client.active(NOW + 3600) == []
    assert ActiveEventsChanged(9, PRICE, [], server=False) in news.signals


@pytest.mark.parametrize(
    "again",
    [price(1), price(1, utc_time=NOW + 60), price(1, NOW, 59), price(1, 0, 30)],
    ids=["same", "other time", "absolute", "remaining duration"],
)
def test_the_same_price_again_is_a_duplicate_and_changes_nothing_prc_8(
    client: PriceClient, again: PublishPriceRecord
) -> None:
    client.receive(command(price(1)))
    before = client.valid(NOW)

    outcome = client.receive(command(again, NOW + 60))

    assert outcome.status == Status.DUPLICATE_EXISTS
    assert [s for s in outcome.signals if not isinstance(s, TimeStamped)] == [told(outcome)]
    assert client.valid(NOW) == before


def test_an_overlapping_newer_price_wins_prc_5(client: PriceClient) -> None:
    client.receive(command(price(1, NOW + 600)))

    assert client.receive(command(price(2, NOW + 900))).status == Status.SUCCESS
    assert ids(client) == [2]


def test_the_price_in_force_runs_until_a_newer_one_starts_prc_6(client: PriceClient) -> None:
    client.receive(command(price(1)))
    client.receive(command(price(2, NOW + 600, 10)))

    assert [p.issuer_event_id for p in client.active(NOW + 599)] == [1]
    assert client.active(NOW)[0].duration_in_minutes == 0xFFFF
    assert [p.issuer_event_id for p in client.active(NOW + 600)] == [2]
    assert client.active(NOW + 1200) == []


def test_an_overlapping_older_price_is_refused_prc_7(client: PriceClient) -> None:
    client.receive(command(price(2, NOW + 600)))

    assert client.receive(command(price(1, NOW + 900))).status == Status.FAILURE
    assert ids(client) == [2]


@pytest.mark.parametrize(
    ("late", "status"),
    [
        (price(1, NOW - 3600), Status.FAILURE),
        (price(1, 0xFFFFFFFF), Status.INVALID_FIELD),
        (price(1, NOW, 0), Status.INVALID_FIELD),
    ],
)
def test_a_price_that_is_over_or_impossible_is_not_kept_prc_9(
    client: PriceClient, late: PublishPriceRecord, status: Status
) -> None:
    outcome = client.receive(command(late.replace(price_control=1)))

    assert outcome.status == status
    assert outcome.answers == ()
    assert ids(client) == []


@pytest.mark.parametrize("times", [1, 2])
def test_an_acknowledgement_is_sent_where_it_is_asked_for_prc_10_prc_8(
    client: PriceClient, times: int
) -> None:
    asking = price(1, price_control=0x03)

    outcomes = [client.receive(command(asking, NOW + 5 * n)) for n in range(times)]

    assert outcomes[-1].answers == (
        PriceAcknowledgementRecord(
            provider_id=0xFFFFFFFF,
            issuer_event_id=1,
            price_ack_time=NOW + 5 * (times - 1),
            control=0x03,
        ),
    )


def test_prices_of_two_servers_do_not_concern_each_other_gen_8(client: PriceClient) -> None:
    client.receive(command(price(2)))

    outcome = client.receive(command(price(1), source=peer(2)))

    assert outcome.status == Status.SUCCESS
    assert sorted(ids(client)) == [1, 2]


def test_other_commands_are_not_supported(client: PriceClient) -> None:
    with pytest.raises(UnsupportedCommandError):
        client.receive(command(GetCurrentPriceRecord()))


def test_a_value_beside_the_price_is_kept_and_told(client: PriceClient) -> None:
    value = PublishConversionFactorRecord(issuer_event_id=4, conversion_factor=1020)

    outcome = client.receive(command(value))
    again = client.receive(command(value))

    assert (told(outcome).record, outcome.status) == (value, Status.SUCCESS)
    assert told(again).status == Status.DUPLICATE_EXISTS
    [listed] = client.listed(PublishConversionFactorRecord, NOW)
    assert listed == value.replace(start_time=NOW)


def test_the_time_in_a_price_is_told_where_there_is_one(client: PriceClient) -> None:
    price = PublishPriceRecord(issuer_event_id=4, duration_in_minutes=5, price=1)

    plain = client.receive(command(price, source=peer(1)))
    stamped = client.receive(command(price.replace(utc_time=NOW - 20), source=peer(1)))

    assert [s for s in plain.signals if isinstance(s, TimeStamped)] == []
    assert stamped.signals[1] == TimeStamped(peer(1).device, NOW - 20)


def test_values_of_too_many_servers_are_refused(client: PriceClient) -> None:
    value = PublishConversionFactorRecord(issuer_event_id=4, conversion_factor=1020)

    statuses = [client.receive(command(value, source=peer(n))).status for n in range(1, 18)]

    assert statuses == [Status.SUCCESS] * 16 + [Status.INSUFFICIENT_SPACE]
    assert len(client.listed(PublishConversionFactorRecord, NOW)) == 16


def test_without_the_time_a_value_that_starts_later_is_refused_gen_7() -> None:
    client = PriceClient(9, Schedule(Policy.PRICE, {}), time_is_known=lambda: False)
    value = PublishConversionFactorRecord(issuer_event_id=4, conversion_factor=1020)

    later = client.receive(command(value.replace(start_time=NOW + 60)))
    at_once = client.receive(command(value))

    assert (later.status, at_once.status) == (Status.FAILURE, Status.SUCCESS)
