"""What is declared of a key is what a section takes, and what it says of the rest."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import voluptuous as vol

from sebridge.settings.declaration import Problem, option, options_of, repeated, section
from sebridge.settings.document import dotted, parse
from sebridge.settings.kinds import TEXT, AnyTable, ListOf, TableOf, number, whole
from sebridge.settings.scalar import Scalar
from sebridge.settings.schema import Validator, validator_of


@section
class Lamp:
    watts: int = option(whole(1, 100), "how bright")
    dimmed: float = option(number(0, 1), "share of it", default=1.0)

    def problems(self) -> Iterator[Problem]:
        if self.watts == 13:
            yield ("watts",), "brings bad luck"


@section
class Fan:
    speed: int = option(whole(1, 3), "how fast", default=1)


@section
class Room:
    lamps: tuple[Lamp, ...] = option(ListOf(Lamp), "on the ceiling", default=())
    fan: Fan = option(Fan, "always there", default=Fan(speed=2))
    spare: Fan | None = option(Fan, "there when it is wanted", default=None)
    spot: Lamp | None = option(Lamp, "there when it is described", default=None)
    notes: Mapping[str, Any] = option(AnyTable(), "as they are", default={})


def tree(text: str) -> Any:
    return parse(f"it: {text}", {}).tree["it"]


def right(takes: Any, text: str) -> Any:
    return validator_of(takes)(tree(text))


def wrong(takes: Any, text: str) -> list[str]:
    return said_by(validator_of(takes), tree(text))


def said_by(validator: Validator, value: Any) -> list[str]:
    with pytest.raises(vol.Invalid) as caught:
        validator(value)
    errors: list[Any] = getattr(caught.value, "errors", [caught.value])
    return sorted(f"{dotted(tuple(error.path))}: {error.msg}" for error in errors)


def test_a_section_becomes_what_it_describes() -> None:
    assert right(Lamp, "{watts: 60, dimmed: .5}") == Lamp(watts=60, dimmed=0.5)


def test_a_key_without_a_value_has_its_default() -> None:
    assert right(Lamp, "{watts: 60, dimmed:}") == Lamp(watts=60)


def test_the_options_of_a_section_are_known_by_their_keys() -> None:
    options = options_of(Lamp)

    assert list(options) == ["watts", "dimmed"]
    assert [one.is_needed for one in options.values()] == [True, False]
    assert options["dimmed"].words == "share of it"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("{}", ["watts: is missing"]),
        ("{watts:}", ["watts: is missing"]),
        ("{watts: 0}", ["watts: '0' is not in 1..100"]),
        ("{watts: 13}", ["watts: brings bad luck"]),
        ("{watts: 13, dimmed: 2}", ["dimmed: '2' is not in 0..1", "watts: brings bad luck"]),
        ("{wats: 1}", ["wats: is unknown; is watts meant?", "watts: is missing"]),
        ("[1]", [": must be a mapping of keys"]),
    ],
)
def test_a_section_says_all_that_is_wrong(text: str, problems: list[str]) -> None:
    assert wrong(Lamp, text) == problems


def test_a_section_within_another_begins_with_what_the_outer_one_says() -> None:
    assert right(Room, "{}").fan == Fan(speed=2)
    assert right(Room, "{fan: {}}").fan == Fan(speed=2)
    assert right(Room, "{fan: {speed: 3}}").fan == Fan(speed=3)
    assert wrong(Room, "{fan: true}") == ["fan: must be a mapping of keys"]


def test_a_section_that_may_be_missing_can_be_switched_on_and_off() -> None:
    assert right(Room, "{}").spare is None
    assert right(Room, "{spare: true}").spare == Fan()
    assert right(Room, "{spare: no}").spare is None
    assert right(Room, "{spare: {speed: 3}}").spare == Fan(speed=3)
    assert wrong(Room, "{spare: maybe}") == ["spare: the text is neither true nor false"]


def test_a_section_that_must_be_described_cannot_just_be_switched_on() -> None:
    assert right(Room, "{spot: {watts: 5}}").spot == Lamp(watts=5)
    assert wrong(Room, "{spot: true}") == ["spot: must be a mapping of keys"]


def test_a_list_says_what_is_wrong_with_each_item() -> None:
    numbers = ListOf(whole(1, 2))

    assert right(numbers, "[1, 2]") == (1, 2)
    assert wrong(numbers, "[0, 1, x]") == [
        "[0]: '0' is not in 1..2",
        "[2]: the text is not a whole number",
    ]
    assert wrong(ListOf(Lamp), "[{watts: 0}]") == ["[0].watts: '0' is not in 1..100"]
    assert wrong(numbers, "5") == [": must be a list"]
    assert wrong(numbers, "[[1]]") == ["[0]: must be a single value"]


def test_a_table_has_any_keys_of_its_kind() -> None:
    table = TableOf(whole(1, 1_000), lambda name: whole(1, len(name)), "numbers")

    assert right(table, "{10: 2, 100: 3}") == {10: 2, 100: 3}
    assert wrong(table, "{10: 3, x: 1}") == [
        "10: '3' is not in 1..2",
        "x: the text is not a whole number",
    ]
    assert wrong(table, "[1]") == [": must be a mapping of keys"]


def test_what_is_taken_as_given_is_plain() -> None:
    assert right(Room, "{notes: {a: [1, x, {b:}]}}").notes == {"a": [1, "x", {"b": None}]}


def test_no_two_sections_share_the_mapping_that_is_their_default() -> None:
    assert Room().notes == {}
    assert Room().notes is not Room().notes


def test_a_hidden_value_is_not_shown() -> None:
    hidden = Scalar("hunter2", "hunter2", hidden=True)

    assert said_by(validator_of(whole(1, 2)), hidden) == [": the value is not a whole number"]
    assert said_by(validator_of(TEXT), [hidden]) == [": must be a single value"]


def test_what_stands_in_a_list_again_is_told_with_its_first_place() -> None:
    found = list(repeated("lamps", "name", ["a", "b", "a", "a"]))

    assert found == [
        (("lamps", 2, "name"), "is that of lamps[0]"),
        (("lamps", 3, "name"), "is that of lamps[0]"),
    ]
