"""What the code declares is told: by `help`, and in docs/rpc.md."""

from pathlib import Path
import re
from typing import Any, Final

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.model.shape import fields_of
from sebridge.settings.entries import ENTRIES
from tests.api.home import Home
from tests.completeness import declared

PAGE: Final = (Path(__file__).parents[2] / "docs" / "rpc.md").read_text(encoding="utf-8")


def _chapter(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _sections(chapter: str) -> list[str]:
    return re.findall(r"^### (.+)$", chapter, re.MULTILINE)


async def _helped(clock: VirtualClock, section: str) -> dict[str, Any]:
    told = await Home(clock, ()).call("help", **{section: None})
    return {entry["name"]: entry for entry in told[section]}


async def test_help_lists_every_method_with_what_it_does(clock: VirtualClock) -> None:
    listed = await _helped(clock, "methods")

    assert {name: entry["description"] for name, entry in listed.items()} == {
        name: method.description for name, method in declared.METHODS.items()
    }


async def test_help_lists_every_setting_with_what_it_does(clock: VirtualClock) -> None:
    listed = await _helped(clock, "registry")

    assert {entry.name: entry.help for entry in ENTRIES}.items() <= {
        name: entry["description"] for name, entry in listed.items()
    }.items()


async def test_help_lists_every_record_of_the_reference_that_there_is(clock: VirtualClock) -> None:
    listed = await _helped(clock, "records")

    assert set(declared.RECORDS) <= set(listed)
    assert all(entry["description"] for entry in listed.values())


def test_the_page_has_a_section_for_every_method() -> None:
    assert sorted(_sections(_chapter("Methods"))) == sorted(declared.METHODS)


def test_the_page_has_a_section_for_every_notification() -> None:
    assert sorted(_sections(_chapter("Notifications"))) == sorted(declared.NOTIFICATIONS)


def test_the_page_has_a_section_for_every_record_that_callers_meet() -> None:
    chapter = _chapter("Records")

    assert set(declared.RECORDS) <= set(_sections(chapter))


@pytest.mark.parametrize("name", sorted(declared.NOTIFICATIONS))
def test_the_section_of_a_notification_has_every_parameter(name: str) -> None:
    section = _chapter("Notifications").partition(f"### {name}\n")[2].partition("\n### ")[0]

    for field in fields_of(declared.NOTIFICATIONS[name]):
        assert f"| `{field.name}` |" in section


def test_the_page_has_a_line_for_every_setting() -> None:
    chapter = _chapter("Registry")

    assert all(f"`{name}`" in chapter for entry in ENTRIES for name in entry.names)
