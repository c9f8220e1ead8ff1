"""Be whom a zone tells what it notices: by its attribute, and by taking it."""

from collections.abc import Callable
from typing import Protocol

from sebridge.base.addresses import Eui64
from sebridge.features.ias_zone.cluster import enrolled
from sebridge.features.ias_zone.records import ZONE_CLUSTER
from sebridge.features.ias_zone.zone import CIE_ADDRESS, EUI64, ZONE_TYPE
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.reader import Attributes, told_for_certain
from sebridge.gateway.reporting.shown_values import ShownValues
from sebridge.network.peer import Peer
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.frame import Frame


class Teller(Protocol):
    """Who sends frames that are not answered."""

    async def tell(
        self, peer: Peer, profile_id: int, cluster_id: int, local_endpoint: int, frame: Frame
    ) -> object:
        """Send a frame; raise DeliveryError when it was not taken."""


class Enrolment:
    """Takes zones; `own_address` is ours."""

    def __init__(
        self,
        attributes: Attributes,
        exchange: Teller,
        values: ShownValues,
        own_address: Callable[[], Eui64],
    ) -> None:
        self._attributes = attributes
        self._exchange = exchange
        self._values = values
        self._own_address = own_address

    async def take(self, pairing: Pairing) -> None:
        """Take a zone, unless it is ours already; raises what reading and writing raise."""
        told = told_for_certain(await self._attributes.read(pairing, (ZONE_TYPE, CIE_ADDRESS)))
        known = {value.attribute_id: value.value for value in told}
        own = self._own_address()
        if known.get(CIE_ADDRESS) != str(own):
            octets = write_value(EUI64, own)
            mine = AttributeValue(CIE_ADDRESS, EUI64, own, octets)
            await self._attributes.write(pairing, [mine], undivided=False)
        record, peer = enrolled(), pairing.peer
        frame = Frame(
            ZONE_CLUSTER.command_id(type(record), from_server=False),
            0,
            record.serialize(),
            cluster_specific=True,
            no_default_response=True,
        )
        await self._exchange.tell(
            peer, peer.profile_id, pairing.cluster_id, pairing.local_endpoint, frame
        )
        await self._values.expect(pairing, told)
