"""Identify, Basic and the trust centre's Keep-Alive: what the profile asks of them."""

from random import Random

import pytest

from sebridge.base.errors import RefusedError
from sebridge.features.basic.cluster import BasicServer
from sebridge.features.basic.records import ResetToFactoryDefaultsRecord
from sebridge.features.identify.cluster import IdentifyServer
from sebridge.features.identify.records import (
    IdentifyQueryRecord,
    IdentifyQueryResponseRecord,
    IdentifyRecord,
)
from sebridge.features.keep_alive.cluster import KeepAliveServer, Lifeline
from sebridge.gateway.cluster import Outcome
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, command


def test_identify_is_answered_only_by_who_shows_itself() -> None:
    """A query hears the seconds that are left, or nothing."""
    server = IdentifyServer(lambda: NOW)

    silent = server.receive(command(IdentifyQueryRecord()))
    server.receive(command(IdentifyRecord(identify_time=9)))

    assert silent == Outcome()
    assert server.receive(command(IdentifyQueryRecord())).answers == (
        IdentifyQueryResponseRecord(timeout=9),
    )


def test_basic_factory_reset_is_refused_to_everybody() -> None:
    """The answer is NOT_AUTHORIZED unless it was allowed."""
    with pytest.raises(RefusedError) as refused:
        BasicServer("maker", "model").receive(command(ResetToFactoryDefaultsRecord()))

    assert zcl_status(refused.value) == Status.NOT_AUTHORIZED


def test_net_06_devices_look_for_the_trust_centre_as_often_as_it_says() -> None:
    """M: from memory of the defaults, 10 minutes and 300 seconds; after 3 failures they search."""
    attributes, line, random = KeepAliveServer().attributes, Lifeline(), Random(1)

    line.answered(attributes.read(0x0000).value, attributes.read(0x0001).value)

    assert all(600 <= line.pause(random) <= 900 for _ in range(50))
    assert [line.failed() for _ in range(3)] == [False, False, True]
