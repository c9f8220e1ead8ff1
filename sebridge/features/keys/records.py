"""Key Establishment cluster 0x0800: ZigBee Smart Energy Profile 1.x, annex C.

Integers are little endian; certificates, points and codes are octets in the order in which the
cryptography has them. All frames travel under the network key: there is no link key yet.
"""

from typing import Annotated, Final

from sebridge.model.data_types import Bitmap16, FixedOctets, RemainingOctets, Uint8
from sebridge.model.record import Record
from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import KEY_ESTABLISHMENT

INVALID_TIME: Final = 0xFF
"""What a time in a frame must not be."""


Remaining = Annotated[bytes, RemainingOctets(1, 0xFF)]  # no suite has more
"""All octets that are left in the frame: how many they should be depends on the suite."""

MacCode = Annotated[bytes, FixedOctets(16)]
"""A message authentication code."""


class InitiateKeyEstablishmentRequestRecord(Record):
    """Begin: the suite (exactly one bit), and the initiator's certificate as `identity`.

    The times say how many seconds the sender needs for its own ephemeral key and its own code.
    """

    key_establishment_suite: Bitmap16
    ephemeral_data_generate_time: Uint8
    confirm_key_generate_time: Uint8
    identity: Remaining


class InitiateKeyEstablishmentResponseRecord(Record):
    """Go on: the requested suite again, and the responder's certificate."""

    requested_key_establishment_suite: Bitmap16
    ephemeral_data_generate_time: Uint8
    confirm_key_generate_time: Uint8
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

    status_code: Uint8
    wait_time: Uint8 = 0
    key_establishment_suite: Bitmap16 = 0


_ATTRIBUTES: Final = "0x0000 key_establishment_suite enum16 r"
"""Read only, and the same on both sides: every device has both."""

KEY_ESTABLISHMENT_CLUSTER: Final = ClusterDefinition(
    KEY_ESTABLISHMENT,
    "key_establishment",
    from_client=(
        (0x00, "initiate_key_establishment_request", InitiateKeyEstablishmentRequestRecord),
        (0x01, "ephemeral_data_request", EphemeralDataRequestRecord),
        (0x02, "confirm_key_data_request", ConfirmKeyDataRequestRecord),
        (0x03, "terminate_key_establishment", TerminateKeyEstablishmentRecord),
    ),
    from_server=(
        (0x00, "initiate_key_establishment_response", InitiateKeyEstablishmentResponseRecord),
        (0x01, "ephemeral_data_response", EphemeralDataResponseRecord),
        (0x02, "confirm_key_response", ConfirmKeyDataResponseRecord),
        (0x03, "terminate_key_establishment", TerminateKeyEstablishmentRecord),
    ),
    server_attributes=AttributeTable(_ATTRIBUTES),
    client_attributes=AttributeTable(_ATTRIBUTES),
)
