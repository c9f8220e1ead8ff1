"""How commands come out: each status with the number that older versions say, and the newer ones.

Source: Silicon Labs UG100, EzspStatus and EmberStatus, one octet each; from version 14 on, and in
the security manager from 13 on, sl_status_t, which has four.
"""

import enum
import struct


class Refusal(enum.IntEnum):
    """Why a frame is not even looked at; the number is the same in all versions."""

    VERSION_NOT_SET = 0x30
    INVALID_FRAME_ID = 0x31
    TRUNCATED = 0x33


class Status(enum.Enum):
    """How a command came out: its number as sl_status_t, and what it was in one octet.

    That octet is an EzspStatus for configuration, values and policies, else an EmberStatus.
    """

    OK = 0x0000, 0x00
    # of configuration, values and policies
    NO_MEMORY = 0x001A, 0x35
    INVALID_VALUE = 0x0021, 0x36
    INVALID_ID = 0x0021, 0x37
    NOT_NOW = 0x0002, 0x38
    # of the stack
    FAILED = 0x0001, 0x01
    IN_PROGRESS = 0x0005, 0xBA
    NO_EXTENSION = 0x000F, 0x70
    BAD_ARGUMENT = 0x0021, 0x02
    NOT_FOUND = 0x002D, 0x03
    BAD_SCAN_DURATION = 0x0050, 0x33
    INCORRECT_SCAN_TYPE = 0x004E, 0x34
    DELIVERY_FAILED = 0x0C02, 0x66
    NO_SUCH_ADDRESS_ENTRY = 0x0027, 0x6A
    INVALID_CALL = 0x0002, 0x70
    MAX_MESSAGE_LIMIT_REACHED = 0x0C03, 0x72
    MESSAGE_TOO_LONG = 0x0038, 0x74
    INVALID_CHANNEL = 0x0055, 0x8A
    NETWORK_UP = 0x0015, 0x90
    NETWORK_DOWN = 0x0016, 0x91
    NOT_JOINED = 0x0017, 0x93
    CHANNEL_CHANGED = 0x0C17, 0x9B
    JOIN_FAILED = 0x0017, 0x94
    NO_BEACONS = 0x0018, 0xAB
    APS_ENCRYPTION_ERROR = 0x0C0A, 0xA6
    NO_NETWORK_KEY_RECEIVED = 0x0C1B, 0xAD
    SECURITY_STATE_NOT_SET = 0x0C0B, 0xA8
    INDEX_OUT_OF_RANGE = 0x0027, 0xB1
    INVALID_KEY_ADDRESS = 0x0029, 0xB3
    TABLE_FULL = 0x001C, 0xB4
    ENTRY_ERASED = 0x002D, 0xB6

    def __init__(self, number: int, octet: int) -> None:
        self.octets = struct.pack("<I", number)
        """The status as sl_status_t is written."""
        self.octet = bytes((octet,))
        """The status as older versions write it."""
