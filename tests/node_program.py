"""The node and the packages for it with which programs of others run in the tests."""

from pathlib import Path
from typing import Final

PACKAGES: Final = Path(__file__).parents[1] / ".node-packages" / "node_modules"


def node_path() -> Path:
    """Return the program."""
    found = next(PACKAGES.glob("node-linux-*/bin/node"), None)
    assert found is not None, "script/node_packages fetches what these tests need"
    return found
