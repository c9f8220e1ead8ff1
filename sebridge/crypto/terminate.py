"""Why a key establishment ends, and the error that ends it."""

import enum

from sebridge.base.errors import DecodeError


class TerminateStatus(enum.IntEnum):
    """Why a key establishment ended."""

    UNKNOWN_ISSUER = 0x01
    BAD_KEY_CONFIRM = 0x02
    BAD_MESSAGE = 0x03
    NO_RESOURCES = 0x04
    UNSUPPORTED_SUITE = 0x05
    INVALID_CERTIFICATE = 0x06  # from SE 1.2 on


class KeyEstablishmentError(DecodeError):
    """What a partner sent is refused; `terminate_status` is what it hears."""

    def __init__(self, message: str, terminate_status: TerminateStatus) -> None:
        super().__init__(message)
        self.terminate_status = terminate_status
