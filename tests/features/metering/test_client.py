"""The client side of Metering."""

import pytest
from zigpy.zcl.clusters.smartenergy import Metering

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.metering.client import MeteringClient
from sebridge.features.mirrors.server import MirrorTable
from sebridge.gateway.cluster import Outcome
from tests.gateway.radio_side import command

REQUEST_MIRROR = Metering.ClientCommandDefs.request_mirror.schema
REMOVE_MIRROR = Metering.ClientCommandDefs.remove_mirror.schema
MIRROR_RESPONSE = Metering.ServerCommandDefs.request_mirror_response.schema
MIRROR_REMOVED = Metering.ServerCommandDefs.mirror_removed.schema
PROFILE = Metering.ClientCommandDefs.get_profile_response.schema
FAST_POLL = Metering.ClientCommandDefs.request_fast_poll_mode_response.schema


def test_the_gateway_has_the_client_side_of_metering() -> None:
    client = MeteringClient()

    assert client.cluster_id == 0x0702
    assert not client.server
    assert client.attributes.types() == []


def test_a_meter_is_given_a_mirror_and_loses_it() -> None:
    client = MeteringClient(MirrorTable({}))

    questions = (REQUEST_MIRROR(), REMOVE_MIRROR(), REMOVE_MIRROR())
    answers = [client.receive(command(question)).answers for question in questions]

    assert answers == [(MIRROR_RESPONSE(0xC0),), (MIRROR_REMOVED(0xC0),), (MIRROR_REMOVED(0xFFFF),)]


def test_a_gateway_without_mirrors_says_so() -> None:
    client = MeteringClient()

    assert client.receive(command(REQUEST_MIRROR())).answers == (MIRROR_RESPONSE(0xFFFF),)
    assert client.receive(command(REMOVE_MIRROR())).answers == (MIRROR_REMOVED(0xFFFF),)


def test_answers_that_nobody_waits_for_are_taken_all_the_same() -> None:
    client = MeteringClient()

    for answer in (PROFILE(0, 0, 3, 0, []), FAST_POLL(5, 0)):
        assert client.receive(command(answer)) == Outcome()


def test_other_commands_are_not_supported() -> None:
    with pytest.raises(UnsupportedCommandError):
        MeteringClient().receive(
            command(Metering.ClientCommandDefs.start_sampling_response.schema(1))
        )
