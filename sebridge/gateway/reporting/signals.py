"""News of attribute values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sebridge.base.addresses import Eui64
from sebridge.zcl.attributes import AttributeValue


@dataclass(frozen=True, slots=True)
class AttributesReported:
    """Remote attributes have these values: one signal per frame, report or read."""

    device: Eui64
    endpoint: int
    local_endpoint: int
    profile_id: int
    cluster_id: int
    server_or_client: int  # side of the cluster that reported: 0 server, 1 client
    manufacturer_code: int | None
    values: Sequence[AttributeValue]
    reported: bool  # False when it is the answer to a read
    time: float  # UTC since 1970


@dataclass(frozen=True, slots=True)
class LocalAttributesReported:
    """Attributes of our own have these values, which a caller wanted reported."""

    endpoint: int
    profile_id: int
    cluster_id: int
    server_or_client: int
    values: Sequence[AttributeValue]
    time: float  # UTC since 1970


@dataclass(frozen=True, slots=True)
class Reading:
    """What a meter shows, in engineering units; None is what it does not know or marks invalid."""

    unit: str  # of the energy registers: kWh, m³ ...
    power_unit: str  # of the demand: kW, m³/h ...
    commodity: str  # electricity, gas, water, heat ...
    energy_in: float | None  # delivered to the home
    energy_out: float | None  # received from the home
    power: float | None  # negative while generating
    tiers_in: dict[int, float | None]
    tiers_out: dict[int, float | None]
    status: int | None  # the bits of attribute 0x0200
    time: float  # UTC since 1970 of the newest value in it
    alarms: tuple[str, ...] = ()  # the bits of `status` that are set, as words (MET-13)
    # why each number is what it is: raw * multiplier / divisor, and how it is to be shown (MET-3)
    why: Mapping[str, Mapping[str, int | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeterRead:
    """A meter's reading changed: at most one signal per frame."""

    device: Eui64
    endpoint: int
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a value is what it is: value = raw * multiplier / divisor, and BCD if `bcd`."""

    attribute_id: int
    raw: int | None  # None as long as the meter has not told
    multiplier: int
    divisor: int
    unit: str
    bcd: bool
    formatting: int | None  # digits to show: bits 0-2 right, 3-6 left of the point
    time: float | None  # UTC since 1970 at which the raw value came


@dataclass(frozen=True, slots=True)
class MeterStatusChanged:
    """Alarms of a meter came, or went (MET-13)."""

    device: Eui64
    endpoint: int
    raised: tuple[str, ...]
    cleared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeterSwapped:
    """Another meter answers in the place of the one before: its serial number or model changed."""

    device: Eui64
    endpoint: int
