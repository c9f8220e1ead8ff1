"""Build what a gateway has of Basic: who it is, on both endpoints, and who others are."""

from typing import Any

from sebridge.feature import Host, Part
from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.basic.identity import IdentityReader
from sebridge.gateway.reporting.reader import RemoteReader


def build(host: Host) -> Part:
    """Tell who we are, and learn who made each device."""
    store = host.open_collection("basic_attributes", int, Any)
    clusters = (BasicServer(host.maker, host.model, store=store), BasicClient())
    reader = RemoteReader(host.router.exchange)
    identities = IdentityReader(reader, host.directory, host.bus)
    return Part(clusters=clusters, home_automation=clusters, services=(identities,))
