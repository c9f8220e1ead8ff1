"""The request to set lamps. Own extension: the reference has no such request."""

from collections.abc import Callable, Iterator
from typing import Final

from sebridge.api.addressing import ServerPlaces, StatusAnswer, peer_of
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.light.cluster import BRIGHTEST
from sebridge.features.light.records import (
    AS_IT_LIKES,
    COLOR_CLUSTER,
    LEVEL_CLUSTER,
    MoveToColorTemperatureRecord,
    MoveToLevelWithOnOffRecord,
)
from sebridge.gateway.cluster import Sending
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import Pairing, pairing_with
from sebridge.gateway.questions import Questions
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.record import Record
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.cluster import ClusterDefinition

_LONGEST: Final = 6_553.0  # seconds
_TENTHS: Final = 10
_MOST_MIREDS: Final = 0xFEFF


class LightMethods:
    """The request to set lamps. `changed` is told of a server of which something was set."""

    rpc_interface = ZCL_INTERFACE

    def __init__(
        self, places: ServerPlaces, exchange: Exchange, changed: Callable[[Pairing], object]
    ) -> None:
        self._places = places
        self._exchange = exchange
        self._changed = changed

    @method
    async def set_light(
        self,
        destination_address: Eui64,
        destination_endpoint_id: Uint8 | Absent = ABSENT,
        level: Uint8 | Absent = ABSENT,
        color_temperature: Uint16 | Absent = ABSENT,
        transition_time: float | Absent = ABSENT,
    ) -> StatusAnswer:
        """Set how bright a lamp is, 0..254, or how warm its light, in mireds, or both.

        A level switches it on, and 0 off. It takes transition_time seconds, without it as long as
        the lamp likes. Without destination_endpoint_id it is the device's first lamp. What it then
        shows comes as its report. The answer is that to the last command: the first that the lamp
        did not take, if there is one.
        """
        time = _tenths(transition_time)
        commands = list(_commands(level, color_temperature, time))
        if not commands:
            raise ParameterError("level", "or a color_temperature must be given")
        for definition, record in commands:
            servers = self._places.servers_of(destination_address, definition.cluster_id)
            peer = peer_of(servers, destination_address, destination_endpoint_id, "lamp of that")
            status: int = await Questions(self._exchange, definition).confirm(Sending(peer, record))
            self._changed(pairing_with(peer, definition.cluster_id))
            if status:
                break
        return StatusAnswer.of(peer, definition.cluster_id, status)


def _commands(
    level: int | Absent, mireds: int | Absent, time: int
) -> Iterator[tuple[ClusterDefinition, Record]]:
    """Yield what is to be sent; ParameterError for what no lamp can be."""
    if mireds is not ABSENT:
        if not 1 <= mireds <= _MOST_MIREDS:
            raise ParameterError("color_temperature", f"must be 1..{_MOST_MIREDS}")
        record = MoveToColorTemperatureRecord(color_temperature=mireds, transition_time=time)
        yield COLOR_CLUSTER, record
    if level is not ABSENT:
        if level > BRIGHTEST:
            raise ParameterError("level", f"must be 0..{BRIGHTEST}")
        yield LEVEL_CLUSTER, MoveToLevelWithOnOffRecord(level=level, transition_time=time)


def _tenths(seconds: float | Absent) -> int:
    if seconds is ABSENT:
        return AS_IT_LIKES
    if not 0 <= seconds <= _LONGEST:
        raise ParameterError("transition_time", f"must be 0..{_LONGEST:g}")
    return round(seconds * _TENTHS)
