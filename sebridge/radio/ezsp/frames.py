"""The incomingMessageHandler of EZSP as octets, in all of its versions. Pure.

Source: Silicon Labs UG100, EmberZNet serial protocol reference: frame format, incoming message
handler; for the versions from 14 on the order in which bellows reads the fields.
"""

from collections.abc import Iterable, Mapping
import struct
from typing import Final, NamedTuple

from sebridge.radio.fragments import Part
from sebridge.radio.heard import Heard
from sebridge.zcl.identifiers import ZDO_ENDPOINT

_CALLBACK: Final = 0x90  # a response that nobody asked for
_CALLBACK_BITS: Final = 0x9A  # response, kind of callback, truncated
_INCOMING_MESSAGE: Final = 0x45
_UNICAST: Final = 0x00
_ENCRYPTED: Final = 0x0020
_FRAGMENT: Final = 0x8000

_HEADERS: Final[Mapping[int, str]] = {4: "<xBB", 5: "<xBxxB", 8: "<xBxH"}
"""Sequence number (nobody's), control, frame id; by the version from which on they are so."""
_APS: Final = "BHHBBHHB"
"""Kind of message, profile, cluster, both endpoints, options, group, counter."""


class Fragment(NamedTuple):
    """A part of a message that came."""

    heard: Heard  # with the data of this part
    options: int  # of the APS frame
    part: Part


class _Order(NamedTuple):
    fields: tuple[str, ...]  # as the library calls them
    tail: str
    sender_first: bool


_ORDERS: Final = (
    _Order(
        (
            *("type", "apsFrame", "lastHopLqi", "lastHopRssi", "sender"),
            *("bindingIndex", "addressIndex", "messageContents"),
        ),
        "BbHxxB",
        sender_first=False,
    ),
    _Order(
        (
            *("message_type", "aps_frame", "nwk", "eui64", "binding_index", "address_index"),
            *("lqi", "rssi", "timestamp", "message"),
        ),
        "H8xxxBb4xB",
        sender_first=True,
    ),
)


class Layout(NamedTuple):
    """Where the fields of a message are."""

    head: struct.Struct
    sender_first: bool  # else quality and strength of the signal come before


def layout_of(version: int, fields: Iterable[str]) -> Layout | None:
    """Return where a version of EZSP has its fields; None for fields that are not those we know."""
    header = _HEADERS[max(first for first in _HEADERS if first <= version)]
    names = tuple(fields)
    for order in _ORDERS:
        if order.fields == names:
            return Layout(struct.Struct(header + _APS + order.tail), order.sender_first)
    return None


def incoming(octets: bytes, layout: Layout) -> Heard | None:
    """Read a message that came for one of our endpoints.

    None for all that is not common, and left to the library: other frames and answers, what was
    sent to many, ZDO, fragments, and what is not whole.
    """
    found = _message(octets, layout)
    if (
        found is None
        or found.options & _FRAGMENT
        or found.heard.destination_endpoint == ZDO_ENDPOINT
    ):
        return None
    return found.heard


def incoming_fragment(octets: bytes, layout: Layout) -> Fragment | None:
    """Read a message that is a part of one; None for all else."""
    found = _message(octets, layout)
    if found is None or not found.options & _FRAGMENT:
        return None
    parts, place = divmod(found.group, 0x100)
    return Fragment(found.heard, found.options, Part(found.sequence, place, parts))


class _Message(NamedTuple):
    heard: Heard
    options: int
    group: int
    sequence: int


def _message(octets: bytes, layout: Layout) -> _Message | None:
    """Read a whole message to us alone."""
    if len(octets) < layout.head.size:
        return None
    control, frame_id, kind, profile_id, cluster_id, *more = layout.head.unpack_from(octets)
    if control & _CALLBACK_BITS != _CALLBACK or frame_id != _INCOMING_MESSAGE or kind != _UNICAST:
        return None
    source_endpoint, endpoint, options, group, sequence, *tail, size = more
    data = octets[layout.head.size : layout.head.size + size]
    if len(data) < size:
        return None
    nwk, lqi, rssi = tail if layout.sender_first else (tail[2], tail[0], tail[1])
    encrypted = options & _ENCRYPTED != 0
    heard = Heard(
        nwk, profile_id, cluster_id, source_endpoint, endpoint, data, encrypted, lqi=lqi, rssi=rssi
    )
    return _Message(heard, options, group, sequence)
