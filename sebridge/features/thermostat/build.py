"""Build what a gateway has of Thermostat: it has servers report, and sets them."""

from functools import partial

from sebridge.feature import Host, Part
from sebridge.features.thermostat.cluster import ThermostatClient
from sebridge.features.thermostat.methods import ThermostatMethods
from sebridge.features.thermostat.reports import FIXED, SHOWN, WANTED
from sebridge.features.thermostat.schedule_methods import ThermostatScheduleMethods
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.gateway.reporting.reader import told_for_certain
from sebridge.gateway.reporting.shown_values import ShownValues
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.zcl.identifiers import THERMOSTAT_CLUSTER


def build(host: Host) -> Part:
    """Have told what thermostats show, and set them."""
    host.shown_values.show(THERMOSTAT_CLUSTER, SHOWN)
    methods = ThermostatMethods(host.directory, host.access, host.changed)
    schedules = ThermostatScheduleMethods(
        host.directory, host.router.exchange, host.access, host.changed
    )
    return Part(
        home_automation=(ThermostatClient(),),
        method_groups=(methods, schedules),
        wanted_reports=(
            WantedReports(
                cluster_id=THERMOSTAT_CLUSTER,
                records=lambda _pairing: WANTED,
                prepare=partial(_prepare, host.access, host.shown_values),
            ),
        ),
    )


async def _prepare(access: AttributeAccess, values: ShownValues, pairing: Pairing) -> None:
    """Read what a thermostat can do; raises what a read raises."""
    known = told_for_certain(await access.read(pairing, FIXED))
    await values.expect(pairing, known)
