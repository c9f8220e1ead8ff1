"""What every section, list and table of the configuration has in common."""

from dataclasses import dataclass
from typing import Any

import pytest
import voluptuous as vol

from sebridge.settings.document import Scalar, dotted, parse
from sebridge.settings.validators import Validator, as_given, each, number, section, table, whole


@dataclass(frozen=True, kw_only=True)
class Lamp:
    watts: int
    dimmed: float = 1.0


def check(lamp: Lamp) -> None:
    if lamp.watts == 13:
        raise vol.Invalid("brings bad luck", path=["watts"])


LAMP = section({"watts": whole(1, 100), "dimmed": number(0, 1)}, Lamp, check, needed=("watts",))


def tree(text: str) -> Any:
    return parse(f"it: {text}", {}).tree["it"]


def wrong(validator: Validator, text: str) -> list[str]:
    with pytest.raises(vol.Invalid) as caught:
        validator(tree(text))
    errors: list[Any] = getattr(caught.value, "errors", [caught.value])
    return sorted(f"{dotted(tuple(error.path))}: {error.msg}" for error in errors)


def test_a_section_becomes_what_it_describes() -> None:
    assert LAMP(tree("{watts: 60, dimmed: .5}")) == Lamp(watts=60, dimmed=0.5)


def test_a_key_without_a_value_has_its_default() -> None:
    assert LAMP(tree("{watts: 60, dimmed:}")) == Lamp(watts=60)


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
    assert wrong(LAMP, text) == problems


def test_a_list_says_what_is_wrong_with_each_item() -> None:
    assert each(whole(1, 2))(tree("[1, 2]")) == (1, 2)
    assert wrong(each(whole(1, 2)), "[0, 1, x]") == [
        "[0]: '0' is not in 1..2",
        "[2]: 'x' is not a whole number",
    ]
    assert wrong(each(LAMP), "[{watts: 0}]") == ["[0].watts: '0' is not in 1..100"]
    assert wrong(each(LAMP), "5") == [": must be a list"]


def test_a_table_has_any_keys() -> None:
    lamps = table(lambda _, value: LAMP(value))

    assert lamps(tree("{a: {watts: 5}}")) == {"a": Lamp(watts=5)}
    assert wrong(lamps, "{a: {watts: 0}}") == ["a.watts: '0' is not in 1..100"]
    assert wrong(lamps, "[1]") == [": must be a mapping of keys"]


def test_what_is_taken_as_given_is_plain() -> None:
    assert as_given(tree("{a: [1, x, {b:}]}")) == {"a": [1, "x", {"b": None}]}


def test_a_hidden_value_is_not_shown() -> None:
    with pytest.raises(vol.Invalid, match=r"^the value is not a whole number$"):
        whole(1, 2)(Scalar("hunter2", "hunter2", hidden=True))
