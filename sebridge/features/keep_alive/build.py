"""Build what a gateway has of Keep-Alive: the server of a trust centre, or the client."""

from sebridge.feature import Host, Part
from sebridge.features.keep_alive.cluster import KeepAliveClient, KeepAliveServer


def build(host: Host) -> Part:
    """Serve it where the network is ours; where it is another's, its trust centre does."""
    return Part(clusters=(KeepAliveClient() if host.role.joins else KeepAliveServer(),))
