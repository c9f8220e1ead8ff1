"""A simulated meter may have tunnels, and sends back through them what comes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
import logging
from typing import Final

from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import ParameterError, RequestError
from sebridge.base.signals import SignalBus
from sebridge.features.tunneling.server import TunnelingServer, TunnelingSettings
from sebridge.features.tunneling.signals import TunnelData
from sebridge.features.tunneling.tunnel import TunnelProtocol
from sebridge.gateway.cluster import Outcome
from sebridge.network.peer import Peer
from sebridge.simulator.vocabulary import METER, NOTHING, SimulatedHost, SimulatedPart
from sebridge.zcl.identifiers import SE_PROFILE

_LOGGER = logging.getLogger(__name__)

_DLMS: Final = TunnelProtocol(0)
_MOST_TUNNELS: Final = 256
_THINKING: Final = 0.2  # seconds from a question to its answer


@dataclass(frozen=True, slots=True)
class TunnelOptions:
    """Whether a meter has tunnels, how many (1..256), and how long an idle one stays, in seconds.

    `tunnel_room` is how many octets one takes at once (1..65535).
    """

    tunnel: bool = False
    tunnels: int = 4
    tunnel_timeout: int = 0xFFFF
    tunnel_room: int = 1500
    tunnel_flow_control: bool = True

    def __post_init__(self) -> None:
        """Check the limits that nobody else checks; ParameterError."""
        if not 1 <= self.tunnels <= _MOST_TUNNELS:
            raise ParameterError("tunnels", f"must be 1..{_MOST_TUNNELS}")
        if not 1 <= self.tunnel_timeout <= 0xFFFF:  # noqa: PLR2004
            raise ParameterError("tunnel_timeout", "must be 1..65535 seconds")
        if not 1 <= self.tunnel_room <= 0xFFFF:  # noqa: PLR2004
            raise ParameterError("tunnel_room", "must be 1..65535 octets")


class TunnelEcho:
    """What speaks at the meter's end: it repeats what it hears, a moment later."""

    def __init__(
        self,
        server: TunnelingServer,
        *,
        clock: Clock,
        carry_out: Callable[[Outcome], None],
        bus: SignalBus,
    ) -> None:
        self._server = server
        self._clock = clock
        self._carry_out = carry_out
        bus.listen(TunnelData, self._on_data)

    def _on_data(self, signal: TunnelData) -> None:
        self._clock.call_later(_THINKING, partial(self._answer, signal))

    def _answer(self, heard: TunnelData) -> None:
        peer = Peer(heard.device, heard.endpoint, SE_PROFILE)
        now = zigbee_time(self._clock.utc())
        try:
            self._carry_out(self._server.taken_out(peer, heard.tunnel_id, len(heard.data)))
            self._carry_out(self._server.send(peer, heard.tunnel_id, heard.data, now))
        except RequestError as error:  # the tunnel was closed, or the other end has no room
            _LOGGER.info("nothing is sent back: %s", error)


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Give a meter tunnels for DLMS/COSEM, if its options want them."""
    if host.kind is not METER:
        return NOTHING
    options = host.options.read(TunnelOptions)
    if not options.tunnel:
        return NOTHING
    settings = TunnelingSettings(
        close_timeout=options.tunnel_timeout,
        room=options.tunnel_room,
        flow_control=options.tunnel_flow_control,
        most_tunnels=options.tunnels,
    )
    server = TunnelingServer(host.endpoint_id, [_DLMS], settings)
    echo = TunnelEcho(
        server,
        clock=host.clock,
        carry_out=lambda outcome: host.carry_out(server, outcome),
        bus=host.bus,
    )
    return SimulatedPart(clusters=(server,), views=(echo,))
