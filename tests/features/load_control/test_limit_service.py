"""Whose events and choices the limit of consumption goes by."""

from collections.abc import Sequence

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.signals import SignalBus
from sebridge.feature import Role
from sebridge.features.load_control.limit_service import ConsumptionLimits
from sebridge.features.load_control.participation import EventParticipation
from sebridge.features.load_control.records import LoadControlEventRecord
from sebridge.features.load_control.signals import ConsumptionLimitTold, ParticipationChanged
from sebridge.gateway.events.signals import ActiveEventsChanged
from sebridge.settings.consumption_limit import ConsumptionLimitOptions
from sebridge.zcl.identifiers import DRLC, PRICE, SE_ENDPOINT

OUT = (
    EventParticipation(
        issuer_event_id=7,
        participates=False,
        mandatory=False,
        start=0,
        end=None,
        criticality_level=1,
    ),
)


class Told:
    """Limits of a gateway in a role, and what is told of them."""

    def __init__(self, role: Role, clock: VirtualClock, bus: SignalBus) -> None:
        self.bus = bus
        self.watts: list[int | None] = []
        bus.listen(ConsumptionLimitTold, self._on_limit)
        self._now = zigbee_time(clock.utc())
        self.limits = ConsumptionLimits(
            ConsumptionLimitOptions(nominal=11_000),
            role=role,
            clients={},
            out={},
            acknowledged={},
            clock=clock,
            bus=bus,
        )

    def _on_limit(self, signal: ConsumptionLimitTold) -> None:
        assert signal.limit is not None
        self.watts.append(signal.limit.watts)

    def events(self, *, server: bool, endpoint: int = SE_ENDPOINT, cluster: int = DRLC) -> None:
        event = LoadControlEventRecord(
            issuer_event_id=7, start_time=self._now, duration_in_minutes=60, duty_cycle=50
        )
        self.bus.send(ActiveEventsChanged(endpoint, cluster, (event,), server=server))

    def chosen(self, events: Sequence[EventParticipation], endpoint: int = SE_ENDPOINT) -> None:
        self.bus.send(ParticipationChanged(endpoint, events))


@pytest.mark.parametrize("role", Role)
def test_events_of_the_gateways_own_list_count(
    role: Role, clock: VirtualClock, bus: SignalBus
) -> None:
    told = Told(role, clock, bus)

    told.events(server=not role.serves)
    told.events(server=role.serves, endpoint=1)
    told.events(server=role.serves, cluster=PRICE)
    assert told.watts == []
    told.events(server=role.serves)

    assert told.watts == [5_500]


def test_a_display_goes_by_what_its_user_chose(clock: VirtualClock, bus: SignalBus) -> None:
    told = Told(Role.DISPLAY, clock, bus)
    told.events(server=False)

    told.chosen(OUT, endpoint=1)
    told.chosen(OUT)
    told.chosen(())

    assert told.watts == [5_500, None, 5_500]


def test_the_choice_of_a_further_client_is_not_that_of_the_home(
    clock: VirtualClock, bus: SignalBus
) -> None:
    told = Told(Role.COORDINATOR, clock, bus)
    told.events(server=True)

    told.chosen(OUT)

    assert told.watts == [5_500]
