#!/usr/bin/env python
"""What in docs/ and in the configuration files is made from the code.

So it cannot be outdated without a test saying so.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
import dataclasses
from functools import partial
import inspect
from pathlib import Path
import re
import sys
from typing import Any, Final

import yaml

from script import configuration_files
from sebridge.api.notifications import parameters_by_name
from sebridge.app.built_in_classes import record_kinds
from sebridge.app.features import FEATURES, every_notification
from sebridge.app.house_control import house_groups
from sebridge.app.method_groups import method_groups
from sebridge.base import errors
from sebridge.base.errors import SebridgeError
from sebridge.feature import Feature
from sebridge.model.plain import to_plain
from sebridge.model.record import Record
from sebridge.model.shape import (
    Choice,
    Field,
    Fields,
    Listing,
    Plain,
    Row,
    Shape,
    Table,
    Whole,
    Words,
    fields_of,
    shape_of,
)
from sebridge.model.values import ABSENT
from sebridge.rpc.error_codes import CODES
from sebridge.rpc.message import Scope
from sebridge.rpc.method import Method, Parameter, methods_of
from sebridge.settings.entries import ENTRIES, Entry

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
APP: Final = ROOT / "hassio-addon"

_INTRODUCTION: Final = """\
# RPC methods

This page is written by `script/docs` from the method declarations in `sebridge/api/` and
the folders of `sebridge/features/`. How to send
a request and what an answer looks like is told in [mqtt.md](mqtt.md); there is the table of
[error codes](mqtt.md#error-codes), too.

Every method also takes `request_identifier`: any value, which comes back in the answer.

How values are written:

- an integer is a number, or text such as `"0x5E"`;
- an address is text of 16 hex digits with any delimiters or none, most significant octet first;
- octets are text of hex digits, or an object `{"base64": "…"}`;
- a record is an object with the fields listed under [Records](#records); a field with a default
  may be left out, and an unknown field is an error;
- a time is seconds since 2000-01-01 00:00:00 UTC, where 0 as a start means "now", or text as of
  ISO 8601, such as `"2026-11-29T18:00:00+01:00"`; without an offset it is in UTC. `UTC_1970` counts
  from 1970. In XML such text has `type="string"`. Answers and notifications tell seconds;
- an event that starts more than `SE_Server.most_days_ahead` days from now (400 by itself) is
  refused: most often its start was counted from 1970.
"""

_NOTIFICATIONS: Final = """\
## Notifications

What the gateway tells by itself. Each carries `timestamp`, in seconds since 1970, where the setting
`RPC_Manager.use_timestamps` is on. In XML an error, too, is a [message](#message): its severity is
2, and it has what `data` has in JSON beside the `request_identifier` of its request.
"""


# ------------------------------------------------------------------ where the parts come from


def methods(features: Sequence[Feature] = FEATURES) -> list[Method]:
    """Return every RPC method, group by group."""
    groups = (*method_groups(features), *house_groups(features))
    return [method for group in groups for method in methods_of(object.__new__(group))]


# ------------------------------------------------------------------ types in words


class TypeWords:
    """Says in words what may stand in a parameter or field, and collects the records it meets."""

    def __init__(self) -> None:
        self.records: dict[str, type] = {}

    def say(self, kind: Any) -> str:
        """Return the words for a declared type."""
        shape = shape_of(kind)
        if isinstance(shape, Plain):
            return _PLAIN_WORDS.get(shape, shape.value)
        if isinstance(shape, Choice):
            return " or ".join(dict.fromkeys(self.say(choice) for choice in shape.kinds))
        return self._say_one(shape)

    def _say_one(self, shape: Shape) -> str:
        match shape:
            case Whole(low, high, epoch):
                words = "integer" if low is None else f"integer {low}..{high}"
                return words if epoch is None else f"time ({words})"
            case Words(words):
                return " or ".join(f"`{word!r}`" for word in words)
            case Table(values):
                return "object of " + self.say(values)
            case Listing(items):
                return "list of " + self.say(items)
            case Row(items):
                return "list of " + ", ".join(self.say(item) for item in items)
            case Fields(kind):
                self.records.setdefault(kind.__name__, kind)
                return f"[{kind.__name__}](#{kind.__name__.lower()})"
        raise TypeError(f"there are no words for {shape!r}")


_PLAIN_WORDS: Final = {Plain.ANYTHING: "any", Plain.NOTHING: "null"}


# ------------------------------------------------------------------ the RPC reference


def rpc_reference(features: Sequence[Feature] = FEATURES) -> str:
    """Return the text of docs/rpc.md."""
    every, words = methods(features), TypeWords()
    parts = [_INTRODUCTION, _overview(every), "## Methods\n"]
    parts += [_method(method, words) for method in every]
    parts.append(_NOTIFICATIONS)
    parts += [
        _notification(name, kind, words)
        for name, kind in parameters_by_name(every_notification(features)).items()
    ]
    parts.append("## Records\n")
    for kind in record_kinds(features):
        words.say(kind)
    written: set[str] = set()
    while waiting := [kind for name, kind in words.records.items() if name not in written]:
        for kind in waiting:
            written.add(kind.__name__)
            parts.append(_record(kind, words))
    parts.append(_settings())
    return "\n".join(parts)


def _overview(every: Iterable[Method]) -> str:
    rows = [
        (f"[`{method.name}`](#{method.name.lower()})", _first_sentence(method.description))
        for method in every
    ]
    return _table(("method", "what it does"), rows)


def _method(method: Method, words: TypeWords) -> str:
    lines = [f"### {method.name}", "", method.description, ""]
    rows = [_parameter(parameter, words) for parameter in method.parameters]
    if method.others is not None:
        rows.append(("*any name*", words.say(method.others.kind), "one at least"))
    if rows:
        lines.append(_table(("parameter", "type", "default"), rows))
    else:
        lines.append("It has no parameters.\n")
    lines += _answer(method.response, words)
    lines.append(f"Scope: `{method.scope.name.lower()}`\n")
    return "\n".join(lines)


def _answer(response: Any, words: TypeWords) -> list[str]:
    shape = shape_of(response)
    if shape is Plain.NOTHING:
        return ["Answer: empty.\n"]
    if not isinstance(shape, Fields):
        return [f"Answer: {words.say(response)}, under the names that were given.\n"]
    rows = [_response_field(field, words) for field in shape.fields]
    return [f"Answer: {_paragraphs(shape.kind)}", "", _table(("field", "type", ""), rows)]


def _notification(name: str, kind: Any, words: TypeWords) -> str:
    shape = shape_of(kind)
    assert isinstance(shape, Fields)
    rows = [_response_field(field, words) for field in shape.fields]
    table = _table(("parameter", "type", ""), rows)
    return "\n".join([f"### {name}", "", _paragraphs(shape.kind), "", table])


def _parameter(parameter: Parameter, words: TypeWords) -> tuple[str, str, str]:
    kind = words.say(parameter.kind)
    if parameter.required:
        return f"`{parameter.name}`", kind, "must be given"
    if parameter.default is ABSENT:
        return f"`{parameter.name}`", kind, "none"
    return f"`{parameter.name}`", kind, f"`{_json(parameter.default)}`"


def _response_field(field: Field, words: TypeWords) -> tuple[str, str, str]:
    if field.default is ABSENT:
        note = "not always there"
    else:
        note = "" if field.required else f"always `{_json(field.default)}`"
    return f"`{field.name}`", words.say(field.kind), note


def _record(kind: Any, words: TypeWords) -> str:
    about = _paragraphs(kind)
    rows = [(f"`{field.name}`", words.say(field.kind), note) for field, note in _fields(kind)]
    return "\n".join(
        [
            f"### {kind.__name__}",
            "",
            about,
            "",
            _table(("field", "type", "default"), rows),
        ]
    )


def _fields(kind: Any) -> Iterator[tuple[Field, str]]:
    """Yield each field, with what is said of its default."""
    left_off = "left off" if issubclass(kind, Record) else "not always there"
    must = "must be given" if issubclass(kind, Record) else ""
    for field in fields_of(kind):
        if field.required:
            yield field, must
        else:
            yield field, left_off if field.default is ABSENT else f"`{_json(field.default)}`"


def _settings() -> str:
    introduction = (
        "## Registry\n\n"
        "What `registry_configuration` reads and changes; the section `registry` of the\n"
        "configuration sets what holds until then. Some of these settings belong to parts that\n"
        "are still to come; they are kept, and have no effect yet.\n"
    )
    rows = [
        (_names(entry), f"`{_json(entry.default)}`", _limits(entry), entry.help)
        for entry in ENTRIES
    ]
    return f"{introduction}\n" + _table(("setting", "default", "allowed", "meaning"), rows)


def _names(entry: Entry[Any]) -> str:
    return ", also ".join(f"`{name}`" for name in entry.names)


def _limits(entry: Entry[Any]) -> str:
    if isinstance(entry.default, bool):
        return "true, false"
    if isinstance(entry.default, int):
        return f"{entry.low}..{entry.high}"
    return ", ".join(entry.words) or "text"


# ------------------------------------------------------------------ the parts of written pages


def error_codes() -> str:
    """Return the table of the codes an answer may have."""
    names: dict[tuple[int, str], str] = {}
    for kind in vars(errors).values():
        if (
            inspect.isclass(kind)
            and issubclass(kind, SebridgeError)
            and kind is not errors.ConfigError
        ):
            names.setdefault((CODES[kind.reason], kind.reason.value), kind.__name__)
    ordered = sorted(names, key=lambda item: (item[0] > _HIGHEST_OWN, -item[0]))
    rows = [(f"`{code}`", meaning, f"`{names[code, meaning]}`") for code, meaning in ordered]
    return _table(("code", "meaning", "class in `sebridge/base/errors.py`"), rows)


_HIGHEST_OWN: Final = -32000
_ONE_LINE: Final = 120  # characters


def scopes() -> str:
    """Return the table of the methods that each scope adds to the one before."""
    named: dict[Scope, list[str]] = {scope: [] for scope in Scope}
    for method in methods():
        named[method.scope].append(f"[`{method.name}`](rpc.md#{method.name.lower()})")
    rows = [(f"`{scope.name.lower()}`", ", ".join(sorted(named[scope]))) for scope in Scope]
    return _table(("scope", "methods"), rows)


def module_list() -> str:
    """Return every package and module with the first sentence of its docstring."""
    lines: list[str] = []
    for package in sorted((ROOT / "sebridge").rglob("__init__.py"), key=_level):
        folder = package.parent
        name = folder.relative_to(ROOT).as_posix()
        lines += [f"\n### `{name}/`\n", _about(package), ""]
        modules = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
        lines += [f"- `{path.name}`: {_about(path)}" for path in modules]
    return "\n".join(lines).strip() + "\n"


_LEVELS: Final = (
    *("base", "model"),
    *("zcl", "schedule", "rpc", "storage", "settings"),
    *("crypto", "radio", "network", "gateway", "modules", "simulator"),
    *("api", "transports", "homeassistant", "drivers", "features", "app", "cli"),
)


def _level(package: Path) -> tuple[int, str]:
    names = package.parent.relative_to(ROOT / "sebridge").parts
    place = _LEVELS.index(names[0]) if names and names[0] in _LEVELS else -1
    return place, "/".join(names)


def _about(path: Path) -> str:
    return _first_sentence(ast.get_docstring(ast.parse(path.read_text())) or "")


# ------------------------------------------------------------------ the behaviour rules


RULES: Final = ROOT / "script" / "rules.yaml"
_RULE: Final = re.compile(
    r"(?<![a-z])(gen|time|prc|drlc|met|msg|tun|pre|sec|net)_(\d+)(?![0-9a-z])"
)
_TEST: Final = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Rule:
    """A row of rules.yaml; `why` says why a rule has no tests, where that is not to change."""

    title: str
    module: str
    sources: str
    why: str = "not yet"


def rules() -> dict[str, dict[str, Rule]]:
    """Return the rules by section and id."""
    sections: Mapping[str, Mapping[str, Sequence[str]]] = yaml.safe_load(RULES.read_text())
    return {
        section: {rule: Rule(*row) for rule, row in rows.items()}
        for section, rows in sections.items()
    }


def tests_of_rules() -> dict[str, list[tuple[Path, str]]]:
    """Return the tests of each rule, those whose name begins with it first."""
    found: dict[str, list[tuple[Path, str]]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in _TEST.findall(path.read_text()):
            for family, number in _RULE.findall(name):
                rule = f"{family.upper()}-{int(number)}"
                found.setdefault(rule, []).append((path, name))
    for rule, named in found.items():
        begin = re.compile(rf"test_{rule.lower().replace('-', '_0*')}_")
        named.sort(key=lambda place, begin=begin: begin.match(place[1]) is None)  # type: ignore[misc]
    return found


def rule_table() -> str:
    """Return the tables: rule, what it says, the module, the tests, the sources."""
    tests = tests_of_rules()
    parts: list[str] = []
    for section, rows in rules().items():
        lines = [
            (
                name,
                rule.title,
                f"`sebridge/{rule.module}`",
                _told_by(tests.get(name, [])) or rule.why,
                rule.sources,
            )
            for name, rule in rows.items()
        ]
        head = ("rule", "says", "module", "tests", "sources")
        parts.append(f"### {section}\n\n" + _table(head, lines))
    return "\n".join(parts)


def _told_by(tests: Sequence[tuple[Path, str]]) -> str:
    if not tests:
        return ""
    (path, name), *others = tests
    first = f"`{path.relative_to(ROOT).as_posix()}` {name}"
    return f"{first}, and {len(others)} more" if others else first


# ------------------------------------------------------------------ Markdown


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _json(value: object) -> str:
    return repr(to_plain(value)).replace("'", '"').replace("True", "true").replace("False", "false")


def _paragraphs(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "")


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.partition("\n\n")[0].split())
    if len(paragraph) <= _ONE_LINE:
        return paragraph
    return re.split(r"(?<=[.;]) ", paragraph)[0].rstrip(";")


# ------------------------------------------------------------------ files


def replace_part(text: str, name: str, part: str, comment: str = "<!-- {} -->") -> str:
    """Return a file whose part between the two marks of that name, in comments, is new."""
    begin, end = comment.format(f"{name}: written by script/docs"), comment.format(f"end of {name}")
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the page has no place for {name}")
    return f"{before}{begin}\n\n{part}\n{end}{after}"


def pages() -> dict[Path, Callable[[], str]]:
    """Return what makes the text, as it is to be, of every file with generated text."""
    parts: tuple[tuple[Path, str, Callable[[], str]], ...] = (
        (DOCS / "mqtt.md", "error codes", error_codes),
        (DOCS / "architecture.md", "modules", module_list),
        (DOCS / "security.md", "scopes", scopes),
        (DOCS / "smart-energy.md", "rules", rule_table),
        (APP / "config.yaml", "options", configuration_files.app_options),
        (APP / "translations" / "en.yaml", "options", configuration_files.app_translations),
        (APP / "configure.py", "keys", configuration_files.app_keys),
    )
    whole: dict[Path, Callable[[], str]] = {
        DOCS / "rpc.md": rpc_reference,
        DOCS / "configuration.md": configuration_files.page,
        ROOT / "config.example.yaml": configuration_files.example,
    }
    return whole | {path: partial(_with_part, path, name, make) for path, name, make in parts}


def _with_part(path: Path, name: str, make: Callable[[], str]) -> str:
    comment = "<!-- {} -->" if path.suffix == ".md" else "# {}"
    return replace_part(path.read_text(), name, make(), comment)


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with --check say which are outdated."""
    texts = {path: make() for path, make in pages().items()}
    outdated = [path for path, text in texts.items() if not _is_current(path, text)]
    for path in outdated:
        shown = path.relative_to(ROOT)
        if "--check" in arguments:
            sys.stdout.write(f"{shown} is outdated: run script/docs\n")
        else:
            path.write_text(texts[path])
            sys.stdout.write(f"wrote {shown}\n")
    return 1 if outdated and "--check" in arguments else 0


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
