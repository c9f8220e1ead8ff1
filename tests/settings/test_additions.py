"""What may be the name of a module or class."""

import pytest

from sebridge.settings.additions import is_plain_name


@pytest.mark.parametrize("name", ["garden", "SE_EnergyServicePortal", "_x", "a1", "x" * 64])
def test_identifiers_are_plain(name: str) -> None:
    assert is_plain_name(name)


@pytest.mark.parametrize(
    "name", ["", "1a", "a.b", "a-b", "a b", "a\n", "é", "class", "None", "../a", "x" * 65, "a\0"]
)
def test_nothing_else_is(name: str) -> None:
    assert not is_plain_name(name)
