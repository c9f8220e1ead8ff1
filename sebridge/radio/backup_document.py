"""The network of a stick as a document: the open coordinator backup format, version 1. Pure.

zigpy, zigbee2mqtt and others write and read it. Source: the format's own document,
zigpy/open-coordinator-backup, and zigpy's reader.
"""

from dataclasses import replace
import json
from typing import Annotated, Any, Final, Literal

import msgspec
from zigpy.backups import NetworkBackup
from zigpy.state import NetworkInfo
import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DecodeError
from sebridge.radio.zigpy_words import from_zigpy

MARGIN: Final = 10_000
"""By how much frame counters are raised: what was sent since the backup must not be sent again."""

_MOST_DEVICES: Final = 1000
_LAST_COUNTER: Final = 0xFFFFFFFF

_Text = Annotated[str, msgspec.Meta(max_length=200)]
_Hex16 = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{4}$")]
_Hex64 = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{16}$")]
_Hex128 = Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{32}$")]
_Uint8 = Annotated[int, msgspec.Meta(ge=0, le=0xFF)]
_Counter = Annotated[int, msgspec.Meta(ge=0, le=_LAST_COUNTER - MARGIN)]
_Channel = Annotated[int, msgspec.Meta(ge=11, le=26)]


class _Part(msgspec.Struct, omit_defaults=True):
    """A part of the document; what is not known in it is left out, and never reaches a stick."""


class _LinkKey(_Part):
    key: _Hex128
    tx_counter: _Counter
    rx_counter: _Counter


class _Device(_Part):
    ieee_address: _Hex64
    nwk_address: Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{1,4}$")] | None
    is_child: bool | msgspec.UnsetType = msgspec.UNSET
    link_key: _LinkKey | msgspec.UnsetType = msgspec.UNSET


class _NetworkKey(_Part):
    key: _Hex128
    sequence_number: _Uint8
    frame_counter: _Counter


class _TrustCenterKey(_Part):
    key: _Hex128
    frame_counter: _Counter | msgspec.UnsetType = msgspec.UNSET


class _Network(_Part):
    tc_link_key: _TrustCenterKey | msgspec.UnsetType = msgspec.UNSET
    tc_address: _Hex64 | msgspec.UnsetType = msgspec.UNSET
    nwk_manager: _Hex16 | msgspec.UnsetType = msgspec.UNSET


class _Node(_Part):
    ieee: _Hex64 | msgspec.UnsetType = msgspec.UNSET
    nwk: Literal["0000"] = "0000"
    type: Literal["coordinator"] = "coordinator"
    model: _Text | None = None
    manufacturer: _Text | None = None
    version: _Text | None = None


class _Internal(_Part):
    creation_time: _Text | msgspec.UnsetType = msgspec.UNSET
    date: _Text | msgspec.UnsetType = msgspec.UNSET
    node: _Node = msgspec.field(default_factory=_Node)
    network: _Network = msgspec.field(default_factory=_Network)
    link_key_seqs: Annotated[dict[_Hex64, _Uint8], msgspec.Meta(max_length=_MOST_DEVICES)] = (
        msgspec.field(default_factory=dict)
    )


class _Metadata(_Part):
    version: Literal[1]
    format: Literal["zigpy/open-coordinator-backup"]
    source: _Text
    internal: _Internal = msgspec.field(default_factory=_Internal)


class _Zstack(_Part):
    tclk_seed: _Hex128 | msgspec.UnsetType = msgspec.UNSET


class _Ezsp(_Part):
    """Not in here: the leave to burn an EUI-64 into a stick, which can be done once."""

    hashed_tclk: _Hex128 | msgspec.UnsetType = msgspec.UNSET


class _Stacks(_Part):
    zstack: _Zstack | msgspec.UnsetType = msgspec.UNSET
    ezsp: _Ezsp | msgspec.UnsetType = msgspec.UNSET


class _Document(_Part):
    metadata: _Metadata
    coordinator_ieee: _Hex64
    pan_id: _Hex16
    extended_pan_id: _Hex64
    nwk_update_id: _Uint8
    security_level: Annotated[int, msgspec.Meta(ge=0, le=7)]
    channel: _Channel
    channel_mask: Annotated[list[_Channel], msgspec.Meta(max_length=16)]
    network_key: _NetworkKey
    devices: Annotated[list[_Device], msgspec.Meta(max_length=_MOST_DEVICES)]
    stack_specific: _Stacks | msgspec.UnsetType = msgspec.UNSET


def write(backup: NetworkBackup) -> dict[str, Any]:
    """Return the document of a backup, as plain JSON values. It holds keys."""
    return backup.as_open_coordinator_json()


def parsed(octets: bytes) -> Any:
    """Return a JSON document; DecodeError for what is none."""
    try:
        return json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise DecodeError("is not JSON") from error


def read(document: Any) -> NetworkBackup:
    """Return the backup of a document; DecodeError says what in it is wrong, and shows no key."""
    try:
        checked = msgspec.convert(document, _Document)
    except msgspec.ValidationError as error:
        raise DecodeError(f"is no backup of a coordinator: {error}") from error
    addresses = [device.ieee_address.lower() for device in checked.devices]
    if len(set(addresses)) < len(addresses):
        raise DecodeError("is no backup of a coordinator: a device is there twice")
    plain = msgspec.to_builtins(checked)
    internal = plain["metadata"].setdefault("internal", {})
    network = internal.get("network", {})
    if len({"tc_address", "tc_link_key"} & network.keys()) == 1:  # zigpy wants both or none
        del internal["network"]
    try:
        backup = NetworkBackup.from_open_coordinator_json(plain)
    except (ValueError, KeyError, TypeError) as error:  # a time that is none
        raise DecodeError("is no backup of a coordinator: its metadata cannot be read") from error
    if not backup.is_complete():
        raise DecodeError("is no complete backup: it has no network")
    return backup


def with_addresses(backup: NetworkBackup, addresses: dict[Any, Any]) -> NetworkBackup:
    """Return a backup with the network addresses of devices that the stick itself did not tell."""
    network = backup.network_info
    return replace(
        backup, network_info=replace(network, nwk_addresses=addresses | network.nwk_addresses)
    )


def raised(backup: NetworkBackup) -> NetworkBackup:
    """Return a backup whose frame counters are ahead of all that was sent since.

    One stack counts the frames of each link key, another those of all together: all go on from the
    highest. DecodeError when there are no numbers left, and the network needs a new key.
    """
    network = backup.network_info
    keys = (network.tc_link_key, *network.key_table)
    highest = max(int(key.tx_counter) for key in keys) + MARGIN
    sent = int(network.network_key.tx_counter) + MARGIN
    if max(highest, sent) > _LAST_COUNTER:
        raise DecodeError("cannot be restored: its frame counters are used up")
    changed: NetworkInfo = replace(
        network,
        network_key=replace(network.network_key, tx_counter=t.uint32_t(sent)),
        tc_link_key=replace(network.tc_link_key, tx_counter=t.uint32_t(highest)),
        key_table=[replace(key, tx_counter=t.uint32_t(highest)) for key in network.key_table],
    )
    return replace(backup, network_info=changed)


def keys_of(network: NetworkInfo) -> dict[Eui64, bytes]:
    """Return the link keys of the devices of a network."""
    return {from_zigpy(key.partner_ieee): key.key.serialize() for key in network.key_table}
