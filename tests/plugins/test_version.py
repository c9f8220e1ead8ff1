"""Versions, bounds and dependencies as text."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.plugins.version import Bounds, Dependency


@pytest.mark.parametrize(
    ("bounds", "version", "admitted"),
    [
        ("", "0.0.1", True),
        (">=1.2, <2", "1.2", True),
        (">=1.2, <2", "1.10.3", True),
        (">=1.2, <2", "2.0", False),
        (">=1.2, <2", "1.1.9", False),
        ("==1", "1.0.0", True),
        ("!=1.3", "1.3.0", False),
        (">1.3", "1.3.0.1", True),
        ("<=1.3", "1.3.0.1", False),
    ],
)
def test_bounds_compare_number_by_number(bounds: str, version: str, *, admitted: bool) -> None:
    assert Bounds.read(bounds).admit(version) is admitted


@pytest.mark.parametrize("text", ["1.2", ">=", ">=1.2 <2", "~1", ">=1.2.3.4.5", ">=1.2,"])
def test_other_words_are_no_bounds(text: str) -> None:
    with pytest.raises(ParameterError, match=r"is not like >=1\.2, <2"):
        Bounds.read(text)


def test_a_dependency_is_a_name_and_perhaps_bounds() -> None:
    assert str(Dependency.read("schedules>=1.2,<2")) == "schedules >=1.2, <2"
    assert str(Dependency.read("schedules")) == "schedules"
    with pytest.raises(ParameterError, match="name of a plug-in"):
        Dependency.read(">=1")
