"""Modules are loaded from their directory, and from nowhere else."""

import os
from pathlib import Path
import sys

import pytest

from sebridge.base.errors import ModuleError, RefusedError, SebridgeError
from sebridge.modules.loader import MOST_OCTETS, Loader
from tests.modules.user_code import write


def private_modules() -> set[str]:
    return {name for name in sys.modules if name.startswith("sebridge_modules")}


def test_a_module_is_run_once_under_a_name_of_its_own(tmp_path: Path) -> None:
    before = private_modules()
    write(tmp_path, "mine", "import sys\nname = __name__\nhere = sys.modules[__name__]\n")
    loader = Loader(tmp_path)

    module = loader.load("mine")

    assert module.name == "sebridge_modules.mine"
    assert module.here is module
    assert "mine" not in sys.modules
    loader.unload(module)
    assert private_modules() == before


def test_unloading_leaves_a_later_module_of_the_same_name(tmp_path: Path) -> None:
    write(tmp_path, "mine", "x = 1")
    first, second = Loader(tmp_path), Loader(tmp_path)
    module, newer = first.load("mine"), second.load("mine")

    first.unload(module)

    assert sys.modules["sebridge_modules.mine"] is newer
    second.unload(newer)


@pytest.mark.parametrize(
    "name",
    ["", "../mine", "mine.py", "a.b", "/mine", "a b", "class", "x" * 65, "mine\0", "é", "mine\n"],
)
def test_a_name_that_is_not_plain_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, "mine", "x = 1")

    with pytest.raises(RefusedError, match="the name of a module is an identifier"):
        Loader(tmp_path).load(name)


@pytest.mark.parametrize("name", ["os", "json", "sebridge", "zigpy", "Version"])
def test_the_name_of_another_module_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "x = 1")

    with pytest.raises(RefusedError, match="of Python or of the gateway"):
        Loader(tmp_path).load(name)


def test_without_a_directory_modules_are_off() -> None:
    loader = Loader(None)

    with pytest.raises(RefusedError, match=r"modules\.directory is not configured"):
        loader.load("mine")
    assert loader.paths == []


def test_the_directory_is_told(tmp_path: Path) -> None:
    assert Loader(tmp_path).paths == [str(tmp_path)]


def test_what_is_no_file_of_the_directory_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    write(tmp_path, "outside", "raise AssertionError('it was run')")
    (inside / "link.py").symlink_to(tmp_path / "outside.py")
    (inside / "folder.py").mkdir()
    os.mkfifo(inside / "pipe.py")
    (inside / "large.py").write_text("#" * (MOST_OCTETS + 1))

    for name, problem in {
        "link": "is a link",
        "folder": "is not a file",
        "pipe": "is not a file",
        "large": "is longer than 256 KiB",
        "missing": "No such file",
    }.items():
        with pytest.raises(ModuleError, match=f"{name}.py: .*{problem}") as refusal:
            Loader(inside).load(name)
        assert str(tmp_path) not in str(refusal.value)


@pytest.mark.parametrize(
    "code",
    ["x = (", "1 / 0", "raise SystemExit", "raise KeyboardInterrupt", "\0", "import nothing_there"],
)
def test_nothing_is_left_of_a_module_that_breaks(tmp_path: Path, code: str) -> None:
    before = private_modules()
    write(tmp_path, "mine", code)

    with pytest.raises(SebridgeError, match=r"mine\.py"):
        Loader(tmp_path).load("mine")

    assert private_modules() == before


def test_a_newer_version_that_breaks_does_not_drive_out_the_one_that_is_loaded(
    tmp_path: Path,
) -> None:
    write(tmp_path, "mine", "x = 1")
    loader = Loader(tmp_path)
    module = loader.load("mine")
    write(tmp_path, "mine", "1 / 0")

    with pytest.raises(ModuleError):
        loader.load("mine")

    assert sys.modules["sebridge_modules.mine"] is module
    loader.unload(module)


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_file_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    write(tmp_path, "mine", "raise AssertionError('it was run')")
    (tmp_path / "mine.py").chmod(mode)

    with pytest.raises(ModuleError, match=r"mine\.py: others may write it: .*chmod go-w"):
        Loader(tmp_path).load("mine")


def test_a_directory_that_others_may_write_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "mine", "raise AssertionError('it was run')")
    tmp_path.chmod(0o777)

    with pytest.raises(ModuleError, match=r"mine\.py: others may write its directory"):
        Loader(tmp_path).load("mine")


def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "mine", "raise AssertionError('it was run')")
    os.chown(tmp_path / "mine.py", 65_534, -1)

    with pytest.raises(ModuleError, match=r"mine\.py: it belongs to another user"):
        Loader(tmp_path).load("mine")
