"""Identify, Basic and the trust centre's Keep-Alive: what the profile asks of them."""

from random import Random

import pytest
from zigpy.zcl.clusters.general import Identify
from zigpy.zcl.foundation import Status

from sebridge.base.errors import RefusedError
from sebridge.features.basic.cluster import BasicServer, ResetToFactoryDefaults
from sebridge.features.identify.cluster import IdentifyRecord, IdentifyServer
from sebridge.features.keep_alive.cluster import KeepAliveServer, Lifeline
from sebridge.gateway.cluster import Outcome
from sebridge.zcl.error_status import zcl_status
from tests.gateway.radio_side import NOW, command

QUERY = Identify.ServerCommandDefs.identify_query.schema
ANSWER = Identify.ClientCommandDefs.identify_query_response.schema


def test_identify_is_answered_only_by_who_shows_itself() -> None:
    """A query hears the seconds that are left, or nothing."""
    server = IdentifyServer(lambda: NOW)

    silent = server.receive(command(QUERY()))
    server.receive(command(IdentifyRecord(9)))

    assert silent == Outcome()
    assert server.receive(command(QUERY())).answers == (ANSWER(9),)


def test_basic_factory_reset_is_refused_to_everybody() -> None:
    """The answer is NOT_AUTHORIZED unless it was allowed."""
    with pytest.raises(RefusedError) as refused:
        BasicServer("maker", "model").receive(command(ResetToFactoryDefaults()))

    assert zcl_status(refused.value) == Status.NOT_AUTHORIZED


def test_net_06_devices_look_for_the_trust_centre_as_often_as_it_says() -> None:
    """M: from memory of the defaults, 10 minutes and 300 seconds; after 3 failures they search."""
    attributes, line, random = KeepAliveServer().attributes, Lifeline(), Random(1)

    line.answered(attributes.read(0x0000).value, attributes.read(0x0001).value)

    assert all(600 <= line.pause(random) <= 900 for _ in range(50))
    assert [line.failed() for _ in range(3)] == [False, False, True]
