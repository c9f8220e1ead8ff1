"""What a single value means, and how it is shown."""

import pytest

from sebridge.settings.document import parse
from sebridge.settings.scalar import Scalar, meaning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("null", None),
        ("Yes", True),
        ("off", False),
        ("0x1a", 26),
        ("-5", -5),
        ("010", 10),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("10:20:30:40:50:00:00:01", "10:20:30:40:50:00:00:01"),
        ("2024-01-01", "2024-01-01"),
        ("none", "none"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_unquoted_text_means_what_a_person_expects(text: str, expected: object) -> None:
    found = meaning(text)

    assert found == expected
    assert type(found) is type(expected)
    if len(text) < 100:
        assert parse(f"a: {text}", {}).tree["a"].text == text


def test_a_scalar_shows_what_was_written_but_not_what_is_hidden() -> None:
    assert str(Scalar("0x1A", 26)) == "'0x1A'"
    assert str(Scalar("31415926", 31415926)) == "the number"
    assert str(Scalar("hunter", "hunter")) == "the text"
    assert str(Scalar("key", "key", hidden=True)) == "the value"
