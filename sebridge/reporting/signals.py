"""News of attribute values."""

from collections.abc import Sequence
from dataclasses import dataclass

import zigpy.types as t

from sebridge.zcl.attributes import AttributeValue


@dataclass(frozen=True, slots=True)
class AttributesReported:
    """Remote attributes have these values: one signal per frame, report or read."""

    device: t.EUI64
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


@dataclass(frozen=True, slots=True)
class MeterRead:
    """A meter's reading changed: at most one signal per frame."""

    device: t.EUI64
    endpoint: int
    reading: Reading
