"""Which desk a request goes to, and whose list is shown."""

from collections.abc import Sequence

import pytest

from sebridge.base.errors import ParameterError
from sebridge.features.messaging.records import CancelMessageRecord
from sebridge.gateway.events.event_desk import CLIENT, SERVER, list_at, source_desk
from sebridge.model.values import ABSENT, Absent

ONE = CancelMessageRecord(message_id=1)
TWO = CancelMessageRecord(message_id=2)


class Kept:
    """A list of events."""

    def __init__(self, record: CancelMessageRecord) -> None:
        self._record = record

    def valid(self) -> Sequence[CancelMessageRecord]:
        return [self._record]


def test_the_endpoint_that_sends_is_called_the_source() -> None:
    desks = {0x5E: "the desk"}

    with pytest.raises(ParameterError, match="endpoint 0x5F has no server") as refusal:
        source_desk(desks, 0x5F)

    assert source_desk(desks, 0x5E) == "the desk"
    assert refusal.value.path == "source_endpoint_id"


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
