"""What becomes of a frame of the host: the transmit status of 0x8B.

Source: Digi, XBee 3 Zigbee RF Module User Guide, Extended Transmit Status - 0x8B.
"""

import enum


class Delivery(enum.IntEnum):
    """The delivery status."""

    SUCCESS = 0x00
    INVALID_ENDPOINT = 0x15
    NO_ACKNOWLEDGEMENT = 0x21
    NOT_JOINED = 0x22
    SELF_ADDRESSED = 0x23
    ADDRESS_NOT_FOUND = 0x24
    BROADCAST_UNDER_KEY = 0x2D
    ENCRYPTION_OFF = 0x2E
    NO_ROOM = 0x32
    NO_KEY = 0x35
    TOO_LONG = 0x74


class Discovery(enum.IntFlag):
    """How the way was found."""

    NONE = 0x00
    ADDRESS = 0x01
    EXTENDED_TIMEOUT = 0x40
