"""Build what a gateway has of Identify, on both endpoints."""

from sebridge.feature import Host, Part
from sebridge.features.identify.cluster import IdentifyClient, IdentifyServer
from sebridge.features.identify.methods import IdentifyMethods


def build(host: Host) -> Part:
    """Show ourselves when we are asked to, and ask others."""
    server = IdentifyServer(host.clock.monotonic)
    clusters = (server, IdentifyClient())
    methods = IdentifyMethods(host.addressing, host.router)
    return Part(clusters=clusters, home_automation=clusters, method_groups=(methods,))
