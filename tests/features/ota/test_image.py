"""Files of firmware: what is read of them, and what is refused."""

import contextlib
import hashlib
import struct

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.features.ota import image as images
from sebridge.features.ota.image import Checksum, Element, read_image
from tests.features.ota.files import CONTENTS, file_of


def test_a_file_says_whom_it_is_for() -> None:
    data = file_of()

    header = read_image(data, Checksum.of(data))

    assert (header.manufacturer_code, header.image_type, header.file_version) == (0x1234, 7, 2)
    assert header.text == "meter firmware"
    assert header.size == len(data)
    assert header.elements == (Element(0, 62, 4),)


def test_a_file_may_be_for_some_hardware_only() -> None:
    header = read_image(file_of(control=5, optional=b"\x03" + struct.pack("<HH", 2, 4)))

    assert header.hardware == (2, 4)


def test_a_file_may_be_for_one_device_alone() -> None:
    header = read_image(file_of(control=2, optional=bytes(range(8))))

    assert header.destination == bytes(range(8))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "ends within its header"),
        (file_of()[:55], "ends within its header"),
        (file_of(magic=0), "begins with 0x00000000"),
        (file_of(stack=3), "for stack version 0x0003"),
        (file_of(version=0x0200), "version of the header is 0x0200"),
        (file_of()[:-1], "says 66 octets, the file has 65"),
        (file_of(size=0xFFFFFFFF), "says 4294967295 octets"),
        (file_of(maker=0xFFFF), "of no manufacturer"),
        (file_of(length=55), "cannot have 55 octets"),
        (file_of(length=67), "cannot have 67 octets"),
        (file_of(control=4), "cannot have 56 octets"),
        (file_of(control=4, optional=struct.pack("<HH", 5, 4)), "5, is above the highest, 4"),
        (file_of(contents=b""), "has no element"),
        (file_of(contents=CONTENTS + b"\0"), "within the head of an element"),
        (file_of(contents=struct.pack("<HI", 9, 5) + b"code"), "0x0009 is longer than the file"),
        (file_of(contents=bytes(6) * 257), "more than 256 elements"),
    ],
)
def test_a_file_that_lies_is_refused_with_what_is_wrong(data: bytes, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem):
        read_image(data)


@pytest.mark.parametrize("algorithm", ["sha512", "sha3-256"])
def test_another_file_than_that_of_the_index_is_refused(algorithm: str) -> None:
    digest = hashlib.new(algorithm.replace("-", "_"), file_of()).hexdigest()
    told = Checksum.parse(f"{algorithm}:{digest.upper()}")

    read_image(file_of(), told)

    with pytest.raises(DecodeError, match=f"has not the {algorithm}"):
        read_image(file_of(file_version=3), told)


@pytest.mark.parametrize("text", ["", "md5:00", "sha512:", "sha512:00", f"sha3-256:{'g' * 64}"])
def test_a_hash_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DecodeError, match="a hash is"):
        Checksum.parse(text)


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "LARGEST", 65)

    with pytest.raises(DecodeError, match="65 are the most"):
        read_image(file_of())


@given(st.binary(max_size=80), st.integers(0, 70))
def test_no_octets_do_more_than_be_refused(noise: bytes, place: int) -> None:
    data = bytearray(file_of())
    data[place : place + len(noise)] = noise

    with contextlib.suppress(DecodeError):
        assert read_image(bytes(data)).size == len(data)
