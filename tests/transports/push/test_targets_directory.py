"""Files go into a directory, whole or not at all."""

from pathlib import Path

import pytest

from sebridge.transports.push.targets import DirectoryTarget, PushError


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


async def test_a_file_is_there_with_its_content(tmp_path: Path) -> None:
    target = DirectoryTarget(tmp_path / "new" / "deep")

    await target.put("a.xml", b"<a/>")
    await target.close()

    assert contents(tmp_path / "new" / "deep") == {"a.xml": b"<a/>"}


async def test_the_same_name_again_is_the_same_file(tmp_path: Path) -> None:
    target = DirectoryTarget(tmp_path)

    await target.put("a.xml", b"<a/>")
    await target.put("a.xml", b"<a/>")

    assert contents(tmp_path) == {"a.xml": b"<a/>"}


async def test_a_place_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no directory")

    with pytest.raises(PushError, match=r"file.*: (File exists|Not a directory)"):
        await DirectoryTarget(blocked).put("a.xml", b"<a/>")
