"""The section `consumption_limit`: what load control means in watts, for a home energy manager."""

from collections.abc import Iterator
from typing import Final

from sebridge.settings.declaration import Problem, option, section
from sebridge.settings.kinds import whole

_ALL_CLASSES: Final = 0x0FFF


@section
class ConsumptionLimitOptions:
    """What load-control events leave of the power of a home."""

    nominal: int = option(
        whole(1, 10_000_000),
        "watts that the home, or what can be controlled of it, draws at most",
        example=11_000,
    )
    floor: int = option(
        whole(1, 10_000_000),
        "watts below which no limit goes; never 0, which energy managers take for no limit",
        default=4_200,
    )
    device_class: int = option(
        whole(1, 0xFFFF),
        "bits of the device classes whose events count, such as 0x0400 for electric vehicles",
        default=_ALL_CLASSES,
        shown=f"0x{_ALL_CLASSES:04X}",
    )

    def problems(self) -> Iterator[Problem]:
        """Yield a floor that is no limit."""
        if self.floor > self.nominal:
            yield ("floor",), "is above nominal, so that nothing would be limited"
