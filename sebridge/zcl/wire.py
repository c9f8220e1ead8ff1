"""Whole ZCL frames <-> plain documents: header, command by name, fields by name.

    {"frame": {...header...}, "command": "publish_price", "fields": {"provider_id": 2748, ...}}

Field names are those of the RPC record reference where it has the record, else of the profile.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import structs

from sebridge.base.errors import DecodeError, ParameterError
from sebridge.model.plain import from_plain, integer, to_plain
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition, Clusters, CommandDefinition
from sebridge.zcl.frame import Frame
from sebridge.zcl.general_fields import COMMAND_IDS, GENERAL_COMMANDS, read_fields, write_fields
from sebridge.zcl.identifiers import SE_PROFILE, ZDO_PROFILE
from sebridge.zcl.record_fields import record_of

LONGEST_FRAME: Final = 16_384
"""Octets; more than fragmentation can carry (255 blocks of at most 64 octets)."""

_SIGNED: Final = frozenset({"average_load_adjustment_percentage_applied"})
"""Octets that the RPC reference counts from 0 to 255 and the profile from -128 to 127."""
_SIGN: Final = 0x80

_DIRECTIONS: Final = {True: "server_to_client", False: "client_to_server"}
_TYPES: Final = {True: "cluster", False: "general"}
_HEADER: Final = frozenset(
    {
        "profile_id",
        "cluster_id",
        "type",
        "direction",
        "disable_default_response",
        "manufacturer_code",
        "sequence",
        "command_id",
    }
)


class DecodedFrame(msgspec.Struct, frozen=True):
    """A frame that was understood.

    `cluster` is None for a general command of an unknown one; `record` is the payload of a cluster
    command, None for a general one; `rest` are octets behind
    the last known field, which a newer peer may send (GEN-11).
    """

    profile_id: int
    cluster_id: int
    cluster: ClusterDefinition | None
    frame: Frame
    command: str
    fields: Mapping[str, Any]
    record: Record | None = None
    rest: bytes = b""

    def document(self) -> dict[str, Any]:
        """Return the plain form, for JSON; `rest` only where there is any."""
        found: dict[str, Any] = {
            "frame": _header(self.profile_id, self.cluster_id, self.frame),
            "command": self.command,
            "fields": dict(self.fields),
        }
        return found | {"rest": self.rest.hex()} if self.rest else found


def _header(profile_id: int, cluster_id: int, frame: Frame) -> dict[str, Any]:
    return {
        "profile_id": profile_id,
        "cluster_id": cluster_id,
        "type": _TYPES[frame.cluster_specific],
        "direction": _DIRECTIONS[frame.from_server],
        "disable_default_response": frame.no_default_response,
        "manufacturer_code": frame.manufacturer_code,
        "sequence": frame.sequence,
        "command_id": frame.command_id,
    }


# ------------------------------------------------------------------ octets -> document


def decode_octets(
    clusters: Clusters,
    profile_id: int,
    cluster_id: int,
    octets: bytes,
    *,
    from_server: bool | None = None,
) -> DecodedFrame:
    """Read a whole frame; raise DecodeError with the octet at which it went wrong.

    `from_server` says who sent the frame where its direction bit is not to be believed.
    """
    if len(octets) > LONGEST_FRAME:
        raise DecodeError(f"a frame has at most {LONGEST_FRAME} octets", LONGEST_FRAME)
    frame = Frame.parse(octets)
    if from_server is not None:
        frame = structs.replace(frame, from_server=from_server)
    return decode_frame(clusters, profile_id, cluster_id, frame)


def decode_frame(
    clusters: Clusters, profile_id: int, cluster_id: int, frame: Frame
) -> DecodedFrame:
    """Read the payload of a frame; raise DecodeError, its offset counted from the header on."""
    if profile_id == ZDO_PROFILE:
        raise DecodeError("frames of the device profile have no ZCL header", 0)
    start = 3 if frame.manufacturer_code is None else 5
    try:
        if frame.cluster_specific:
            return _decode_command(clusters, profile_id, cluster_id, frame)
        return _decode_general(clusters, profile_id, cluster_id, frame)
    except DecodeError as error:
        offset = -1 if error.offset is None else error.offset
        raise DecodeError(str(error), start + offset) from error


def _decode_general(
    clusters: Clusters, profile_id: int, cluster_id: int, frame: Frame
) -> DecodedFrame:
    command = GENERAL_COMMANDS.get(frame.command_id)
    if command is None:
        raise DecodeError(f"general command 0x{frame.command_id:02X} is not known")
    fields = read_fields(command, frame.payload)
    cluster = clusters.get(cluster_id)
    return DecodedFrame(profile_id, cluster_id, cluster, frame, command.name, fields)


def _decode_command(
    clusters: Clusters, profile_id: int, cluster_id: int, frame: Frame
) -> DecodedFrame:
    if frame.manufacturer_code is not None:
        code = frame.manufacturer_code
        raise DecodeError(f"command 0x{frame.command_id:02X} of manufacturer 0x{code:04X}")
    cluster = clusters.get(cluster_id)
    if cluster is None:
        raise DecodeError(f"the commands of cluster 0x{cluster_id:04X} are not known")
    command = cluster.find(frame.command_id, from_server=frame.from_server)
    if command is None:
        side = "server" if frame.from_server else "client"
        number = f"0x{frame.command_id:02X}"
        raise DecodeError(f"no {side} of cluster {cluster.name} sends a command {number}")
    record, rest = command.record.deserialize_with_rest(frame.payload)
    name = cluster.form_of(command, record).name
    fields = {name: _signed(name, value) for name, value in to_plain(record).items()}
    return DecodedFrame(profile_id, cluster_id, cluster, frame, name, fields, record, rest)


def _signed(name: str, value: Any) -> Any:
    return value - 2 * _SIGN if name in _SIGNED and value >= _SIGN else value


# ------------------------------------------------------------------ document -> octets


def encode_document(clusters: Clusters, document: Any) -> bytes:
    """Return the octets of a frame; raise ParameterError that names what is wrong.

    Of the header only `cluster_id` and `direction` must be given; the command may stand there as
    `command_id` too, but its name decides.
    """
    header = _object(_object(document, "").get("frame"), "frame")
    for name in header:
        if name not in _HEADER:
            raise ParameterError(f"frame.{name}", "is unknown")
    fields = _object(document.get("fields", {}), "fields")
    cluster_id = _number(header, "cluster_id", None, 0xFFFF)
    if _number(header, "profile_id", SE_PROFILE, 0xFFFF) == ZDO_PROFILE:
        raise ParameterError("frame.profile_id", "frames of the device profile have no ZCL header")
    name = document.get("command")
    if not isinstance(name, str):
        raise ParameterError("command", "is not the name of a command")
    from_server = _choice(header, "direction", _DIRECTIONS, default=None)
    if _choice(header, "type", _TYPES, default=name not in COMMAND_IDS):
        command_id, payload = _encode_command(
            clusters.get(cluster_id), cluster_id, name, fields, from_server=from_server
        )
        cluster_specific = True
    else:
        command_id, payload = _encode_general(name, fields)
        cluster_specific = False
    given = header.get("manufacturer_code")
    return Frame(
        command_id,
        _number(header, "sequence", 0, 0xFF),
        payload + _rest(document),
        cluster_specific,
        from_server,
        from_plain(
            bool, header.get("disable_default_response", False), "frame.disable_default_response"
        ),
        None if given is None else _number(header, "manufacturer_code", None, 0xFFFF),
    ).serialize()


def _encode_general(name: str, fields: Mapping[str, Any]) -> tuple[int, bytes]:
    if name not in COMMAND_IDS:
        raise ParameterError("command", f"there is no general command {name}")
    return COMMAND_IDS[name], write_fields(GENERAL_COMMANDS[COMMAND_IDS[name]], fields)


def _encode_command(
    cluster: ClusterDefinition | None,
    cluster_id: int,
    name: str,
    fields: Mapping[str, Any],
    *,
    from_server: bool,
) -> tuple[int, bytes]:
    command = _named(cluster, cluster_id, name, from_server=from_server)
    record = record_of(
        command.record, {name: _unsigned(name, value) for name, value in fields.items()}, "fields"
    )
    try:
        return command.command_id, record.serialize()
    except ValueError as error:
        raise ParameterError("fields", str(error)) from error


def _named(
    cluster: ClusterDefinition | None, cluster_id: int, name: str, *, from_server: bool
) -> CommandDefinition:
    if cluster is None:
        raise ParameterError("frame.cluster_id", f"cluster 0x{cluster_id:04X} is not known")
    command = cluster.named(name, from_server=from_server)
    if command is None:
        side = "server" if from_server else "client"
        raise ParameterError("command", f"no {side} of cluster {cluster.name} sends {name}")
    return command


def _unsigned(name: str, value: Any) -> Any:
    if name in _SIGNED and isinstance(value, int) and -_SIGN <= value < 0:
        return value + 2 * _SIGN
    return value


def _rest(document: Mapping[str, Any]) -> bytes:
    rest = document.get("rest", "")
    try:
        return bytes.fromhex(rest)
    except (TypeError, ValueError) as error:
        raise ParameterError("rest", "is not hex digits") from error


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ParameterError(path, "is not an object")
    return value


def _number(header: Mapping[str, Any], name: str, default: int | None, most: int) -> int:
    value = header.get(name, default)
    if value is None:
        raise ParameterError(f"frame.{name}", "is missing")
    number = integer(value, f"frame.{name}")
    if not 0 <= number <= most:
        raise ParameterError(f"frame.{name}", f"{number} is not in 0..{most}")
    return number


def _choice(
    header: Mapping[str, Any], name: str, words: Mapping[bool, str], *, default: bool | None
) -> bool:
    word = header.get(name, None if default is None else words[default])
    for meaning, known in words.items():
        if word == known:
            return meaning
    raise ParameterError(f"frame.{name}", f"is none of {', '.join(words.values())}")
