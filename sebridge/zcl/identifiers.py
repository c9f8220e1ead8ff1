"""Identifiers of the Smart Energy profile, and which of its clusters need a link key.

Source: ZigBee Smart Energy Profile 1.x, table of cluster security; corroborated by the behaviour
rules SEC-1 and NET-8.
"""

from typing import Final

SE_PROFILE: Final = 0x0109
HA_PROFILE: Final = 0x0104
ZDO_PROFILE: Final = 0x0000
ANY_PROFILE: Final = 0xFFFF
"""What a question names that any profile satisfies."""

SE_ENDPOINT: Final = 0x5E
"""Where the gateway's Smart Energy clusters live; the default endpoint of all SE requests."""
HA_ENDPOINT: Final = 0x01
"""Where the gateway meets sub-meters and plugs of the Home Automation profile."""
MIRROR_ENDPOINTS: Final = range(0xC0, 0xE0)
"""Our endpoints that are given to mirrors of sleeping meters (MET-11)."""
ALL_ENDPOINTS: Final = 0xFF
ZDO_ENDPOINT: Final = 0x00

BASIC: Final = 0x0000
POWER_CONFIGURATION: Final = 0x0001
IDENTIFY: Final = 0x0003
GROUPS: Final = 0x0004
ON_OFF: Final = 0x0006
LEVEL_CONTROL: Final = 0x0008
TIME: Final = 0x000A
OTA_UPGRADE: Final = 0x0019
KEEP_ALIVE: Final = 0x0025
WINDOW_COVERING: Final = 0x0102
THERMOSTAT_CLUSTER: Final = 0x0201
COLOR_CONTROL: Final = 0x0300
ILLUMINANCE_MEASUREMENT: Final = 0x0400
TEMPERATURE_MEASUREMENT: Final = 0x0402
PRESSURE_MEASUREMENT: Final = 0x0403
HUMIDITY_MEASUREMENT: Final = 0x0405
OCCUPANCY_SENSING: Final = 0x0406
IAS_ZONE: Final = 0x0500
PRICE: Final = 0x0700
DRLC: Final = 0x0701
METERING: Final = 0x0702
MESSAGING: Final = 0x0703
TUNNELING: Final = 0x0704
PREPAYMENT: Final = 0x0705
KEY_ESTABLISHMENT: Final = 0x0800
ELECTRICAL_MEASUREMENT: Final = 0x0B04

ENERGY_SERVICE_INTERFACE: Final = 0x0500
METERING_DEVICE: Final = 0x0501
IN_PREMISE_DISPLAY: Final = 0x0502
THERMOSTAT: Final = 0x0503
LOAD_CONTROL_DEVICE: Final = 0x0504
HA_COMBINED_INTERFACE: Final = 0x0007

DEVICE_NAMES: Final = {
    0x0008: "range extender",
    ENERGY_SERVICE_INTERFACE: "energy service interface",
    METERING_DEVICE: "meter",
    IN_PREMISE_DISPLAY: "in-premise display",
    THERMOSTAT: "programmable communicating thermostat",
    LOAD_CONTROL_DEVICE: "load control device",
    0x0505: "smart appliance",
    0x0506: "prepayment terminal",
    0x0507: "physical device",
    0x0508: "remote communications device",
}

_NETWORK_KEY_IS_ENOUGH: Final = frozenset(
    {BASIC, POWER_CONFIGURATION, IDENTIFY, 0x0009, KEY_ESTABLISHMENT}
)
"""With Power Configuration and Alarms, all that Smart Energy leaves in the clear."""
_FIRST_MANUFACTURER_CLUSTER: Final = 0xFC00
_SMART_ENERGY_SECURES: Final = frozenset(
    {TIME, 0x0015, OTA_UPGRADE, KEEP_ALIVE, *range(0x0700, 0x0800)}
)
"""With Commissioning, and the whole domain of Smart Energy, whatever comes into it."""


def always_needs_link_key(profile_id: int, cluster_id: int) -> bool:
    """Say whether nobody may let frames of this cluster pass in the clear.

    It is so for what the Smart Energy profile itself secures; of others whoever adds them may say
    otherwise.
    """
    return profile_id == SE_PROFILE and cluster_id in _SMART_ENERGY_SECURES


def needs_link_key(profile_id: int, cluster_id: int) -> bool:
    """Say whether frames of this cluster must be APS-encrypted with a link key (SEC-1).

    Only the Smart Energy profile demands it; the same cluster on a Home Automation endpoint
    travels under the network key. A cluster that nobody knows needs one: what the profile leaves
    in the clear is a short list.
    """
    return profile_id == SE_PROFILE and cluster_id not in _NETWORK_KEY_IS_ENOUGH


def needs_link_key_anywhere(profile_id: int, cluster_id: int) -> bool:
    """Say whether an endpoint of this profile must encrypt a cluster whatever profile it names.

    It is so for what Smart Energy secures, and for manufacturers' clusters. Others that it speaks
    of under another profile are that profile's.
    """
    is_its_own = cluster_id in _SMART_ENERGY_SECURES or cluster_id >= _FIRST_MANUFACTURER_CLUSTER
    return is_its_own and needs_link_key(profile_id, cluster_id)
