"""Requests: each of the reference has its fields, both ways."""

from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.plugwise.answers import Acknowledgement, Confirmation, read_answer
from sebridge.plugwise.requests import (
    Associate,
    GetInfo,
    Initialise,
    Request,
    SetIntervals,
    Switch,
    endpoint_of,
    read_request,
    write_request,
)
from tests.plugwise.values import values_of
from tests.plugwise.vectors import REQUESTS, answers_of

MAC = Eui64.parse("000D6F0001A400E2")
by_vector = pytest.mark.parametrize("vector", REQUESTS.values(), ids=REQUESTS)


@by_vector
def test_a_request_of_the_reference_has_its_fields_both_ways(vector: dict[str, Any]) -> None:
    payload = vector["send_hex_payload"]

    request = read_request(payload)

    assert values_of(request) == [field["hex"] for field in vector["send_fields"][1:]]
    assert write_request(request) == payload


@by_vector
def test_the_answers_of_the_reference_are_those_that_a_request_says(vector: dict[str, Any]) -> None:
    request = read_request(vector["send_hex_payload"])

    acknowledgement, *answers = [
        read_answer(answer["hex_payload"]).answer for answer in answers_of(vector)
    ]

    assert acknowledgement == Acknowledgement(status=0xC1)
    for answer in answers:
        if isinstance(answer, Acknowledgement):
            assert answer.status == 0xE1
        else:
            assert request.ANSWER is not None
            assert isinstance(answer, request.ANSWER)
        if isinstance(answer, Confirmation):
            assert answer.status in request.STATUSES


FOREIGN = {
    "0017000D6F0001A400E201": Switch(mac=MAC, relay=1),
    "0057000D6F0001A400E2003C0000": SetIntervals(mac=MAC, consumption=60, production=0),
}


@pytest.mark.parametrize("payload", FOREIGN)
def test_what_public_implementations_ask_besides(payload: str) -> None:
    assert write_request(FOREIGN[payload]) == payload
    assert read_request(payload) == FOREIGN[payload]


@pytest.mark.parametrize(
    ("payload", "problem", "offset"),
    [
        ("AA77", "there is no command AA77", None),
        ("0012", "GetPower has 16 digits, not 0", 0),
        ("000A00", "Initialise has 0 digits, not 2", 0),
        (
            "0028000D6F0001A5A37200560A04021117",
            "moment of SetRealTime cannot be 00560A04021117",
            16,
        ),
    ],
)
def test_a_request_that_cannot_be_read_is_told_of(
    payload: str, problem: str, offset: int | None
) -> None:
    with pytest.raises(DecodeError, match=problem) as caught:
        read_request(payload)

    assert caught.value.offset == offset


def test_whom_a_request_is_for() -> None:
    assert endpoint_of(GetInfo(mac=MAC)) == MAC
    assert endpoint_of(Initialise()) is None
    assert Associate(mac=MAC).ANSWER is None


def test_every_request_says_how_it_is_done() -> None:
    for kind in Request.__subclasses__():
        assert (kind.ANSWER is Confirmation) == bool(kind.STATUSES), kind
