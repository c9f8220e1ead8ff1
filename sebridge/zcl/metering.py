"""What numbers of the Metering cluster mean to more than one feature: units, types, mirrors. Pure.

Source: ZigBee Smart Energy Profile 1.x, annex D, Metering cluster: Unit of Measure, Metering Device
Type, Request Mirror Response.
"""

from typing import Final

import msgspec

DEVICE_TYPE: Final = 0x0306
"""The attribute MeteringDeviceType."""
NO_MIRROR: Final = 0xFFFF
"""The endpoint of an answer about mirrors that means: there is none."""
UNDEFINED_MIRROR: Final = 0xFE
"""The type of a mirror that does not know yet what it mirrors."""

BCD: Final = 0x80
"""The bit of a unit of measure that marks registers in binary coded decimal (MET-4)."""

_MIRROR: Final = 127  # device types from here on are mirrors of the type so much lower
_LAST_MIRROR: Final = 142


class Unit(msgspec.Struct, frozen=True):
    """What a meter counts: the unit of its registers, and of its demand; empty where it is none."""

    energy: str
    power: str
    commodity: str


UNKNOWN_UNIT: Final = Unit("", "", "")
"""The unit of a number that stands for none: it is never guessed."""

_UNITS: Final = {
    0x00: Unit("kWh", "kW", "electricity"),
    0x01: Unit("m³", "m³/h", "gas"),
    0x02: Unit("ft³", "ft³/h", "gas"),
    0x03: Unit("CCF", "CCF/h", "gas"),
    0x04: Unit("gal", "gal/h", "water"),
    0x05: Unit("imp gal", "imp gal/h", "water"),
    0x06: Unit("BTU", "BTU/h", "gas"),
    0x07: Unit("L", "L/h", "water"),
    0x08: Unit("kPa", "kPa", "pressure"),
    0x09: Unit("kPa", "kPa", "pressure"),
    0x0A: Unit("MCF", "MCF/h", "gas"),
    0x0B: Unit("", "", "unitless"),
    0x0C: Unit("MJ", "MJ/s", "heat"),
    0x0D: Unit("kvarh", "kvar", "electricity"),
}
_NUMBERS: Final = {(unit.commodity, unit.energy): number for number, unit in _UNITS.items()}


def unit_of(unit_of_measure: int) -> Unit:
    """Return the unit for an attribute value; UNKNOWN_UNIT for a reserved one, and for 0xFF."""
    return _UNITS.get(unit_of_measure & ~BCD, UNKNOWN_UNIT)


def unit_number(commodity: str, energy: str) -> int:
    """Return the attribute value for the unit of a commodity's registers; KeyError for none."""
    return _NUMBERS[commodity, energy]


def own_type_of(device_type: int) -> int:
    """Return a meter's type, also where a mirror stands for it (types 127 to 142, MET-11)."""
    return device_type - _MIRROR if _MIRROR <= device_type <= _LAST_MIRROR else device_type


def mirrored_type_of(device_type: int) -> int:
    """Return the type that the mirror of a meter shows; 0xFE where there is none for it."""
    mirrored = device_type + _MIRROR
    return mirrored if mirrored <= _LAST_MIRROR else UNDEFINED_MIRROR
