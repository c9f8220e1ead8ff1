"""An electricity meter with a load curve: the server side of Metering."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import ClassVar, Final

from zigpy.zcl import Cluster
from zigpy.zcl.clusters.smartenergy import Metering

from sebridge.base.errors import ParameterError
from sebridge.clusters.attributes import LocalAttribute, LocalAttributes
from sebridge.clusters.cluster import LocalCluster
from sebridge.simulator.load_curve import LoadCurve, RegisterState, count
from sebridge.smartenergy import metering

_UINT24: Final = 0x22
_UINT48: Final = 0x25
_INT24: Final = 0x2A
_BITMAP8: Final = 0x18
_ENUM8: Final = 0x30

_SUMMATION_FORMATTING: Final = 0xFB  # suppress zeros, 15 digits left, 3 right
_ELECTRIC: Final = 0x00
_LARGEST_DEMAND: Final = 0x7FFFFF
_LARGEST_FACTOR: Final = 0xFFFFFF


@dataclass(frozen=True, slots=True)
class MeterSettings:
    """How the meter counts: kWh = raw * multiplier / divisor."""

    multiplier: int = 1
    divisor: int = 1000
    mean_load: float = 450.0  # W
    solar_peak: float = 0.0  # W
    initial_energy: float = 4711.0  # kWh delivered when the meter was first switched on

    def __post_init__(self) -> None:
        """Raise ParameterError for factors that the registers cannot show."""
        for name in ("multiplier", "divisor"):
            if not 1 <= getattr(self, name) <= _LARGEST_FACTOR:
                raise ParameterError(name, f"must be 1..{_LARGEST_FACTOR}")


class MeterServer(LocalCluster):
    """The registers of a simulated meter.

    `utc` gives seconds since 1970; `store` keeps the registers over a restart, so that they never
    decrease; `extra_load` gives watts that other simulated devices draw.
    """

    definition: ClassVar[type[Cluster]] = Metering
    server = True

    def __init__(
        self,
        name: str,
        settings: MeterSettings,
        utc: Callable[[], float],
        store: MutableMapping[str, RegisterState],
        extra_load: Callable[[], float],
    ) -> None:
        self._name = name
        self._settings = settings
        self._curve = LoadCurve(settings.mean_load, settings.solar_peak, float(len(name)))
        self._utc = utc
        self._store = store
        self._extra_load = extra_load
        if name not in store:
            store[name] = RegisterState(settings.initial_energy * 1000.0, 0.0, utc())
        super().__init__(LocalAttributes(self._attributes()))

    def _attributes(self) -> list[LocalAttribute]:
        settings = self._settings
        shown = [
            LocalAttribute(metering.SUMMATION_DELIVERED, _UINT48, self._delivered),
            LocalAttribute(metering.STATUS, _BITMAP8, 0),
            LocalAttribute(metering.UNIT_OF_MEASURE, _ENUM8, 0),
            LocalAttribute(metering.MULTIPLIER, _UINT24, settings.multiplier),
            LocalAttribute(metering.DIVISOR, _UINT24, settings.divisor),
            LocalAttribute(metering.SUMMATION_FORMATTING, _BITMAP8, _SUMMATION_FORMATTING),
            LocalAttribute(metering.DEMAND_FORMATTING, _BITMAP8, _SUMMATION_FORMATTING),
            LocalAttribute(metering.DEVICE_TYPE, _BITMAP8, _ELECTRIC),
            LocalAttribute(metering.INSTANTANEOUS_DEMAND, _INT24, self._demand),
        ]
        if settings.solar_peak:
            shown.append(LocalAttribute(metering.SUMMATION_RECEIVED, _UINT48, self._received))
        return shown

    def account(self) -> RegisterState:
        """Count until now; call it before the extra load changes."""
        state = count(self._store[self._name], self._curve, self._extra_load(), self._utc())
        self._store[self._name] = state
        return state

    def _delivered(self) -> int:
        return self._raw(self.account().delivered / 1000.0)

    def _received(self) -> int:
        return self._raw(self.account().received / 1000.0)

    def _demand(self) -> int:
        watts = self._curve.power(self._utc()) + self._extra_load()
        raw = self._raw(watts / 1000.0)
        return max(min(raw, _LARGEST_DEMAND), -_LARGEST_DEMAND)

    def _raw(self, kilo: float) -> int:
        return int(kilo * self._settings.divisor / self._settings.multiplier)
