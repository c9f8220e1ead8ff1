"""Build what a gateway has of On/Off: it has servers report, and switches them."""

from sebridge.drivers.reports import reports_of
from sebridge.drivers.table import ONOFF
from sebridge.feature import Host, Part
from sebridge.features.on_off.cluster import BoundOnOff, OnOffClient
from sebridge.features.on_off.methods import OnOffMethods


def build(host: Host) -> Part:
    """Have told whether devices are on, switch them, and hear those that switch."""
    methods = OnOffMethods(host.addressing, host.directory, host.router.exchange, host.changed)
    return Part(
        home_automation=(OnOffClient(), BoundOnOff()),
        method_groups=(methods,),
        wanted_reports=(reports_of((ONOFF,), host.shown_values),),
    )
