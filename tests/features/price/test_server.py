"""The Price cluster as the gateway serves it."""

from typing import Any

import pytest

from sebridge.base.errors import InvalidFieldError, UnsupportedCommandError
from sebridge.features.price.records import (
    GetCurrentPriceRecord,
    GetScheduledPricesRecord,
    PriceAcknowledgementRecord,
    PublishPriceRecord,
)
from sebridge.features.price.server import PriceServer
from sebridge.gateway.cluster import Outcome
from sebridge.gateway.events.signals import EventHeard
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import PRICE, SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, address, command


def price(event_id: int, start: int = 0, minutes: int = 60, **more: Any) -> PublishPriceRecord:
    return PublishPriceRecord(
        issuer_event_id=event_id, start_time=start, duration_in_minutes=minutes, price=215, **more
    )


@pytest.fixture
def server() -> PriceServer:
    return PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, {}))


def ids(outcome: Outcome) -> list[int]:
    return [int(answer.issuer_event_id) for answer in outcome.answers]  # type: ignore[attr-defined]  # these are prices


def test_the_price_in_force_is_given_with_absolute_start_and_the_time_prc_1(
    server: PriceServer,
) -> None:
    stored, _ = server.add(price(1), NOW)

    outcome = server.receive(command(GetCurrentPriceRecord(), NOW + 600))

    assert outcome.answers == (stored.replace(utc_time=NOW + 600),)


def test_a_price_until_changed_is_given_too_prc_1(server: PriceServer) -> None:
    server.add(price(1, minutes=0xFFFF), NOW)

    assert ids(server.receive(command(GetCurrentPriceRecord(), NOW + 10**8))) == [1]


def test_without_a_price_in_force_there_is_none_prc_1(server: PriceServer) -> None:
    server.add(price(1, NOW + 60), NOW)

    assert server.receive(command(GetCurrentPriceRecord())).status == Status.NOT_FOUND


@pytest.mark.parametrize(
    ("start", "most", "found"),
    [
        (0, 0, [1, 2, 3]),
        (0, 2, [1, 2]),
        (NOW + 3599, 0, [1, 2, 3]),
        (NOW + 3600, 0, [2, 3]),
        (NOW + 9000, 1, [3]),
        (NOW + 99_999, 0, []),
    ],
)
def test_prices_that_end_after_a_time_are_given_by_their_start_prc_2(
    server: PriceServer, start: int, most: int, found: list[int]
) -> None:
    for number in (1, 2, 3):
        server.add(price(number, NOW + 3600 * (number - 1)), NOW)

    asked = GetScheduledPricesRecord(start_time=start, number_of_events=most)

    assert ids(server.receive(command(asked))) == found


def test_a_price_that_ended_is_dropped_prc_3(server: PriceServer) -> None:
    server.add(price(1), NOW)

    server.advance(NOW + 3600)

    assert len(server.schedule) == 0


def test_an_acknowledgement_says_that_a_client_has_the_price_prc_10(server: PriceServer) -> None:
    record = PriceAcknowledgementRecord(provider_id=1, issuer_event_id=8, price_ack_time=NOW)

    outcome = server.receive(command(record))

    assert outcome == Outcome(signals=(EventHeard(address(1), 9, SE_ENDPOINT, PRICE, [8]),))


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"minutes": 0}, "duration_in_minutes"),
        ({"rate_label": "x" * 13}, "longer than 12 octets"),
        ({"rate_label": "€€€€€"}, "longer than 12 octets"),
        ({"price_ratio": 0}, "ratio of 0"),
        ({"generation_price_ratio": 0}, "ratio of 0"),
    ],
)
def test_a_price_that_no_display_could_show_is_refused_prc_12_prc_14(
    server: PriceServer, wrong: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidFieldError, match=problem):
        server.add(price(1, **wrong), NOW)


def test_a_label_of_12_octets_is_not_too_long_prc_14(server: PriceServer) -> None:
    stored, _ = server.add(price(1, rate_label="€€€€"), NOW)

    assert stored.rate_label == "€€€€"
    assert server.identifier(stored) == 1


def test_other_commands_are_not_supported(server: PriceServer) -> None:
    with pytest.raises(UnsupportedCommandError):
        server.receive(command(price(1)))
