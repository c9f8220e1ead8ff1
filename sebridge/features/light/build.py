"""Build what a gateway has of lamps: it has them report, sets them, and hears who does so."""

from typing import Final

from sebridge.drivers.reports import reports_of
from sebridge.drivers.table import DIM, LIGHT_TEMPERATURE
from sebridge.feature import Host, Part
from sebridge.features.light.cluster import BoundColor, BoundLevel, ColorClient, LevelClient
from sebridge.features.light.methods import LightMethods

CLUSTERS: Final = ((DIM,), (LIGHT_TEMPERATURE,))
"""What is shown of each cluster."""


def build(host: Host) -> Part:
    """Have told how bright and how warm lamps are, and set them."""
    return Part(
        home_automation=(LevelClient(), BoundLevel(), ColorClient(), BoundColor()),
        method_groups=(LightMethods(host.directory, host.router.exchange, host.changed),),
        wanted_reports=[reports_of(one, host.shown_values) for one in CLUSTERS],
    )
