"""The client side: its clusters, and what it is."""

from random import Random

from sebridge.app.display_clients import DisplayClients
from sebridge.smartenergy.identifiers import IN_PREMISE_DISPLAY


def test_it_listens_to_time_prices_load_control_and_messages() -> None:
    side = DisplayClients(Random(1), lambda: True)

    assert side.device_id == IN_PREMISE_DISPLAY
    assert {c.cluster_id for c in side.clusters if not c.server} >= {0x000A, 0x0700, 0x0701, 0x0703}
    assert not any(cluster.server for cluster in side.clusters)
