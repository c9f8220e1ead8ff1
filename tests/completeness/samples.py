"""Requests as a head-end of the old gateways writes them, made from the reference alone.

For each request there are as many documents as its parameters have types at most; each has every
parameter, with a value of one of its types, and records with every field.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.completeness.reference import RECORDS, REQUESTS

ALIAS: Final = "BOILER"
"""The name of parameters whose names carry the value."""

_TEXTS: Final = {
    "int": "0x1",
    "float": "1.5",
    "bool": "TRUE",
    "string": "abc",
    "MAC": "00-13-A2-00-40-5C-01-F7",
    "base16": "00112233445566778899AABBCCDDEEFF",
    "base64": "ABEiM0RVZneImaq7zN3u/w==",
    "xml": '<join_time type="int">0x1E</join_time>',
    "none": "",
}
_ANY_RECORD: Final = "ReadAttributeRecord"


def samples(name: str) -> Iterator[str]:
    """Yield the documents that call a request of the reference."""
    parameters = REQUESTS[name]["request"]
    for variant in range(max((len(_types(one)) for one in parameters), default=1)):
        inside = "".join(_parameter(one, variant) for one in parameters)
        yield _document(
            "RPC_request",
            f'<{name} synchronous="true">{inside}'
            f'<request_identifier type="int">0x2A</request_identifier></{name}>',
        )


def fetching() -> str:
    """Return the document that fetches stored responses."""
    attributes = REQUESTS["get_responses"]["request_attributes"]
    inside = " ".join(f'{one["name"]}="5"' for one in attributes)
    return _document("RPC_response", f"<get_responses {inside}/>")


def _document(target: str, inside: str) -> str:
    return (
        f'<rci_request version="1.1"><do_command target="{target}">{inside}</do_command>'
        "</rci_request>"
    )


def _types(parameter: Mapping[str, Any]) -> list[str]:
    return str(parameter["type"]).split("|")


def _parameter(parameter: Mapping[str, Any], variant: int) -> str:
    name = ALIAS if parameter.get("tag_is_value") else parameter["name"]
    types = _types(parameter)
    return _element(name, types[variant % len(types)], parameter)


def _element(name: str, kind: str, declared: Mapping[str, Any]) -> str:
    if kind in RECORDS or kind == "record":
        return _record(name, _ANY_RECORD if kind == "record" else kind)
    if kind == "list":
        item = str(declared.get("item", "int"))
        return f'<{name} type="list">{_element("item", item, {})}</{name}>'
    if kind == "any" or kind.startswith("by "):
        kind = "int"
    return f'<{name} type="{kind}">{_text(kind, declared)}</{name}>'


def _text(kind: str, declared: Mapping[str, Any]) -> str:
    default = declared.get("default")
    if default is None:
        return _TEXTS[kind]
    return f"{default:#x}" if kind == "int" else str(default)


def _record(name: str, record: str) -> str:
    fields = "".join(
        _element(one["name"], one["type"], one)
        for one in RECORDS[record]["fields"]
        if not str(one.get("included_when")).startswith("only in ")  # that is: in one message
    )
    return f'<{name} type="{record}">{fields}</{name}>'
