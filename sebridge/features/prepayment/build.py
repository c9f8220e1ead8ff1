"""Build what a gateway has of Prepayment: the client side, where it is wanted.

There is no server side: a gateway keeps no account and sells no credit.
"""

from sebridge.base.clock import zigbee_time
from sebridge.feature import Host, Part
from sebridge.features.prepayment.client import DISPLAY, ENERGY_SERVICE_INTERFACE, PrepaymentClient
from sebridge.features.prepayment.methods import PrepaymentMethods
from sebridge.features.prepayment.queries import PrepaymentQueries
from sebridge.settings.options import PREPAYMENT


def build(host: Host) -> Part:
    """Ask prepayment meters, whatever the role, if the configuration names the cluster."""
    if PREPAYMENT not in host.optional_clusters:
        return Part(method_groups=(PrepaymentMethods(host.directory, None),))
    origin = ENERGY_SERVICE_INTERFACE if host.role.serves else DISPLAY
    client = PrepaymentClient(host.endpoint.endpoint_id, origin)
    queries = PrepaymentQueries(
        client,
        host.router.exchange,
        now=lambda: zigbee_time(host.clock.utc()),
        time_is_known=host.time_is_known,
    )
    return Part(clusters=(client,), method_groups=(PrepaymentMethods(host.directory, queries),))
