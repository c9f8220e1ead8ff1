"""Opting out of load-control events and back in, by RPC."""

import pytest
from zigpy.types import uint8_t, uint32_t

from sebridge.base.errors import ParameterError
from sebridge.features.load_control.participation_methods import ParticipationMethods
from sebridge.features.load_control.records import EventStatus, LoadControlEventRecord
from sebridge.model.values import plain
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import DRLC
from tests.gateway.events.client_side import Clients

HERE = uint8_t(0x5E)
EVENT = uint32_t(7)


@pytest.fixture
def methods(clients: Clients) -> ParticipationMethods:
    return ParticipationMethods(clients={HERE: clients.load_service})


async def hear(clients: Clients, criticality: int = 1) -> None:
    """Let an event begin, which is reported."""
    event = LoadControlEventRecord(
        issuer_event_id=7, duration_in_minutes=30, event_control=0, criticality_level=criticality
    )
    clients.hear(DRLC, event.serialize())
    await clients.clock.advance(seconds=10)
    clients.outside.sent.clear()


async def test_a_user_opts_out_and_back_in(clients: Clients, methods: ParticipationMethods) -> None:
    await hear(clients)

    out = await methods.opt_out_of_DRLC_event(EVENT)
    await clients.clock.advance(seconds=1)
    back = await methods.opt_into_DRLC_event(EVENT)
    await clients.clock.advance(seconds=1)

    reports = [Frame.parse(frame.data).payload[4] for frame in clients.outside.sent]
    assert reports == [EventStatus.OPTED_OUT, EventStatus.OPTED_IN]
    told = {"source_endpoint_id": 0x5E, "cluster_id": 0x0701, "status": 0, "issuer_event_id": 7}
    assert plain(out) == plain(back) == told


async def test_who_must_take_part_is_refused_with_the_reason(
    clients: Clients, methods: ParticipationMethods
) -> None:
    await hear(clients, criticality=7)

    answer = await methods.opt_out_of_DRLC_event(EVENT)

    assert answer.status == 0x7E
    assert "mandatory" in str(answer.reason)
    assert clients.outside.sent == []


async def test_an_unknown_event_is_told_with_the_reason(methods: ParticipationMethods) -> None:
    answer = await methods.opt_out_of_DRLC_event(EVENT)

    assert answer.status == 0x8B
    assert "7" in str(answer.reason)


async def test_an_energy_service_interface_takes_part_in_nothing() -> None:
    with pytest.raises(ParameterError, match="endpoint 0x5E has no client"):
        await ParticipationMethods(clients={}).opt_into_DRLC_event(EVENT)
