"""Answers: each of the reference has its fields, both ways."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.plugwise.answers import (
    Calibration,
    JoiningWanted,
    Numbered,
    PowerNow,
    StickAlone,
    StickInfo,
    read_answer,
    write_answer,
)
from tests.plugwise.values import values_of
from tests.plugwise.vectors import ANSWERS

MAC = Eui64.parse("000D6F0001A400E2")


def date_apart(fields: list[dict[str, Any]]) -> list[str]:
    """Return the digits of fields, those of a date as its three."""
    found = []
    for field in fields:
        digits = field["hex"]
        is_date = field["type"] == "date"
        found += [digits[:2], digits[2:4], digits[4:]] if is_date else [digits]
    return found


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["hex_payload"][:8])
def test_an_answer_of_the_reference_has_its_fields_both_ways(answer: dict[str, Any]) -> None:
    code, sequence, *fields = answer["fields"]

    numbered = read_answer(answer["hex_payload"])

    assert f"{numbered.answer.CODE:04X}" == code["hex"]
    assert numbered.sequence == sequence["value"]
    assert values_of(numbered.answer) == date_apart(fields)
    assert write_answer(numbered.sequence, numbered.answer) == answer["hex_payload"]


def test_reals_are_those_of_the_reference() -> None:
    payload = "002700F4000D6F0001A400E23F7F1C61B60D16843D2822C100000000"

    assert read_answer(payload).answer == Calibration(
        mac=MAC,
        gain_a=0.9965267777442932,
        gain_b=-2.1023743101977743e-06,
        offset_total=0.041048768907785416,
        offset_noise=0.0,
    )


def test_pulses_of_production_are_negative() -> None:
    payload = "001300F2000D6F0001A400E2FFFEFFF600000000FFFFFF38000F"
    power = PowerNow(mac=MAC, pulses_1s=-2, pulses_8s=-10, consumed=0, produced=-200, unknown=15)

    assert read_answer(payload) == Numbered(0xF2, power)
    assert write_answer(0xF2, power) == payload


def test_a_stick_tells_its_circle_plus_if_it_has_one() -> None:
    whole = read_answer("001100E7000D6F0001A59EDC0101FD0D6F0001A5A37234FDFF").answer
    short = read_answer("001100E7000D6F0001A59EDC0100").answer

    assert isinstance(whole, StickInfo)
    assert whole.circle_plus == Eui64.parse("000D6F0001A5A372")
    assert short == StickAlone(mac=Eui64.parse("000D6F0001A59EDC"), link_up=0)


def test_who_would_like_to_be_associated_says_so() -> None:
    assert read_answer("0006FFFC000D6F0001A400E2") == Numbered(0xFFFC, JoiningWanted(mac=MAC))


@pytest.mark.parametrize(
    ("payload", "problem", "offset"),
    [
        ("000000", "an answer has a code and a sequence number", 6),
        ("AA770001", "there is no answer AA77", None),
        ("0000000100", "Confirmation has 20 digits, not 2", 2),
        ("00600001" + "0" * 34, "Features has 32 digits, not 34", 32),
        ("003A00EB000D6F0001A5A37257531404021A17", "moment of RealTimeNow cannot be", 16),
    ],
)
def test_an_answer_that_cannot_be_read_is_told_of(
    payload: str, problem: str, offset: int | None
) -> None:
    with pytest.raises(DecodeError, match=problem) as caught:
        read_answer(payload)

    assert caught.value.offset == offset


@given(st.integers(-(2**15), 2**15 - 1), st.integers(-(2**31), 2**31 - 1), st.integers(0, 0xFFFF))
def test_any_pulses_are_read_as_they_were_written(short: int, long: int, sequence: int) -> None:
    power = PowerNow(mac=MAC, pulses_1s=short, pulses_8s=short, consumed=long, produced=long)

    assert read_answer(write_answer(sequence, power)) == Numbered(sequence, power)
