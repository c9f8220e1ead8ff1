"""What a subcommand imports: what it needs, and no more, so that it answers at once."""

import subprocess
import sys

import pytest

from sebridge.cli.main import main

COSTLY = {
    *("aiohttp.client", "asyncio", "bellows", "cryptography", "importlib.metadata", "paho"),
    *(
        "prometheus_client",
        "rich",
        "sebridge.app.bridge",
        "sqlite3",
        "ssl",
        "voluptuous",
        "yaml",
        "zigpy",
    ),
}
TYPES = {"zigpy", "asyncio", "ssl"}
"""zigpy's types, with what they import."""
PROFILE = TYPES | {"cryptography"}
CONFIGURATION = TYPES | {"voluptuous", "yaml"}

NEEDED = {
    "--help": set[str](),
    "--version": set[str](),
    "backfill": TYPES | {"aiohttp.client", "paho"},
    "call": TYPES | {"paho"},
    "certificate": PROFILE,
    "check-config": CONFIGURATION,
    "completion": set[str](),
    "decode": PROFILE,
    "encode": PROFILE,
    "export-files": CONFIGURATION | PROFILE | {"sqlite3"},
    "frames": TYPES | {"paho"},
    "import-files": CONFIGURATION | PROFILE | {"sqlite3"},
    "plugin": set[str](),
    "network": CONFIGURATION | PROFILE | {"sqlite3"},
    "backup": CONFIGURATION | PROFILE | {"sqlite3"},
    "report": CONFIGURATION | PROFILE | {"paho", "sqlite3"},
    "restore": CONFIGURATION | PROFILE | {"sqlite3"},
    "token": set[str](),
    "watch": TYPES | {"paho", "rich"},
}
WHOLE_BRIDGE = {"demo", "run", "simulate"}

PROGRAM = """
import sys
from sebridge.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print(*sys.modules)
"""


@pytest.mark.parametrize("name", NEEDED)
def test_a_subcommand_imports_only_what_it_needs(name: str) -> None:
    arguments = [name] if name.startswith("--") else [name, "--help"]
    shown = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], check=True, capture_output=True, text=True
    )

    imported = set(shown.stdout.splitlines()[-1].split())

    assert "sebridge.cli.main" in imported
    assert imported & COSTLY <= NEEDED[name]


def test_every_subcommand_is_looked_at() -> None:
    subcommands = {name for name in NEEDED if not name.startswith("--")} | WHOLE_BRIDGE

    assert subcommands == main.commands.keys()
