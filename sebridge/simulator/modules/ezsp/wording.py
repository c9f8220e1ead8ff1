"""What differs between the versions of EZSP: which frames there are, their fields, their order.

Source: Silicon Labs UG100, EZSP reference guide, of the versions up to 13; from 14 on the handlers
of these frames in Silicon Labs' EmberZNet NCP.
"""

from collections.abc import Mapping
import struct
from typing import Final, NamedTuple

from sebridge.base.addresses import Eui64
from sebridge.model.data_types import OctetString, Uint8, Uint16
from sebridge.model.record import Record
from sebridge.simulator.modules.ezsp.status import Refusal, Status

_SECURITY_MANAGER: Final = 13  # the first version that has one
_SL_STATUS: Final = 14  # the first version in which all statuses are sl_status_t

_STACKS: Final[Mapping[int, int]] = {8: 0x6780, 13: 0x7310, 14: 0x8020, 19: 0x9100}
"""An EmberZNet that speaks it: major, minor, patch and special version, four bits each."""

VERSIONS: Final = tuple(_STACKS)
"""The versions of EZSP that there are here."""
USUAL_VERSION: Final = 13

_UNTIL: Final = {
    **dict.fromkeys((0x5D, 0x5F), _SL_STATUS - 1),
    **dict.fromkeys((0x66, 0x6A, 0x71, 0x72, 0xAF), _SECURITY_MANAGER - 1),
}
_SINCE: Final = dict.fromkeys(
    (0x77, 0x10D, 0x10E, 0x10F, 0x111, 0x114, 0x115, 0x116), _SECURITY_MANAGER
)
_LINK_KEY: Final = 4  # the security manager's kind of keys that an entry of the table is


class ApsFrame(Record):
    """The head of a frame, as the host gives it."""

    profile_id: Uint16
    cluster_id: Uint16
    source_endpoint: Uint8
    destination_endpoint: Uint8
    options: Uint16
    group: Uint16
    sequence: Uint8


class Unicast(Record):
    """What the host sends to one device."""

    kind: Uint8
    nwk: Uint16
    aps: ApsFrame
    tag: Uint8
    data: OctetString


class _LongTaggedUnicast(Unicast):
    tag: Uint16


class Broadcast(Record):
    """What the host sends to everybody."""

    nwk: Uint16
    aps: ApsFrame
    radius: Uint8
    tag: Uint8
    data: OctetString


class Multicast(Record):
    """What the host sends to a group."""

    aps: ApsFrame
    hops: Uint8
    beyond: Uint8
    tag: Uint8
    data: OctetString


class Reply(Record):
    """An answer within the APS acknowledgement; here that of a fragment."""

    nwk: Uint16
    aps: ApsFrame
    data: OctetString


class _AliasedBroadcast(Record):
    alias: Uint16
    nwk: Uint16
    sequence: Uint8
    aps: ApsFrame
    radius: Uint8
    tag: Uint16
    data: OctetString


class _AliasedMulticast(Record):
    aps: ApsFrame
    hops: Uint8
    receivers: Uint16
    alias: Uint16
    sequence: Uint8
    tag: Uint16
    data: OctetString


class Heard(NamedTuple):
    """A frame that the host is told of."""

    kind: int
    aps: bytes
    nwk: int
    device: Eui64
    lqi: int
    rssi: int
    data: bytes


class Exported(NamedTuple):
    """An entry of the table of link keys that the host is shown, or that there is none."""

    status: Status
    place: int
    device: Eui64
    key: bytes
    metadata: bytes


class Wording:
    """How one version of the protocol says what the stack does."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.stack = _STACKS[version]
        self._is_new = version >= _SL_STATUS

    @property
    def version_info(self) -> bytes:
        """The value of this name: build, four numbers, and that it is a release."""
        numbers = (self.stack >> shift & 0xF for shift in (12, 8, 4, 0))
        return struct.pack("<HBBBBB", 0, *numbers, 0xAA)

    def has(self, frame_id: int) -> bool:
        """Say whether there is this command, of those that there are in some version."""
        first = _SINCE.get(frame_id, self.version)
        return first <= self.version <= _UNTIL.get(frame_id, self.version)

    # ------------------------------------------------------------------ statuses

    def status(self, status: Status) -> bytes:
        """Return a status as it is written."""
        return status.octets if self._is_new else status.octet

    def refusal(self, reason: Refusal) -> bytes:
        """Return why a frame is not looked at, as wide as statuses are."""
        return struct.pack("<I" if self._is_new else "<B", reason)

    def of_scan(self, status: Status) -> bytes:
        """Return the status of a scan that was asked for: it was an sl_status_t before others."""
        return status.octets if self.version >= _SECURITY_MANAGER else status.octet

    def done(self, status: Status) -> bytes:
        """Return the response to what had none before it had a status."""
        return status.octets if self._is_new else b""

    def whether(self, is_so: bool) -> bytes:  # noqa: FBT001  # it is what is said
        """Return what was a boolean before it was a status: OK or FAIL."""
        return struct.pack("<I", not is_so) if self._is_new else bytes((is_so,))

    # ------------------------------------------------------------------ frames

    @property
    def unicast(self) -> type[Unicast]:
        """What asks to send to one."""
        return _LongTaggedUnicast if self._is_new else Unicast

    @property
    def broadcast(self) -> type[Broadcast | _AliasedBroadcast]:
        """What asks to send to everybody."""
        return _AliasedBroadcast if self._is_new else Broadcast

    @property
    def multicast(self) -> type[Multicast | _AliasedMulticast]:
        """What asks to send to a group."""
        return _AliasedMulticast if self._is_new else Multicast

    def sent(self, kind: int, receiver: int, aps: bytes, tag: int, status: Status) -> bytes:
        """Return what tells the host what became of a frame, whose data it has itself."""
        head = struct.pack("<BH", kind, receiver) + aps
        if self._is_new:
            return status.octets + head + struct.pack("<HB", tag, 0)
        return head + bytes((tag,)) + status.octet + b"\0"

    def heard(self, frame: Heard) -> bytes:
        """Return what tells the host of a frame; it comes by neither a binding nor an address."""
        data = bytes((len(frame.data),)) + frame.data
        if self._is_new:
            who = struct.pack("<HQBB", frame.nwk, frame.device, 0xFF, 0xFF)
            how = struct.pack("<BbI", frame.lqi, frame.rssi, 0)
            return bytes((frame.kind,)) + frame.aps + who + how + data
        tail = struct.pack("<BbHBB", frame.lqi, frame.rssi, frame.nwk, 0xFF, 0xFF)
        return bytes((frame.kind,)) + frame.aps + tail + data

    # ------------------------------------------------------------------ addresses

    def address_entry(self, status: Status, device: Eui64, nwk: int) -> bytes:
        """Return an entry of the address table: there were two commands for its halves."""
        if self._is_new:
            return status.octets + struct.pack("<H", nwk) + bytes(device)
        return bytes(device)

    def nwk_found(self, nwk: int, *, is_found: bool) -> bytes:
        """Return the network address of a device."""
        status = Status.OK if is_found else Status.NOT_FOUND
        return self.done(status) + struct.pack("<H", nwk)

    # ------------------------------------------------------------------ keys

    def exported_key(self, status: Status, key: bytes, context: bytes) -> bytes:
        """Return a key of the network."""
        return status.octets + key + context if self._is_new else key + status.octets

    def imported_key(self, status: Status, context: bytes) -> bytes:
        """Return what became of a key of the network that was to be used."""
        return status.octets + (context if self._is_new else b"")

    def exported_entry(self, entry: Exported) -> bytes:
        """Return an entry that was asked for by its place."""
        if self._is_new:
            return self._exported(entry)
        return bytes(entry.device) + entry.key + entry.metadata + entry.status.octets

    def exported_of_device(self, entry: Exported) -> bytes:
        """Return an entry that was asked for by its device."""
        if self._is_new:
            return self._exported(entry)
        return entry.key + bytes((entry.place,)) + entry.metadata + entry.status.octets

    def _exported(self, entry: Exported) -> bytes:
        context = struct.pack("<BBHQBBI", _LINK_KEY, entry.place, 0, entry.device, 0, 0, 0)
        return entry.status.octets + context + entry.key + entry.metadata
