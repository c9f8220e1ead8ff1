"""The words in which modules of Digi speak with each other: profile, endpoints and clusters.

Nothing of it is ZCL. Sources: Digi, XBee 3 Zigbee RF Module User Guide; XBee/XBee-PRO SE RF
Modules.
"""

from typing import Final

MANUFACTURER: Final = 0x101E
PROFILE: Final = 0xC105

COMMAND_ENDPOINT: Final = 0xE6
"""Where they give each other commands."""
AUTHENTICATION_ENDPOINT: Final = 0xE7
"""Where Smart Energy firmware establishes keys; its host hears nothing of that."""
DATA_ENDPOINT: Final = 0xE8
"""Where the serial ports of modules speak with each other, and introduce themselves."""

SERIAL_DATA: Final = 0x0011
"""Octets from one serial port for another, as they are."""
IO_SAMPLE: Final = 0x0092
"""What the inputs of a module are at."""
NODE_IDENTIFICATION: Final = 0x0095
