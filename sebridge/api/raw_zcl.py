"""Any ZCL command, passed through."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from sebridge.api.addressing import CLIENT, SERVER, Addressing, Target
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError, RequestError
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import Pairing
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.plain import from_plain
from sebridge.model.values import ABSENT, Absent, Base64
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.cluster import Clusters
from sebridge.zcl.frame import DEFAULT_RESPONSE, Frame
from sebridge.zcl.payload import cluster_payload, general_payload
from sebridge.zcl.status import Status

GENERAL: Final = 0
CLUSTER_SPECIFIC: Final = 1
_LONGEST_PAYLOAD: Final = 16_000
"""Octets; about what fragmentation can carry."""


class SendZclResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The command that answered, and whose it is.

    `payload` is base64 where that of the request was, else base16. After a broadcast `answered` is
    false, and there is no command: it was sent, and nobody answers.
    """

    cluster_id: int
    server_or_client: int
    profile_id: int
    source_endpoint_id: int
    destination_endpoint_id: int
    source_address: Eui64
    command_identifier: int | Absent = ABSENT
    command_type: int | Absent = ABSENT
    manufacturer_code: int | Absent = ABSENT
    enable_aps_encryption: bool | Absent = ABSENT
    payload: bytes | Absent = ABSENT
    answered: bool | Absent = ABSENT


class RawZclMethods:
    """The request that sends any command."""

    rpc_interface = ZCL_INTERFACE

    def __init__(self, addressing: Addressing, exchange: Exchange, *, clusters: Clusters) -> None:
        self._addressing = addressing
        self._clusters = clusters
        self._exchange = exchange

    @method
    async def send_ZCL(  # the parameters of the RPC reference
        self,
        *,
        cluster_id: Uint16,
        server_or_client: Uint8,
        destination_endpoint_id: Uint8,
        source_endpoint_id: Uint8,
        destination_address: Eui64,
        command_identifier: Uint8,
        payload: bytes | Mapping[str, Any] | Sequence[Mapping[str, Any]],
        command_type: Uint8 = CLUSTER_SPECIFIC,
        manufacturer_code: Uint16 | Absent = ABSENT,
        response_command_identifier: Uint8 | Absent = ABSENT,
        response_command_type: Uint8 | Absent = ABSENT,
        enable_aps_encryption: bool | Absent = ABSENT,
    ) -> SendZclResponse:
        """Send any command to a device, and return the answer to it.

        The payload is octets, or a record or a list of records of the command; the field `type`
        of a record may name it. The answer is the command that has the same sequence number: the
        one that was named, or a default response that refuses; without a name any, and the device
        is asked for a default response. To a broadcast address (00:00:00:00:00:00:FF:FF, …:FF:FD,
        …:FF:FC) goes what needs no link key, and nobody answers. Device management (profile 0,
        endpoint 0) has requests of its own.
        """
        target = Target(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            destination_endpoint_id=destination_endpoint_id,
            source_endpoint_id=source_endpoint_id,
            destination_address=destination_address,
            manufacturer_code=manufacturer_code,
        )
        is_specific = _is_specific(command_type, "command_type")
        pairing = self._addressing.pairing(target, may_be_broadcast=True)
        if pairing.is_local:
            raise RequestError("the gateway sends no commands to itself")
        if pairing.is_broadcast and response_command_identifier is not ABSENT:
            problem = "must be left out with a broadcast address: broadcasts are not answered"
            raise ParameterError("response_command_identifier", problem)
        frame = Frame(
            command_identifier,
            0,
            _octets(self._clusters, target, payload, command_identifier, is_specific=is_specific),
            cluster_specific=is_specific,
            from_server=pairing.server,
            no_default_response=pairing.is_broadcast or response_command_identifier is not ABSENT,
            manufacturer_code=pairing.manufacturer_code,
        )
        wanted = is_specific
        if response_command_type is not ABSENT:
            wanted = _is_specific(response_command_type, "response_command_type")
        encryption = None if enable_aps_encryption is ABSENT else enable_aps_encryption
        if pairing.is_broadcast:
            return await self._tell_many(pairing, target, frame, encrypted=encryption)
        answer, encrypted = await self._exchange.converse(
            pairing.peer,
            pairing.cluster_id,
            pairing.local_endpoint,
            frame,
            accepts=_matching(response_command_identifier, is_specific=wanted),
            encrypted=encryption,
            urgent=True,
        )
        code = answer.manufacturer_code
        return SendZclResponse(
            cluster_id=pairing.cluster_id,
            server_or_client=SERVER if answer.from_server else CLIENT,
            profile_id=pairing.peer.profile_id,
            source_endpoint_id=pairing.peer.endpoint,
            destination_endpoint_id=pairing.local_endpoint,
            source_address=destination_address,
            command_identifier=answer.command_id,
            command_type=CLUSTER_SPECIFIC if answer.cluster_specific else GENERAL,
            manufacturer_code=ABSENT if code is None else code,
            enable_aps_encryption=ABSENT if enable_aps_encryption is ABSENT else encrypted,
            payload=Base64(answer.payload) if isinstance(payload, Base64) else answer.payload,
        )

    async def _tell_many(
        self, pairing: Pairing, target: Target, frame: Frame, *, encrypted: bool | None
    ) -> SendZclResponse:
        await self._exchange.tell(
            pairing.peer,
            pairing.peer.profile_id,
            pairing.cluster_id,
            pairing.local_endpoint,
            frame,
            encrypted=encrypted,
        )
        return SendZclResponse(**target.head(pairing), answered=False)


def _is_specific(command_type: int, parameter: str) -> bool:
    if command_type not in {GENERAL, CLUSTER_SPECIFIC}:
        raise ParameterError(parameter, "must be 0 (general) or 1 (cluster-specific)")
    return command_type == CLUSTER_SPECIFIC


def _octets(
    clusters: Clusters, target: Target, payload: Any, command_id: int, *, is_specific: bool
) -> bytes:
    if isinstance(payload, (bytes, str)):
        octets: bytes = from_plain(bytes, payload, "payload")
    else:
        records = [payload] if isinstance(payload, Mapping) else payload
        octets = (
            cluster_payload(
                clusters,
                target.cluster_id,
                command_id,
                records,
                from_server=not target.of_server,
            )
            if is_specific
            else general_payload(command_id, records)
        )
    if len(octets) > _LONGEST_PAYLOAD:
        raise ParameterError("payload", f"is longer than {_LONGEST_PAYLOAD} octets")
    return octets


def _matching(command_id: int | Absent, *, is_specific: bool) -> Callable[[Frame], bool]:
    def matches(frame: Frame) -> bool:
        if command_id is ABSENT or _refuses(frame):
            return True
        return frame.command_id == command_id and frame.cluster_specific == is_specific

    return matches


def _refuses(frame: Frame) -> bool:
    is_default = not frame.cluster_specific and frame.command_id == DEFAULT_RESPONSE
    return is_default and frame.payload[1:2] != bytes((Status.SUCCESS,))
