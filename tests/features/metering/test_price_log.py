"""Which price was in force when."""

from sebridge.features.metering.price_log import MOST, PriceLog
from sebridge.gateway.events.signals import PriceInForce


def price(amount: float, begin: float, end: float | None = None, **more: str) -> PriceInForce:
    said = {"commodity": "electricity", "unit": "kWh", "currency": "EUR"} | more
    return PriceInForce(price=amount, begin=begin, end=end, **said)


def spans(log: PriceLog, begin: float, end: float) -> list[tuple[float, float, float | None]]:
    return [
        (one.begin, one.end, None if one.price is None else one.price.price)
        for one in log.spans("electricity", "kWh", begin, end)
    ]


def test_a_price_holds_from_its_beginning_to_its_end() -> None:
    log = PriceLog()

    log.hear([price(0.3, 1000, 1600)], 1200)

    assert spans(log, 900, 2000) == [(900, 1000, None), (1000, 1600, 0.3), (1600, 2000, None)]
    assert spans(log, 1100, 1200) == [(1100, 1200, 0.3)]
    assert spans(log, 1600, 1700) == [(1600, 1700, None)]
    assert [one.price for one in log.spans("gas", "m³", 0, 1)] == [None]


def test_another_price_ends_the_one_before() -> None:
    log = PriceLog()
    log.hear([price(0.3, 1000)], 1000)

    log.hear([price(0.4, 2000, 3000)], 2000)

    assert spans(log, 1500, 3500) == [(1500, 2000, 0.3), (2000, 3000, 0.4), (3000, 3500, None)]


def test_a_price_that_is_told_again_goes_on() -> None:
    log = PriceLog()
    log.hear([price(0.3, 1000)], 1000)

    log.hear([price(0.3, 1000), price(9.0, 1500, unit="m³", commodity="gas")], 1500)

    assert spans(log, 1000, 5000) == [(1000, 5000, 0.3)]
    assert [one.price for one in log.spans("gas", "m³", 1500, 1600)] == [
        price(9.0, 1500, unit="m³", commodity="gas")
    ]


def test_a_price_in_the_place_of_another_is_not_taken_to_have_been_in_force_before() -> None:
    log = PriceLog()
    log.hear([price(0.3, 1000)], 1000)

    log.hear([price(0.5, 900)], 1500)

    assert spans(log, 900, 2000) == [(900, 1000, None), (1000, 1500, 0.3), (1500, 2000, 0.5)]


def test_a_price_that_was_taken_back_ends_at_once() -> None:
    log = PriceLog()
    log.hear([price(0.3, 1000, 9000)], 1000)

    log.hear([], 1500)

    assert spans(log, 1000, 2000) == [(1000, 1500, 0.3), (1500, 2000, None)]


def test_the_oldest_prices_are_forgotten() -> None:
    log = PriceLog()

    for number in range(MOST + 1):
        log.hear([price(float(number), 10.0 * number, 10.0 * number + 10)], 10.0 * number)

    assert spans(log, 0, 20) == [(0, 10, None), (10, 20, 1.0)]
