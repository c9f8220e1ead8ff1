"""Opting out of load-control events and back in."""

import pytest

from sebridge.base.errors import UnknownEventError
from sebridge.features.load_control.records import EventStatus, LoadControlEventRecord
from sebridge.zcl.frame import Frame
from tests.gateway.events.client_side import Clients


async def test_opting_out_of_an_event_that_runs_is_reported(clients: Clients) -> None:
    event = LoadControlEventRecord(issuer_event_id=5, duration_in_minutes=30, event_control=0)
    clients.hear(0x0701, event.serialize())
    await clients.clock.advance(seconds=10)
    clients.outside.sent.clear()

    clients.load_service.choose(5, out=True)
    await clients.clock.advance(seconds=1)

    [report] = [Frame.parse(frame.data).payload for frame in clients.outside.sent]
    assert report[4] == EventStatus.OPTED_OUT
    with pytest.raises(UnknownEventError):
        clients.load_service.choose(6, out=True)
