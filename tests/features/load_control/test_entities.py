"""What Home Assistant knows of load control covers all that a device may say."""

from sebridge.base.signals import SignalBus
from sebridge.feature import Role
from sebridge.features.load_control.entities import EVENT_STATUSES, LoadControlEntities
from sebridge.features.load_control.limit import ConsumptionLimit
from sebridge.features.load_control.participation import MOST_PLACES, EventParticipation
from sebridge.features.load_control.records import EventStatus
from sebridge.features.load_control.signals import ConsumptionLimitTold, ParticipationChanged
from sebridge.homeassistant.entity import EntitiesChanged
from tests.homeassistant.house import DISPLAY, THERMOSTAT, Kept, device_of, entity_host


def test_every_word_of_a_device_on_an_event_is_an_option() -> None:
    words = {status.name.lower() for status in EventStatus}
    (shown,) = LoadControlEntities(entity_host(SignalBus(), {})).of_device(device_of(THERMOSTAT))

    assert words < set(EVENT_STATUSES)
    assert set(shown.options) == set(EVENT_STATUSES)


def test_what_obeys_no_events_has_no_word_on_them() -> None:
    shown = LoadControlEntities(entity_host(SignalBus(), {})).of_device(device_of(DISPLAY))

    assert list(shown) == []


def event(identifier: int) -> EventParticipation:
    return EventParticipation(
        issuer_event_id=identifier,
        participates=True,
        mandatory=False,
        start=0,
        end=None,
        criticality_level=1,
    )


def keys(entities: LoadControlEntities) -> set[str]:
    return {entity.key for entity in entities.of_gateway()}


def test_a_display_has_a_switch_for_as_many_events_as_it_ever_knew_at_once(
    bus: SignalBus,
) -> None:
    kept: Kept = {}
    changes: list[EntitiesChanged] = []
    bus.listen(EntitiesChanged, changes.append)
    entities = LoadControlEntities(entity_host(bus, kept, role=Role.DISPLAY))
    before = keys(entities)

    for events in ([event(5)], [event(5), event(6), event(6)], [], [event(9)]):
        bus.send(ParticipationChanged(0x5E, events[:1], events[1:]))
    bus.send(ParticipationChanged(0x07, [event(number) for number in range(5)]))

    again = LoadControlEntities(entity_host(SignalBus(), kept, role=Role.DISPLAY))
    assert {"load_control_participation", "load_control_participation_1"} <= before
    assert keys(entities) - before == {"load_control_participation_2"}
    assert keys(again) == keys(entities)
    assert changes == [EntitiesChanged(None)]


def test_no_more_events_have_a_switch_than_have_a_place(bus: SignalBus) -> None:
    entities = LoadControlEntities(entity_host(bus, {}, role=Role.DISPLAY))

    bus.send(ParticipationChanged(0x5E, [], [event(number) for number in range(50)]))

    switches = {key for key in keys(entities) if key.startswith("load_control_participation_")}
    assert len(switches) == MOST_PLACES


def test_the_limit_of_consumption_is_there_as_long_as_one_is_configured(bus: SignalBus) -> None:
    entities = LoadControlEntities(entity_host(bus, {}))
    display = LoadControlEntities(entity_host(bus, {}, role=Role.DISPLAY))
    before = keys(entities)

    bus.send(ConsumptionLimitTold(ConsumptionLimit(floor=0, nominal=11_000)))
    limited, of_display = keys(entities), keys(display)
    bus.send(ConsumptionLimitTold(None))

    assert limited - before == {"consumption_limit", "consumption_limit_participation"}
    assert "consumption_limit" in of_display
    assert "consumption_limit_participation" not in of_display
    assert keys(entities) == before
