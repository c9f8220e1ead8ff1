"""The table of zigpy's declarations, and the data types in it."""

from pathlib import Path
import subprocess
import sys

import pytest
from zigpy.zcl.foundation import DataTypeId

from sebridge.zcl.data_types import DATA_TYPES, NAMED, is_analog
from sebridge.zcl.known_clusters import known_attributes, known_name

ROOT = Path(__file__).parents[2]


def test_the_table_is_that_of_the_zigpy_that_is_installed() -> None:
    """If it is not: run script/read_zigpy.py, and see that no name became another.

    In a process of its own, as the bridge leaves out what zigpy declares and nobody needs.
    """
    done = subprocess.run([sys.executable, ROOT / "script/read_zigpy.py", "--check"], check=False)

    assert done.returncode == 0


def test_a_cluster_has_its_name_and_attributes() -> None:
    attribute = known_attributes(0x0000)[0x0010]

    assert known_name(0x0000) == "basic"
    assert (attribute.attribute_id, attribute.name) == (0x0010, "location_desc")
    assert attribute.data_type is NAMED["string"]
    assert attribute.is_writable


def test_a_cluster_may_have_a_name_and_no_attributes() -> None:
    assert known_name(0x0700) == "price"
    assert known_attributes(0x0700) == {}


def test_a_cluster_that_zigpy_does_not_know_has_neither() -> None:
    assert known_name(0xFDED) is None
    assert known_attributes(0xFDED) == {}


def test_every_data_type_has_its_number_and_name() -> None:
    theirs = {int(item): item.name.rstrip("_") for item in DataTypeId}

    assert {number: item.name for number, item in DATA_TYPES.items()} == theirs
    assert all(NAMED[item.name] is item for item in DATA_TYPES.values())


@pytest.mark.parametrize(
    ("type_id", "analog"),
    [
        (16, False),
        (24, False),
        (32, True),
        (47, True),
        (48, False),
        (57, True),
        (66, False),
        (226, True),
        (240, False),
        (119, False),
    ],
)
def test_numbers_and_times_have_a_reportable_change(type_id: int, analog: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert is_analog(type_id) == analog
