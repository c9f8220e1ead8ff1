"""What thermostats and load switches are set to for load control: read of each, told, and set.

Source: ZigBee Smart Energy Profile, Demand Response and Load Control cluster, client attributes.
"""

from collections.abc import Mapping, Sequence
import logging
from typing import Any, Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError, UnknownDeviceError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.load_control.client import (
    DEVICE_CLASS,
    DURATION_RANDOMIZATION_MINUTES,
    GROUP,
    START_RANDOMIZATION_MINUTES,
)
from sebridge.gateway.pairing import Pairing, local_endpoint_for
from sebridge.gateway.reporting.reader import Attributes
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, KeyEstablished
from sebridge.zcl.attributes import AttributeValue, first_refused, write_value
from sebridge.zcl.enums import words
from sebridge.zcl.identifiers import DRLC

_LOGGER = logging.getLogger(__name__)

_UINT8: Final = 0x20
NAMES: Final = {
    GROUP: "utility_enrollment_group",
    START_RANDOMIZATION_MINUTES: "start_randomization_minutes",
    DURATION_RANDOMIZATION_MINUTES: "duration_randomization_minutes",
}
"""What can be set, by its attribute."""


class EnrollmentTold(msgspec.Struct, frozen=True):
    """A load-control client is set so: what it tells of itself, by name. `time`: UTC since 1970."""

    device: Eui64
    endpoint: int
    shown: Mapping[str, Any]
    time: float


class ClientPlaces(Protocol):
    """Who knows what the endpoints of a device have."""

    def clients_of(self, device: Eui64, cluster_id: int) -> Sequence[Peer]:
        """Return those with the client side of a cluster; UnknownDeviceError."""


class Enrollments(Service):
    """Reads what clients are set to, once they are there and after somebody has set it.

    Who is no energy service interface, as `serves` says, looks only after the latter.
    """

    def __init__(
        self,
        places: ClientPlaces,
        access: Attributes,
        *,
        serves: bool,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._places = places
        self._access = access
        self._clock = clock
        self._bus = bus
        if serves:
            bus.listen(DeviceActive, lambda signal: self._look_at(signal.device))
            bus.listen(KeyEstablished, lambda signal: self._look_at(signal.device))

    async def set(self, client: Peer, wanted: Mapping[int, int]) -> tuple[int, int]:
        """Set attributes of a client; return `first_refused` of them.

        What it is set to then is read, and told.
        """
        values = [
            AttributeValue(number, _UINT8, value, write_value(_UINT8, value))
            for number, value in wanted.items()
        ]
        statuses = await self._access.write(_pairing(client), values, undivided=False)
        self.spawn(self._read(client), f"read what {client.device} is set to")
        return first_refused(values, statuses)

    def _look_at(self, device: Eui64) -> None:
        try:
            clients = self._places.clients_of(device, DRLC)
        except UnknownDeviceError:  # a trust centre, say, which has not told of itself
            return
        for client in clients:
            self.spawn(self._read(client), f"read what {client.device} is set to")

    async def _read(self, client: Peer) -> None:
        try:
            found = await self._access.read(_pairing(client), (*NAMES, DEVICE_CLASS))
        except SebridgeError as error:
            _LOGGER.debug("%s did not tell what it is set to: %s", client.device, error)
            return
        told = {value.attribute_id: value.value for _, _, value in found if value is not None}
        shown = {name: told[number] for number, name in NAMES.items() if number in told}
        if isinstance(told.get(DEVICE_CLASS), int):
            shown["device_classes"] = words("device_class", told[DEVICE_CLASS])
        if shown:
            now = self._clock.utc()
            self._bus.send(EnrollmentTold(client.device, client.endpoint, shown, now))


def _pairing(client: Peer) -> Pairing:
    return Pairing(client, local_endpoint_for(client.profile_id), DRLC, server=True)
