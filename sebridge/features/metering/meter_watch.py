"""Watch meters for what is more than a new value: alarms, another meter, a register that fell."""

from collections.abc import Callable, Sequence
import logging

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.features.basic.cluster import MODEL_IDENTIFIER
from sebridge.features.metering.meters import Meters, Oddity
from sebridge.features.metering.register_fall import Fall
from sebridge.gateway.reporting.signals import MeterSwapped
from sebridge.zcl.attributes import AttributeValue

_LOGGER = logging.getLogger(__name__)


class MeterWatch:
    """Tells what else was new in a meter's report.

    `read_again` is called with a device whose configuration has to be read once more.
    """

    def __init__(self, meters: Meters, bus: SignalBus, read_again: Callable[[Eui64], None]) -> None:
        self._meters = meters
        self._bus = bus
        self._read_again = read_again
        self._models: dict[Eui64, str] = {}

    def look(self) -> None:
        """Look at what the meters have noticed since the last time."""
        if not self._meters.news:
            return
        found, self._meters.news = self._meters.news, []
        for news in found:
            if isinstance(news, Oddity):
                self._tell(news)
            else:
                self._bus.send(news)

    def look_at_identity(self, device: Eui64, values: Sequence[AttributeValue]) -> None:
        """Look at attributes of a device's Basic cluster, whether it is still the same model."""
        for value in values:
            if value.attribute_id != MODEL_IDENTIFIER or not isinstance(value.value, str):
                continue
            before = self._models.get(device)
            self._models[device] = value.value
            if before not in {None, value.value}:
                _LOGGER.warning("%s was %s and is now %s", device, before, value.value)
                self._bus.send(MeterSwapped(device, 0))
                self._read_again(device)

    def forget(self, device: Eui64) -> None:
        """Forget a device."""
        self._models.pop(device, None)

    def _tell(self, oddity: Oddity) -> None:
        if oddity.fall is None:
            _LOGGER.warning("another meter answers at %s/%d", oddity.device, oddity.endpoint)
            self._bus.send(MeterSwapped(oddity.device, oddity.endpoint))
            self._read_again(oddity.device)
            return
        _LOGGER.warning(
            "register 0x%04X of %s/%d %s: %s after %s",
            oddity.attribute_id,
            oddity.device,
            oddity.endpoint,
            oddity.fall.value,
            oddity.after,
            oddity.before,
        )
        if oddity.fall is not Fall.ROLLED_OVER:
            self._read_again(oddity.device)
