"""Frames of each kind read and written in a second.

    python -m benchmarks.frames [--milliseconds 50]

Columns: `record` is what the bridge does with a frame from the air (header and record); `document`
reads it to plain fields, as `sebridge decode --json` does; `octets` writes such a document; `text`
is the line for a log. `times` is the cost of `record` against the cheapest kind: ratios are what
can be compared between machines. Each figure is the best of five turns.
"""

import argparse
from collections.abc import Callable
import json
from pathlib import Path
import time
from typing import Any, Final

from sebridge.zcl.command_table import CLUSTERS
from sebridge.zcl.frame import Frame
from sebridge.zcl.frame_text import describe
from sebridge.zcl.general_fields import GENERAL_COMMANDS, read_fields
from sebridge.zcl.identifiers import SE_PROFILE
from sebridge.zcl.record import decode
from sebridge.zcl.wire import decode_octets, encode_document

_VECTORS: Final = Path(__file__).parents[1] / "tests" / "reference" / "se_vectors.json"
_KINDS: Final = {
    "D01": "get current price, 1 field",
    "D07": "publish price, 14 fields",
    "D10": "publish price, 24 fields",
    "D16": "load control event, 13 fields",
    "D22": "report event status, signed",
    "D26": "profile of 4 intervals",
    "D33": "snapshot schedule, nested",
    "D35": "message with text",
    "D40": "certificate",
    "D45": "4 attributes read",
    "D46": "2 attributes reported",
}
_TURNS: Final = 5


def _to_record(cluster_id: int, octets: bytes) -> Any:
    frame = Frame.parse(octets)
    if not frame.cluster_specific:
        return read_fields(GENERAL_COMMANDS[frame.command_id], frame.payload)
    command = CLUSTERS[cluster_id].find(frame.command_id, from_server=frame.from_server)
    assert command is not None
    return decode(command.record, frame.payload)


def rate(work: Callable[[], Any], seconds: float) -> float:
    """Return how often a second the work is done, in the best of some turns."""
    count = 1
    while (taken := _time(work, count)) < seconds / 4:
        count *= 2
    count = max(1, round(count * seconds / taken))
    return count / min(_time(work, count) for _ in range(_TURNS))


def _time(work: Callable[[], Any], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        work()
    return time.perf_counter() - start


def _row(vector: dict[str, Any], seconds: float) -> list[float]:
    cluster_id, octets = int(vector["cluster"], 16), bytes.fromhex(vector["zcl_frame"])
    document = decode_octets(SE_PROFILE, cluster_id, octets).document()
    assert encode_document(document) == octets
    works: list[Callable[[], Any]] = [
        lambda: _to_record(cluster_id, octets),
        lambda: decode_octets(SE_PROFILE, cluster_id, octets).document(),
        lambda: encode_document(document),
        lambda: describe(SE_PROFILE, cluster_id, octets),
    ]
    return [rate(work, seconds) for work in works]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Frames of each kind read and written in a second")
    parser.add_argument("--milliseconds", type=float, default=50.0, help="for one turn")
    seconds = parser.parse_args().milliseconds / 1000
    vectors = {item["id"]: item for item in json.loads(_VECTORS.read_text("utf-8"))["vectors"]}
    rows = {name: _row(vectors[name], seconds) for name in _KINDS}
    fastest = max(row[0] for row in rows.values())
    print(
        f"{'kind':<30}{'record/s':>10}{'document/s':>12}{'octets/s':>10}{'text/s':>10}{'times':>7}"
    )
    for name, row in rows.items():
        record, document, octets, text = row
        print(
            f"{_KINDS[name]:<30}{record:>10,.0f}{document:>12,.0f}{octets:>10,.0f}{text:>10,.0f}"
            f"{fastest / record:>7.1f}"
        )


if __name__ == "__main__":
    main()
