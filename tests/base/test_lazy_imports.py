"""What libraries import and nobody needs stays out of the memory until somebody needs it."""

import subprocess
import sys

import pytest

from sebridge.base.lazy_imports import LazyModule, import_lazily


def run(program: str) -> str:
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("part", "used", "left_out"),
    [
        (
            "sebridge.radio.zigpy_radio",
            "zigpy.application",
            [
                "aiohttp.client",
                "aiosqlite",
                "jsonschema.validators",
                "zigpy.appdb_schemas",
                "zigpy.ota.json_schemas",
            ],
        ),
        ("sebridge.transports.mqtt.link", "paho.mqtt.client", ["http.client", "email.message"]),
    ],
)
def test_a_part_leaves_out_what_it_does_not_use(part: str, used: str, left_out: list[str]) -> None:
    program = (
        f"import {part}, sys;"
        f"print({used!r} in sys.modules, [name for name in {left_out!r} if name in sys.modules])"
    )

    assert run(program) == "True []"


def test_clusters_of_others_are_left_out_until_somebody_asks_for_one() -> None:
    program = (
        "import sebridge.radio.zigpy_radio, zigpy.zcl.clusters as c, zigpy.zcl as z;"
        "before = 0x0702 in z.Cluster._registry;"
        "print(before, c.smartenergy.Metering.cluster_id == 0x0702, 0x0702 in z.Cluster._registry)"
    )

    assert run(program) == "False True True"


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


def test_it_is_also_there_as_an_attribute_of_its_package() -> None:
    program = (
        "import sebridge.radio.zigpy_radio, zigpy; before = zigpy.appdb;"
        "print(before.PersistingListener is zigpy.appdb.PersistingListener, type(zigpy.appdb))"
    )

    assert run(program) == "True <class 'module'>"


def test_what_is_loaded_stays_as_it_is() -> None:
    before = sys.modules["json"]

    import_lazily("json")

    assert sys.modules["json"] is before
    assert not isinstance(before, LazyModule)


def test_what_is_not_installed_is_missed_when_it_is_needed() -> None:
    program = (
        "from sebridge.base.lazy_imports import import_lazily;"
        "import_lazily('sebridge_nobody_has_this');"
        "import sebridge_nobody_has_this as absent\n"
        "try: absent.anything\n"
        "except ImportError as error: print(error.name)"
    )

    assert run(program) == "sebridge_nobody_has_this"
