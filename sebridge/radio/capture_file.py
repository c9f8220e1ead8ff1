"""Recorded frames as a capture file that Wireshark and tshark open. Pure.

A frame is written as what a sniffer would have seen once all encryption was taken off: IEEE
802.15.4 with a header of metadata, the ZigBee network layer, the application support layer, and the
ZCL or ZDO frame. The radio does not tell what these headers were on the air, so counters and radius
are made up. What was encrypted with a link key, and what became of a frame, is in its comment.

Sources: the pcapng file format (Internet draft of the IETF's opsawg), blocks and options; the link
type LINKTYPE_IEEE802_15_4_TAP and its fields; IEEE 802.15.4, data frame; ZigBee specification,
frame formats of the network layer and of the application support sublayer.
"""

from collections.abc import Iterable, Mapping
import struct
from typing import Final

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.radio.frame_recorder import RecordedFrame
from sebridge.radio.radio import NetworkState

_SECTION: Final = 0x0A0D0D0A
_INTERFACE: Final = 1
_PACKET: Final = 6
_BYTE_ORDER: Final = 0x1A2B3C4D
_LINK_TYPE: Final = 283  # IEEE 802.15.4 with a header of metadata
_END_OF_OPTIONS: Final = 0
_COMMENT: Final = 1
_INTERFACE_NAME: Final = 2
_DIRECTION: Final = 2  # of a packet: its flags
_IN, _OUT = 1, 2
_MICROSECONDS: Final = 1_000_000

_NO_CHECKSUM: Final = 0  # the field that says of which kind the frame's checksum is
_STRENGTH: Final = 1  # dBm, a float
_CHANNEL: Final = 3
_QUALITY: Final = 10  # LQI

_TO_ONE: Final = 0x8861  # a data frame in one PAN, by short addresses, to be acknowledged
_TO_ALL: Final = 0x8841
_NETWORK_DATA: Final = 0x0008  # a data frame of protocol version 2
_HAS_DESTINATION: Final = 0x0800  # an EUI-64 behind the short addresses
_HAS_SOURCE: Final = 0x1000
_RADIUS: Final = 30
_SUPPORT_TO_ONE: Final = 0x40  # a data frame, to be acknowledged
_SUPPORT_TO_ALL: Final = 0x08


def capture_file(
    frames: Iterable[RecordedFrame], network: NetworkState, comments: Mapping[int, str]
) -> bytes:
    """Return a whole pcapng file; some of them one behind the other are one as well.

    `comments` are told of frames by their numbers.
    """
    name = f"{network.kind} radio of {network.address}".encode()
    section = struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1)
    interface = struct.pack("<HHI", _LINK_TYPE, 0, 0) + _options((_INTERFACE_NAME, name))
    packets = (_packet(one, network, comments.get(one.number, "")) for one in frames)
    return _block(_SECTION, section) + _block(_INTERFACE, interface) + b"".join(packets)


def _block(kind: int, body: bytes) -> bytes:
    size = len(body) + 12
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


def _options(*options: tuple[int, bytes]) -> bytes:
    written = (struct.pack("<HH", kind, len(value)) + _padded(value) for kind, value in options)
    return b"".join(written) + struct.pack("<HH", _END_OF_OPTIONS, 0)


def _packet(frame: RecordedFrame, network: NetworkState, comment: str) -> bytes:
    octets = _metadata(frame, network) + on_air(frame, network)
    time = round(frame.time * _MICROSECONDS)
    size = len(octets)
    head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFF_FFFF, size, size)
    options = [(_DIRECTION, struct.pack("<I", _IN if frame.is_incoming else _OUT))]
    if comment:
        options.append((_COMMENT, comment.encode()))
    return _block(_PACKET, head + _padded(octets) + _options(*options))


def _metadata(frame: RecordedFrame, network: NetworkState) -> bytes:
    fields = _field(_NO_CHECKSUM, bytes(1)) + _field(
        _CHANNEL, struct.pack("<HB", network.channel, 0)
    )
    if frame.rssi is not None:
        fields += _field(_STRENGTH, struct.pack("<f", frame.rssi))
    if frame.lqi is not None:
        fields += _field(_QUALITY, bytes((frame.lqi,)))
    return struct.pack("<BBH", 0, 0, 4 + len(fields)) + fields


def _field(kind: int, value: bytes) -> bytes:
    return struct.pack("<HH", kind, len(value)) + _padded(value)


def on_air(frame: RecordedFrame, network: NetworkState) -> bytes:
    """Return a frame from its 802.15.4 header on, without a checksum; nothing is encrypted."""
    ours = (network.nwk, network.address)
    # whom a broadcast is for is not told by every radio
    to_many = (Broadcast.ALL if frame.is_incoming else frame.nwk, None)
    theirs = (frame.nwk, frame.device)
    (source, source_address) = theirs if frame.is_incoming else ours
    (destination, destination_address) = (
        to_many if frame.broadcast else ours if frame.is_incoming else theirs
    )
    count = frame.number & 0xFF
    link = struct.pack(
        "<HBHHH",
        _TO_ALL if frame.broadcast else _TO_ONE,
        count,
        network.pan_id,
        Broadcast.ALL if frame.broadcast else destination,
        source,
    )
    flags, addresses = _NETWORK_DATA, b""
    for flag, address in ((_HAS_DESTINATION, destination_address), (_HAS_SOURCE, source_address)):
        if address is not None:
            flags |= flag
            addresses += bytes(Eui64(address))
    layer = struct.pack("<HHHBB", flags, destination, source, _RADIUS, count) + addresses
    support = struct.pack(
        "<BBHHBB",
        _SUPPORT_TO_ALL if frame.broadcast else _SUPPORT_TO_ONE,
        frame.destination_endpoint,
        frame.cluster_id,
        frame.profile_id,
        frame.source_endpoint,
        count,
    )
    return link + layer + support + frame.data
