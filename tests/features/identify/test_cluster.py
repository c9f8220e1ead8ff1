"""Identify: show yourself."""

import pytest

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.identify.cluster import IdentifyClient, IdentifyServer
from sebridge.features.identify.records import (
    IdentifyQueryRecord,
    IdentifyQueryResponseRecord,
    IdentifyRecord,
)
from sebridge.features.identify.signals import IdentifyAnswered, Identifying
from sebridge.gateway.cluster import Outcome
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, address, command


class Watch:
    now = NOW

    def __call__(self) -> int:
        return self.now


def test_identifying_is_told_and_counts_down_to_zero() -> None:
    watch = Watch()
    server = IdentifyServer(watch)

    outcome = server.receive(command(IdentifyRecord(identify_time=60)))

    assert outcome == Outcome(signals=(Identifying(SE_ENDPOINT, 60),))
    assert server.attributes.read(0).value == 60
    watch.now += 59
    assert server.attributes.read(0).value == 1
    watch.now += 9
    assert server.attributes.read(0).value == 0


def test_a_query_is_answered_only_while_identifying() -> None:
    server = IdentifyServer(lambda: NOW)
    before = server.receive(command(IdentifyQueryRecord()))
    server.begin(SE_ENDPOINT, 30)

    during = server.receive(command(IdentifyQueryRecord()))

    assert before == Outcome()
    assert during.answers == (IdentifyQueryResponseRecord(timeout=30),)


def test_zero_seconds_stop_it() -> None:
    server = IdentifyServer(lambda: NOW)
    server.begin(SE_ENDPOINT, 30)

    server.receive(command(IdentifyRecord(identify_time=0)))

    assert server.receive(command(IdentifyQueryRecord())) == Outcome()


def test_other_commands_are_not_supported() -> None:
    with pytest.raises(UnsupportedCommandError):
        IdentifyServer(lambda: NOW).receive(command(IdentifyQueryResponseRecord(timeout=1)))


def test_who_writes_the_attribute_says_the_same_as_by_command() -> None:
    watch = Watch()
    server = IdentifyServer(watch)
    written = AttributeValue(0, 0x21, 20, b"\x14\x00")

    status = server.attributes.check_write(written, over_the_air=True)
    server.attributes.set(0, 20)
    watch.now += 5

    assert status is Status.SUCCESS
    assert server.receive(command(IdentifyQueryRecord())).answers == (
        IdentifyQueryResponseRecord(timeout=15),
    )


def test_who_shows_itself_is_told() -> None:
    outcome = IdentifyClient().receive(command(IdentifyQueryResponseRecord(timeout=12)))

    assert outcome.signals == (IdentifyAnswered(address(1), 9, 12),)
    with pytest.raises(UnsupportedCommandError):
        IdentifyClient().receive(command(IdentifyQueryRecord()))


def test_there_is_a_side_that_asks() -> None:
    assert IdentifyClient().cluster_id == 3
    assert not IdentifyClient.server
