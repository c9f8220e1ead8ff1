"""Build what a gateway has of window coverings: it has them report, moves them, hears who does."""

from sebridge.drivers.reports import reports_of
from sebridge.drivers.table import WINDOWCOVERINGS_SET
from sebridge.feature import Host, Part
from sebridge.features.cover.cluster import BoundCover, CoverClient
from sebridge.features.cover.methods import CoverMethods


def build(host: Host) -> Part:
    """Have told where window coverings are, and move them."""
    return Part(
        home_automation=(CoverClient(), BoundCover()),
        method_groups=(CoverMethods(host.directory, host.router.exchange, host.changed),),
        wanted_reports=(reports_of((WINDOWCOVERINGS_SET,), host.shown_values),),
    )
