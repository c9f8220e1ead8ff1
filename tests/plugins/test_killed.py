"""`kill -9` in the middle of an update: the new version is there, or the old one, as a whole."""

import json
from pathlib import Path
import subprocess
import sys
import time

from tests.patience import PATIENCE
from tests.plugins.updating_program import SETTINGS

PROGRAM = [sys.executable, "-m", "tests.plugins.updating_program"]
ROOT = Path(__file__).parents[2]


def test_after_a_kill_there_is_one_version_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    updating = subprocess.Popen([*PROGRAM, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert updating.stdout is not None
    for _ in range(3):
        assert updating.stdout.readline() == b"begins\n"
    time.sleep(0.004)  # into the update
    updating.kill()
    updating.wait(PATIENCE)
    updating.stdout.close()

    shown = subprocess.run(
        [*PROGRAM, str(tmp_path), "once"], cwd=ROOT, check=True, capture_output=True
    )

    version, active, setting, folders = json.loads(shown.stdout)
    assert active
    assert setting == SETTINGS[version]
    assert [folder.rpartition("-")[0] for folder in folders] == [f"a-{version}"]
