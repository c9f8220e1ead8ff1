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
        ("sebridge.app.process", "sebridge.app.bridge", ["aiohttp.client", "http.client"]),
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


def test_who_looks_through_all_modules_loads_none() -> None:
    program = (
        "import sebridge.radio.zigpy_radio, sys;"
        "from sebridge.base.lazy_imports import LazyModule;"
        "lazy = [name for name, one in sys.modules.items() if isinstance(one, LazyModule)];"
        "files = [getattr(one, '__file__', None) for one in list(sys.modules.values())];"
        "after = [name for name, one in sys.modules.items() if isinstance(one, LazyModule)];"
        "print(len(lazy) > 5, lazy == after)"
    )

    assert run(program) == "True True"


def test_it_is_also_there_as_an_attribute_of_its_package() -> None:
    program = (
        "import sebridge.radio.zigpy_radio, zigpy; before = zigpy.appdb;"
        "print(before.PersistingListener is zigpy.appdb.PersistingListener, type(zigpy.appdb))"
    )

    assert run(program) == "True <class 'module'>"


NATIVE = (
    "import sys; from sebridge.base.lazy_imports import LazyModule\n"
    "def native():\n"
    " return not isinstance(sys.modules['cryptography.hazmat.bindings._rust'], LazyModule)\n"
)


@pytest.mark.parametrize("kind", ["ezsp", "xbee", "znp"])
def test_a_radio_needs_nothing_native_of_cryptography(kind: str) -> None:
    assert (
        run(f"{NATIVE}import sebridge.cli.run, sebridge.radio.{kind}; print(native())") == "False"
    )


@pytest.mark.parametrize(
    ("use", "shown"),
    [
        ("zigpy.util.aes_mmo_hash(b'one').serialize() == mmo.mmo_hash(b'one')", "True"),
        ("cryptography.exceptions._Reasons.UNSUPPORTED_CIPHER.__class__.__name__", "_Reasons"),
        ("ciphers.CipherContext.update.__name__", "update"),
        ("rust.exceptions.__name__", "exceptions"),
    ],
)
def test_who_takes_a_name_that_is_lazy_loads_its_module_by_using_it(use: str, shown: str) -> None:
    program = (
        f"{NATIVE}import sebridge.radio.zigpy_radio, zigpy.util, cryptography.exceptions\n"
        "import sebridge.crypto.mmo as mmo, cryptography.hazmat.primitives.ciphers as ciphers\n"
        "import cryptography.hazmat.bindings._rust as rust\n"
        f"before = native(); print(before, {use}, native())"
    )

    assert run(program) == f"False {shown} True"


def test_what_native_code_raises_is_caught_by_the_class_that_was_there_before() -> None:
    program = (
        "import sebridge.radio.zigpy_radio, zigpy.device, zigpy.zgp.crypto\n"
        "try: zigpy.zgp.crypto.AESCCM(bytes(16), tag_length=4).decrypt(bytes(13), bytes(8), None)\n"
        "except zigpy.device.InvalidTag: print('caught')"
    )

    assert run(program) == "caught"


def test_providers_of_firmware_stay_out_of_the_configuration_of_a_radio() -> None:
    program = (
        "import sys, zigpy.config\n"
        "from sebridge.base.lazy_imports import LazyModule\n"
        "from sebridge.radio.factory import zigpy_config\n"
        "from sebridge.settings.options import RadioOptions\n"
        "found = zigpy.config.CONFIG_SCHEMA(zigpy_config(RadioOptions(), '/dev/ttyUSB0'))\n"
        "print(found['ota']['providers'], type(sys.modules['zigpy.ota.providers']) is LazyModule)"
    )

    assert run(program) == "[] True"


def test_a_stand_in_catches_no_exception() -> None:
    program = (
        "from sebridge.base.lazy_imports import import_lazily\n"
        "import_lazily('csv', 'csv:Error')\n"
        "from csv import Error\n"
        "try:\n"
        " try: raise ValueError\n"
        " except Error: print('wrong')\n"
        "except TypeError: print('refused')"
    )

    assert run(program) == "refused"


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
