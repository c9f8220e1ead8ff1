"""Methods, told to programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft7Validator  # type: ignore[import-untyped]
import pytest

from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.description import description, openrpc
from sebridge.rpc.message import Scope
from sebridge.rpc.method import Method, method, methods_of
from tests.reference_files import reference

META = reference("openrpc.schema.json")
DEPTH = 2


@dataclass(frozen=True)
class Found:
    """What was found."""

    names: Sequence[str]


class Chapter:
    """Methods to describe."""

    @method(scope=Scope.READ)
    async def find(self, depth: Uint8 = DEPTH, *, word: str, note: str | Absent = ABSENT) -> Found:
        """Find a word.

        Deep down.
        """
        del depth, note
        return Found([word])

    @method
    async def begin(self) -> None:
        """Begin."""

    @method(scope=Scope.ADMIN)
    async def name(self, **named: Uint8) -> Found:
        """Name numbers."""
        return Found(list(named))


@pytest.fixture
def methods() -> list[Method]:
    return methods_of(Chapter())


def test_a_method_is_described_with_all_that_a_caller_needs(methods: list[Method]) -> None:
    told = description(methods)

    find, begin, name = told["methods"]
    assert find == {
        "name": "find",
        "interface": "Chapter",
        "module": "test_description",
        "scope": "read",
        "help": "Find a word.\n\nDeep down.",
        "parameters": [
            {
                "name": "depth",
                "required": False,
                "schema": {"type": "integer", "minimum": 0, "maximum": 255, "default": 2},
            },
            {"name": "word", "required": True, "schema": {"type": "string"}},
            {"name": "note", "required": False, "schema": {"type": "string"}},
        ],
        "response": {"$ref": "#/components/schemas/Found"},
    }
    assert (begin["parameters"], begin["response"]) == ([], {"type": "object"})
    assert (name["scope"], name["other_parameters"]["maximum"]) == ("admin", 255)
    assert told["components"]["schemas"].keys() == {"Found"}


def test_the_openrpc_document_is_one(methods: list[Method]) -> None:
    document = openrpc(methods, "1.2.3", "/rpc")

    assert list(Draft7Validator(META).iter_errors(document)) == []
    assert document["info"]["version"] == "1.2.3"
    assert document["servers"][0]["url"] == "/rpc"


def test_parameters_that_must_be_given_come_first(methods: list[Method]) -> None:
    # OpenRPC Specification, "Method Object", params
    find = openrpc(methods, "1", "/rpc")["methods"][0]

    assert [param.get("name") for param in find["params"]] == ["word", "depth", "note", None]
    assert find["params"][-1] == {"$ref": "#/components/contentDescriptors/request_identifier"}


def test_scope_and_free_parameters_are_extensions(methods: list[Method]) -> None:
    find, _, name = openrpc(methods, "1", "/rpc")["methods"]

    assert (find["x-scope"], name["x-scope"]) == ("read", "admin")
    assert "x-other-parameters" not in find
    assert name["x-other-parameters"] == {"type": "integer", "minimum": 0, "maximum": 255}


@pytest.mark.parametrize("spoil", ["name", "params", "result"])
def test_the_meta_schema_finds_what_is_missing(methods: list[Method], spoil: str) -> None:
    document: dict[str, Any] = openrpc(methods, "1", "/rpc")
    del document["methods"][0][spoil]

    assert not Draft7Validator(META).is_valid(document)
