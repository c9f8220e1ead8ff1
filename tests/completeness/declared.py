"""What our code declares, in the sentences in which `reference` tells of the RPC reference.

Everything is found: the methods in a running gateway, the messages in their table, the records
among all classes of the package, the settings in the registry's table.
"""

from collections.abc import Iterator
import importlib
import inspect
import pkgutil
from typing import Any, Final, get_args, get_origin

import sebridge
from sebridge.api.notifications import parameters_by_name
from sebridge.app.features import FEATURES, every_notification
from sebridge.base.clock import VirtualClock
from sebridge.model.plain import to_plain
from sebridge.model.record import record_name
from sebridge.model.shape import (
    Choice,
    Field,
    Fields,
    Listing,
    Plain,
    Shape,
    Table,
    Words,
    fields_of,
    shape_of,
)
from sebridge.model.values import ABSENT, Repeated
from sebridge.rpc.method import Method, Parameter
from sebridge.rpc.xml_text import Xml
from sebridge.settings.entries import ENTRIES
from tests.api.home import Home
from tests.completeness import reference
from tests.completeness.reference import Facts, Key, dict_with, one_of

METHODS: Final = dict(Home(VirtualClock(), ()).gateway.dispatcher.methods)
"""Those of a running gateway: every role has the same, as tests/app/test_method_groups.py shows."""

NOTIFICATIONS: Final = parameters_by_name(every_notification(FEATURES))
"""The parameters of all notifications."""

_WORDS: Final = {
    Plain.ANYTHING: "any",
    Plain.NOTHING: "none",
    Plain.TRUTH: "bool",
    Plain.NUMBER: "float",
    Plain.TEXT: "string",
    Plain.OCTETS: "base16",
    Plain.ADDRESS: "MAC",
    Plain.NETWORK_ADDRESS: "MAC",
    Plain.SECRET: "base16|base64|int|string",
}


def _records() -> dict[str, list[type]]:
    """Return the classes of each record of the reference: itself first, then what refines it."""
    found: dict[str, list[type]] = {}
    for module in pkgutil.walk_packages(sebridge.__path__, "sebridge."):
        if not module.name.endswith("__main__"):  # that would start the program
            for kind in vars(importlib.import_module(module.name)).values():
                own = inspect.isclass(kind) and kind.__module__ == module.name
                if own and (name := record_name(kind)) in reference.RECORDS:
                    found.setdefault(str(name), []).append(kind)
    return {
        name: sorted(kinds, key=lambda kind, name=name: kind.__name__ != name)  # type: ignore[misc]
        for name, kinds in found.items()
    }


RECORDS: Final = _records()


# ------------------------------------------------------------------ facts


def facts() -> Facts:
    """Return all that our code declares."""
    return {key: said for item in METHODS.values() for key, said in _of_method(item)} | {
        **{key: said for name in NOTIFICATIONS for key, said in _of_notification(name)},
        **{key: said for name in RECORDS for key, said in _of_record(name)},
        **{
            ("registry", "setting", name): f"{words_of(type(entry.default))}, default"
            f" {entry.default!r}"
            for entry in ENTRIES
            for name in entry.names
        },
    }


def _of_method(method: Method) -> Iterator[tuple[Key, str]]:
    yield (method.name, "request", ""), "a method"
    for parameter in method.parameters:
        yield (method.name, "request", parameter.name), _needed(parameter)
    if method.others is not None:
        yield (
            (method.name, "request", method.others.name),
            f"{words_of(method.others.kind)}, required",
        )
    shape = shape_of(method.response)
    yield (method.name, "response", ""), "no answer" if shape is Plain.NOTHING else "an answer"
    if isinstance(shape, Table) and method.others is not None:
        yield (method.name, "response", method.others.name), f"{words_of(shape.values)}, always"
    if isinstance(shape, Fields):
        for field in shape.fields:
            yield (method.name, "response", field.name), _given(field)


def _of_notification(name: str) -> Iterator[tuple[Key, str]]:
    yield (name, "message", ""), "a message"
    for field in fields_of(NOTIFICATIONS[name]):
        yield (name, "message", field.name), _given(field)


def _of_record(name: str) -> Iterator[tuple[Key, str]]:
    yield (name, "field", ""), "a record"
    told: set[str] = set()
    for kind in RECORDS[name]:
        for field in fields_of(kind):
            if field.name not in told:
                told.add(field.name)
                yield (name, "field", field.name), _needed(field)


# ------------------------------------------------------------------ sentences


def _needed(item: Parameter | Field) -> str:
    kind = words_of(item.kind)
    if item.required:
        return f"{kind}, required"
    if item.default is ABSENT:
        return f"{kind}, optional"
    return f"{kind}, default {to_plain(item.default)!r}"


def _given(field: Field) -> str:
    return f"{words_of(field.kind)}, {'sometimes' if field.default is ABSENT else 'always'}"


def words_of(kind: Any) -> str:
    """Return the types that a declaration stands for, as `reference.words_of` does."""
    if inspect.isclass(kind) and issubclass(kind, Xml):
        return "xml"
    if get_origin(kind) is Repeated:
        return one_of(words_of(item) for item in get_args(kind))
    shape = shape_of(kind)
    if isinstance(shape, Plain):
        return _WORDS[shape]
    return _words_of_parts(shape)


def _words_of_parts(shape: Shape) -> str:
    match shape:
        case Words(words):
            return one_of(words_of(type(word)) for word in words)
        case Choice(kinds):
            return one_of(words_of(choice) for choice in kinds)
        case Listing(items):
            return f"list of {words_of(items)}"
        case Table(values):
            return f"dict of {words_of(values)}"
        case Fields(kind, fields):
            inside = ((field.name, words_of(field.kind)) for field in fields)
            return record_name(kind) or dict_with(inside)
    return "int"
