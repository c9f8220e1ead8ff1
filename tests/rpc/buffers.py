"""Buffers of responses as a gateway has one."""

from collections.abc import Callable, MutableMapping

from sebridge.rpc.response_buffer import OwnedResponse, ResponseBuffer

CAPACITY = 250  # that of the reference
MOST_OCTETS = 4_194_304


def make_buffer(
    store: MutableMapping[int, OwnedResponse] | None = None,
    capacity: Callable[[], int] = lambda: CAPACITY,
    most_octets: int = MOST_OCTETS,
) -> ResponseBuffer:
    return ResponseBuffer(
        {} if store is None else store, capacity=capacity, most_octets=most_octets
    )
