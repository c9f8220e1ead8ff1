"""Requests of a display's user: take part in a load-control event, or not.

Own extensions: the reference has no such requests.
"""

from collections.abc import Mapping

import msgspec

from sebridge.api.events import client_at
from sebridge.base.errors import RefusedError, UnknownEventError
from sebridge.features.load_control.client_service import LoadControlClientService
from sebridge.model.data_types import Uint8, Uint32
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import SE_INTERFACE, method
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.identifiers import DRLC, SE_ENDPOINT
from sebridge.zcl.status import Status


class ParticipationResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the choice was taken; `reason` tells why the status is not 0.

    126 where participation is mandatory, 139 where there is no such event. `issuer_event_id` is
    left out where all events in force were meant.
    """

    source_endpoint_id: int
    cluster_id: int = DRLC
    status: int
    issuer_event_id: int | Absent
    reason: str | Absent = ABSENT


class ParticipationMethods:
    """What the user of a display chooses for load-control events."""

    rpc_interface = SE_INTERFACE

    def __init__(self, *, clients: Mapping[int, LoadControlClientService]) -> None:
        self._clients = clients

    @method
    async def opt_out_of_DRLC_event(
        self, issuer_event_id: Uint32 | Absent = ABSENT, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> ParticipationResponse:
        """Take no part in a load-control event; its servers are told, at the start if it waits.

        Refused for criticality levels above 6: participation is mandatory then. Without an
        identifier all events in force are meant, but those that are mandatory.
        """
        return self._choose(issuer_event_id, source_endpoint_id, out=True)

    @method
    async def opt_into_DRLC_event(
        self, issuer_event_id: Uint32 | Absent = ABSENT, source_endpoint_id: Uint8 = SE_ENDPOINT
    ) -> ParticipationResponse:
        """Take part again in a load-control event; its servers are told if it runs.

        Without an identifier all events in force are meant.
        """
        return self._choose(issuer_event_id, source_endpoint_id, out=False)

    def _choose(
        self, event_id: int | Absent, endpoint_id: int, *, out: bool
    ) -> ParticipationResponse:
        client = client_at(self._clients, endpoint_id)
        status, reason = Status.SUCCESS, ""
        try:
            client.choose(None if event_id is ABSENT else event_id, out=out)
        except (RefusedError, UnknownEventError) as error:
            status, reason = zcl_status(error), str(error)
        return ParticipationResponse(
            source_endpoint_id=endpoint_id,
            status=int(status),
            issuer_event_id=event_id,
            reason=reason or ABSENT,
        )
