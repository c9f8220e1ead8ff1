"""Requests of a home energy manager: what the limit is, that it is taken, and opting out.

Own extensions: the reference has no such requests.
"""

from typing import Annotated

import msgspec

from sebridge.features.load_control.limit import ConsumptionLimit
from sebridge.features.load_control.limit_service import ConsumptionLimits
from sebridge.rpc.message import Scope
from sebridge.rpc.method import SE_INTERFACE, method

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class ConsumptionLimitMethods:
    """What load control leaves of the home's power."""

    rpc_interface = SE_INTERFACE

    def __init__(self, limits: ConsumptionLimits) -> None:
        self._limits = limits

    @method(scope=Scope.READ)
    async def get_consumption_limit(self) -> ConsumptionLimit:
        """Tell what load control leaves of the home's power now, in watts."""
        return self._limits.limit()

    @method
    async def acknowledge_consumption_limit(self, by: Name) -> ConsumptionLimit:
        """Say that the limit in force is taken, and by whom, such as `evcc`."""
        return self._limits.acknowledge(by)

    @method
    async def opt_out_of_consumption_limit(self) -> ConsumptionLimit:
        """Take no part in the event that limits most; refused above criticality level 6.

        A display tells the servers, as `opt_out_of_DRLC_event` does. On another gateway only this
        home's limit is lifted: the devices that the event was sent to know nothing of it.
        """
        return self._limits.choose(out=True)

    @method
    async def opt_into_consumption_limit(self) -> ConsumptionLimit:
        """Take part again in the event that limits most."""
        return self._limits.choose(out=False)
