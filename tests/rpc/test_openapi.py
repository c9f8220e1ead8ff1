"""Resources, told to programs: all of those that there are, in one document."""

from collections.abc import Iterator
from typing import Any

import pytest

from sebridge.app.features import FEATURES
from sebridge.app.method_groups import method_groups
from sebridge.rpc.method import methods_of
from sebridge.rpc.openapi import openapi

RESOURCES = [resource for feature in FEATURES for resource in feature.resources]
METHODS = {
    one.name: one for group in method_groups(FEATURES) for one in methods_of(object.__new__(group))
}
VERBS = {"GET": "read", "PUT": "command", "POST": "command", "DELETE": "admin"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi(RESOURCES, METHODS, "1.2.3")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for verb, operation in item.items():
            yield path, verb, operation


def references(told: Any) -> Iterator[str]:
    if isinstance(told, list):
        for one in told:
            yield from references(one)
    elif isinstance(told, dict):
        if "$ref" in told:
            yield told["$ref"]
        for one in told.values():
            yield from references(one)


def test_every_resource_is_an_operation_with_a_name_of_its_own(document: dict[str, Any]) -> None:
    found = list(operations(document))

    assert {(path, verb.upper()) for path, verb, _ in found} == {
        (one.path, one.verb) for one in RESOURCES
    }
    names = [operation["operationId"] for _, _, operation in found]
    assert len(names) == len(set(names)) == len(RESOURCES)


def test_what_stands_in_a_path_is_a_parameter_that_must_be_given(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        in_path = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert all(f"{{{name}}}" in path for name in in_path)
        assert path.count("{") == len(in_path)
        assert all(one["required"] for one in operation["parameters"] if one["in"] == "path")


def test_what_is_referred_to_is_there(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert {name.rpartition("/")[2] for name in references(document)} <= set(schemas)


def test_the_verb_tells_what_a_caller_must_be_allowed_to_do(document: dict[str, Any]) -> None:
    for _, verb, operation in operations(document):
        assert operation["x-scope"] == VERBS[verb.upper()]


def test_parameters_are_in_the_query_or_in_the_body(document: dict[str, Any]) -> None:
    paths = document["paths"]
    relay = paths["/rest/circles/{circle_address}/relay"]["put"]
    history = paths["/rest/circles/{circle_address}/history"]["get"]
    added = paths["/rest/circles"]["post"]

    body = relay["requestBody"]["content"]["application/json"]["schema"]
    assert (body["required"], list(body["properties"])) == (["on"], ["on"])
    assert [(one["name"], one["in"]) for one in history["parameters"]] == [
        ("circle_address", "path"),
        ("begin", "query"),
        ("end", "query"),
    ]
    added_body = added["requestBody"]["content"]["application/json"]["schema"]
    assert added_body["required"] == ["circle_address"]
    assert "requestBody" not in history


def test_a_part_of_an_answer_is_described_as_such(document: dict[str, Any]) -> None:
    power = document["paths"]["/rest/circles/{circle_address}/power"]["get"]

    schema = power["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"power", "on", "energy_in", "energy_out"}
