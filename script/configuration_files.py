"""What is written of the declarations of the configuration: the example, the app's options, a page.

The app for Home Assistant is told three times: in its manifest what may be entered, in its
translations what a person reads, in its start script which key an option is.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import yaml

from sebridge.settings.declaration import AppOption, Option, Takes, options_of
from sebridge.settings.kinds import AnyTable, Kind, ListOf, TableOf
from sebridge.settings.options import Options

# ------------------------------------------------------------------ config.example.yaml

_HEADER: Final = """\
# The configuration of sebridge: every key with its default.
#
# A key that is left out, or has no value, has its default. To use a line that begins with # and
# several blanks, take the # away. `sebridge check-config -c config.yaml` names all that is wrong.
# Any value may be `!secret name` (from secrets.yaml beside this file) or `!env_var NAME default`;
# the environment wins over the file: SEBRIDGE_MQTT__PASSWORD sets mqtt.password.
# Relative paths are relative to this file.
#
# This file is written by script/docs; docs/configuration.md says what each key may be.
"""


def example(configuration: type = Options) -> str:
    """Return the text of config.example.yaml."""
    parts = (
        "".join(f"{line}\n" for line in _key(name, option, option.default, 0, ""))
        for name, option in options_of(configuration).items()
    )
    return "\n".join([_HEADER, *parts])


def _key(name: str, option: Option, value: Any, depth: int, mark: str) -> Iterator[str]:
    """Yield the lines of a key; the mark stands before those that are not in force."""
    takes = option.takes
    if isinstance(takes, type):
        yield _line(f"{name}:", option.words, depth, mark)
        yield from _section(takes, value, depth + 1, mark if value is not None else "#")
        return
    yield _line(_pair(name, option.shown or value), option.words, depth, mark)
    if isinstance(takes, ListOf):
        yield from _items(takes, option.example, depth + 1)
    elif isinstance(takes, TableOf):
        for key, item in option.example.items():
            yield _line(_pair(key, item), "", depth + 1, "#")


def _section(kind: type, made: Any, depth: int, mark: str) -> Iterator[str]:
    for name, option in options_of(kind).items():
        yield from _key(name, option, _value(made, name, option), depth, mark)


def _value(made: Any, name: str, option: Option) -> Any:
    """Return what a section has, or would have if it was made with no more than it needs."""
    return getattr(made, name, option.example if option.is_needed else option.default)


def _items(takes: ListOf, examples: Iterable[Any] | None, depth: int) -> Iterator[str]:
    """Yield what may be in a list; where items are sections, the first one shows every key."""
    kind = takes.items
    if not isinstance(kind, type):
        yield from (_line(f"- {_shown(item)}", "", depth, "#") for item in examples or ())
        return
    for place, item in enumerate(examples or (None,)):
        bullet = "- "
        for name, option in options_of(kind).items():
            value = _value(item, name, option)
            if place == 0 or value != option.default:
                words = _meaning(option, value) or (option.words if place == 0 else "")
                yield _line(f"{bullet}{_pair(name, value)}", words, depth, "#")
                bullet = "  "


def _meaning(option: Option, value: object) -> str:
    return option.takes.meanings.get(str(value), "") if isinstance(option.takes, Kind) else ""


def _line(text: str, words: str, depth: int, mark: str) -> str:
    return f"{mark}{'  ' * depth}{text}" + (f"  # {words}" if words else "")


def _pair(name: str, value: object) -> str:
    return f"{name}: {_shown(value)}".rstrip()


def _shown(value: object) -> str:
    """Return a value as a person would write it; what is empty is not written."""
    if value is None or value in ((), {}):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, tuple):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return str(value)


# ------------------------------------------------------------------ docs/configuration.md

_INTRODUCTION: Final = """\
# The configuration

This page is written by `script/docs` from the declarations in `sebridge/settings/`. The same keys
stand in [config.example.yaml](../config.example.yaml), a file to begin with, which says how values
come from `secrets.yaml` and from the environment, too. `sebridge check-config` names all that is
wrong in a file.
"""


def page(configuration: type = Options) -> str:
    """Return the text of docs/configuration.md."""
    lines = [_INTRODUCTION]
    for name, option in options_of(configuration).items():
        section, *below = _rows(name, option, option.default)
        rows = [("key", "allowed", "default", "meaning"), ("---",) * 4, *(below or [section])]
        lines += [f"## {name}", ""]
        if option.words:
            lines += [f"{option.words[0].upper()}{option.words[1:]}.", ""]
        lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _rows(place: str, option: Option, value: Any) -> Iterator[tuple[str, str, str, str]]:
    """Yield the row of a key, and where it is a section, or a list of them, those below it."""
    takes = option.takes
    shown = option.shown or _shown("" if isinstance(takes, type) else value)
    default = "must be given" if option.is_needed else f"`{shown}`" if shown else ""
    yield f"`{place}`", _allowed(takes), default, option.words
    items = takes.items if isinstance(takes, ListOf) else takes
    if isinstance(items, type):
        for name, below in options_of(items).items():
            inner = f"{place}[].{name}" if items is not takes else f"{place}.{name}"
            yield from _rows(inner, below, getattr(value, name, below.default))


def _allowed(takes: Takes) -> str:
    match takes:
        case Kind():
            return takes.allowed
        case ListOf():
            return f"list: {_allowed(takes.items)}"
        case TableOf():
            return takes.allowed
        case AnyTable():
            return "mapping"
    return "section"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


# ------------------------------------------------------------------ the app for Home Assistant


_InApp = str | list[str] | list[dict[str, Any]]
"""What an option of the app takes, in the words of the Supervisor."""


def offered() -> Iterator[tuple[str, str, Option, AppOption]]:
    """Yield each option of the app: its name, the key, and both declarations."""
    for section, declared in options_of(Options).items():
        if isinstance(declared.takes, type):
            for name, option in options_of(declared.takes).items():
                for app in option.app:
                    place = ".".join(filter(None, (section, name, app.entry)))
                    yield app.key or f"{section}_{name}", place, option, app


def app_options() -> str:
    """Return what the manifest says of options: their defaults, and what each takes."""
    defaults: dict[str, Any] = {}
    schema: dict[str, _InApp] = {}
    for name, _, option, app in offered():
        in_app = app.takes or _in_app(option.takes)
        schema[name] = in_app + "?" if app.optional and isinstance(in_app, str) else in_app
        if not app.optional:
            defaults[name] = None if app.must_be_chosen else _app_default(option)
    return _yaml({"options": defaults, "schema": schema})


def _in_app(takes: Takes) -> _InApp:
    match takes:
        case Kind():
            return takes.in_app
        case ListOf(items=Kind() as items):
            return [items.in_app]
        case ListOf(items=type() as items):
            below = _below(items)
            return [{name: app.takes or _in_app(option.takes) for name, option, app in below}]
    return "bool"  # a section is switched on


def _below(items: type) -> Iterator[tuple[str, Option, AppOption]]:
    """Yield what an item of a list has in the app: its names there, and both declarations."""
    for name, option in options_of(items).items():
        for app in option.app:
            yield app.key or name, option, app


def _app_default(option: Option) -> Any:
    if isinstance(option.takes, ListOf):
        return list(option.default)
    return option.default is not None if isinstance(option.takes, type) else option.default


def app_translations() -> str:
    """Return what a person reads of each option."""
    told = {name: _told(option, app) for name, _, option, app in offered()}
    return _yaml({"configuration": told})


def _told(option: Option, app: AppOption) -> dict[str, Any]:
    told: dict[str, Any] = {"name": app.name, "description": app.words}
    match option.takes:
        case ListOf(items=type() as items):
            fields = {name: _told(below, inner) for name, below, inner in _below(items)}
            return told | {"fields": fields}
    return told


def app_keys() -> str:
    """Return the table by which the start script makes keys of options."""
    lines = (f'    "{name}": "{key}",' for name, key, _, _ in offered())
    return "\n".join(["_KEYS: Final = {", *lines, "}", ""])


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1_000)
