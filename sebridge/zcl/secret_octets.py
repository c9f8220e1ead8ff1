"""Which octets of a frame are keys or codes, so that whoever is shown frames does not see them.

Pure. A frame that cannot be read, and may have some, is hidden from where they may begin.
"""

from collections.abc import Iterator
from typing import Any, Final

from sebridge.base.errors import DecodeError
from sebridge.model.record import Record, fields_by_name
from sebridge.zcl.cluster import Clusters
from sebridge.zcl.data_types import NAMED
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import PREPAYMENT, ZDO_PROFILE
from sebridge.zcl.wire import DecodedFrame, decode_frame

_KEY: Final = NAMED["key128"].type_id
"""The type of attributes that are keys, such as those of the cluster Commissioning."""
_OCTETS: Final = frozenset({_KEY, NAMED["octstr"].type_id})
_OF_MANY: Final = frozenset(NAMED[name].type_id for name in ("array", "struct", "set", "bag"))
_CODE_FIELD: Final = "top_up_code"
_SECRET_COMMANDS: Final = frozenset({0x0021, 0x0101, 0x0501, 0x1000})
"""Clusters whose commands carry keys or codes: Green Power, Door Lock, IAS ACE, Touchlink."""
_TRANSPARENT_PROFILE: Final = 0xC105
"""Digi's own profile, in which modules are set up from afar, keys included."""
_ZDO_SECURITY: Final = range(0x0040, 0x0050)
"""Commands of the device profile by which keys are negotiated, and their answers."""
_ZDO_ANSWER: Final = 0x8000


def without_secrets(
    clusters: Clusters, profile_id: int, cluster_id: int, octets: bytes
) -> tuple[bytes, int]:
    """Return the octets of a frame, zeros in the place of keys and codes, and how many those are.

    Never raises for what is in a frame.
    """
    if profile_id == ZDO_PROFILE:
        is_secret = cluster_id & ~_ZDO_ANSWER in _ZDO_SECURITY
        return _hidden(octets, 1 if is_secret else len(octets))
    if profile_id == _TRANSPARENT_PROFILE:
        return _hidden(octets, 0)
    try:
        frame = Frame.parse(octets)
    except DecodeError:
        return octets, 0
    if not frame.cluster_specific:
        return _without_keys(clusters, profile_id, cluster_id, octets, frame)
    return _without_codes(clusters, profile_id, cluster_id, octets, frame)


def _without_codes(
    clusters: Clusters, profile_id: int, cluster_id: int, octets: bytes, frame: Frame
) -> tuple[bytes, int]:
    """Hide what commands of a cluster carry of keys and codes."""
    start = len(octets) - len(frame.payload)
    if cluster_id in _SECRET_COMMANDS:
        return _hidden(octets, start)
    if cluster_id != PREPAYMENT:
        return octets, 0
    try:
        decoded = decode_frame(clusters, profile_id, cluster_id, frame)
    except DecodeError:
        return _hidden(octets, start)
    return _blanked(octets, start, _codes(decoded.record))


def _hidden(octets: bytes, start: int) -> tuple[bytes, int]:
    number = max(len(octets) - start, 0)
    return octets[:start] + bytes(number), number


def _blanked(octets: bytes, start: int, secrets: Iterator[bytes]) -> tuple[bytes, int]:
    """Return octets in which secrets are zeros, wherever they are behind the header."""
    head, payload, number = octets[:start], octets[start:], 0
    for secret in sorted(set(secrets), key=len, reverse=True):
        number += payload.count(secret) * len(secret) if secret else 0
        payload = payload.replace(secret, bytes(len(secret))) if secret else payload
    return head + payload, number


def _codes(record: Record | None) -> Iterator[bytes]:
    for name, value in {} if record is None else fields_by_name(record).items():
        if name == _CODE_FIELD:
            yield bytes(value or b"")
        elif isinstance(value, tuple):
            for item in value:
                yield from _codes(item if isinstance(item, Record) else None)


def _without_keys(
    clusters: Clusters, profile_id: int, cluster_id: int, octets: bytes, frame: Frame
) -> tuple[bytes, int]:
    """Hide the keys among the attributes of a general command, and the codes of prepayment."""
    start = len(octets) - len(frame.payload)
    if cluster_id != PREPAYMENT and _KEY not in frame.payload:
        return octets, 0
    try:
        decoded = decode_frame(clusters, profile_id, cluster_id, frame)
    except DecodeError:
        first = 0 if cluster_id == PREPAYMENT else frame.payload.index(_KEY) + 1
        return _hidden(octets, start + first)
    records = decoded.fields.get("records", [])
    secret = [one for one in records if "value" in one and _is_secret(decoded, one)]
    if any(one["attribute_type"] not in _OCTETS for one in secret):
        return _hidden(octets, start)
    if _KEY in frame.payload and any(one.get("attribute_type") in _OF_MANY for one in records):
        return _hidden(octets, start + frame.payload.index(_KEY) + 1)
    return _blanked(octets, start, (bytes.fromhex(one["value"] or "") for one in secret))


def _is_secret(decoded: DecodedFrame, record: dict[str, Any]) -> bool:
    known = {} if decoded.cluster is None else decoded.cluster.attributes(of_server=True)
    attribute = known.get(record["attribute_id"])
    is_code = attribute is not None and attribute.name.startswith(_CODE_FIELD)
    return is_code or record["attribute_type"] == _KEY
