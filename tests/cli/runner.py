"""The command line as a person types it: in this process, or as a program of its own."""

import os
import subprocess
import sys

from click.testing import CliRunner, Result

from sebridge.cli.main import main
from tests.patience import PATIENCE


def run(*arguments: str, **environment: str) -> Result:
    clean: dict[str, str | None] = {
        name: None for name in os.environ if name.startswith("SEBRIDGE_")
    }
    return CliRunner().invoke(main, arguments, env=clean | environment)


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m sebridge` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sebridge", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env=os.environ | environment,
    )
