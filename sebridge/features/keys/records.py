"""Key Establishment cluster 0x0800: ZigBee Smart Energy Profile 1.x, annex C.

Integers are little endian; certificates, points and codes are octets in the order in which the
cryptography has them. All frames travel under the network key: there is no link key yet.
"""

from typing import ClassVar, Final, Self

import zigpy.types as t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import BaseAttributeDefs, BaseCommandDefs

from sebridge.zcl.record import Record, attribute, command, field

INVALID_TIME: Final = 0xFF
"""What a time in a frame must not be."""


class _Octets(bytes):
    """Raw octets without a length before them."""

    def serialize(self) -> bytes:
        """Return the octets."""
        return bytes(self)


class Remaining(_Octets):
    """All octets that are left in the frame: how many they should be depends on the suite."""

    MOST: ClassVar = 0xFF  # more than any suite has

    @classmethod
    def deserialize(cls, data: bytes) -> tuple[Self, bytes]:
        """Read all octets; ValueError for none or far too many."""
        if not data:
            raise ValueError("Data is too short")
        if len(data) > cls.MOST:
            raise ValueError(f"{len(data)} octets are more than {cls.MOST}")
        return cls(data), b""


class MacCode(_Octets):
    """A message authentication code of 16 octets."""

    LENGTH: ClassVar = 16

    @classmethod
    def deserialize(cls, data: bytes) -> tuple[Self, bytes]:
        """Read the code; ValueError for fewer octets."""
        if len(data) < cls.LENGTH:
            raise ValueError("Data is too short")
        return cls(data[: cls.LENGTH]), data[cls.LENGTH :]


class InitiateKeyEstablishmentRequestRecord(Record):
    """Begin: the suite (exactly one bit), and the initiator's certificate as `identity`.

    The times say how many seconds the sender needs for its own ephemeral key and its own code.
    """

    key_establishment_suite: t.bitmap16
    ephemeral_data_generate_time: t.uint8_t
    confirm_key_generate_time: t.uint8_t
    identity: Remaining


class InitiateKeyEstablishmentResponseRecord(Record):
    """Go on: the requested suite again, and the responder's certificate."""

    requested_key_establishment_suite: t.bitmap16
    ephemeral_data_generate_time: t.uint8_t
    confirm_key_generate_time: t.uint8_t
    identity: Remaining


class EphemeralDataRequestRecord(Record):
    """The initiator's ephemeral public key."""

    ephemeral_data: Remaining


class EphemeralDataResponseRecord(Record):
    """The responder's ephemeral public key."""

    ephemeral_data: Remaining


class ConfirmKeyDataRequestRecord(Record):
    """The initiator's proof that it has the key: MACU."""

    secure_message_authentication_code: MacCode


class ConfirmKeyDataResponseRecord(Record):
    """The responder's proof that it has the key: MACV."""

    secure_message_authentication_code: MacCode


class TerminateKeyEstablishmentRecord(Record):
    """Give up: why, in how many seconds to try again, and all suites which the sender has.

    A status that TerminateStatus does not know is kept as it is.
    """

    status_code: t.uint8_t
    wait_time: t.uint8_t = field(0)
    key_establishment_suite: t.bitmap16 = field(0)


class KeyEstablishment(Cluster):
    """Command and attribute table of the Key Establishment cluster; every device has both sides."""

    cluster_id = t.uint16_t(0x0800)
    ep_attribute = "smartenergy_key_establishment"

    class AttributeDefs(BaseAttributeDefs):
        """Read only, and the same on both sides."""

        key_establishment_suite: Final = attribute(0x0000, t.enum16, "r")

    class ServerCommandDefs(BaseCommandDefs):
        """What the initiator sends."""

        initiate_key_establishment_request: Final = command(
            0x00, InitiateKeyEstablishmentRequestRecord
        )
        ephemeral_data_request: Final = command(0x01, EphemeralDataRequestRecord)
        confirm_key_data_request: Final = command(0x02, ConfirmKeyDataRequestRecord)
        terminate_key_establishment: Final = command(0x03, TerminateKeyEstablishmentRecord)

    class ClientCommandDefs(BaseCommandDefs):
        """What the responder sends."""

        initiate_key_establishment_response: Final = command(
            0x00, InitiateKeyEstablishmentResponseRecord
        )
        ephemeral_data_response: Final = command(0x01, EphemeralDataResponseRecord)
        confirm_key_response: Final = command(0x02, ConfirmKeyDataResponseRecord)
        terminate_key_establishment: Final = command(0x03, TerminateKeyEstablishmentRecord)
