"""Tell what load control leaves of the home's power, and who has taken it."""

from collections.abc import Mapping, MutableMapping
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import RefusedError, RequestError, UnknownEventError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.feature import Role
from sebridge.features.load_control.client_service import LoadControlClientService
from sebridge.features.load_control.limit import (
    Acknowledgement,
    ConsumptionLimit,
    is_mandatory,
    limit_of,
    strictest,
)
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.features.load_control.signals import ConsumptionLimitTold, ParticipationChanged
from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.settings.consumption_limit import ConsumptionLimitOptions
from sebridge.zcl.identifiers import DRLC, SE_ENDPOINT

_PERIOD: Final = 60.0  # seconds between two countdowns
_LAST: Final = "last"  # the one key of the acknowledgement


class ConsumptionLimits(Service):
    """Keeps the limit in force, its acknowledgement, and out of which events the home has opted.

    A display opts out as its user does, and tells the servers; an energy service interface opts out
    for its own home alone, which `out` and `acknowledged` keep over restarts. Without `options` it
    tells once that there is no limit.
    """

    def __init__(
        self,
        options: ConsumptionLimitOptions | None,
        *,
        role: Role,
        clients: Mapping[int, LoadControlClientService],
        out: MutableMapping[int, bool],
        acknowledged: MutableMapping[str, Acknowledgement],
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._options = options
        self._role = role
        self._clients = clients
        self._out = out
        self._acknowledged = acknowledged
        self._clock = clock
        self._bus = bus
        self._events: tuple[LoadControlEventRecord, ...] = ()
        bus.listen(ActiveEventsChanged, self._on_active)
        bus.listen(ParticipationChanged, self._on_participation)

    @override
    async def start(self) -> None:
        """Tell how it is, in the place of what was told before a restart."""
        self._tell()
        await super().start()

    @override
    async def run(self) -> None:
        """Count down, where there is something to be told."""
        while self._options is not None:
            await self._clock.sleep(_PERIOD)
            self._tell()
        await super().run()

    def limit(self) -> ConsumptionLimit:
        """Return the limit in force; RequestError where none is configured."""
        if self._options is None:
            raise RequestError("consumption_limit is not configured")
        return limit_of(
            self._strictest(),
            self._options,
            zigbee_time(self._clock.utc()),
            out=self._out,
            acknowledgement=self._acknowledged.get(_LAST),
        )

    def acknowledge(self, by: str) -> ConsumptionLimit:
        """Note who has taken the limit in force; UnknownEventError where there is none."""
        limit = self.limit()
        if limit.watts is None or limit.issuer_event_id is None:
            raise UnknownEventError("no consumption limit is in force")
        self._acknowledged[_LAST] = Acknowledgement(
            by, self._clock.utc(), limit.issuer_event_id, limit.watts
        )
        self._tell()
        return self.limit()

    def choose(self, *, out: bool) -> ConsumptionLimit:
        """Opt out of the event that limits most, or back into it.

        UnknownEventError where there is none, RefusedError where participation is mandatory.
        """
        self.limit()
        event = self._strictest()
        if event is None:
            raise UnknownEventError("no event limits consumption now")
        if out and is_mandatory(event):
            raise RefusedError(f"criticality level {event.criticality_level} is mandatory")
        client = self._clients.get(SE_ENDPOINT)
        if client is not None:
            client.choose(event.issuer_event_id, out=out)
        elif out:
            self._out[event.issuer_event_id] = True
        else:
            self._out.pop(event.issuer_event_id, None)
        self._tell()
        return self.limit()

    def _strictest(self) -> LoadControlEventRecord | None:
        device_class = 0 if self._options is None else self._options.device_class
        return strictest(self._events, device_class, self._out)

    def _on_active(self, signal: ActiveEventsChanged) -> None:
        if signal.cluster_id != DRLC or not self._role.shows(signal):
            return
        self._events = tuple(r for r in signal.records if isinstance(r, LoadControlEventRecord))
        for event_id in self._out.keys() - {event.issuer_event_id for event in self._events}:
            del self._out[event_id]
        self._tell()

    def _on_participation(self, signal: ParticipationChanged) -> None:
        if self._role.serves or signal.local_endpoint != SE_ENDPOINT:
            return
        self._out.clear()
        self._out.update({e.issuer_event_id: True for e in signal.events if not e.participates})
        self._tell()

    def _tell(self) -> None:
        self._bus.send(ConsumptionLimitTold(None if self._options is None else self.limit()))
