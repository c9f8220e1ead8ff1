"""Build what a gateway has of On/Off: it has servers report, and switches them."""

from sebridge.feature import Host, Part
from sebridge.features.on_off.cluster import OnOffClient
from sebridge.features.on_off.methods import OnOffMethods
from sebridge.features.on_off.reports import SHOWN, WANTED
from sebridge.gateway.reporting.shown_values import ShownValues
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.zcl.identifiers import ON_OFF


def build(host: Host) -> Part:
    """Have told whether devices are on, and switch them."""
    values = ShownValues(ON_OFF, SHOWN, host.bus)
    methods = OnOffMethods(host.addressing, host.directory, host.router.exchange, host.changed)
    return Part(
        home_automation=(OnOffClient(),),
        method_groups=(methods,),
        wanted_reports=(
            WantedReports(
                cluster_id=ON_OFF, records=lambda _pairing: WANTED, prepare=values.expect
            ),
        ),
    )
