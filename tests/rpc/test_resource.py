"""Paths of resources, and the HTTP status of what went wrong."""

import pytest

from sebridge.base.errors import Reason
from sebridge.rpc.message import RpcError
from sebridge.rpc.resource import Resource, levels_of, status_of_error

PATH = "/rest/circles/{circle_address}/history"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("/rest/circles/000d6f/history", {"circle_address": "000d6f"}),
        ("/rest/circles/00%3A0d/history", {"circle_address": "00:0d"}),
        ("/rest/circles/%FF/history", {"circle_address": "\N{REPLACEMENT CHARACTER}"}),
        ("/rest/circles//history", None),
        ("/rest/circles/1/power", None),
        ("/rest/circles/1/history/", None),
        ("/rest/circles/1", None),
    ],
)
def test_what_stands_at_the_levels_of_a_path(raw: str, found: dict[str, str] | None) -> None:
    assert levels_of(PATH, raw) == found


@pytest.mark.parametrize(
    ("raw", "rest"),
    [
        ("/plugins/a", "a"),
        ("/plugins/a/log%20book/x", "a/log%20book/x"),
        ("/plugins/", ""),
        ("/plugins", None),
        ("/plugin/a", None),
        ("/", None),
    ],
)
def test_what_follows_a_path_is_its_last_level(raw: str, rest: str | None) -> None:
    assert levels_of("/plugins/{path...}", raw) == (None if rest is None else {"path": rest})


@pytest.mark.parametrize(
    ("verb", "has_body"), [("GET", False), ("DELETE", False), ("POST", True), ("PUT", True)]
)
def test_parameters_stand_in_the_path_and_in_query_or_body(verb: str, has_body: bool) -> None:  # noqa: FBT001  # of the table
    resource = Resource(verb=verb, path=PATH, method="get_circle_history")

    assert (resource.in_path, resource.has_body) == (("circle_address",), has_body)


def test_of_an_answer_all_is_told_or_some_fields() -> None:
    result = {"power": 1.0, "on": True}

    whole = Resource(verb="GET", path=PATH, method="m").told(result)
    part = Resource(verb="GET", path=PATH, method="m", fields=("power",)).told(result)

    assert (whole, part) == (result, {"power": 1.0})


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_status_that_is_an_error(reason: Reason) -> None:
    assert 400 <= status_of_error(RpcError(reason, "")) < 600


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.UNKNOWN_DEVICE, 404),
        (Reason.REFUSED, 403),
        (Reason.INVALID_PARAMETER, 400),
        (Reason.ANSWER_TIMEOUT, 504),
        (Reason.NOT_DELIVERED, 502),
        (Reason.IMPOSSIBLE, 409),
    ],
)
def test_the_status_tells_whose_fault_it_is(reason: Reason, status: int) -> None:
    assert status_of_error(RpcError(reason, "")) == status
