"""The news of events."""

import dataclasses

import pytest

from sebridge.gateway import signals
from sebridge.gateway.signals import EventHeard, Identifying
from tests.gateway.radio_side import address


@pytest.mark.parametrize(
    "kind",
    [
        signals.EventStatusReported,
        signals.MessageConfirmed,
        signals.EventReceived,
        signals.EventHeard,
    ],
)
def test_news_of_a_peer_says_which_endpoint_told_which_of_ours(kind: type) -> None:
    names = [field.name for field in dataclasses.fields(kind)]

    assert names[:3] == ["device", "endpoint", "local_endpoint"]


def test_news_cannot_be_changed_by_a_listener() -> None:
    news = Identifying(0x5E, 3)

    with pytest.raises(dataclasses.FrozenInstanceError):
        news.seconds = 4  # type: ignore[misc]  # that it is refused is the test
    assert EventHeard(address(1), 9, 0x5E, 0x0700, [1]) == EventHeard(
        address(1), 9, 0x5E, 0x0700, [1]
    )
