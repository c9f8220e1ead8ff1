"""The shapes that the answers to event requests have in common.

Each method has a class of its own among them, which says what its answer means and names its
cluster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sebridge.base.addresses import Eui64
from sebridge.gateway.events.client_delivery import Created
from sebridge.gateway.events.event_desk import R
from sebridge.model.values import ABSENT, Absent

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventListAnswer(Generic[R]):
    """What an endpoint's cluster keeps; `server_or_client` is 0 for a server, 1 for a client."""

    endpoint_id: int
    cluster_id: int
    server_or_client: int
    events_record_list: Sequence[R]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedAnswer(Generic[R]):
    """What became of a record that was to be published."""

    source_endpoint_id: int
    cluster_id: int
    status: int
    record: R
    device_list: Sequence[Eui64]
    reason: str | Absent = ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledAnswer(Generic[R]):
    """What was taken back is gone, and these devices were told by this record."""

    source_endpoint_id: int
    cluster_id: int
    status: int = 0
    record: R
    device_list: Sequence[Eui64]


def created_answer(kind: Callable[..., A], source_endpoint_id: int, created: Created[Any]) -> A:
    """Return the answer, of a subclass of CreatedAnswer, to an attempt to create something."""
    return kind(
        source_endpoint_id=int(source_endpoint_id),
        status=int(created.status),
        record=created.record,
        device_list=created.devices,
        reason=created.reason or ABSENT,
    )
