"""Which image is for which device, and which of them is the newest."""

from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.features.ota.firmware import NO_VERSION, Limits, newest
from tests.features.ota.files import file_of
from tests.features.ota.parts import FIRMWARE, image_of


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, None),
        ({"manufacturer_code": 1}, "it is of manufacturer 0x1234"),
        ({"image_type": 1}, "it is of image type 0x0007"),
    ],
)
def test_an_image_is_for_one_type_of_one_manufacturer(told: Any, why: str | None) -> None:
    assert image_of().misfit(replace(FIRMWARE, **told)) == why


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(lowest_hardware=3), None),
        (Limits(highest_hardware=3), None),
        (Limits(lowest_hardware=4), "it is for hardware from 4 on, and the device's is 3"),
        (Limits(highest_hardware=2), "it is for hardware up to 2, and the device's is 3"),
        (
            Limits(lowest_hardware=1, highest_hardware=2),
            "it is for hardware 1 to 2, and the device's is 3",
        ),
        (Limits(lowest_version=1, highest_version=1), None),
        (Limits(lowest_version=2), "it is for devices that run file version from 2 on"),
        (Limits(models=("a", "M1")), None),
        (Limits(models=("a", "b")), "it is for models a, b"),
        (Limits(makers=("Maker",)), None),
        (Limits(makers=("Other",)), "it is for devices of Other"),
    ],
)
def test_the_index_may_say_for_which_devices(limits: Limits, why: str | None) -> None:
    device = replace(FIRMWARE, hardware_version=3)

    assert image_of(limits=limits).misfit(device, "M1", "Maker") == why


def test_a_device_that_does_not_tell_its_hardware_gets_nothing_that_is_for_some_only() -> None:
    data = file_of(control=4, optional=bytes((2, 0, 4, 0)))

    fitting = [
        version
        for version in (None, 1, 2, 4, 5)
        if image_of(data).misfit(replace(FIRMWARE, hardware_version=version)) is None
    ]

    assert fitting == [2, 4]


def test_the_newest_image_that_fits_is_the_one() -> None:
    images = [image_of(file_of(file_version=version)) for version in (0, 3, 2)]
    other = image_of(file_of(file_version=9, maker=1))

    found = newest([*images, other], FIRMWARE)

    assert found is images[1]
    assert newest(images, replace(FIRMWARE, file_version=3)) is None
    assert newest(images[:1], replace(FIRMWARE, file_version=NO_VERSION)) is images[0]
