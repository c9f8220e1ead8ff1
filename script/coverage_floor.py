#!/usr/bin/env python
"""How much of each package the tests reach, and whether that is enough.

It reads what `script/test` measured. Lines and branches count alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
import functools
import json
from pathlib import Path
import sys
from typing import Any, Final

import slipcover

_ROOT: Final = Path(__file__).resolve().parent.parent
_DECIDING: Final = (
    "records.py",
    "book.py",
    "server.py",
    "client.py",
    "curve.py",
    "curve_shapes.py",
    "origin.py",
    "plan.py",
    "documents.py",
    "moments.py",
    "rate_table.py",
    "room.py",
    "firmware.py",
    "image.py",
    "index.py",
    "updates.py",
)
"""What a feature declares for the wire, and what it decides."""

FLOORS: Final[Mapping[str, int]] = {
    "sebridge": 95,
    "sebridge/api": 99,
    "sebridge/base": 99,
    "sebridge/cli": 82,
    "sebridge/console": 98,
    "sebridge/crypto": 100,
    "sebridge/drivers": 99,
    "sebridge/features": 99,
    "sebridge/model": 100,
    "sebridge/plugwise": 100,
    "sebridge/plugin": 97,
    "sebridge/plugins": 97,
    **{
        f"sebridge/plugins/{name}.py": 100
        for name in ("belongings", "dependencies", "manifest", "notebook", "package", "requests")
    },
    "sebridge/schedule": 100,
    "sebridge/simulator/modules": 99,
    "sebridge/storage": 99,
    "sebridge/zcl": 100,
} | {
    path.relative_to(_ROOT).as_posix(): 100
    for name in _DECIDING
    for path in sorted((_ROOT / "sebridge" / "features").glob(f"*/{name}"))
}
"""The least per cent of a package with all below it, or of a file. To hold more to it, add them."""


@dataclass(frozen=True)
class Reached:
    """What tests reached of some files, and where they did not get."""

    hit: int
    total: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> float:
        """Per cent, rounded down to a tenth: 100 only when nothing is missing."""
        return self.hit * 1000 // self.total / 10 if self.total else 100.0

    def __add__(self, other: "Reached") -> "Reached":
        return Reached(self.hit + other.hit, self.total + other.total, self.missing + other.missing)


def measured(told: Iterable[Path]) -> dict[str, Reached]:
    """Return what was reached of each file, by its path in the project.

    Each process of the tests has told its part. A file that none has imported is all missed.
    """
    all_told = functools.reduce(slipcover.merge_coverage, (json.loads(t.read_text()) for t in told))
    files = {Path(name).resolve(): of_file for name, of_file in all_told["files"].items()}
    return {
        path.relative_to(_ROOT).as_posix(): _reached(path, files.get(path))
        for path in sorted((_ROOT / "sebridge").rglob("*.py"))
    }


def _reached(path: Path, of_file: Mapping[str, Any] | None) -> Reached:
    name = path.relative_to(_ROOT).as_posix()
    if of_file is None:
        count = len(path.read_text().splitlines())
        return Reached(0, count, (f"{name}: no test imports it",) if count else ())
    lines = [f"{name}:{line}" for line in of_file["missing_lines"]]
    branches = [
        f"{name}:{begin} to {end or 'the end'}"
        for begin, end in of_file["missing_branches"]
        if begin not in of_file["missing_lines"]
    ]
    hit = len(of_file["executed_lines"]) + len(of_file["executed_branches"])
    missed = len(of_file["missing_lines"]) + len(of_file["missing_branches"])
    return Reached(hit, hit + missed, (*lines, *branches))


def of_package(files: Mapping[str, Reached], package: str) -> Reached:
    """Return what was reached of a package with all below it, or of a file."""
    inside = (files[name] for name in files if name == package or name.startswith(f"{package}/"))
    return sum(inside, Reached(0, 0, ()))


def packages(files: Iterable[str]) -> set[str]:
    """Return the top and the packages just below it."""
    return {"/".join(name.split("/")[:-1][:2]) for name in files}


def report(files: Mapping[str, Reached], floors: Mapping[str, int]) -> tuple[list[str], bool]:
    """Return the table as lines, what is missing below it, and whether every floor is kept."""
    table: list[str] = []
    missing: list[str] = []
    for package in sorted(packages(files) | floors.keys()):
        reached, floor = of_package(files, package), floors.get(package)
        kept = floor is None or (reached.total > 0 and reached.hit * 100 >= floor * reached.total)
        table.append(
            f"{package:<28}{reached.percent:>6.1f} %"
            + ("" if floor is None else f"   at least {floor} %")
            + ("" if kept else ", which is missed")
        )
        if not kept:
            missing += reached.missing or (f"{package}: nothing was measured",)
    return [*table, *dict.fromkeys(missing)], not missing


def main(arguments: Sequence[str]) -> int:
    """Print the table; fail where a floor is missed."""
    lines, kept = report(measured(map(Path, arguments)), FLOORS)
    sys.stdout.write("\n".join((*lines, "")))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
