"""The file: who may read it, and what becomes of one that is not as it should be."""

from collections.abc import Iterator
from pathlib import Path
import random
import sqlite3

import pytest

from sebridge.base.errors import StorageError
from sebridge.storage.sqlite_file import SqliteFile
from tests.storage.disk import Disk


@pytest.fixture
def file(path: Path) -> Iterator[SqliteFile]:
    made = SqliteFile(path)
    yield made
    made.close()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_rows_come_back_in_the_order_of_their_first_writing(file: SqliteFile) -> None:
    assert file.open() == []
    file.write([("b", "2", "x"), ("a", "10", "y"), ("a", "9", "z")])
    file.write([("b", "2", "X"), ("a", "10", None)])
    file.close()

    assert file.open() == [("b", "2", "X"), ("a", "9", "z")]


def test_the_file_and_its_directory_are_made_for_the_owner_only(
    file: SqliteFile, path: Path
) -> None:
    file.open()
    file.write([("a", "1", "x")])

    assert mode(path.parent) == 0o700
    assert {found.name: mode(found) for found in path.parent.iterdir()} == {
        "sebridge.db": 0o600,
        "sebridge.db-wal": 0o600,
    }


def test_a_file_that_others_could_read_is_closed_to_them(file: SqliteFile, path: Path) -> None:
    file.open()
    file.close()
    path.chmod(0o644)

    file.open()

    assert mode(path) == 0o600


def test_a_file_of_another_program_is_refused_and_stays_as_it_was(
    file: SqliteFile, path: Path
) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    path.chmod(0o664)

    with pytest.raises(StorageError, match="it is a database of another program"):
        file.open()

    assert mode(path) == 0o664


def test_a_link_is_followed_and_that_is_said(
    file: SqliteFile, path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere.db")

    with caplog.at_level("INFO"):
        file.open()

    assert path.is_symlink()
    assert mode(tmp_path / "elsewhere.db") == 0o600
    assert caplog.messages == [f"the database {path} is at {tmp_path / 'elsewhere.db'}"]


def test_what_a_link_names_is_not_changed_before_it_is_known_to_be_ours(
    file: SqliteFile, path: Path, tmp_path: Path
) -> None:
    path.parent.mkdir()
    target = tmp_path / "notes.txt"
    target.write_text("not ours " * 100)
    target.chmod(0o644)
    path.symlink_to(target)

    with pytest.raises(StorageError, match="is damaged"):
        file.open()

    assert mode(target) == 0o644
    assert target.read_text() == "not ours " * 100


def test_an_empty_file_is_refused_and_a_missing_one_begins_anew(
    file: SqliteFile, path: Path
) -> None:
    file.open()
    file.close()
    path.write_bytes(b"")

    with pytest.raises(StorageError, match=r"it is empty, and what it held is lost.* remove"):
        file.open()

    assert path.read_bytes() == b""
    path.unlink()
    assert file.open() == []


def test_a_file_whose_making_was_broken_off_is_made_anew(file: SqliteFile, path: Path) -> None:
    path.parent.mkdir()
    path.with_name("sebridge.db.new").write_bytes(b"half of it")

    assert file.open() == []

    assert not path.with_name("sebridge.db.new").exists()


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a file with octets changed, pages blank, or its end cut off."""
    octets = bytearray(content)
    kind = chance.randrange(3)
    if kind == 0:
        for _ in range(chance.choice((1, 10, 1000))):
            octets[chance.randrange(len(octets))] = chance.randrange(256)
    elif kind == 1:
        page = chance.randrange(len(octets) // 4096) * 4096
        octets[page : page + 4096] = chance.randbytes(4096)
    else:
        del octets[chance.randrange(1, len(octets)) :]
    return bytes(octets)


def test_two_hundred_damaged_files_are_read_or_refused_with_what_to_do(
    file: SqliteFile, path: Path
) -> None:
    file.open()
    file.write([("a", str(number), "ä" * 100) for number in range(200)])
    file.close()
    whole = path.read_bytes()
    refusals = []

    for seed in range(200):
        path.write_bytes(damaged(whole, random.Random(seed)))
        try:
            file.open()
        except StorageError as error:
            refusals.append(str(error))
        file.close()
        for beside in path.parent.glob("sebridge.db-*"):
            beside.unlink()

    assert len(refusals) > 100
    assert all("move the file" in one or "another program" in one for one in refusals)


def test_a_commit_is_synchronous(disk: Disk, file: SqliteFile) -> None:
    file.open()

    connection = disk.connections[-1]  # another one has made the file
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_second_bridge_is_refused(disk: Disk, file: SqliteFile, path: Path) -> None:
    disk.patience = 0.05
    file.open()

    with pytest.raises(StorageError, match=r"sebridge\.db is in use .* second bridge"):
        SqliteFile(path).open()


def test_a_file_that_is_no_database_is_refused_and_kept(file: SqliteFile, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not SQLite at all " * 100)

    with pytest.raises(StorageError, match=r"sebridge\.db is damaged .*move the file"):
        file.open()

    assert path.read_bytes() == b"not SQLite at all " * 100


def test_a_damaged_page_is_noticed_at_the_start(file: SqliteFile, path: Path) -> None:
    file.open()
    file.write([("a", str(number), "x" * 200) for number in range(200)])
    file.close()
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 100] = b"\xa5" * 100
    path.write_bytes(content)

    with pytest.raises(StorageError, match="is damaged"):
        file.open()


def test_what_quick_check_finds_is_refused(file: SqliteFile, path: Path) -> None:
    file.open()
    file.write([("a", "1", "x")])
    file.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute(  # the column's rule is broken without touching a row
        "UPDATE sqlite_schema SET sql = replace(sql, 'value TEXT', 'value INTEGER')"
    )
    connection.close()

    with pytest.raises(StorageError, match=r"is damaged \(quick_check says: non-INTEGER"):
        file.open()


def test_a_newer_file_is_refused_with_its_name(file: SqliteFile, path: Path) -> None:
    file.open()
    file.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(StorageError, match=r"sebridge\.db is not used: it was written by a newer"):
        file.open()


def test_a_place_where_nothing_can_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, no directory")

    with pytest.raises(StorageError, match="cannot be made or opened: "):
        SqliteFile(tmp_path / "data" / "sebridge.db").open()


def test_a_directory_in_its_place_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(StorageError, match="cannot be made or opened: Is a directory"):
        SqliteFile(path).open()


def test_what_sqlite_cannot_do_is_said_in_its_words(file: SqliteFile, path: Path) -> None:
    file.open()
    file.close()
    path.with_name("sebridge.db-wal").mkdir()

    with pytest.raises(StorageError, match=r"sebridge\.db cannot be opened: "):
        file.open()


def test_a_write_is_done_wholly_or_not_at_all(file: SqliteFile) -> None:
    file.open()
    bad: list[tuple[str, str, str | None]] = [("a", "1", "x"), ("a", None, "x")]  # type: ignore[list-item]  # what the table refuses

    with pytest.raises(StorageError, match="cannot be written"):
        file.write(bad)

    file.close()
    assert file.open() == []


def test_writing_to_a_closed_file_is_an_error(file: SqliteFile) -> None:
    with pytest.raises(StorageError, match="is closed"):
        file.write([("a", "1", "x")])


# ------------------------------------------------------------------ a copy while it is in use


def test_a_copy_has_all_that_was_committed_and_opens_as_the_file_does(
    file: SqliteFile, path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    target.write_text("one from before")
    target.chmod(0o644)
    file.open()
    file.write([("a", "1", "x"), ("a", "2", "y")])

    file.copy(target)
    file.write([("a", "3", "later")])

    copy = SqliteFile(target)
    rows = copy.open()
    copy.close()
    assert rows == [("a", "1", "x"), ("a", "2", "y")]
    assert mode(target) == 0o600
    assert not list(tmp_path.glob("*.new"))


def test_a_copy_that_is_refused_leaves_the_one_before(file: SqliteFile, tmp_path: Path) -> None:
    folder = tmp_path / "copy.db"
    (folder / "full").mkdir(parents=True)
    file.open()

    with pytest.raises(StorageError, match=r"sebridge.db cannot be copied: .*directory"):
        file.copy(folder)

    assert (folder / "full").is_dir()
    assert not list(tmp_path.glob("*.new"))


def test_what_is_closed_cannot_be_copied(file: SqliteFile, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is closed"):
        file.copy(tmp_path / "copy.db")
