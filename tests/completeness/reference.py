"""What the RPC reference lists: a sentence for each parameter, field and setting there is.

A fact is found by its subject (a method, message, record, or the registry), by the part of it
(request, response, message, field, setting) and by a name; the name "" stands for the subject
itself. `declared` says the same sentences of our code.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tests.reference_files import reference

Key = tuple[str, str, str]
Facts = dict[Key, str]

_COMMON: Final = "timestamp"  # of every response, and no parameter of any


def _entries(file: str, section: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reference(file)[section]
    return found


MESSAGES: Final = {entry["name"]: entry for entry in _entries("rpc.yaml", "messages")}
REQUESTS: Final = {name: entry for name, entry in MESSAGES.items() if entry["kind"] == "request"}
NOTIFICATIONS: Final = {name: entry for name, entry in MESSAGES.items() if name not in REQUESTS}
RECORDS: Final = {entry["name"]: entry for entry in _entries("records.yaml", "records")}
SETTINGS: Final = {entry["name"]: entry for entry in _entries("registry.yaml", "settings")}


# ------------------------------------------------------------------ facts


def facts() -> Facts:
    """Return all that the reference says."""
    return {key: said for name in REQUESTS for key, said in _of_request(name)} | {
        **{key: said for name in NOTIFICATIONS for key, said in _of_notification(name)},
        **{key: said for name in RECORDS for key, said in _of_record(name)},
        **{("registry", "setting", name): _setting(entry) for name, entry in SETTINGS.items()},
    }


def _of_request(name: str) -> Iterator[tuple[Key, str]]:
    request, response = REQUESTS[name], REQUESTS[name]["response"]
    yield (name, "request", ""), "a method"
    for parameter in (*request["request"], *request.get("request_attributes", ())):
        yield (name, "request", parameter["name"]), _needed(parameter)
    yield (name, "response", ""), "an answer" if response is not None else "no answer"
    yield from _of_answer(name, "response", response or {"parameters": ()})


def _of_notification(name: str) -> Iterator[tuple[Key, str]]:
    yield (name, "message", ""), "a message"
    yield from _of_answer(name, "message", NOTIFICATIONS[name]["response"])


def _of_answer(name: str, part: str, response: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    for parameter in (*response["parameters"], *response.get("attributes", ())):
        if parameter["name"] != _COMMON:
            yield (name, part, parameter["name"]), _given(parameter)


def _of_record(name: str) -> Iterator[tuple[Key, str]]:
    yield (name, "field", ""), "a record"
    for field in RECORDS[name]["fields"]:
        yield (name, "field", field["name"]), _needed(field)


# ------------------------------------------------------------------ sentences


def _needed(parameter: Mapping[str, Any]) -> str:
    kind = words_of(parameter)
    if "default" in parameter:
        return f"{kind}, default {parameter['default']!r}"
    return f"{kind}, required" if parameter["required"] else f"{kind}, optional"


def _given(parameter: Mapping[str, Any]) -> str:
    return f"{words_of(parameter)}, {'always' if parameter['required'] else 'sometimes'}"


def _setting(entry: Mapping[str, Any]) -> str:
    kind = "|".join({"str": "string"}.get(word, word) for word in entry["type"].split("|"))
    return f"{kind}, default {entry['default']!r}"


def words_of(parameter: Mapping[str, Any]) -> str:
    """Return the types that a value may have, in alphabetical order, such as `int|list of MAC`."""
    kinds = str(parameter["type"]).split("|")
    return one_of(_word(kind, parameter) for kind in kinds)


def one_of(words: Iterable[str]) -> str:
    """Return several types as one."""
    return "|".join(sorted(set(words)))


def _word(kind: str, parameter: Mapping[str, Any]) -> str:
    if kind.startswith("by "):
        return "any"  # by another field of the record
    if kind not in {"list", "dict"}:
        return kind
    item = parameter.get("item", "any")
    return f"{kind} of {item if isinstance(item, str) else _dict_of(item['fields'])}"


def _dict_of(fields: Iterable[Mapping[str, Any]]) -> str:
    return dict_with((field["name"], words_of(field)) for field in fields)


def dict_with(fields: Iterable[tuple[str, str]]) -> str:
    """Return the type of a dict whose names are fixed, but are not those of a record."""
    inside = ", ".join(f"{name} {kind}" for name, kind in sorted(fields))
    return f"dict({inside})"
