"""The words in which modules of Digi speak with each other: profile, endpoints and clusters.

Sources: Digi, XBee 3 Zigbee RF Module User Guide; XBee/XBee-PRO SE RF Modules.
"""

from typing import Final

MANUFACTURER: Final = 0x101E
PROFILE: Final = 0xC105

COMMAND_ENDPOINT: Final = 0xE6
"""Where they give each other commands."""
AUTHENTICATION_ENDPOINT: Final = 0xE7
"""Where Smart Energy firmware establishes keys; its host hears nothing of that."""
DATA_ENDPOINT: Final = 0xE8

SERIAL_DATA: Final = 0x0011
NODE_IDENTIFICATION: Final = 0x0095
"""Where the serial ports of modules speak with each other, and introduce themselves."""
