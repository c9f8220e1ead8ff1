"""How commands come out: the numbers of three vocabularies that the firmware uses side by side."""

import enum
import struct


class EzspStatus(enum.IntEnum):
    """Of what concerns the serial protocol and the configuration."""

    SUCCESS = 0x00
    VERSION_NOT_SET = 0x30
    INVALID_FRAME_ID = 0x31
    TRUNCATED = 0x33
    OUT_OF_MEMORY = 0x35
    INVALID_VALUE = 0x36
    INVALID_ID = 0x37
    INVALID_CALL = 0x38

    @property
    def octets(self) -> bytes:
        """The status as it is written."""
        return bytes((self,))


class EmberStatus(enum.IntEnum):
    """Of what the stack does."""

    SUCCESS = 0x00
    BAD_ARGUMENT = 0x02
    NOT_FOUND = 0x03
    BAD_SCAN_DURATION = 0x33
    INCORRECT_SCAN_TYPE = 0x34
    DELIVERY_FAILED = 0x66
    ADDRESS_TABLE_INDEX_OUT_OF_RANGE = 0x6A
    INVALID_CALL = 0x70
    MAX_MESSAGE_LIMIT_REACHED = 0x72
    MESSAGE_TOO_LONG = 0x74
    INVALID_CHANNEL = 0x8A
    NETWORK_UP = 0x90
    NETWORK_DOWN = 0x91
    NOT_JOINED = 0x93
    APS_ENCRYPTION_ERROR = 0xA6
    SECURITY_STATE_NOT_SET = 0xA8
    INDEX_OUT_OF_RANGE = 0xB1

    @property
    def octets(self) -> bytes:
        """The status as it is written."""
        return bytes((self,))


class SlStatus(enum.IntEnum):
    """Of what the security manager does; four octets."""

    OK = 0x0000
    FULL = 0x001C
    INVALID_INDEX = 0x0027
    NOT_FOUND = 0x002D

    @property
    def octets(self) -> bytes:
        """The status as it is written."""
        return struct.pack("<I", self)
