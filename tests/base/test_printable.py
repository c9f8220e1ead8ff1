"""Text of others is shown without what a terminal would obey."""

from sebridge.base.printable import printable


def test_what_cannot_be_printed_is_left_out_or_stood_in_for() -> None:
    text = "a\x1b[31m\u202eb\n°C"

    assert printable(text) == "a[31mb°C"
    assert printable(text, "?") == "a?[31m?b?°C"
