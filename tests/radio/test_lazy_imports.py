"""What zigpy imports and nobody needs stays out of the memory until somebody needs it."""

import subprocess
import sys

import pytest

from sebridge.radio.lazy_imports import LAZY, LazyModule, import_lazily


def run(program: str) -> str:
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def test_the_radio_leaves_them_out() -> None:
    program = (
        "import sebridge.radio.zigpy_radio, sys;"
        "print('zigpy.ota.providers' in sys.modules, 'aiohttp.client' in sys.modules,"
        " 'jsonschema.validators' in sys.modules)"
    )

    assert run(program) == "True False False"


@pytest.mark.parametrize(
    "use",
    [
        "import jsonschema; print(jsonschema.Draft7Validator.__name__)",
        "from jsonschema import Draft7Validator; print(Draft7Validator.__name__)",
        "import jsonschema.validators as v; print(v.Draft7Validator.__name__)",
        "import zigpy.ota.providers as p; print(p.jsonschema.Draft7Validator.__name__)",
    ],
)
def test_who_needs_one_gets_it(use: str) -> None:
    assert run(f"import sebridge.radio.zigpy_radio; {use}") == "Draft7Validator"


def test_what_is_loaded_stays_as_it_is() -> None:
    before = {name: sys.modules.get(name) for name in ("json", *LAZY)}

    import_lazily(("json",))

    assert {name: sys.modules.get(name) for name in before} == before


def test_what_is_not_installed_is_missed_when_it_is_needed() -> None:
    absent = LazyModule("sebridge_nobody_has_this")

    with pytest.raises(ImportError, match="sebridge_nobody_has_this"):
        _ = absent.anything
