"""The news of events."""

import pytest

from sebridge.features.load_control.signals import EventStatusReported
from sebridge.features.messaging.signals import MessageConfirmed
from sebridge.gateway.events.signals import EventHeard, EventReceived, EventUndelivered
from sebridge.model.shape import names_of
from tests.gateway.radio_side import address


@pytest.mark.parametrize("kind", [EventStatusReported, MessageConfirmed, EventReceived, EventHeard])
def test_news_of_a_peer_says_which_endpoint_told_which_of_ours(kind: type) -> None:
    names = names_of(kind)

    assert names[:3] == ("device", "endpoint", "local_endpoint")


def test_news_cannot_be_changed_by_a_listener() -> None:
    news = EventUndelivered(0x5E, 0x0700, 3)

    with pytest.raises(AttributeError):
        news.event_id = 4  # type: ignore[misc]  # that it is refused is the test
    assert EventHeard(address(1), 9, 0x5E, 0x0700, [1]) == EventHeard(
        address(1), 9, 0x5E, 0x0700, [1]
    )
