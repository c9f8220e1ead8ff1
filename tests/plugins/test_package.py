"""What a package may hold."""

from collections.abc import Callable
import stat
from zipfile import ZIP_BZIP2, ZipInfo

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import ParameterError
from sebridge.plugins.package import MOST_FILES, MOST_UNPACKED, check_members

LARGE = 1 << 30


def member(name: str, octets: int = 10, packed: int = 10, kind: int = stat.S_IFREG) -> ZipInfo:
    made = ZipInfo(name)
    made.orig_filename = name
    made.file_size, made.compress_size = octets, packed
    made.external_attr = (kind | 0o644) << 16
    return made


def problem(*members: ZipInfo, octets: int = LARGE) -> str:
    with pytest.raises(ParameterError) as raised:
        check_members([member("plugin.yml"), *members], octets)
    return raised.value.problem


def test_files_and_folders_are_taken() -> None:
    members = [member("plugin.yml"), member("lib/", 0, 0, stat.S_IFDIR), member("lib/a.py", kind=0)]
    check_members(members, LARGE)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("/etc/passwd", "leads out"),
        ("../a", "leads out"),
        ("a/../../b", "leads out"),
        ("a//b", "leads out"),
        ("./a", "leads out"),
        ("a\\b", "a character"),
        ("C:a", "a character"),
        ("a\x00.py", "a character"),
        ("a\nb", "a character"),
        ("/".join("abcdefghijklm"), "too deep"),
        ("a" * 101, "too long"),
    ],
)
def test_a_path_stays_in_its_folder(name: str, wrong: str) -> None:
    assert wrong in problem(member(name))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(kind: int) -> None:
    assert "is a link or a device" in problem(member("a", kind=kind))


def encrypted(made: ZipInfo) -> None:
    made.flag_bits |= 1


def of_another_kind(made: ZipInfo) -> None:
    made.compress_type = ZIP_BZIP2


@pytest.mark.parametrize(
    ("change", "wrong"), [(encrypted, "is encrypted"), (of_another_kind, "packed in a way")]
)
def test_only_plain_zip_is_taken(change: Callable[[ZipInfo], None], wrong: str) -> None:
    made = member("a")
    change(made)

    assert wrong in problem(made)


def test_no_name_is_there_twice_also_in_another_case() -> None:
    assert "is there twice" in problem(member("a/B.py"), member("A/b.py"))
    assert "'a' is a file and a folder" in problem(member("a"), member("A/b"))


def test_sizes_number_and_ratio_are_limited() -> None:
    assert "files and folders" in problem(*(member(f"f{n}") for n in range(MOST_FILES)))
    assert "octets in its files" in problem(member("a", MOST_UNPACKED, MOST_UNPACKED))
    assert "100 times" in problem(member("a", 2_000_000, 1_000))
    assert "share their octets" in problem(member("a", 600, 600), octets=600)


def test_without_a_manifest_it_is_no_package() -> None:
    with pytest.raises(ParameterError, match=r"has no plugin\.yml at its root"):
        check_members([member("sub/plugin.yml")], LARGE)


@given(st.text(max_size=30))
def test_whatever_is_taken_stays_below_the_folder(name: str) -> None:
    try:
        check_members([member("plugin.yml"), member(name)], LARGE)
    except ParameterError:
        return
    parts = name.split("/")
    assert ".." not in parts
    assert parts[0]
    assert "\x00" not in name
