"""The only package that touches a ZigBee radio."""

from sebridge.base.lazy_imports import import_lazily
from sebridge.crypto import CRYPTOGRAPHY

# Here, because every way to zigpy leads through this package. zigpy fetches firmware for devices,
# keeps a database of them, hears Green Power, and declares clusters that are none of ours: the
# bridge has all that switched off, or does it itself. serialx knows a kind of port that is none of
# `radio.path`. With what they import these would be 23 MiB.
import_lazily(
    *CRYPTOGRAPHY,
    "aiohttp",
    "crccheck.crc",
    "crccheck.crc:CrcX25",
    "jsonschema",
    "serialx.platforms.serial_rfc2217",
    "zigpy.appdb",
    "zigpy.ota.providers",
    "zigpy.zcl.clusters.closures",
    "zigpy.zcl.clusters.homeautomation",
    "zigpy.zcl.clusters.hvac",
    "zigpy.zcl.clusters.lighting",
    "zigpy.zcl.clusters.lightlink",
    "zigpy.zcl.clusters.manufacturer_specific",
    "zigpy.zcl.clusters.measurement",
    "zigpy.zcl.clusters.protocol",
    "zigpy.zcl.clusters.security",
    "zigpy.zcl.clusters.smartenergy",
    "zigpy.zcl.clusters.wwah",
)
