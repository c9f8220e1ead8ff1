"""The fast lane is opened in a library that looks as we know it, and in no other."""

from collections.abc import Sequence

import pytest
from typing_extensions import override

from sebridge.radio.fast_lane import Place, open_lane, part_of


class Line:
    """A protocol of a library."""

    def __init__(self) -> None:
        self.buffer = b""
        self.read: list[str] = []

    def data_received(self) -> None:
        self.read.append("library")


class OtherLine(Line):
    """The same in another release."""


class FastLine(Line):
    """What takes its place."""

    @override
    def data_received(self) -> None:
        self.read.append("lane")


def test_what_is_known_is_taken_over(caplog: pytest.LogCaptureFixture) -> None:
    lines = [Line(), Line()]

    open_lane([Place(line, ("buffer", "read"), FastLine) for line in lines])

    for line in lines:
        line.data_received()
    assert [line.read for line in lines] == [["lane"], ["lane"]]
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("protocol", "uses"), [(None, ()), (OtherLine(), ()), (Line(), ("buffer", "gone"))]
)
def test_what_is_not_known_is_left_alone_and_said_once(
    protocol: Line | None, uses: Sequence[str], caplog: pytest.LogCaptureFixture
) -> None:
    line = Line()

    open_lane([Place(line, (), FastLine), Place(protocol, tuple(uses), FastLine)])

    line.data_received()
    assert line.read == ["library"]
    assert caplog.text.count("not one that we know") == 1


def test_a_radio_without_a_library_has_nothing_to_open(caplog: pytest.LogCaptureFixture) -> None:
    open_lane([])

    assert caplog.text == ""


def test_a_part_is_found_behind_its_names_or_is_not_there() -> None:
    line = Line()

    assert part_of(line, "buffer") == b""
    assert part_of(line, "buffer", "gone", "further") is None
