"""Build what a gateway has of Time: it tells the network's time, or asks for it."""

from sebridge.base.clock import Clock
from sebridge.feature import Part
from sebridge.features.time.methods import TimeMethods
from sebridge.features.time.server import TimeClient
from sebridge.features.time.synchronizer import Synchronizer
from sebridge.features.time.timekeeping import Timekeeping


def time_part(
    time: Timekeeping, synchronizer: Synchronizer, system_clock: Clock, *, serves: bool
) -> Part:
    """Tell the time to who asks; a display has the client side on its Smart Energy endpoint.

    The network itself stands on its time, so that is there before any feature is built.
    """
    server = time.server()
    methods = TimeMethods(system_clock, time.clock, synchronizer, time.memory, time.zone)
    return Part(
        clusters=(server,) if serves else (TimeClient(),),
        home_automation=(server,),
        services=(synchronizer,),
        method_groups=(methods,),
    )
