"""A package becomes a folder, as a whole or not at all."""

import io
import os
from pathlib import Path
from zipfile import ZipFile

import pytest

from sebridge.base.errors import ConfigError, ParameterError, StorageError
from sebridge.plugins.unpacking import manifest_of, read_file, remove, unpack, write_file
from tests.plugins.packages import MANIFEST, package


def test_a_package_becomes_a_folder_that_only_we_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "installed" / "meter_watch-1"

    unpack(package(main="x = 1", lib__deep__more="y = 2"), folder)

    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == {"plugin.yml", "main.py", "lib/deep/more.py"}
    assert (folder / "lib/deep/more.py").read_text() == "y = 2"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "main.py").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path / "installed") == ["meter_watch-1"]  # noqa: PTH208


def test_what_was_left_of_an_earlier_try_is_in_nobodys_way(tmp_path: Path) -> None:
    left = tmp_path / "a-1.unfinished"
    left.mkdir()
    (left / "old").touch()

    unpack(package(), tmp_path / "a-1")

    assert [p.name for p in (tmp_path / "a-1").iterdir()] == ["plugin.yml"]
    assert not left.exists()


def test_folders_of_the_package_are_made(tmp_path: Path) -> None:
    made = io.BytesIO()
    with ZipFile(made, "w") as opened:
        opened.writestr("plugin.yml", MANIFEST)
        opened.mkdir("data")

    unpack(made.getvalue(), tmp_path / "a")

    assert (tmp_path / "a" / "data").is_dir()


def test_a_broken_file_leaves_nothing(tmp_path: Path) -> None:
    made = io.BytesIO()
    with ZipFile(made, "w") as opened:
        opened.writestr("plugin.yml", MANIFEST)
        opened.writestr("main.py", "print('here')")
    broken = made.getvalue().replace(b"print('here')", b"print('HERE')")

    with pytest.raises(ParameterError, match=r"main\.py is broken"):
        unpack(broken, tmp_path / "a")
    assert not list(tmp_path.iterdir())


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file, where a folder should be")

    with pytest.raises(StorageError, match="b cannot be written"):
        unpack(package(), tmp_path / "a" / "b")
    with pytest.raises(StorageError, match="b cannot be written"):
        write_file(tmp_path / "a" / "b", b"")


def test_the_manifest_is_read_from_the_package() -> None:
    assert manifest_of(package()).name == "meter_watch"
    with pytest.raises(ConfigError, match="is missing"):
        manifest_of(package("name: a\n"))
    with pytest.raises(ParameterError, match="is not a zip file"):
        manifest_of(b"PK or not")


def test_only_files_of_some_size_are_read(tmp_path: Path) -> None:
    file, link = tmp_path / "a.zip", tmp_path / "b.zip"
    write_file(file, b"12345")
    write_file(file, b"123456")
    link.symlink_to(file)

    assert read_file(file) == b"123456"
    for path, problem in ((link, "cannot be read"), (tmp_path, "is not a file")):
        with pytest.raises(ParameterError, match=problem):
            read_file(path)
    with pytest.raises(ParameterError, match="has more than 5 octets"):
        read_file(file, 5)
    remove(tmp_path / "nothing")
