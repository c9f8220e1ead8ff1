"""An independent reading of capture files, as far as ours use the format.

Source: the pcapng file format (Internet draft of the IETF's opsawg); LINKTYPE_IEEE802_15_4_TAP;
IEEE 802.15.4; ZigBee specification. tshark 4.0 reads the same of them: `tshark -V -r FILE`.
"""

from collections.abc import Iterator
import struct
from typing import Any


def blocks(file: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of each block; its length stands before and behind it."""
    start = 0
    while start < len(file):
        kind, size = struct.unpack_from("<II", file, start)
        (again,) = struct.unpack_from("<I", file, start + size - 4)
        assert size % 4 == 0
        assert size == again
        yield kind, file[start + 8 : start + size - 4]
        start += size


def options(octets: bytes) -> dict[int, bytes]:
    """Return options by their codes, without the one that ends them."""
    found: dict[int, bytes] = {}
    start = 0
    while True:
        code, size = struct.unpack_from("<HH", octets, start)
        if code == 0:
            assert start + 4 == len(octets)
            return found
        found[code] = octets[start + 4 : start + 4 + size]
        start += 4 + size + -size % 4


def packets(file: bytes) -> list[dict[str, Any]]:
    """Return what each packet of a file says, from its time to its ZCL frame."""
    found = []
    for kind, body in blocks(file):
        if kind == 0x0A0D0D0A:
            assert body[:4].hex() == "4d3c2b1a"
        elif kind == 1:
            assert struct.unpack_from("<H", body)[0] == 283
        else:
            assert kind == 6
            _, high, low, size, whole = struct.unpack_from("<IIIII", body)
            assert size == whole
            end = 20 + size
            told = options(body[end + -end % 4 :])
            found.append(
                {
                    "time": (high << 32 | low) / 1_000_000,
                    "direction": struct.unpack("<I", told[2])[0],
                    "comment": told.get(1, b"").decode(),
                }
                | _packet(body[20:end])
            )
    return found


def _packet(octets: bytes) -> dict[str, Any]:
    _, _, length = struct.unpack_from("<BBH", octets)
    metadata, start = {}, 4
    while start < length:
        kind, size = struct.unpack_from("<HH", octets, start)
        metadata[kind] = octets[start + 4 : start + 4 + size]
        start += 4 + size + -size % 4
    control, _, pan_id, to, sender = struct.unpack_from("<HBHHH", octets, length)
    start = length + 9
    flags, destination, source, _, _ = struct.unpack_from("<HHHBB", octets, start)
    start += 8
    addresses = {}
    for flag, name in ((0x0800, "destination_address"), (0x1000, "source_address")):
        if flags & flag:
            addresses[name] = octets[start : start + 8][::-1].hex(":")
            start += 8
    kind, to_endpoint, cluster_id, profile_id, endpoint, _ = struct.unpack_from(
        "<BBHHBB", octets, start
    )
    assert to in {destination, 0xFFFF}
    assert sender == source
    return {
        "checksum": metadata[0],
        "channel": struct.unpack("<HB", metadata[3])[0],
        "rssi": struct.unpack("<f", metadata[1])[0] if 1 in metadata else None,
        "lqi": metadata[10][0] if 10 in metadata else None,
        "wants_acknowledgement": bool(control & 0x20),
        "pan_id": pan_id,
        "destination": destination,
        "source": source,
        "is_broadcast": kind >> 2 & 3 == 2,
        "destination_endpoint": to_endpoint,
        "cluster_id": cluster_id,
        "profile_id": profile_id,
        "source_endpoint": endpoint,
        "data": octets[start + 8 :],
    } | addresses
