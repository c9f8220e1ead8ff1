"""Build what a gateway has of Tunneling: the client side, where it is wanted.

There is no server side: a gateway speaks no tunnelled protocol that a device could ask for.
"""

from sebridge.feature import Host, Part
from sebridge.features.tunneling.client import TunnelingClient
from sebridge.features.tunneling.methods import TunnelingMethods
from sebridge.features.tunneling.service import TunnelService
from sebridge.settings import entries
from sebridge.settings.options import TUNNELING


def build(host: Host) -> Part:
    """Open tunnels of devices, whatever the role, if the configuration names the cluster."""
    if TUNNELING not in host.optional_clusters:
        return Part(method_groups=(TunnelingMethods(host.directory, None),))
    client = TunnelingClient(host.endpoint.endpoint_id)
    service = TunnelService(
        host.endpoint,
        client,
        router=host.router,
        clock=host.clock,
        bus=host.bus,
        answer_within=host.registry.reader(entries.ANSWER_TIMEOUT),
    )
    host.runner.serve(client, service.carry_out)
    return Part(clusters=(client,), method_groups=(TunnelingMethods(host.directory, service),))
