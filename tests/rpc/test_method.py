"""An RPC method is a Python method."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from sebridge.base.errors import ParameterError
from sebridge.model.data_types import Uint8
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import method, methods_of


@dataclass(frozen=True)
class Answer:
    double: int
    note: str | Absent = ABSENT


class Chapter:
    """Some methods."""

    @method
    async def second_in_the_alphabet(self, number: Uint8, note: str | Absent = ABSENT) -> Answer:
        """Double a number.

        In more words.
        """
        return Answer(2 * number, note)

    @method
    async def first_in_the_alphabet(self) -> Answer:
        return Answer(0)

    async def unmarked(self) -> Answer:
        return Answer(1)


def test_the_marked_methods_are_found_in_the_order_of_writing() -> None:
    names = [item.name for item in methods_of(Chapter())]

    assert names == ["second_in_the_alphabet", "first_in_the_alphabet"]


def test_name_annotations_and_docstring_are_the_interface() -> None:
    doubled, bare = methods_of(Chapter())

    number, note = doubled.parameters
    assert doubled.description == "Double a number.\n\nIn more words."
    assert doubled.module == __name__.rpartition(".")[2]
    assert (number.name, number.kind, number.required) == ("number", Uint8, True)
    assert (note.name, note.default, note.required) == ("note", ABSENT, False)
    assert (bare.description, bare.parameters) == ("", ())


def test_the_response_is_what_the_method_returns() -> None:
    assert [item.response for item in methods_of(Chapter())] == [Answer, Answer]


async def test_a_call_reads_its_parameters_by_their_annotations() -> None:
    doubled, _ = methods_of(Chapter())

    assert await doubled.call(**doubled.arguments({"number": "0x10"})) == Answer(32)
    assert await doubled.call(**doubled.arguments({"number": 1, "note": "n"})) == Answer(2, "n")


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({}, "number"),
        ({"number": 256}, "number"),
        ({"number": 1, "colour": "red"}, "colour"),
        ({"number": 1, "self": 1}, "self"),
    ],
)
async def test_what_cannot_be_a_parameter_is_named(params: dict[str, object], path: str) -> None:
    doubled, _ = methods_of(Chapter())

    with pytest.raises(ParameterError) as caught:
        await doubled.call(**doubled.arguments(params))

    assert caught.value.path == path


class Naming:
    """A method whose parameters' names are values."""

    @method(scope=Scope.ADMIN)
    async def name(self, kind: str = "thing", **named: Uint8) -> Answer:
        """Name numbers."""
        return Answer(len(named), f"{kind} " + ", ".join(f"{k}={v}" for k, v in named.items()))


async def test_a_method_may_take_parameters_of_any_name() -> None:
    (naming,) = methods_of(Naming())

    answer = await naming.call(**naming.arguments({"kind": "pair", "one": 1, "two": "0x2"}))

    assert answer == Answer(2, "pair one=1, two=2")
    assert [parameter.name for parameter in naming.parameters] == ["kind"]


async def test_parameters_of_any_name_are_checked_too() -> None:
    (naming,) = methods_of(Naming())

    with pytest.raises(ParameterError, match=r"one: 256 is not in 0\.\.255"):
        await naming.call(**naming.arguments({"one": 256}))


def test_a_method_says_which_scope_it_needs() -> None:
    assert [item.scope for item in methods_of(Chapter())] == [Scope.COMMAND, Scope.COMMAND]
    assert [item.scope for item in methods_of(Naming())] == [Scope.ADMIN]


class Guarded:
    """A method of which some calls need more than others."""

    kept: ClassVar = {1}

    def _needed(self, arguments: Mapping[str, Any]) -> Scope:
        return Scope.ADMIN if arguments.get("number") in self.kept else Scope.READ

    @method(needs=_needed)
    async def set_number(self, number: Uint8 | None = None) -> Answer:
        """Set a number."""
        return Answer(2 * (number or 0))


def test_what_a_call_needs_is_said_of_what_the_method_gets() -> None:
    (guarded,) = methods_of(Guarded())
    assert guarded.needs is not None

    needed = [guarded.needs(guarded.arguments(p)) for p in ({"number": " 0x01 "}, {})]

    assert guarded.scope is Scope.COMMAND
    assert needed == [Scope.ADMIN, Scope.READ]
