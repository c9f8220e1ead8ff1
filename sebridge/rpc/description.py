"""What methods there are, told to programs: our own list, and an OpenRPC document. Pure.

Source: OpenRPC Specification 1.3, "OpenRPC Object" and "Method Object".
"""

from collections.abc import Iterable
from typing import Any, Final

from sebridge.model.json_schema import Schemas
from sebridge.rpc.method import Method, Parameter

OPENRPC_VERSION: Final = "1.3.2"

_EVERYWHERE: Final = "request_identifier"
_ABOUT: Final = (
    "The RPC methods of a ZigBee Smart Energy gateway. Schemas tell the plain form of values;"
    " whole numbers may also be text such as 0x5E, and addresses may have other delimiters."
)


def description(methods: Iterable[Method]) -> dict[str, Any]:
    """Return every method with its scope, parameters, response and help, and the records."""
    schemas = Schemas()
    told = [_told(method, schemas) for method in methods]
    return {"methods": told, "components": {"schemas": schemas.records}}


def _told(method: Method, schemas: Schemas) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": method.name,
        "interface": method.interface,
        "module": method.module,
        "scope": method.scope.name.lower(),
        "help": method.description,
        "parameters": [_content(parameter, schemas) for parameter in method.parameters],
        "response": _response(method, schemas),
    }
    if method.others is not None:
        told["other_parameters"] = schemas.of(method.others.kind)
    return told


def openrpc(methods: Iterable[Method], version: str, path: str) -> dict[str, Any]:
    """Return the OpenRPC document of these methods; `path` is where requests are posted."""
    schemas = Schemas()
    written = [_method(method, schemas) for method in methods]
    identifier = {
        "name": _EVERYWHERE,
        "summary": "Any value; it comes back in the answer.",
        "required": False,
        "schema": {},
    }
    return {
        "openrpc": OPENRPC_VERSION,
        "info": {"title": "sebridge", "version": version, "description": _ABOUT},
        "servers": [{"name": "this gateway", "url": path}],
        "methods": written,
        "components": {
            "contentDescriptors": {_EVERYWHERE: identifier},
            "schemas": schemas.records,
        },
    }


def _method(method: Method, schemas: Schemas) -> dict[str, Any]:
    params: list[dict[str, Any]] = [
        _content(parameter, schemas)
        for parameter in sorted(method.parameters, key=lambda one: not one.required)
    ]
    written: dict[str, Any] = {
        "name": method.name,
        "summary": method.description.partition("\n\n")[0].replace("\n", " "),
        "description": method.description,
        "tags": [{"name": method.module}],
        "paramStructure": "by-name",
        "params": [*params, {"$ref": f"#/components/contentDescriptors/{_EVERYWHERE}"}],
        "result": {"name": "result", "schema": _response(method, schemas)},
        "x-scope": method.scope.name.lower(),
    }
    if method.others is not None:
        written["x-other-parameters"] = schemas.of(method.others.kind)
    return written


def _response(method: Method, schemas: Schemas) -> dict[str, Any]:
    """Return the schema of an answer, which is an object even where there is nothing to tell."""
    return {"type": "object"} if method.response is type(None) else schemas.of(method.response)


def _content(parameter: Parameter, schemas: Schemas) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "required": parameter.required,
        "schema": schemas.with_default(parameter.kind, parameter.default),
    }
