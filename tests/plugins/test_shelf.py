"""Where packages are, and whose are taken."""

import os
from pathlib import Path

import pytest

from sebridge.base.errors import ParameterError, RefusedError
from sebridge.crypto.minisign import PublicKey
from sebridge.plugins.ownership import foreign_hand
from sebridge.plugins.shelf import Shelf, Trust
from tests.crypto.test_minisign import KEY, signature
from tests.plugins.packages import package


def shelf(folder: Path, *, keys: tuple[PublicKey, ...] = (KEY,), unsigned: bool = False) -> Shelf:
    return Shelf(folder, {}, Trust(keys, unsigned))


def test_a_signed_package_is_read(tmp_path: Path) -> None:
    made = shelf(tmp_path)
    made.take("a.zip", package())
    made.take("a.zip.minisig", signature(package()).encode())

    assert made.read("a.zip") == package()


def test_no_more_are_kept_than_there_is_room_for(tmp_path: Path) -> None:
    made = shelf(tmp_path)
    for number in range(256):
        made.take(f"a{number}.zip", b"")

    made.take("a0.zip", package())  # which is there
    with pytest.raises(RefusedError, match="holds 256 packages and signatures already"):
        made.take("b.zip", package())
    assert not (tmp_path / "b.zip").exists()


def test_an_unsigned_package_is_read_where_that_is_allowed(tmp_path: Path) -> None:
    shelf(tmp_path).take("a.zip", package())

    assert shelf(tmp_path, unsigned=True).read("a.zip") == package()
    with pytest.raises(RefusedError, match=r"a\.zip is not signed"):
        shelf(tmp_path).read("a.zip")


@pytest.mark.parametrize(
    ("signed", "keys", "problem"),
    [
        (signature(b"another"), (KEY,), r"by none of plugins\.trusted_keys"),
        (signature(package()), (), r"by none of plugins\.trusted_keys"),
        ("no signature", (KEY,), "the signature is not a signature of minisign"),
    ],
)
def test_a_wrong_signature_is_refused_also_where_none_is_needed(
    tmp_path: Path, signed: str, keys: tuple[PublicKey, ...], problem: str
) -> None:
    made = shelf(tmp_path, keys=keys, unsigned=True)
    made.take("a.zip", package())
    made.take("a.zip.minisig", signed.encode())

    with pytest.raises(RefusedError, match=problem):
        made.read("a.zip")


@pytest.mark.parametrize(
    "name", ["", "a", "../a.zip", "/a.zip", "a/b.zip", ".a.zip", "a.zip.sig", "a\n.zip", "a.zip\n"]
)
def test_a_name_is_that_of_a_file_in_the_folder(tmp_path: Path, name: str) -> None:
    for attempt in (lambda: shelf(tmp_path).take(name, b""), lambda: shelf(tmp_path).read(name)):
        with pytest.raises(ParameterError, match=r"is not the plain name of a \.zip file"):
            attempt()
    assert list(tmp_path.iterdir()) == []


def test_without_a_directory_there_is_nothing() -> None:
    with pytest.raises(RefusedError, match=r"plugins\.directory is not configured"):
        Shelf(None, {}, Trust()).read("a.zip")


def test_a_folder_in_which_others_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "plugins"
    made = shelf(folder)
    made.take("a.zip", package())
    folder.chmod(0o775)
    for refused in (made.check_directory, lambda: made.read("a.zip"), made.manifests):
        with pytest.raises(RefusedError, match=r"others may write in .*/plugins: chmod go-w"):
            refused()
    folder.chmod(0o700)
    tmp_path.chmod(0o777)
    with pytest.raises(RefusedError, match="is not safe: others may write in"):
        made.take("b.zip", package())
    tmp_path.chmod(0o1777)  # in a sticky one nobody exchanges what is of others

    made.check_directory()


def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    nobody = 65534

    assert foreign_hand(tmp_path / "plugins", {nobody}) == f"{tmp_path} belongs to another user"
    assert foreign_hand(tmp_path / "plugins", {0, os.geteuid()}) is None
