"""What obeys load control: a switch before a large load, and a thermostat."""

from collections.abc import Callable
from dataclasses import dataclass

from sebridge.features.load_control.client import DrlcClient
from sebridge.simulator.load import SetPoints, share_of_load


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """A load that can be reduced, and whether its owner lets it."""

    load: float = 2000.0  # W
    opt_out: bool = False


class LoadControlSwitch:
    """A relay before a water heater or a pump."""

    def __init__(
        self, client: DrlcClient, settings: LoadSettings, zigbee_now: Callable[[], int]
    ) -> None:
        self._client = client
        self._settings = settings
        self._now = zigbee_now
        client.opts_out = lambda _record: settings.opt_out

    @property
    def power(self) -> float:
        """The watts that are drawn now."""
        return self._settings.load * share_of_load(self._client.obeyed(self._now()))


class Thermostat:
    """Heating and cooling of a home; it draws less the further its set points give way."""

    WATTS_PER_DEGREE = 150.0

    def __init__(
        self,
        client: DrlcClient,
        settings: LoadSettings,
        set_points: SetPoints,
        zigbee_now: Callable[[], int],
    ) -> None:
        self._client = client
        self._settings = settings
        self._wanted = set_points
        self._now = zigbee_now
        client.opts_out = lambda _record: settings.opt_out

    @property
    def set_points(self) -> SetPoints:
        """What the thermostat aims at now."""
        return self._wanted.under(self._client.obeyed(self._now()))

    @property
    def power(self) -> float:
        """The watts that are drawn now."""
        events = self._client.obeyed(self._now())
        now = self._wanted.under(events)
        given = (self._wanted.heating - now.heating) + (now.cooling - self._wanted.cooling)
        drawn = self._settings.load - self.WATTS_PER_DEGREE * given
        return max(drawn, 0.0) * share_of_load(events)
