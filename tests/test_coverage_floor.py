"""Whether enough of each package is reached is judged rightly; on what was measured as well."""

from pathlib import Path
import subprocess
import sys

import pytest

from script.coverage_floor import Reached, measured, of_package, report

ROOT = Path(__file__).parents[1]
FILES = {
    "top/cli.py": Reached(9, 10, ("top/cli.py:7",)),
    "top/zcl/record.py": Reached(10, 10, ()),
    "top/zcl/deep/value.py": Reached(999, 1000, ("top/zcl/deep/value.py:3 to the end",)),
    "top/zclone/a.py": Reached(0, 10, ()),
}


def test_a_package_is_all_below_it_and_nothing_beside_it() -> None:
    reached = of_package(FILES, "top/zcl")

    assert (reached.hit, reached.total) == (1009, 1010)
    assert of_package(FILES, "top/cli.py").total == 10


def test_a_hundred_per_cent_is_nothing_less() -> None:
    assert of_package(FILES, "top/zcl").percent == 99.9
    assert of_package(FILES, "top/zcl/record.py").percent == 100.0


def test_every_package_is_shown_and_kept_floors_are_no_failure() -> None:
    lines, kept = report(FILES, {"top": 98, "top/zcl/deep": 99})

    assert kept
    assert [line.split()[0] for line in lines] == ["top", "top/zcl", "top/zcl/deep", "top/zclone"]
    assert lines[0].split("%")[1].strip() == "at least 98"


@pytest.mark.parametrize(
    ("floors", "missing"),
    [
        ({"top/zcl": 100}, "top/zcl/deep/value.py:3 to the end"),
        ({"top/cli.py": 91, "top": 95}, "top/cli.py:7"),
        ({"top/gone": 50}, "top/gone: nothing was measured"),
    ],
)
def test_a_missed_floor_is_a_failure_that_names_the_places(
    floors: dict[str, int], missing: str
) -> None:
    lines, kept = report(FILES, floors)

    assert not kept
    assert lines[-1] == missing
    assert any(line.endswith("which is missed") for line in lines)


PROGRAM = """
from tests import reached
from sebridge.base.loopback import is_loopback
is_loopback("::1")
print(reached.told())
"""


def test_what_was_measured_is_read_with_its_branches(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, cwd=ROOT, capture_output=True, text=True
    )
    told = tmp_path / "main.json"
    told.write_text(run.stdout)

    files = measured([told])

    reached = files["sebridge/base/loopback.py"]
    assert (reached.hit, reached.total) == (7, 11)
    assert [place.partition(":")[2] for place in reached.missing] == ["9", "12", "13", "8 to 9"]
    assert files["sebridge/base/clock.py"].hit == 0


def test_what_one_process_missed_another_may_have_reached(tmp_path: Path) -> None:
    for name, address in (("gw0", "::1"), ("gw1", "nonsense"), ("gw2", "localhost")):
        program = PROGRAM.replace("::1", address)
        run = subprocess.run(
            [sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True, text=True
        )
        (tmp_path / f"{name}.json").write_text(run.stdout)

    files = measured(sorted(tmp_path.iterdir()))

    assert files["sebridge/base/loopback.py"].missing == ()
