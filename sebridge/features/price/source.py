"""Keep the price events of a home in line with their source, as `price_source` names it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from typing_extensions import override

from sebridge.base.clock import Clock, iso_time, unix_time, zigbee_time
from sebridge.base.errors import InvalidFieldError, RefusedError, RequestError, SebridgeError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.features.price.curve import Days, Told
from sebridge.features.price.curve_shapes import read_curve
from sebridge.features.price.origin import Origin
from sebridge.features.price.plan import Tariff, events_of, plan
from sebridge.features.price.records import PublishPriceRecord
from sebridge.features.price.signals import PricesBelowZero, PriceSourceFailed
from sebridge.gateway.events.server_service import EventServerService
from sebridge.network.signals import NetworkTimeSet
from sebridge.schedule.slot import Slot
from sebridge.settings.price_source import HIGHEST, PriceSourceOptions
from sebridge.transports.mqtt.messages import MAX_PAYLOAD, Message

_LONGEST_PAUSE: Final = 3_600.0  # seconds: a clock that was set is noticed by then
_BEHIND_MIDNIGHT: Final = 1.0  # seconds


class PriceSource(Service):
    """Has the events of one commodity say what the source says: today, and some days ahead.

    `servers` are the services of Price servers by their endpoints, of which that of `endpoint_id`
    is meant. What is already told right, also before a restart, is left alone.
    """

    def __init__(
        self,
        options: PriceSourceOptions,
        origin: Origin,
        tariff: Tariff,
        days: Days,
        *,
        servers: Mapping[int, EventServerService[PublishPriceRecord]],
        endpoint_id: int,
        clock: Clock,
        time_is_known: Callable[[], bool],
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._options = options
        self._origin = origin
        self._tariff = tariff
        self._days = days
        self._servers = servers
        self._endpoint_id = endpoint_id
        self._clock = clock
        self._time_is_known = time_is_known
        self._bus = bus
        self._problem: str | None = None
        bus.listen(NetworkTimeSet, lambda _signal: self.tell())

    # ------------------------------------------------------------------ who else may tell prices

    def check_free(self, endpoint_id: int, commodity: str | None = None) -> None:
        """Raise RefusedError where prices of a commodity, or any at all, are the source's."""
        ours = self._tariff.commodity
        if endpoint_id == self._endpoint_id and commodity in {None, ours}:
            raise RefusedError(
                f"prices of {ours} come from {self._origin.words}; take price_source out of the"
                " configuration to give them by requests"
            )

    # ------------------------------------------------------------------ how it is

    def facts(self) -> dict[str, Any]:
        """Return where prices come from, when the source last spoke, and how far they are known."""
        entity = self._options.homeassistant
        heard, until = self._origin.heard_at, self._origin.known_until(self._now)
        return {
            "source": self._origin.kind,
            "topic": self._options.topic,
            "entity": None if entity is None else entity.entity,
            "commodity": self._tariff.commodity,
            "price_unit": self._options.price_unit.words,
            "heard": None if heard is None else iso_time(unix_time(heard)),
            "known_until": None if until is None else iso_time(unix_time(until)),
            "problem": self._problem,
        }

    def notes(self) -> list[str]:
        """Return what people should know: what is wrong with the source."""
        return [] if self._problem is None else [f"{self._origin.words}: {self._problem}"]

    # ------------------------------------------------------------------ what it does

    @override
    async def start(self) -> None:
        """Tell what is known, before anybody is shown the prices."""
        self.tell()
        await super().start()

    @override
    async def run(self) -> None:
        """Tell another day when one begins."""
        while True:
            midnight = unix_time(self._days.after(self._now, 1))
            rest = midnight - self._clock.utc() + _BEHIND_MIDNIGHT
            await self._clock.sleep(min(rest, _LONGEST_PAUSE))
            self.tell()

    def take(self, message: Message) -> None:
        """Take what came on the topic. An empty message, which only clears the topic, is none."""
        if message.oversize:
            self.fail(f"more than {MAX_PAYLOAD} octets")
        elif message.payload:
            self.hear(message.payload)

    def hear(self, document: bytes) -> None:
        """Take a curve in JSON; what is wrong with it is told."""
        try:
            told = read_curve(document)
        except SebridgeError as error:
            self.fail(str(error))
        else:
            self._take(told)

    def hear_all(self, slots: Sequence[Slot]) -> None:
        """Take all that is known of prices, in the place of what was told before."""
        self._take(Told(0, HIGHEST, tuple(slots)))

    def _take(self, told: Told) -> None:
        try:
            self._origin.take(told, self._now)
        except RequestError as error:
            self.fail(str(error))
        else:
            self._problem = None
            self.tell()

    def fail(self, problem: str) -> None:
        """Tell once what is wrong with the source, or why it says nothing."""
        if problem == self._problem:
            return
        self._problem = problem
        told = f"{problem}; what it said before still holds"
        self._bus.send(PriceSourceFailed(self._origin.words, told))

    def tell(self) -> None:
        """Have the events say what the source says; where they do already, nothing happens."""
        prices = self._servers.get(self._endpoint_id)
        if prices is None or not self._time_is_known():
            return
        if not self._origin.has_spoken:
            return
        now, commodity = self._now, self._tariff.commodity
        today, end = self._days.after(now, 0), self._days.after(now, self._options.days_ahead + 1)
        slots = [slot for slot in self._origin.slots(today, end) if slot.end > now]
        try:
            wanted = events_of(slots, self._tariff, self._days, self._origin.ranked(today, end))
        except InvalidFieldError as error:  # a curve of before `decimals` or `addition` changed
            self.fail(str(error))
            return
        found = plan(prices.valid(), wanted, now, commodity)
        self._bus.send(PricesBelowZero(commodity, found.below_zero))
        if found.new or found.withdrawn:
            records = [event.record for event in found.new]
            _, refusals = prices.change(records, found.withdrawn)
            if refusals:
                self._bus.send(PriceSourceFailed(self._origin.words, str(refusals[0])))

    @property
    def _now(self) -> int:
        return zigbee_time(self._clock.utc())
