"""The files of `tests/reference/`, each read once in a process however many tests ask for it."""

from functools import cache
import json
from pathlib import Path
from typing import Any, Final

import yaml

_FOLDER: Final = Path(__file__).parent / "reference"


@cache
def reference(name: str) -> Any:
    """Return what a file of JSON or YAML holds; nobody changes it."""
    text = (_FOLDER / name).read_text("utf-8")
    # the reader in C: the one in Python takes seconds, in each process of a run
    return json.loads(text) if name.endswith(".json") else yaml.load(text, yaml.CSafeLoader)
