"""Identify: show yourself."""

import pytest
from zigpy.zcl.clusters.general import Identify
from zigpy.zcl.foundation import Status

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.identify.cluster import IdentifyClient, IdentifyRecord, IdentifyServer
from sebridge.features.identify.signals import IdentifyAnswered, Identifying
from sebridge.gateway.cluster import Outcome
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.identifiers import SE_ENDPOINT
from tests.gateway.radio_side import NOW, address, command

QUERY = Identify.ServerCommandDefs.identify_query.schema
ANSWER = Identify.ClientCommandDefs.identify_query_response.schema


class Watch:
    now = NOW

    def __call__(self) -> int:
        return self.now


def test_identifying_is_told_and_counts_down_to_zero() -> None:
    watch = Watch()
    server = IdentifyServer(watch)

    outcome = server.receive(command(IdentifyRecord(60)))

    assert outcome == Outcome(signals=(Identifying(SE_ENDPOINT, 60),))
    assert server.attributes.read(0).value == 60
    watch.now += 59
    assert server.attributes.read(0).value == 1
    watch.now += 9
    assert server.attributes.read(0).value == 0


def test_a_query_is_answered_only_while_identifying() -> None:
    server = IdentifyServer(lambda: NOW)
    before = server.receive(command(QUERY()))
    server.begin(SE_ENDPOINT, 30)

    during = server.receive(command(QUERY()))

    assert before == Outcome()
    assert during.answers == (ANSWER(30),)


def test_zero_seconds_stop_it() -> None:
    server = IdentifyServer(lambda: NOW)
    server.begin(SE_ENDPOINT, 30)

    server.receive(command(IdentifyRecord(0)))

    assert server.receive(command(QUERY())) == Outcome()


def test_other_commands_are_not_supported() -> None:
    with pytest.raises(UnsupportedCommandError):
        IdentifyServer(lambda: NOW).receive(command(ANSWER(1)))


def test_who_writes_the_attribute_says_the_same_as_by_command() -> None:
    watch = Watch()
    server = IdentifyServer(watch)
    shown: list[int] = []
    server.shown = shown.append
    written = AttributeValue(0, 0x21, 20, b"\x14\x00")

    status = server.attributes.check_write(written)
    server.attributes.set(0, 20)
    watch.now += 5

    assert (status, shown) == (Status.SUCCESS, [20])
    assert server.receive(command(QUERY())).answers == (ANSWER(15),)


def test_who_shows_itself_is_told() -> None:
    outcome = IdentifyClient().receive(command(ANSWER(12)))

    assert outcome.signals == (IdentifyAnswered(address(1), 9, 12),)
    with pytest.raises(UnsupportedCommandError):
        IdentifyClient().receive(command(QUERY()))


def test_there_is_a_side_that_asks() -> None:
    assert IdentifyClient().cluster_id == 3
    assert not IdentifyClient.server
