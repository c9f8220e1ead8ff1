"""What the tests of this process reach of the code: a plug-in of pytest, `-p tests.reached`.

It counts lines and branches, and no more of a line once it was reached; so it is there before any
module of ours. Programs that tests start are not measured.
"""

import json
import os
from pathlib import Path
from typing import Final

import slipcover

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / ".coverage"
"""Each process tells here what it reached, in a file of its own."""
_DECLARED: Final = ["@overload", r"^ +\.\.\.$"]
"""What is declared and never run."""

_SOURCE: Final = slipcover.FileMatcher(sources=[str(ROOT / "sebridge")])
_REACHED: Final = slipcover.Slipcover(immediate=True, branch=True, exclude_also=_DECLARED)
_MODULES: Final = slipcover.ImportManager(_REACHED, _SOURCE)
_MODULES.__enter__()  # until the process ends


def told() -> str:
    """Return what was reached until now, as JSON."""
    return json.dumps(_REACHED.get_coverage())


def pytest_sessionfinish() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json").write_text(told())
