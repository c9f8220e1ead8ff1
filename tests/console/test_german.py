"""A German reader finds nothing in English: of the page, and of what the bridge says there."""

from collections.abc import Iterator
import json
import re
from typing import Any

import pytest

from sebridge.app.features import FEATURES
from sebridge.app.house_control import house_groups
from sebridge.app.method_groups import method_groups
from sebridge.console.page_files import FOLDER, page_files
from sebridge.features.load_control.records import EventStatus
from sebridge.features.metering.scale import Problem
from sebridge.features.metering.status import possible_alarms
from sebridge.features.ota.updates import UpdateState
from sebridge.gateway.reporting.ways import (
    ANNOUNCED,
    BY_CALLER,
    BY_GATEWAY,
    BY_ITSELF,
    INACTIVE,
    NOT_SET_UP,
    STAYED_AWAY,
    STOPPED,
    WISHED,
    status_word,
)
from sebridge.rpc.description import description
from sebridge.rpc.method import methods_of
from sebridge.settings.declaration import options_of
from sebridge.settings.entries import ENTRIES
from sebridge.settings.options import Options
from sebridge.zcl.status import Status

MODULES = {
    name: file.body.decode()
    for name, file in page_files().items()
    if name.endswith(".js") and not name.startswith(("vendor/", "texts/"))
}
GERMAN = FOLDER / "texts" / "de"
TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
SAME = {
    "sebridge restore network.json --passphrase-file secret.txt",
    "meter, price, 1801…",
    ", PAN",
    "sebridge",
}
"""What is no English: names, and lines for programs."""


# ------------------------------------------------------------------ what the bridge says

COMMODITIES = ("electricity", "gas", "water", "heat", "cooling")
WORDS = {
    *(alarm for commodity in COMMODITIES for alarm in possible_alarms(commodity)),
    *Problem,
    *(status.name.lower() for status in EventStatus),
    *UpdateState,
    *(BY_GATEWAY, BY_CALLER, ANNOUNCED, BY_ITSELF, WISHED, STAYED_AWAY, STOPPED, INACTIVE),
    NOT_SET_UP,
    *map(status_word, (Status.UNREPORTABLE_ATTRIBUTE, Status.UNSUPPORTED_ATTRIBUTE)),
    status_word(Status.TIMEOUT),
}
"""Alarms of meters, what is wrong with their numbers, what devices say of events, how far their
firmware is, and how attributes come."""


def paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield " ".join(paragraph.split())


def of_settings(section: type) -> Iterator[str]:
    for option in options_of(section).values():
        yield from paragraphs(option.words)
        for kind in (option.takes, getattr(option.takes, "items", None)):
            if isinstance(kind, type):
                yield from of_settings(kind)


def of_schemas(schema: Any) -> Iterator[str]:
    """Yield what the fields of a schema say, at any depth."""
    if isinstance(schema, list):
        for one in schema:
            yield from of_schemas(one)
    elif isinstance(schema, dict):
        if isinstance(schema.get("description"), str):
            yield from paragraphs(schema["description"])
        for one in schema.values():
            yield from of_schemas(one)


def of_methods() -> Iterator[str]:
    groups = (*method_groups(FEATURES), *house_groups(FEATURES))
    told = description(one for group in groups for one in methods_of(object.__new__(group)))
    for method in told["methods"]:
        yield from paragraphs(method["help"])
        yield from of_schemas(method["parameters"])
    for record in told["components"]["schemas"].values():
        yield from of_schemas(record.get("properties"))


def test_what_the_bridge_says_of_settings_and_methods_is_there_in_german() -> None:
    text = (GERMAN / "bridge.js").read_text()
    german = json.loads(text[text.index("{") : text.rindex(",")] + "}")
    english = {
        *WORDS,
        *of_methods(),
        *of_settings(Options),
        *(paragraph for entry in ENTRIES for paragraph in paragraphs(entry.help)),
    } - {""}

    assert english - german.keys() == set()  # to be written into texts/de/bridge.js
    assert german.keys() - english == set()  # nobody says this any more
    assert [one for one, other in german.items() if not other.strip()] == []


# ------------------------------------------------------------------ what the page says itself


def templates(source: str) -> Iterator[str]:
    """Yield the text of each HTML template, without what is put into it."""
    stack: list[list[str] | int] = []  # of a template what it says so far, else open brackets
    place = 0
    while place < len(source):
        inside = stack[-1] if stack else None
        if isinstance(inside, list):
            if source.startswith("${", place):
                stack.append(1)
                inside.append("\0")
                place += 1
            elif source[place] == "`":
                yield "".join(inside)
                stack.pop()
            else:
                inside.append(source[place])
        elif source[place] == "`":
            stack.append([])
        elif isinstance(inside, int) and source[place] in "{}":
            stack[-1] = inside + (1 if source[place] == "{" else -1)
            if not stack[-1]:
                stack.pop()
        place += 1


def raised(code: str) -> Iterator[str]:
    """Yield what errors say that no translation has seen."""
    yield from re.findall(r'Error\((?:\{ message: )?"([^"]*)"', code)


def bare(template: str) -> Iterator[str]:
    """Yield words in a template of HTML which no translation has seen."""
    if "<" not in template:
        return
    yield from re.findall(
        r'\b(?:title|label|hint|alt|placeholder|aria-label)="([^"\0]*[a-z]{3}[^"\0]*)"', template
    )
    for text in re.split(r"<[^>]*>", template):
        for piece in text.split("\0"):
            if re.search(r"[A-Za-z]{3}", piece):
                yield " ".join(piece.split())


def asked_for(source: str) -> Iterator[str]:
    """Yield the texts that a module has translated: those in the first argument of `t`."""
    for found in re.finditer(r"\bt\(", source):
        depth, place = 0, found.end()
        while depth or source[place] not in ",)":
            if source[place] == '"':
                text = TEXT.match(source, place)
                assert text is not None
                if not depth:
                    yield text[1]
                place = text.end()
                continue
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(source[place], 0)
            place += 1


def german_of(name: str) -> set[str]:
    path = GERMAN / name
    text = path.read_text() if path.exists() else ""
    return set(re.findall(r'"((?:[^"\\\n]|\\.)*)":\s', text))


@pytest.mark.parametrize("name", MODULES)
def test_each_text_of_a_module_has_its_german(name: str) -> None:
    code = MODULES[name]
    german = german_of(name)

    untranslated = {one for template in templates(code) for one in bare(template)}

    assert set(asked_for(code)) - german == set()
    assert untranslated | set(raised(code)) <= SAME


def test_all_german_is_that_of_a_module() -> None:
    files = {path.relative_to(GERMAN).as_posix() for path in GERMAN.rglob("*.js")} - {"bridge.js"}

    assert files == {name for name in MODULES if "await translated(" in MODULES[name]}
    for name in files:
        assert f'const t = await translated("{name.removesuffix(".js")}");' in MODULES[name]
