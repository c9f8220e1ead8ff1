"""Build what a gateway has of IAS Zone: it takes zones, and is told what they notice."""

from sebridge.feature import Host, Part
from sebridge.features.ias_zone.cluster import ZoneClient
from sebridge.features.ias_zone.enrolment import Enrolment
from sebridge.features.ias_zone.zone import SHOWN, WANTED
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.zcl.identifiers import IAS_ZONE


def build(host: Host) -> Part:
    """Have told what zones notice."""
    host.shown_values.show(IAS_ZONE, SHOWN)
    enrolment = Enrolment(
        host.access, host.router.exchange, host.shown_values, host.addressing.own_address
    )
    return Part(
        home_automation=(ZoneClient(),),
        wanted_reports=(
            WantedReports(
                cluster_id=IAS_ZONE, records=lambda _pairing: WANTED, prepare=enrolment.take
            ),
        ),
    )
