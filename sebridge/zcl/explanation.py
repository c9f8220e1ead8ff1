"""Frames in parts for people: each field with its name, its value, and the words behind it. Pure.

What `sebridge decode` prints, and what the recorded frames are shown as.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from sebridge.base.clock import iso_time, unix_time
from sebridge.base.errors import DecodeError
from sebridge.model.currency import CURRENCIES
from sebridge.model.data_types import Integer
from sebridge.model.plain import to_plain
from sebridge.model.record import Record
from sebridge.model.shape import fields_of, form_of
from sebridge.zcl import frame as zcl, zdo
from sebridge.zcl.cluster import AttributeDefinition, Clusters
from sebridge.zcl.data_types import DATA_TYPES, UTC
from sebridge.zcl.enums import FIELDS, words
from sebridge.zcl.frame import Frame
from sebridge.zcl.general_fields import GENERAL_COMMANDS
from sebridge.zcl.identifiers import DEVICE_NAMES, HA_PROFILE, SE_PROFILE, ZDO_PROFILE
from sebridge.zcl.known_clusters import known_attributes, known_name
from sebridge.zcl.status import status_name
from sebridge.zcl.wire import DecodedFrame, decode_octets

_UNTIL_CHANGED: Final = {0xFFFF: "until changed"}
_UNTIL_CHANGED_24: Final = {0xFFFFFF: "until changed"}
_NOT_USED: Final = {0xFF: "not used"}
_NOT_USED_32: Final = {0xFFFFFFFF: "not used"}
_NOT_USED_POINT: Final = {-0x8000: "not used", 0x8000: "not used"}
_NOT_USED_LOAD: Final = {-0x80: "not used", 0x80: "not used"}
_ALL: Final = {0: "all"}


class _Measure(msgspec.Struct, frozen=True):
    """How a number is told: `scale` of it are one `unit`; `special` values have words."""

    special: Mapping[int, str]
    unit: str = ""
    scale: int = 1
    bits: int = 0  # a signed number of so many bits, where it is declared unsigned

    def shown(self, number: int) -> str:
        if number in self.special:
            return self.special[number]
        if self.bits and number >= 1 << self.bits - 1:
            number -= 1 << self.bits
        return f"{number / self.scale:g} {self.unit}" if self.unit else ""


_MEASURES: Final[Mapping[str, _Measure]] = {
    "duration_in_minutes": _Measure(_UNTIL_CHANGED, "min"),
    "block_period_duration": _Measure(_UNTIL_CHANGED_24),
    "price_ratio": _Measure(_NOT_USED, "times", 10),
    "generation_price": _Measure(_NOT_USED_32),
    "generation_price_ratio": _Measure(_NOT_USED, "times", 10),
    "alternate_cost_deliverd": _Measure(_NOT_USED_32),
    "provider_id": _Measure(_NOT_USED_32),
    "alternate_cost_trailing_digit": _Measure(_NOT_USED),
    "number_of_block_thresholds": _Measure({0xFF: "no blocks"}),
    "number_of_events": _Measure(_ALL),
    "number_of_commands": _Measure(_ALL),
    "number_of_records": _Measure(_ALL),
    "min_issuer_event_id": _Measure(_NOT_USED_32),
    "standing_charge": _Measure(_NOT_USED_32),
    "utility_enrollment_group": _Measure({0: "all groups"}),
    "cooling_temperature_offset": _Measure(_NOT_USED, "°C", 10),
    "heating_temperature_offset": _Measure(_NOT_USED, "°C", 10),
    "cooling_temperature_set_point": _Measure(_NOT_USED_POINT, "°C", 100),
    "heating_temperature_set_point": _Measure(_NOT_USED_POINT, "°C", 100),
    "cooling_temperature_set_point_applied": _Measure(_NOT_USED_POINT, "°C", 100, 16),
    "heating_temperature_set_point_applied": _Measure(_NOT_USED_POINT, "°C", 100, 16),
    "average_load_adjustment_percentage": _Measure(_NOT_USED_LOAD, "%"),
    "average_load_adjustment_percentage_applied": _Measure(_NOT_USED_LOAD, "%"),
    "duty_cycle": _Measure(_NOT_USED, "%"),
    "duty_cycle_applied": _Measure(_NOT_USED, "%"),
    "fast_poll_update_period": _Measure({}, "s"),
    "applied_update_period": _Measure({}, "s"),
    "duration": _Measure({}, "min"),
    "default_update_period": _Measure({}, "s"),
    "wait_time": _Measure({}, "s"),
    "ephemeral_data_generate_time": _Measure({}, "s"),
    "confirm_key_generate_time": _Measure({}, "s"),
    "close_tunnel_timeout": _Measure({}, "s"),
    "tunnel_id": _Measure({0xFFFF: "no tunnel"}),
    "manufacturer_code": _Measure({0xFFFF: "standard"}),
    "endpoint_id": _Measure({0xFFFF: "cannot mirror"}),
    "removed_endpoint_id": _Measure({0xFFFF: "cannot remove"}),
    "maximum_incoming_transfer_size": _Measure({}, "octets"),
    "time_zone": _Measure({}, "s"),
    "dst_shift": _Measure({}, "s"),
    "identify_time": _Measure({}, "s"),
    "timeout": _Measure({}, "s"),
}
_NO_POINT: Final = {-0x8000: "no value"}
_ATTRIBUTE_MEASURES: Final[Mapping[tuple[int, int], _Measure]] = {
    (0x0001, 0x0020): _Measure({0xFF: "no value"}, "V", 10),
    (0x0001, 0x0021): _Measure({0xFF: "no value"}, "%", 2),
    (0x0201, 0x0000): _Measure(_NO_POINT, "°C", 100),
    (0x0201, 0x0011): _Measure(_NO_POINT, "°C", 100),
    (0x0201, 0x0012): _Measure(_NO_POINT, "°C", 100),
    (0x0402, 0x0000): _Measure(_NO_POINT, "°C", 100),
    (0x0403, 0x0000): _Measure(_NO_POINT, "kPa", 10),
    (0x0405, 0x0000): _Measure({0xFFFF: "no value"}, "%", 100),
}
"""Attributes with a unit of their own, by cluster and number; those of meters are scaled by others.

Source: ZigBee Cluster Library, Power Configuration, Thermostat, and measurement and sensing.
"""
_STATUSES: Final = {
    "get_profile_response": "get_profile_status",
    "attribute": "meter_status_electricity",
}
"""What the name `status` means where it is not the status of a general command."""
_NO_TIME: Final = 0xFFFFFFFF
_OF_THE_SENDER: Final = frozenset({*zcl.ANSWERS, zcl.REPORT_ATTRIBUTES}) - {zcl.DEFAULT_RESPONSE}
"""General commands which tell of the sender's attributes; all others are about the receiver's."""


class Part(msgspec.Struct, frozen=True):
    """A field: its name, its plain value, and what that means to people; or the parts it is of.

    `name` is "" for the value of an attribute, which has its name one level above.
    """

    name: str
    value: Any = None
    meaning: str = ""
    parts: Sequence["Part"] = ()


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What a frame says.

    `problem` tells why it cannot be read, and `problem_at` at which octet; then there are no
    `fields`. `rest` are octets behind the last known field.
    """

    cluster: str
    command: str
    header: Sequence[Part] = ()
    fields: Sequence[Part] = ()
    rest: bytes = b""
    problem: str = ""
    problem_at: int | None = None


ScaleOf = Callable[[int, int | float], str]
"""Says of a number in an attribute what it is by the scale that its device has; "" if by none."""


def no_scale(_attribute_id: int, _number: float) -> str:
    """Say nothing: the device is not known, or has no scale."""
    return ""


def explain(
    clusters: Clusters,
    profile_id: int,
    cluster_id: int,
    octets: bytes,
    scale_of_sender: ScaleOf = no_scale,
) -> Explanation:
    """Return what any frame says, a ZCL or a ZDO one. Never raises for what is in it.

    `scale_of_sender` is asked of what the server that sent it tells of its own attributes.
    """
    if profile_id == ZDO_PROFILE:
        return _explain_zdo(clusters, cluster_id, octets)
    try:
        decoded = decode_octets(clusters, profile_id, cluster_id, octets)
    except DecodeError as error:
        return _unread(clusters, cluster_id, octets, error)
    return explain_frame(clusters, decoded, scale_of_sender)


def explain_frame(
    clusters: Clusters, decoded: DecodedFrame, scale_of_sender: ScaleOf = no_scale
) -> Explanation:
    """Return what a ZCL frame says that was decoded."""
    if decoded.record is not None:
        fields = _record_parts(decoded.command, decoded.record, decoded.fields)
    else:
        fields = _general_parts(decoded, scale_of_sender)
    return Explanation(
        cluster=cluster_name(clusters, decoded.cluster_id),
        command=decoded.command,
        header=_header(decoded.frame, decoded.command),
        fields=tuple(fields),
        rest=decoded.rest,
    )


def cluster_name(clusters: Clusters, cluster_id: int) -> str:
    """Return the name of a cluster; of one that is not known, its number in words."""
    known = clusters.get(cluster_id)
    return (known and known.name) or known_name(cluster_id) or f"cluster 0x{cluster_id:04X}"


def command_name(clusters: Clusters, profile_id: int, cluster_id: int, octets: bytes) -> str:
    """Return the name of a frame's command by its header alone, which takes little time.

    A command without a known name is told as its number. Never raises for what is in a frame.
    """
    if profile_id == ZDO_PROFILE:
        return zdo.command_name(cluster_id)
    try:
        return _command(clusters, cluster_id, Frame.parse(octets))
    except DecodeError:
        return "unreadable"


def _command(clusters: Clusters, cluster_id: int, frame: Frame) -> str:
    known: Any = None
    if not frame.cluster_specific:
        known = GENERAL_COMMANDS.get(frame.command_id)
    elif frame.manufacturer_code is None and cluster_id in clusters:
        known = clusters[cluster_id].find(frame.command_id, from_server=frame.from_server)
    return f"command 0x{frame.command_id:02X}" if known is None else str(known.name)


def _unread(clusters: Clusters, cluster_id: int, octets: bytes, error: DecodeError) -> Explanation:
    header: Sequence[Part] = ()
    command = "unreadable"
    try:
        frame = Frame.parse(octets)
    except DecodeError:
        pass
    else:
        command = _command(clusters, cluster_id, frame)
        header = _header(frame, command)
    return Explanation(
        cluster=cluster_name(clusters, cluster_id),
        command=command,
        header=header,
        problem=str(error),
        problem_at=error.offset,
    )


def _header(frame: Frame, command: str) -> tuple[Part, ...]:
    """Return the fields of the ZCL header, in their order on the air. Source: ZCL, frame format."""
    of_maker = frame.manufacturer_code is not None
    parts = [
        Part(
            "frame_control",
            frame.serialize()[0],
            parts=(
                Part(
                    "frame_type",
                    int(frame.cluster_specific),
                    "command of the cluster" if frame.cluster_specific else "general command",
                ),
                Part("manufacturer_specific", of_maker),
                Part(
                    "direction",
                    int(frame.from_server),
                    "server -> client" if frame.from_server else "client -> server",
                ),
                Part(
                    "disable_default_response",
                    frame.no_default_response,
                    "answer only what goes wrong"
                    if frame.no_default_response
                    else "a default response is wanted",
                ),
            ),
        )
    ]
    if frame.manufacturer_code is not None:
        parts.append(Part("manufacturer_code", frame.manufacturer_code))
    parts += [Part("sequence", frame.sequence), Part("command_id", frame.command_id, command)]
    return tuple(parts)


# ------------------------------------------------------------------ cluster commands


def _record_parts(command: str, record: Record, fields: Mapping[str, Any]) -> Iterator[Part]:
    for item in fields_of(type(record)):
        if item.name in fields:
            value, form = fields[item.name], form_of(item.kind)
            is_time = isinstance(form, Integer) and form.epoch is not None
            meaning = record.meaning(item.name) or _meaning(command, item.name, value, is_time)
            yield Part(item.name, value, meaning)


def _meaning(command: str, name: str, value: Any, is_time: bool) -> str:  # noqa: FBT001  # private
    if not isinstance(value, int):
        return ""
    if is_time:
        return _time(value)
    if name == "currency":
        return CURRENCIES.get(value, "")
    measured = _MEASURES[name].shown(value) if name in _MEASURES else ""
    kind = _STATUSES.get(command) if name == "status" else FIELDS.get(name)
    return measured if measured or kind is None else words(kind, value)


def _time(seconds: int) -> str:
    if seconds == 0:
        return "now"
    return "no time" if seconds == _NO_TIME else iso_time(unix_time(seconds))


# ------------------------------------------------------------------ general commands


def _general_parts(decoded: DecodedFrame, scale_of_sender: ScaleOf) -> Iterator[Part]:
    for name, value in decoded.fields.items():
        if name != "records":
            yield Part(name, value, _GENERAL.get(name, _nothing)(value))
    attributes = _attributes(decoded)
    is_own = decoded.frame.from_server and decoded.frame.command_id in _OF_THE_SENDER
    is_standard = decoded.frame.manufacturer_code is None
    scale_of = scale_of_sender if is_own and is_standard else no_scale
    for record in decoded.fields.get("records", []):
        yield _record_part(decoded.cluster_id, record, attributes, scale_of)


def _attributes(decoded: DecodedFrame) -> Mapping[int, AttributeDefinition]:
    if decoded.frame.manufacturer_code is not None:
        return {}
    by_sender = decoded.frame.command_id in _OF_THE_SENDER
    of_server = decoded.frame.from_server == by_sender
    if decoded.cluster is None:
        return known_attributes(decoded.cluster_id) if of_server else {}
    return decoded.cluster.attributes(of_server=of_server)


def _record_part(
    cluster_id: int,
    record: Mapping[str, Any],
    attributes: Mapping[int, AttributeDefinition],
    scale_of: ScaleOf,
) -> Part:
    number = record.get("attribute_id")
    known = attributes.get(number) if number is not None else None
    name = "" if number is None else f"0x{number:04X}"
    title = f"{name} {known.name}" if known is not None else name
    told = []
    for part, value in record.items():
        if part == "value":
            measure = None if known is None else _ATTRIBUTE_MEASURES.get((cluster_id, number or 0))
            is_time = record["attribute_type"] == UTC
            meaning = _value_meaning(value, known, measure, is_time=is_time)
            if number is not None and type(value) in {int, float}:
                meaning = meaning or scale_of(number, value)
            told.append(Part("", value, meaning))
        elif part != "attribute_id":
            told.append(Part(part, value, _GENERAL.get(part, _nothing)(value)))
    return Part(title, parts=tuple(told))


def _value_meaning(
    value: Any, known: AttributeDefinition | None, measure: _Measure | None, *, is_time: bool
) -> str:
    if measure is not None and isinstance(value, int):
        return measure.shown(value)
    return _meaning("attribute", "" if known is None else known.name, value, is_time)


def _nothing(_value: int) -> str:
    return ""


def _type(value: int) -> str:
    known = DATA_TYPES.get(value)
    return "unknown" if known is None else known.name


def _direction(value: int) -> str:
    return "to receive" if value else "to send"


_GENERAL: Final[Mapping[str, Callable[[int], str]]] = {
    "status": status_name,
    "attribute_type": _type,
    "direction": _direction,
}


# ------------------------------------------------------------------ device objects


def _explain_zdo(clusters: Clusters, command_id: int, octets: bytes) -> Explanation:
    """Return what a frame of the device profile says. Source: ZigBee specification, ZDP."""
    command = zdo.command_name(command_id)
    header = (Part("sequence", octets[0]),) if octets else ()
    try:
        _, fields = zdo.decode(command_id, octets)
    except DecodeError as error:
        return Explanation(
            cluster="zdo",
            command=command,
            header=header,
            problem=str(error),
            problem_at=error.offset,
        )
    parts = tuple(_zdo_part(clusters, name, value) for name, value in fields.items())
    return Explanation(cluster="zdo", command=command, header=header, fields=parts)


def _zdo_part(clusters: Clusters, name: str, value: Any) -> Part:
    if isinstance(value, msgspec.Struct):
        inside = msgspec.structs.asdict(value)
        return Part(name, parts=tuple(_zdo_part(clusters, *item) for item in inside.items()))
    told = _ZDO.get(name)
    return Part(
        name, to_plain(value), "" if told is None or value is None else told(clusters, value)
    )


def _zdo_status(_clusters: Clusters, value: int) -> str:
    return zdo.ZdoStatus(value).name if value in set(zdo.ZdoStatus) else ""


def _names(clusters: Clusters, value: Sequence[int]) -> str:
    return ", ".join(cluster_name(clusters, number) for number in value)


def _profile(_clusters: Clusters, value: int) -> str:
    return {SE_PROFILE: "Smart Energy", HA_PROFILE: "Home Automation"}.get(value, "")


def _device(_clusters: Clusters, value: int) -> str:
    return DEVICE_NAMES.get(value, "")


def _capability(_clusters: Clusters, value: int) -> str:
    flags = (flag for flag in zdo.MacCapability if value & flag)
    return ", ".join(str(flag.name).lower().replace("_", " ") for flag in flags)


def _logical_type(_clusters: Clusters, value: int) -> str:
    is_known = value in set(zdo.LogicalType)
    return zdo.LogicalType(value).name.lower().replace("_", " ") if is_known else ""


def _channels(_clusters: Clusters, value: int) -> str:
    return "channels " + ", ".join(str(bit) for bit in range(32) if value >> bit & 1)


_ZDO: Final[Mapping[str, Callable[[Clusters, Any], str]]] = {
    "Status": _zdo_status,
    "ClusterID": cluster_name,
    "ProfileID": _profile,
    "profile_id": _profile,
    "device_id": _device,
    "InClusterList": _names,
    "OutClusterList": _names,
    "input_clusters": _names,
    "output_clusters": _names,
    "Capability": _capability,
    "mac_capability_flags": _capability,
    "logical_type": _logical_type,
    "ScanChannels": _channels,
}
