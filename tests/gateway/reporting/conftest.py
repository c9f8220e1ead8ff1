"""A meter behind a recording radio, as the reporting package sees it."""

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.reporting.reader import RemoteReader
from tests.gateway.radio_side import RecordingSender, Trust
from tests.gateway.reporting.remote import RemoteMeter


@pytest.fixture
def sender() -> RecordingSender:
    return RecordingSender()


@pytest.fixture
def exchange(sender: RecordingSender, clock: VirtualClock, answer_within: float) -> Exchange:
    return Trust().exchange(sender, clock, answer_within)


@pytest.fixture
def reader(exchange: Exchange) -> RemoteReader:
    return RemoteReader(exchange)


@pytest.fixture
def meter(sender: RecordingSender, exchange: Exchange) -> RemoteMeter:
    meter = RemoteMeter(exchange)
    sender.answer = meter.hear
    return meter
