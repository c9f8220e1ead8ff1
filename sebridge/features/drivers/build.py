"""Build what a gateway has of drivers: it sets devices up as they say."""

from sebridge.base.addresses import Eui64
from sebridge.feature import Host, Part
from sebridge.features.drivers.methods import DriverMethods
from sebridge.features.drivers.set_up import DriverSetUp
from sebridge.features.drivers.setting_methods import DriverSettingMethods


def build(host: Host) -> Part:
    """Have devices do what their drivers want."""
    set_up = DriverSetUp(
        host.drivers,
        host.directory,
        host.binder,
        has_bound=host.has_bound,
        want_reports=host.want_reports,
        chosen=host.open_collection("device_drivers", Eui64, str),
        clock=host.clock,
        bus=host.bus,
    )
    return Part(
        services=(set_up,),
        method_groups=(
            DriverMethods(host.drivers, host.directory),
            DriverSettingMethods(host.drivers, host.directory, host.access),
        ),
        wanted_reports=host.drivers.reported_besides(),
    )
