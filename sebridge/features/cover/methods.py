"""The request to move window coverings. Own extension: the reference has no such request."""

from collections.abc import Callable
from typing import Final, Literal

from sebridge.api.addressing import ServerPlaces, StatusAnswer, peer_of
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.cover.cluster import CLOSED
from sebridge.features.cover.records import (
    COVER_CLUSTER,
    DownCloseRecord,
    GoToLiftPercentageRecord,
    StopCoverRecord,
    UpOpenRecord,
)
from sebridge.gateway.cluster import Sending
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import Pairing, pairing_with
from sebridge.gateway.questions import Questions
from sebridge.model.data_types import Uint8
from sebridge.model.record import Record
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.identifiers import WINDOW_COVERING

_RECORDS: Final[dict[str, type[Record]]] = {
    "open": UpOpenRecord,
    "close": DownCloseRecord,
    "stop": StopCoverRecord,
}


class CoverMethods:
    """The request to move window coverings. `changed` is told of one that was moved."""

    rpc_interface = ZCL_INTERFACE

    def __init__(
        self, places: ServerPlaces, exchange: Exchange, changed: Callable[[Pairing], object]
    ) -> None:
        self._places = places
        self._questions = Questions(exchange, COVER_CLUSTER)
        self._changed = changed

    @method
    async def set_cover(
        self,
        destination_address: Eui64,
        command: Literal["open", "close", "stop"] | Absent = ABSENT,
        position: Uint8 | Absent = ABSENT,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
    ) -> StatusAnswer:
        """Open a blind, shutter or curtain, close or stop it, or have it open by so many percent.

        Without destination_endpoint_id it is the device's first one. Where it then is comes as its
        report.
        """
        record = _record(command, position)
        servers = self._places.servers_of(destination_address, WINDOW_COVERING)
        peer = peer_of(servers, destination_address, destination_endpoint_id, "window covering")
        status: int = await self._questions.confirm(Sending(peer, record))
        self._changed(pairing_with(peer, WINDOW_COVERING))
        return StatusAnswer.of(peer, WINDOW_COVERING, status)


def _record(command: str | Absent, position: int | Absent) -> Record:
    if command is not ABSENT and position is ABSENT:
        return _RECORDS[command]()
    if position is ABSENT or command is not ABSENT:
        raise ParameterError("command", "or a position must be given, and not both")
    if position > CLOSED:
        raise ParameterError("position", f"must be 0..{CLOSED}")
    return GoToLiftPercentageRecord(percentage=CLOSED - position)
