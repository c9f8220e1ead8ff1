"""A server of On/Off is as it was told to be."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.on_off.cluster import OnOffServer
from sebridge.features.on_off.records import OffRecord, OnRecord, ToggleRecord
from sebridge.gateway.cluster import Command, Outcome
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import HA_PROFILE

WHO = Peer(Eui64.parse("00:13:a2:00:40:5c:01:f7"), 1, HA_PROFILE)


def command(record: Record) -> Command:
    return Command(WHO, 1, record, 0, 0)


def test_it_switches_and_tells_only_what_is_news() -> None:
    told: list[bool] = []
    server = OnOffServer(switched=told.append)
    shown = []

    for record in (OffRecord(), OnRecord(), OnRecord(), ToggleRecord(), ToggleRecord()):
        assert server.receive(command(record)) == Outcome()
        shown.append(server.attributes.read(0).value)

    assert shown == [False, True, True, False, True]
    assert told == [True, False, True]


def test_one_that_nobody_watches_switches_too() -> None:
    server = OnOffServer()

    server.receive(command(ToggleRecord()))

    assert server.is_on


def test_another_command_is_refused() -> None:
    with pytest.raises(UnsupportedCommandError):
        OnOffServer().receive(command(Record()))
