"""What there is by REST, told to programs: an OpenAPI document. Pure.

Source: OpenAPI Specification 3.1.0, "OpenAPI Object", "Path Item Object" and "Operation Object".
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sebridge.model.json_schema import Schemas
from sebridge.rpc.method import Method, Parameter
from sebridge.rpc.resource import Resource

OPENAPI_VERSION: Final = "3.1.0"

_ABOUT: Final = (
    "What the gateway has by REST. Each operation calls the RPC method of its name, and needs its"
    " scope; x-scope names it."
)
_JSON: Final = "application/json"
_PROBLEM: Final = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "code": {"type": "integer"},
        "data": {"type": "object"},
    },
    "required": ["error"],
}


def openapi(
    resources: Iterable[Resource], methods: Mapping[str, Method], version: str
) -> dict[str, Any]:
    """Return the document of these resources, each of which has its method."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for resource in resources:
        operation = _operation(resource, methods[resource.method], schemas)
        paths.setdefault(resource.path, {})[resource.verb.lower()] = operation
    return {
        "openapi": OPENAPI_VERSION,
        "info": {"title": "sebridge", "version": version, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"basic": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.records | {"Problem": _PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _operation(resource: Resource, method: Method, schemas: Schemas) -> dict[str, Any]:
    in_path = resource.in_path
    others = [one for one in method.parameters if one.name not in in_path]
    written: dict[str, Any] = {
        "operationId": _identifier(resource),
        "summary": method.description.partition("\n\n")[0].replace("\n", " "),
        "description": method.description,
        "x-scope": method.scope.name.lower(),
        "parameters": [
            _parameter(one, "path" if one.name in in_path else "query", schemas)
            for one in method.parameters
            if one.name in in_path or not resource.has_body
        ],
        "responses": {
            "200": {
                "description": "done",
                "content": {_JSON: {"schema": _answer(resource, method, schemas)}},
            },
            "default": {
                "description": "refused; error says why",
                "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if resource.has_body:
        body = {"required": True, "content": {_JSON: {"schema": _body(others, schemas)}}}
        written["requestBody"] = body
    return written


def _identifier(resource: Resource) -> str:
    """Return a name that no other operation has: two may show parts of one method's answer."""
    return "_".join((resource.method, *resource.fields[:1]))


def _parameter(parameter: Parameter, place: str, schemas: Schemas) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": place,
        "required": parameter.required,
        "schema": schemas.with_default(parameter.kind, parameter.default),
    }


def _body(parameters: Iterable[Parameter], schemas: Schemas) -> dict[str, Any]:
    given = list(parameters)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {one.name: schemas.with_default(one.kind, one.default) for one in given},
        "additionalProperties": False,
    }
    required = [one.name for one in given if one.required]
    return schema | ({"required": required} if required else {})


def _answer(resource: Resource, method: Method, schemas: Schemas) -> dict[str, Any]:
    whole = schemas.of(method.response)
    if not resource.fields:
        return whole
    record = schemas.records[whole["$ref"].rpartition("/")[2]]
    return {
        "type": "object",
        "properties": {name: record["properties"][name] for name in resource.fields},
        "required": list(resource.fields),
    }
