"""Indexes of images, in both forms."""

import json
import re
from typing import Any

import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.ota import index as module
from sebridge.features.ota.firmware import Limits
from sebridge.features.ota.image import read_image
from sebridge.features.ota.index import LONGEST_NOTES, IndexEntry, read_index
from tests.features.ota.files import file_of

OF_ZIGPY = {
    "manufacturer_id": 0x1234,
    "image_type": 7,
    "file_version": 2,
    "checksum": f"sha3-256:{'0a' * 32}",
    "path": "new/meter.ota",
}
OF_Z2M = {
    "manufacturerCode": 0x1234,
    "imageType": 7,
    "fileVersion": 2,
    "sha512": "0a" * 64,
    "url": "https://example.com/images/a%20meter.ota?x=1",
}


def entry_of(value: dict[str, Any]) -> IndexEntry:
    listed = [value] if "sha512" in value else {"firmwares": [value]}
    found = read_index(json.dumps(listed).encode())
    assert found.problems == []
    [entry] = found.entries
    return entry


def problem_of(value: Any) -> str:
    found = read_index(json.dumps([value]).encode())
    [(place, problem)] = found.problems
    assert place == "[0]"
    return problem


def test_an_index_of_zigpy_is_read() -> None:
    more = {
        "file_size": 66,
        "min_hardware_version": 1,
        "max_hardware_version": 2,
        "min_current_file_version": 3,
        "max_current_file_version": 4,
        "model_names": ["M1"],
        "manufacturer_names": ["Maker"],
        "changelog": "Better.\n\x07Much.",
    }

    entry = entry_of(OF_ZIGPY | more)

    assert (entry.file, entry.size, entry.notes) == ("new/meter.ota", 66, "Better. Much.")
    assert (entry.manufacturer_code, entry.image_type, entry.file_version) == (0x1234, 7, 2)
    assert entry.checksum.algorithm == "sha3-256"
    assert entry.limits == Limits(
        lowest_hardware=1,
        highest_hardware=2,
        lowest_version=3,
        highest_version=4,
        models=("M1",),
        makers=("Maker",),
    )


def test_an_index_of_zigbee2mqtt_is_read() -> None:
    more = {
        "fileSize": 66,
        "hardwareVersionMin": 1,
        "hardwareVersionMax": 2,
        "minFileVersion": 3,
        "maxFileVersion": 4,
        "modelId": "M1",
        "manufacturerName": ["Maker"],
        "releaseNotes": "x" * 1_000,
        "otaHeaderString": "what nobody reads",
    }

    entry, plain = entry_of(OF_Z2M | more), entry_of(OF_Z2M)

    assert (entry.file, entry.size, len(entry.notes)) == ("a meter.ota", 66, LONGEST_NOTES)
    assert entry.checksum.algorithm == "sha512"
    assert (entry.limits.models, entry.limits.makers) == (("M1",), ("Maker",))
    assert (plain.size, plain.limits, plain.notes) == (None, Limits(), "")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"fileVersion": 1 << 32}, r"`int` <= 4294967295.*fileVersion"),
        ({"imageType": "7"}, "Expected `int`, got `str`"),
        ({"sha512": "00"}, "a hash is"),
        ({"url": ""}, "names no file"),
        ({"url": "https://example.com/"}, "not beside the index"),
        ({"url": "https://[example.com/a"}, "no file that can be read"),
        ({"path": "/etc/passwd"}, "not beside the index"),
        ({"path": "../../etc/passwd"}, "not beside the index"),
        ({"path": "a\0b"}, "not beside the index"),
        ({"url": "https://example.com/%2e%2e"}, "not beside the index"),
        ({"manufacturerName": ["a"] * 65}, "length <= 64"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_with_why(
    changes: dict[str, Any], problem: str
) -> None:

    assert re.search(problem, problem_of(OF_Z2M | changes))


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (b"{", "not JSON"),
        (b"{}", "is a list of images"),
        (b'{"firmwares": 3}', "is a list of images"),
        (b"[{},{}]", "has 2 images, and 1 are the most"),
    ],
)
def test_what_is_no_index_is_refused(
    document: bytes, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ENTRIES", 1)

    with pytest.raises(DecodeError, match=problem):
        read_index(document)


def test_what_is_not_said_of_a_file_is_not_compared() -> None:
    header = read_image(file_of())

    entry_of(OF_ZIGPY).check(header)
    entry_of(OF_ZIGPY | {"file_size": 66}).check(header)

    with pytest.raises(DecodeError, match="its size is 66, and the index says 67"):
        entry_of(OF_ZIGPY | {"file_size": 67}).check(header)
    with pytest.raises(DecodeError, match="its file_version is 2, and the index says 3"):
        entry_of(OF_ZIGPY | {"file_version": 3}).check(header)
