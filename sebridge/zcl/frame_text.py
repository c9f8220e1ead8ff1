"""ZCL frames as text for people: names, units, times, and the words behind the numbers."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from sebridge.base.clock import iso_time, unix_time
from sebridge.base.errors import DecodeError
from sebridge.model.currency import CURRENCIES
from sebridge.model.data_types import Integer
from sebridge.model.record import Record
from sebridge.model.shape import fields_of, form_of
from sebridge.zcl import frame as zcl
from sebridge.zcl.cluster import AttributeDefinition, Clusters
from sebridge.zcl.data_types import DATA_TYPES, UTC
from sebridge.zcl.enums import FIELDS, words
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
_STATUSES: Final = {
    "get_profile_response": "get_profile_status",
    "attribute": "meter_status_electricity",
}
"""What the name `status` means where it is not the status of a general command."""
_NO_TIME: Final = 0xFFFFFFFF
_OF_THE_SENDER: Final = frozenset({*zcl.ANSWERS, zcl.REPORT_ATTRIBUTES}) - {zcl.DEFAULT_RESPONSE}
"""General commands which tell of the sender's attributes; all others are about the receiver's."""


def describe(clusters: Clusters, profile_id: int, cluster_id: int, octets: bytes) -> str:
    """Return any frame in one line, for a log; what cannot be read is told with its octets."""
    try:
        decoded = decode_octets(clusters, profile_id, cluster_id, octets)
    except DecodeError as error:
        where = "" if error.offset is None else f" at octet {error.offset}"
        return f"unreadable{where} ({error}): {octets.hex()}"
    title, *lines = frame_lines(decoded)
    told = (" ".join(line.split()) for line in lines)
    return f"{title}: {'; '.join(told)}" if lines else title


def frame_lines(decoded: DecodedFrame) -> list[str]:
    """Return a frame as lines: what it is, then a line for each field or attribute."""
    lines = [_title(decoded)]
    if decoded.record is not None:
        rows = list(_record_rows(decoded.command, decoded.record, decoded.fields))
    else:
        rows = list(_general_rows(decoded))
    widest = max((len(name) for name, _ in rows), default=0)
    lines += [f"  {name:<{widest}}  {text}" for name, text in rows]
    if decoded.rest:
        lines.append(f"  and unknown octets: {decoded.rest.hex()}")
    return lines


def _title(decoded: DecodedFrame) -> str:
    frame, cluster = decoded.frame, decoded.cluster
    name = f"cluster 0x{decoded.cluster_id:04X}" if cluster is None else cluster.name
    way = "server -> client" if frame.from_server else "client -> server"
    code = frame.manufacturer_code
    extra = "" if code is None else f", manufacturer 0x{code:04X}"
    extra += ", no default response" if frame.no_default_response else ""
    return f"{name} {decoded.command} ({way}, sequence {frame.sequence}{extra})"


# ------------------------------------------------------------------ cluster commands


def _record_rows(
    command: str, record: Record, fields: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for item in fields_of(type(record)):
        if item.name in fields:
            value, form = fields[item.name], form_of(item.kind)
            is_time = isinstance(form, Integer) and form.epoch is not None
            meaning = record.meaning(item.name) or _meaning(command, item.name, value, is_time)
            yield item.name, _with_meaning(value, meaning)


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


def _with_meaning(value: Any, meaning: str) -> str:
    shown = _shown(value)
    return f"{shown} ({meaning})" if meaning else shown


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name} {_shown(item)}' for name, item in value.items())}}}"
    return repr(value) if isinstance(value, str) else str(value)


# ------------------------------------------------------------------ general commands


def _general_rows(decoded: DecodedFrame) -> Iterator[tuple[str, str]]:
    for name, value in decoded.fields.items():
        if name != "records":
            yield name, _with_meaning(value, _GENERAL.get(name, _nothing)(value))
    attributes = _attributes(decoded)
    for record in decoded.fields.get("records", []):
        yield _record_row(record, attributes)


def _attributes(decoded: DecodedFrame) -> Mapping[int, AttributeDefinition]:
    cluster = decoded.cluster
    if cluster is None or decoded.frame.manufacturer_code is not None:
        return {}
    by_sender = decoded.frame.command_id in _OF_THE_SENDER
    return cluster.attributes(of_server=decoded.frame.from_server == by_sender)


def _record_row(
    record: Mapping[str, Any], attributes: Mapping[int, AttributeDefinition]
) -> tuple[str, str]:
    number = record.get("attribute_id")
    known = attributes.get(number) if number is not None else None
    name = "" if number is None else f"0x{number:04X}"
    title = f"{name} {known.name}" if known is not None else name
    told = []
    for part, value in record.items():
        if part == "value":
            told.append(_attribute_value(value, record["attribute_type"], known))
        elif part != "attribute_id":
            told.append(f"{part} {_with_meaning(value, _GENERAL.get(part, _nothing)(value))}")
    return title, ", ".join(told)


def _attribute_value(value: Any, attribute_type: int, known: AttributeDefinition | None) -> str:
    name = "" if known is None else known.name
    meaning = _meaning("attribute", name, value, attribute_type == UTC)
    return _with_meaning(value, meaning)


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
