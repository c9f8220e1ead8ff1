"""Every simulated device of Smart Energy looks whether its trust centre is there (NET-6)."""

from sebridge.features.keep_alive.cluster import KeepAliveClient
from sebridge.features.keep_alive.trust_center_watch import TrustCenterWatch
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.simulator.vocabulary import NOTHING, SimulatedHost, SimulatedPart


def simulated(host: SimulatedHost) -> SimulatedPart:
    """Search for the network again when the trust centre gives no sign of life."""
    if not host.kind.is_smart_energy:
        return NOTHING
    watch = TrustCenterWatch(
        host.servers,
        RemoteReader(host.exchange),
        host.search,
        host.clock,
        host.random,
        host.endpoint_id,
    )
    return SimulatedPart(clusters=(KeepAliveClient(),), services=(watch,))
