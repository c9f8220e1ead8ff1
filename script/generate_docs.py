#!/usr/bin/env python
"""What in docs/ is made from the code, so that it cannot be outdated without a test saying so."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
import dataclasses
import importlib
import inspect
from pathlib import Path
import pkgutil
import re
import sys
import types
from typing import (
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import yaml
import zigpy.types as t

import sebridge.api
import sebridge.app
from sebridge.base import errors
from sebridge.base.errors import SebridgeError
from sebridge.base.values import ABSENT, Absent, annotations, plain
from sebridge.rpc.method import Method, Parameter, methods_of
from sebridge.settings.entries import ENTRIES, Entry

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"

CHAPTERS: Final = (
    *("gateway", "network", "devices", "zcl"),
    *("price", "price_values", "drlc", "messaging", "protected_messages"),
    *("clients", "participation", "aliases", "responses"),
)
"""The order in which a reader wants them; what is not named here comes last."""

_INTRODUCTION: Final = """\
# RPC methods

This page is written by `script/docs` from the method declarations in `sebridge/api/`. How to send
a request and what an answer looks like is told in [mqtt.md](mqtt.md); there is the table of
[error codes](mqtt.md#error-codes), too.

Every method also takes `request_identifier`: any value, which comes back in the answer.

How values are written:

- an integer is a number, or text such as `"0x5E"`;
- an address is text of 16 hex digits with any delimiters or none, most significant octet first;
- octets are text of hex digits;
- a record is an object with the fields listed under [Records](#records); a field with a default
  may be left out, and an unknown field is an error;
- times in records are seconds since 2000-01-01 00:00:00 UTC, where 0 as a start means "now".
"""


# ------------------------------------------------------------------ where the parts come from


def methods() -> list[Method]:
    """Return every RPC method, chapter by chapter."""
    wired = _wired()
    names = [module.name for module in pkgutil.iter_modules(sebridge.api.__path__)]
    known = {name: place for place, name in enumerate(CHAPTERS)}
    found: list[Method] = []
    for name in sorted(names, key=lambda name: known.get(name, len(known))):
        module = importlib.import_module(f"sebridge.api.{name}")
        for kind in vars(module).values():
            if inspect.isclass(kind) and kind.__module__ == module.__name__:
                found += methods_of(kind.__new__(kind)) if kind in wired else []
    return found


def _wired() -> set[type]:
    """Return the chapters that the composition root makes callable, not those still to be wired."""
    names = [module.name for module in pkgutil.iter_modules(sebridge.app.__path__)]
    modules = [importlib.import_module(f"sebridge.app.{name}") for name in names]
    kinds = [kind for module in modules for kind in vars(module).values() if inspect.isclass(kind)]
    return {kind for kind in kinds if kind.__name__.endswith("Methods")}


def response_of(method: Method) -> Any:
    """Return the dataclass that a method answers with."""
    return get_type_hints(method.call)["return"]


# ------------------------------------------------------------------ types in words


class TypeWords:
    """Says in words what may stand in a parameter or field, and collects the records it meets."""

    def __init__(self) -> None:
        self.records: dict[str, type] = {}

    def say(self, kind: Any) -> str:
        """Return the words for a declared type."""
        origin = get_origin(kind)
        if origin is Union or origin is types.UnionType:
            return self._say_union(kind)
        if origin is Literal:
            return " or ".join(f"`{word!r}`" for word in get_args(kind))
        if origin is not None and issubclass(origin, Mapping):
            return "object of " + self.say(get_args(kind)[1])
        if origin is not None and issubclass(origin, Sequence):
            return "list of " + self.say(get_args(kind)[0])
        if kind is Any or kind is type(None):
            return "any" if kind is Any else "null"
        return self._say_scalar(kind)

    def _say_union(self, kind: Any) -> str:
        words = [self.say(choice) for choice in get_args(kind) if choice != Absent]
        return " or ".join(dict.fromkeys(words))

    def _say_scalar(self, kind: type) -> str:
        if dataclasses.is_dataclass(kind) or issubclass(kind, t.Struct):
            self.records.setdefault(kind.__name__, kind)
            return f"[{kind.__name__}](#{kind.__name__.lower()})"
        if issubclass(kind, t.FixedIntType) and not issubclass(kind, t.NWK):
            return f"integer {int(kind.min_value)}..{int(kind.max_value)}"
        for family, word in _WORDS:
            if issubclass(kind, family):
                return word
        raise TypeError(f"there are no words for {kind!r}")


_WORDS: Final[tuple[tuple[Any, str], ...]] = (
    (bool, "true or false"),
    (t.NWK, "16-bit address"),
    (t.EUI64, "64-bit address"),
    (int, "integer"),
    (float, "number"),
    (str, "text"),
    ((bytes, bytearray), "octets"),
)


# ------------------------------------------------------------------ the RPC reference


def rpc_reference() -> str:
    """Return the text of docs/rpc.md."""
    every, words = methods(), TypeWords()
    parts = [_INTRODUCTION, _overview(every), "## Methods\n"]
    parts += [_method(method, words) for method in every]
    parts.append("## Records\n")
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
    lines += [*_answer(response_of(method), words)]
    lines.append(f"Scope: `{method.scope.name.lower()}`\n")
    return "\n".join(lines)


def _answer(response: Any, words: TypeWords) -> list[str]:
    if response is type(None):
        return ["Answer: empty.\n"]
    if not dataclasses.is_dataclass(response):
        return [f"Answer: {words.say(response)}, under the names that were given.\n"]
    kind = cast("type", response)
    rows = [_response_field(field, kind, words) for field in dataclasses.fields(kind)]
    return [f"Answer: {_paragraphs(kind)}", "", _table(("field", "type", ""), rows)]


def _parameter(parameter: Parameter, words: TypeWords) -> tuple[str, str, str]:
    kind = words.say(parameter.kind)
    if parameter.required:
        return f"`{parameter.name}`", kind, "must be given"
    if parameter.default is ABSENT:
        return f"`{parameter.name}`", kind, "none"
    return f"`{parameter.name}`", kind, f"`{_json(parameter.default)}`"


def _response_field(
    field: dataclasses.Field[Any], response: type, words: TypeWords
) -> tuple[str, str, str]:
    kind = field_types(response)[field.name]
    note = "not always there" if field.default is ABSENT else ""
    if field.default is not dataclasses.MISSING and field.default is not ABSENT:
        note = f"always `{_json(field.default)}`"
    return f"`{field.name}`", words.say(kind), note


def field_types(kind: type) -> dict[str, Any]:
    """Return the type of each field of a dataclass, those of a generic base made certain."""
    meaning: dict[Any, Any] = {}
    for base in getattr(kind, "__orig_bases__", ()):
        variables = getattr(get_origin(base), "__parameters__", ())
        meaning |= dict(zip(variables, get_args(base), strict=True))
    return {name: _certain(hint, meaning) for name, hint in annotations(kind).items()}


def _certain(hint: Any, meaning: Mapping[Any, Any]) -> Any:
    """Put what a subclass chose in the place of a type variable."""
    if isinstance(hint, TypeVar):
        return meaning[hint]
    variables = getattr(hint, "__parameters__", ()) if get_origin(hint) is not None else ()
    return hint[tuple(meaning[variable] for variable in variables)] if variables else hint


def _record(kind: Any, words: TypeWords) -> str:
    about = _paragraphs(kind)
    fields = _struct_fields if issubclass(kind, t.Struct) else _dataclass_fields
    return "\n".join(
        [
            f"### {kind.__name__}",
            "",
            about,
            "",
            _table(("field", "type", "default"), fields(kind, words)),
        ]
    )


def _struct_fields(kind: Any, words: TypeWords) -> Iterator[tuple[str, str, str]]:
    for field in kind.fields:
        default = f"`{_json(field.default)}`" if field.default is not None else ""
        if not default:
            default = "left off" if field.optional else "must be given"
        yield f"`{field.name}`", words.say(field.type), default


def _dataclass_fields(kind: Any, words: TypeWords) -> Iterator[tuple[str, str, str]]:
    for field in dataclasses.fields(kind):
        note = "not always there" if field.default is ABSENT else ""
        yield f"`{field.name}`", words.say(field_types(kind)[field.name]), note


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
            names.setdefault((kind.code, kind.meaning), kind.__name__)
    ordered = sorted(names, key=lambda item: (item[0] > _HIGHEST_OWN, -item[0]))
    rows = [(f"`{code}`", meaning, f"`{names[code, meaning]}`") for code, meaning in ordered]
    return _table(("code", "meaning", "class in `sebridge/base/errors.py`"), rows)


_HIGHEST_OWN: Final = -32000
_ONE_LINE: Final = 120  # characters


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
    "base",
    *("zcl", "schedule", "rpc", "storage", "settings"),
    *("smartenergy", "radio", "devices", "clusters", "reporting", "simulator"),
    *("api", "transports", "homeassistant", "app"),
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
    return repr(plain(value)).replace("'", '"').replace("True", "true").replace("False", "false")


def _paragraphs(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "")


def _first_sentence(text: str) -> str:
    paragraph = " ".join(text.partition("\n\n")[0].split())
    if len(paragraph) <= _ONE_LINE:
        return paragraph
    return re.split(r"(?<=[.;]) ", paragraph)[0].rstrip(";")


# ------------------------------------------------------------------ files


def replace_part(text: str, name: str, part: str) -> str:
    """Return a page whose part between the two marks of that name is new."""
    begin, end = f"<!-- {name}: written by script/docs -->", f"<!-- end of {name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the page has no place for {name}")
    return f"{before}{begin}\n\n{part}\n{end}{after}"


def pages() -> dict[Path, str]:
    """Return every page with generated text, as it is to be."""
    found = {DOCS / "rpc.md": rpc_reference()}
    parts: tuple[tuple[str, str, Callable[[], str]], ...] = (
        ("mqtt.md", "error codes", error_codes),
        ("architecture.md", "modules", module_list),
        ("smart-energy.md", "rules", rule_table),
    )
    for page, name, make in parts:
        path = DOCS / page
        found[path] = replace_part(path.read_text(), name, make())
    return found


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with --check say which are outdated."""
    outdated = [path for path, text in pages().items() if not _is_current(path, text)]
    for path in outdated:
        shown = path.relative_to(ROOT)
        if "--check" in arguments:
            sys.stdout.write(f"{shown} is outdated: run script/docs\n")
        else:
            path.write_text(pages()[path])
            sys.stdout.write(f"wrote {shown}\n")
    return 1 if outdated and "--check" in arguments else 0


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
