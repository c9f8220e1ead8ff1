"""The status codes of Z-Stack that this module gives. Data only.

Source: Z-Stack Monitor and Test API, the table of return values.
"""

import enum


class Status(enum.IntEnum):
    """How a command came out."""

    SUCCESS = 0x00
    FAILURE = 0x01
    INVALID_PARAMETER = 0x02
    NV_ITEM_UNINIT = 0x09  # a new item was made, which holds what was given
    NV_OPERATION_FAILED = 0x0A
    NV_BAD_ITEM_LENGTH = 0x0C
    MEMORY_ERROR = 0x10
    BUFFER_FULL = 0x11
    NO_KEY = 0xA1
    TABLE_FULL = 0xB2
    DUPLICATE_ENTRY = 0xB8
    NOT_PERMITTED = 0xC2  # the network layer is not in a state for it
    NO_ROUTE = 0xCD
    NO_MAC_ACKNOWLEDGEMENT = 0xE9

    @property
    def octets(self) -> bytes:
        """The response that is nothing but this."""
        return bytes((self,))


class RpcError(enum.IntEnum):
    """Why a request was not even looked at."""

    SUBSYSTEM = 1
    COMMAND = 2
    PARAMETER = 3
    LENGTH = 4
