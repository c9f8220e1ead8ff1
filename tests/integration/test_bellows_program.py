"""The command line of bellows, a stranger's program, on the emulated EZSP stick, as processes."""

from pathlib import Path
import re
import subprocess
import sys

from tests.patience import PATIENCE
from tests.simulate_program import simulating


def bellows(path: str, *arguments: str, directory: Path) -> str:
    """Run its program; return what it says."""
    program = Path(sys.executable).with_name("bellows")
    done = subprocess.run(
        [program, "-d", path, *arguments],
        cwd=directory,
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.stdout + done.stderr


def test_bellows_forms_a_network_opens_it_and_tells_of_it(tmp_path: Path) -> None:
    (tmp_path / "app.db").touch(mode=0o600)  # it does not make one, and puts keys into it
    database = ("-D", "app.db")
    listen = ("--module", "ezsp", "--listen", "127.0.0.1:0")
    with simulating(*listen, directory=tmp_path) as said:
        [path] = [line.split()[1] for line in said if line.startswith("  path: ")]

        bellows(path, "form", *database, "-c", "20", directory=tmp_path)
        bellows(path, "permit", *database, "-t", "1", directory=tmp_path)
        told = bellows(path, "info", directory=tmp_path)

    assert "emulated NCP" in told
    assert re.search(r"EmberZNet version: 7\.3", told)
