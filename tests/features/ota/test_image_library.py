"""Images on the disk: what is offered of a folder or an index, and why something is not."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from sebridge.base.errors import RequestError
from sebridge.features.ota import image_library as module
from sebridge.features.ota.image import LARGEST
from sebridge.features.ota.image_library import ImageLibrary, Shelf
from sebridge.features.ota.index import LARGEST_INDEX
from tests.features.ota.files import file_of


def names(shelf: Shelf) -> list[str]:
    return [image.name for image in shelf.images]


def why(shelf: Shelf) -> dict[str, str]:
    return {refusal.name: refusal.reason for refusal in shelf.refusals}


def entry(data: bytes, path: str, **more: Any) -> dict[str, Any]:
    digest = hashlib.sha3_256(data).hexdigest()
    return {
        "manufacturer_id": 0x1234,
        "image_type": 7,
        "file_version": 2,
        "checksum": f"sha3-256:{digest}",
        "path": path,
        **more,
    }


def write_index(path: Path, *entries: Any) -> None:
    path.write_text(json.dumps({"firmwares": entries}))


def test_without_a_folder_or_index_there_is_nothing() -> None:
    nowhere = ImageLibrary(None, None)

    assert not nowhere.is_configured
    assert nowhere.look() == Shelf()


def test_a_folder_has_images_also_in_folders_below_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.ota").write_bytes(file_of(file_version=3))
    (tmp_path / "a.zigbee").write_bytes(file_of())
    (tmp_path / "README").write_text("what this is")
    (tmp_path / "one.ota").write_bytes(file_of(control=2, optional=bytes(8)))
    (tmp_path / ".hidden").write_bytes(file_of())
    (tmp_path / "index.json").write_text("[]")

    shelf = ImageLibrary(tmp_path, None).look()

    assert names(shelf) == ["a.zigbee", "deep/b.ota"]
    assert why(shelf) == {
        "README": "the file ends within its header",
        "one.ota": "it is for one device alone",
    }


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.ota").write_bytes(file_of())
    (inside / "link.ota").symlink_to(outside / "secret.ota")
    (inside / "folder").symlink_to(outside)
    (inside / "nothing").symlink_to(outside / "nothing")
    write_index(inside / "index.json", entry(file_of(), "link.ota"), entry(file_of(), "gone.ota"))
    write_index(inside / "long.json", entry(file_of(), "x" * 300))

    shelf = ImageLibrary(inside, None).look()
    indexed = ImageLibrary(None, inside / "index.json").look()

    too_long = ImageLibrary(None, inside / "long.json").look()

    assert names(shelf) == names(indexed) == []
    assert list(why(too_long).values()) == ["cannot be read: File name too long"]
    assert set(why(shelf)) == {"folder", "link.ota", "nothing"}
    assert set(why(shelf).values()) == {"is a link, or no file"}
    assert why(indexed) == dict.fromkeys(("gone.ota", "link.ota"), "there is no such file")


def test_an_index_says_which_files_and_what_they_are(tmp_path: Path) -> None:
    good, other = file_of(), file_of(file_version=3)
    (tmp_path / "good.ota").write_bytes(good)
    (tmp_path / "other.ota").write_bytes(other)
    (tmp_path / "more.ota").write_bytes(other)
    write_index(
        tmp_path / "index.json",
        entry(good, "good.ota", model_names=["M1"], changelog="Better."),
        entry(good, "other.ota"),
        entry(other, "more.ota"),
        {"path": "good.ota"},
    )

    shelf = ImageLibrary(tmp_path, tmp_path / "index.json").look()

    [image] = shelf.images
    assert (image.name, image.limits.models, image.notes) == ("good.ota", ("M1",), "Better.")
    assert why(shelf) == {
        "index.json firmwares[3]": "Object missing required field `manufacturer_id`",
        "other.ota": "the file has not the sha3-256 that the index tells",
        "more.ota": "its file_version is 3, and the index says 2",
    }


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text("{")

    broken = ImageLibrary(None, tmp_path / "index.json").look()
    nowhere = ImageLibrary(tmp_path / "nowhere", tmp_path / "gone.json").look()

    assert why(broken)["index.json"].startswith("not JSON")
    assert why(nowhere) == {
        "gone.json": "cannot be read: No such file or directory",
        "nowhere": "cannot be read: No such file or directory",
    }


def test_files_are_read_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.ota").touch()
    with (tmp_path / "a.ota").open("r+b") as file:
        file.truncate(LARGEST + 1)
    (tmp_path / "b.ota").write_bytes(file_of())
    (tmp_path / "index.json").touch()
    with (tmp_path / "index.json").open("r+b") as file:
        file.truncate(LARGEST_INDEX + 1)
    monkeypatch.setattr(module, "MOST_FILES", 1)

    shelf = ImageLibrary(tmp_path, tmp_path / "index.json").look()

    assert why(shelf) == {
        "index.json": f"is larger than {LARGEST_INDEX} octets",
        "a.ota": f"is larger than {LARGEST} octets",
        tmp_path.name: "has more than 1 files",
    }


def test_only_so_much_is_told_of_what_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("no image")
    monkeypatch.setattr(module, "MOST_REFUSALS", 2)

    assert list(why(ImageLibrary(tmp_path, None).look())) == ["0.txt", "1.txt"]


def test_a_file_is_read_again_only_when_it_was_changed(tmp_path: Path) -> None:
    library, file = ImageLibrary(tmp_path, None), tmp_path / "a.ota"
    file.write_bytes(file_of())
    (tmp_path / "b.ota").write_bytes(b"no image")

    first = library.look()
    second = library.look(first)
    file.write_bytes(file_of(file_version=3) + b"")
    file.touch()
    third = library.look(second)
    file.unlink()

    assert first.images[0] is second.images[0]
    assert third.images[0].header.file_version == 3
    assert names(library.look(third)) == []
    assert list(why(second)) == ["b.ota"]


def test_an_image_is_fetched_only_as_long_as_it_is_the_one_that_was_chosen(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "meter.ota").write_bytes(file_of(file_version=9))
    (folder / "meter.ota").write_bytes(file_of())
    library = ImageLibrary(folder, tmp_path / "index.json")
    [image] = library.look().images

    octets = library.octets(image.ref)
    (folder / "meter.ota").write_bytes(file_of(file_version=3))

    assert octets == file_of()
    with pytest.raises(RequestError, match=r"meter\.ota is not there any more, or was changed"):
        library.octets(image.ref)
    (folder / "meter.ota").unlink()
    with pytest.raises(RequestError, match="not there any more"):
        ImageLibrary(folder, None).octets(image.ref)
