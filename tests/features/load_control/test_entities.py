"""What Home Assistant knows of load control covers all that a device may say."""

from sebridge.base.signals import SignalBus
from sebridge.features.load_control.entities import EVENT_STATUSES, LoadControlEntities
from sebridge.features.load_control.records import EventStatus
from tests.homeassistant.house import DISPLAY, THERMOSTAT, device_of, entity_host


def test_every_word_of_a_device_on_an_event_is_an_option() -> None:
    words = {status.name.lower() for status in EventStatus}
    (shown,) = LoadControlEntities(entity_host(SignalBus(), {})).of_device(device_of(THERMOSTAT))

    assert words < set(EVENT_STATUSES)
    assert set(shown.options) == set(EVENT_STATUSES)


def test_what_obeys_no_events_has_no_word_on_them() -> None:
    shown = LoadControlEntities(entity_host(SignalBus(), {})).of_device(device_of(DISPLAY))

    assert list(shown) == []
