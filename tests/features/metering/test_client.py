"""The client side of Metering."""

import pytest

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.features.metering.mirror_server import MirrorTable
from sebridge.features.metering.records import (
    GetProfileResponseRecord,
    MirrorRemovedRecord,
    RemoveMirrorRecord,
    RequestFastPollModeResponseRecord,
    RequestMirrorRecord,
    RequestMirrorResponseRecord,
    StartSamplingResponseRecord,
)
from sebridge.gateway.cluster import Outcome
from tests.gateway.radio_side import command


def test_the_gateway_has_the_client_side_of_metering() -> None:
    client = MeteringClient(NoMirrors())

    assert client.cluster_id == 0x0702
    assert not client.server
    assert client.attributes.types() == []


def test_a_meter_is_given_a_mirror_and_loses_it() -> None:
    client = MeteringClient(MirrorTable({}))

    questions = (RequestMirrorRecord(), RemoveMirrorRecord(), RemoveMirrorRecord())
    answers = [client.receive(command(question)).answers for question in questions]

    assert answers == [
        (RequestMirrorResponseRecord(endpoint_id=0xC0),),
        (MirrorRemovedRecord(removed_endpoint_id=0xC0),),
        (MirrorRemovedRecord(removed_endpoint_id=0xFFFF),),
    ]


def test_a_gateway_without_mirrors_says_so() -> None:
    client = MeteringClient(NoMirrors())

    assert client.receive(command(RequestMirrorRecord())).answers == (
        RequestMirrorResponseRecord(endpoint_id=0xFFFF),
    )
    assert client.receive(command(RemoveMirrorRecord())).answers == (
        MirrorRemovedRecord(removed_endpoint_id=0xFFFF),
    )


def test_answers_that_nobody_waits_for_are_taken_all_the_same() -> None:
    client = MeteringClient(NoMirrors())

    for answer in (
        GetProfileResponseRecord(
            end_time=0,
            status=0,
            profile_interval_period=3,
            number_of_periods_delivered=0,
            intervals=(),
        ),
        RequestFastPollModeResponseRecord(applied_update_period=5, fast_poll_mode_end_time=0),
    ):
        assert client.receive(command(answer)) == Outcome()


def test_other_commands_are_not_supported() -> None:
    with pytest.raises(UnsupportedCommandError):
        MeteringClient(NoMirrors()).receive(command(StartSamplingResponseRecord(sample_id=1)))
