"""Which service a request goes to, whose list is shown, and what the answers have in common."""

from collections.abc import Sequence

import pytest

from sebridge.api.events import (
    CLIENT,
    SERVER,
    CreatedAnswer,
    client_at,
    created_answer,
    list_at,
    server_at,
    status_of,
)
from sebridge.base.errors import ParameterError
from sebridge.features.messaging.records import CancelMessageRecord
from sebridge.gateway.events.client_delivery import Created
from sebridge.model.plain import to_plain
from sebridge.model.values import ABSENT, Absent
from sebridge.zcl.status import Status
from tests.gateway.radio_side import address

ONE = CancelMessageRecord(message_id=1)
TWO = CancelMessageRecord(message_id=2)


class Kept:
    """A list of events."""

    def __init__(self, record: CancelMessageRecord) -> None:
        self._record = record

    def valid(self) -> Sequence[CancelMessageRecord]:
        return [self._record]


def test_the_endpoint_that_sends_is_called_the_source() -> None:
    services = {0x5E: "the service"}

    with pytest.raises(ParameterError, match="endpoint 0x5F has no server") as no_server:
        server_at(services, 0x5F)
    with pytest.raises(ParameterError, match="endpoint 0x5F has no client") as no_client:
        client_at(services, 0x5F)

    assert server_at(services, 0x5E) == client_at(services, 0x5E) == "the service"
    assert no_server.value.path == no_client.value.path == "source_endpoint_id"


@pytest.mark.parametrize(
    ("wanted", "shown"), [(ABSENT, (SERVER, [ONE])), (0, (SERVER, [ONE])), (1, (CLIENT, [TWO]))]
)
def test_the_side_asked_for_is_shown_or_else_the_server(
    wanted: int | Absent, shown: tuple[int, list[CancelMessageRecord]]
) -> None:
    servers, clients = {0x5E: Kept(ONE)}, {0x5E: Kept(TWO)}

    assert list_at(servers, clients, 0x5E, wanted) == shown


def test_a_display_shows_what_its_client_has() -> None:
    nobody: dict[int, Kept] = {}

    assert list_at(nobody, {0x5E: Kept(TWO)}, 0x5E, ABSENT) == (CLIENT, [TWO])


def test_an_endpoint_without_the_cluster_is_told() -> None:
    with pytest.raises(ParameterError, match="has no such cluster") as refusal:
        list_at({0x5E: Kept(ONE)}, {}, 0x5F, ABSENT)

    assert refusal.value.path == "endpoint_id"


def test_an_endpoint_with_the_other_side_is_told() -> None:
    with pytest.raises(ParameterError, match="only the other side") as refusal:
        list_at({0x5E: Kept(ONE)}, {}, 0x5E, 1)

    assert refusal.value.path == "server_or_client"


def test_there_are_two_sides_only() -> None:
    with pytest.raises(ParameterError, match=r"must be 0") as refusal:
        list_at({0x5E: Kept(ONE)}, {}, 0x5E, 2)

    assert refusal.value.path == "server_or_client"


# ------------------------------------------------------------------ answers


class Answer(CreatedAnswer[CancelMessageRecord], frozen=True, kw_only=True):
    """An answer that names its cluster."""

    cluster_id: int = 0x0703


def test_an_answer_has_the_fields_in_their_order_and_its_own_cluster() -> None:
    answer = created_answer(Answer, 0x5E, Created(Status.SUCCESS, ONE))

    assert list(to_plain(answer).items()) == [
        ("source_endpoint_id", 0x5E),
        ("cluster_id", 0x0703),
        ("status", 0),
        ("record", {"message_id": 1, "message_control": 0}),
        ("device_list", []),
    ]


def test_a_reason_is_there_only_where_there_is_something_to_say() -> None:
    refused = created_answer(Answer, 0x5E, Created(Status.NOT_FOUND, ONE, reason="is gone"))

    assert (refused.status, refused.reason) == (0x8B, "is gone")


def test_having_asked_nobody_is_not_found() -> None:
    assert (status_of([address(1)]), status_of([])) == (0x00, 0x8B)
