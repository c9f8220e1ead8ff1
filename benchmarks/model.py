"""What it costs to read, write and copy records.

    python -m benchmarks.model [--milliseconds 100]

Each figure is the processor time of one operation in microseconds: the cheapest of seven turns,
because other programs on the machine can only make a turn dearer. `target` is what it may cost.
"""

import argparse
from collections.abc import Callable
import time
from typing import Any, Final

from sebridge.features.price.records import PublishPriceRecord
from sebridge.model.plain import from_plain, to_plain
from sebridge.model.row_codec import RowCodec
from sebridge.rpc.json_codec import dump, parse
from sebridge.rpc.xml_writer import write_value
from sebridge.schedule.event import ScheduledEvent
from sebridge.zcl.general import parse_values, write_values

_TURNS: Final = 7
_PRICE: Final = PublishPriceRecord(
    provider_id=7,
    rate_label="Night €",
    issuer_event_id=9,
    utc_time=830_000_000,
    start_time=830_000_060,
    duration_in_minutes=60,
    price=1250,
    number_of_block_thresholds=0xFF,
    price_control=0,
    number_of_generation_tiers=0,
    generation_tier=0,
    extended_number_of_price_tiers=0,
    extended_price_tier=0,
    extended_register_tier=0,
)
"""A price with all of its 24 fields."""
_REPORT: Final = bytes.fromhex("0000 25 010203040506 0004 2a 010203")


def operations() -> dict[str, tuple[Callable[[], Any], float | None]]:
    """Return what is measured, with what it may cost in microseconds."""
    text = dump(to_plain(_PRICE))
    rows = RowCodec[PublishPriceRecord](PublishPriceRecord)
    events = RowCodec[ScheduledEvent[PublishPriceRecord]](ScheduledEvent[PublishPriceRecord])
    event = ScheduledEvent(event_id=9, start=0, end=60, record=_PRICE, received=0)
    row, event_row, octets = rows.write(_PRICE), events.write(event), _PRICE.serialize()
    values = parse_values(_REPORT)
    return {
        "price from JSON text, checked": (lambda: from_plain(PublishPriceRecord, parse(text)), 15),
        "price to JSON text": (lambda: dump(to_plain(_PRICE)), 5),
        "price from a row": (lambda: rows.read(row), 15),
        "scheduled price from a row": (lambda: events.read(event_row), None),
        "price to a row": (lambda: rows.write(_PRICE), None),
        "price to XML": (lambda: write_value("record", _PRICE), None),
        "price from octets": (lambda: PublishPriceRecord.deserialize(octets), None),
        "price to octets": (_PRICE.serialize, None),
        "price with one field changed": (lambda: _PRICE.replace(price=1), 3),
        "report of two attributes from octets": (lambda: parse_values(_REPORT), None),
        "report of two attributes to octets": (lambda: write_values(values), None),
    }


def cost(work: Callable[[], Any], seconds: float) -> float:
    """Return the microseconds that the work takes, in the cheapest of some turns."""
    count = 1
    while (taken := _time(work, count)) < seconds / 4:
        count *= 2
    count = max(1, round(count * seconds / taken))
    return min(_time(work, count) for _ in range(_TURNS)) / count * 1e6


def _time(work: Callable[[], Any], count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        work()
    return time.process_time() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="The cost of reading, writing, copying records")
    parser.add_argument("--milliseconds", type=float, default=100.0, help="for one turn")
    seconds = parser.parse_args().milliseconds / 1000
    print(f"{'operation':<40}{'µs':>8}{'target':>8}")
    for name, (work, target) in operations().items():
        print(f"{name:<40}{cost(work, seconds):>8.2f}{target or '':>8}")


if __name__ == "__main__":
    main()
