"""How the cost of events grows: 100, 1,000, 10,000 of them, and 1,000 clients.

python -m benchmarks.events [--clients 1000]

Each row is the processor time of one operation when so many events are scheduled already, and its
growth for ten times as many: 1 for what does not depend on their number, a little above 1 for what
grows with its logarithm, 10 for what looks at all of them. It takes about two minutes, most of them
to let 1,000 clients hear of 10,000 events before the clock is read.
"""

import argparse
from collections.abc import Callable, Iterator
import itertools
import time
from typing import Any, Final

from sebridge.base.addresses import Eui64
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.server import PriceServer
from sebridge.gateway.events.delivery import Deliveries
from sebridge.network.peer import Peer
from sebridge.schedule.event import ScheduledEvent
from sebridge.schedule.overlap import Policy
from sebridge.schedule.schedule import Schedule
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE

_NOW: Final = 800_000_000  # seconds since 2000
_SIZES: Final = (100, 1_000, 10_000)
_ROUNDS: Final = 200
_TURNS: Final = 5
_LENGTH: Final = 60  # seconds of an event, and between two starts

Operations = dict[str, Callable[[], object]]


def event(number: int) -> ScheduledEvent[str]:
    """Return an event that touches its neighbours and overlaps none."""
    start = _NOW + _LENGTH * number
    return ScheduledEvent(
        event_id=number, start=start, end=start + _LENGTH, record="", received=_NOW, classes=1
    )


def price(number: int) -> PublishPriceRecord:
    """Return a price of a minute."""
    return PublishPriceRecord(
        issuer_event_id=number,
        start_time=_NOW + _LENGTH * number,
        duration_in_minutes=1,
        price=number,
    )


def engine(policy: Policy, size: int, fresh: Iterator[int]) -> Operations:
    """Return what is done with a schedule that has so many events."""
    schedule: Schedule[str] = Schedule(policy, {}, most=2 * _SIZES[-1])
    for number in range(1, size + 1):
        schedule.add(event(number), _NOW)
    name = policy.value

    def add_and_cancel() -> None:
        new = event(next(fresh))
        schedule.add(new, _NOW)
        schedule.cancel(new.key, _NOW, _NOW)

    return {
        f"{name}: add and cancel": add_and_cancel,
        f"{name}: next change": lambda: schedule.next_change(_NOW),
        f"{name}: active": lambda: schedule.active(_NOW),
    }


def server(size: int, fresh: Iterator[int]) -> Operations:
    """Return what is done with a Price server, news for the bus included."""
    prices = PriceServer(SE_ENDPOINT, Schedule(Policy.PRICE, {}, most=2 * _SIZES[-1]))
    for number in range(1, size + 1):
        prices.add(price(number), _NOW)

    def add_and_cancel() -> None:
        number = next(fresh)
        prices.add(price(number), _NOW)
        prices.cancel(number, 0, _NOW)

    return {"price server: add and cancel": add_and_cancel}


def deliveries(size: int, clients: int, fresh: Iterator[int]) -> Operations:
    """Return what is done to know who lacks what: all have heard all, but for one client."""
    peers = [Peer(Eui64(number), 9, SE_PROFILE) for number in range(1, clients + 1)]
    books: Deliveries[int] = Deliveries()
    books.missing(peers)
    for number in range(1, size + 1):
        books.begin(number)
        for peer in peers:
            books.heard(number, peer.device, peer.endpoint)
    last = peers[-1]

    def come_and_go() -> None:
        number = next(fresh)
        books.begin(number)
        for peer in peers:
            books.heard(number, peer.device, peer.endpoint)
        books.over(number)

    def one_lacks_one() -> object:
        number = next(fresh)
        books.begin(number)
        for peer in peers[:-1]:
            books.heard(number, peer.device, peer.endpoint)
        found = books.missing([last])
        books.over(number)
        return found

    return {
        f"who lacks what, of {clients}": lambda: books.missing(peers),
        f"an event to all {clients} and over": come_and_go,
        f"an event that one of {clients} lacks": one_lacks_one,
        "one has heard again": lambda: books.heard(1, last.device, last.endpoint),
    }


def microseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the processor time of one run: the cheapest of some turns."""
    turns = []
    for _ in range(_TURNS):
        begin = time.process_time()
        for _ in range(rounds):
            work()
        turns.append((time.process_time() - begin) * 1e6 / rounds)
    return min(turns)


def measured(size: int, clients: int) -> dict[str, float]:
    """Return the microseconds of every operation."""
    fresh = itertools.count(10 * _SIZES[-1])
    parts: list[tuple[Operations, int]] = [
        (engine(Policy.PRICE, size, fresh), _ROUNDS),
        (engine(Policy.LOAD_CONTROL, size, fresh), _ROUNDS),
        (server(size, fresh), _ROUNDS),
        (deliveries(size, clients, fresh), 20),
    ]
    return {
        name: microseconds(work, rounds)
        for operations, rounds in parts
        for name, work in operations.items()
    }


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000, help="clients that are told")
    clients = parser.parse_args().clients
    costs: list[dict[str, Any]] = [measured(size, clients) for size in _SIZES]
    print("| microseconds |", " | ".join(f"{size:,}" for size in _SIZES), "| growth | growth |")
    print("|---|--:|--:|--:|--:|--:|")
    for name in costs[0]:
        few, some, many = (cost[name] for cost in costs)
        shown = " | ".join(f"{value:.1f}" for value in (few, some, many))
        print(f"| {name} | {shown} | x{some / few:.2f} | x{many / some:.2f} |")


if __name__ == "__main__":
    main()
