"""The request to switch devices. Own extension: the reference has no such request."""

from typing import Final, Literal, Protocol

from sebridge.api.addressing import Addressing, ServerPlaces, StatusAnswer, peer_of
from sebridge.base.addresses import Eui64, broadcast_of
from sebridge.features.on_off.records import ON_OFF_CLUSTER, OffRecord, OnRecord, ToggleRecord
from sebridge.gateway.cluster import Sending
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import Pairing, pairing_with
from sebridge.gateway.questions import Questions
from sebridge.model.data_types import Uint8
from sebridge.model.record import Record
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import ALL_ENDPOINTS, HA_ENDPOINT, ON_OFF
from sebridge.zcl.status import Status

Switching = Literal["on", "off", "toggle"]

_RECORDS: Final[dict[str, type[Record]]] = {
    "on": OnRecord,
    "off": OffRecord,
    "toggle": ToggleRecord,
}


class Changed(Protocol):
    """Who reads, and tells, what does not tell by itself that it was changed."""

    def __call__(self, pairing: Pairing, /) -> object:
        """Look again at a server of which something was changed."""


class OnOffMethods:
    """The request to switch devices on and off."""

    rpc_interface = ZCL_INTERFACE

    def __init__(
        self,
        addressing: Addressing,
        places: ServerPlaces,
        exchange: Exchange,
        changed: Changed,
    ) -> None:
        self._addressing = addressing
        self._places = places
        self._exchange = exchange
        self._questions = Questions(exchange, ON_OFF_CLUSTER)
        self._changed = changed

    @method
    async def switch_device(
        self,
        destination_address: Eui64,
        command: Switching,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
    ) -> StatusAnswer:
        """Switch a device on or off, or over; what it is then comes as its report.

        Without destination_endpoint_id it is the first endpoint that can be switched. A group
        (00:00:00:00:00:01 and the two octets of its number) or a broadcast switches many, by
        default at all their endpoints; they do not answer, and status 0 is that they were told.
        """
        record = _RECORDS[command]()
        if broadcast_of(destination_address) is not None:
            return await self._switch_many(destination_address, destination_endpoint_id, record)
        servers = self._places.servers_of(destination_address, ON_OFF)
        peer = peer_of(servers, destination_address, destination_endpoint_id, "switch")
        status: int = await self._questions.confirm(Sending(peer, record))
        self._changed(pairing_with(peer, ON_OFF))
        return StatusAnswer.of(peer, ON_OFF, status)

    async def _switch_many(
        self, device: Eui64, endpoint: int | Absent, record: Record
    ) -> StatusAnswer:
        local = self._addressing.local(HA_ENDPOINT, "source_endpoint_id")
        number = ALL_ENDPOINTS if endpoint is ABSENT else int(endpoint)
        peer = self._addressing.peer(device, number, local)
        frame = Frame(
            ON_OFF_CLUSTER.command_id(type(record), from_server=False),
            0,
            record.serialize(),
            cluster_specific=True,
            no_default_response=True,
        )
        await self._exchange.tell(peer, peer.profile_id, ON_OFF, local.endpoint_id, frame)
        return StatusAnswer.of(peer, ON_OFF, Status.SUCCESS)
