"""Opting out of load-control events and back in, by RPC."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.features.load_control.participation_methods import ParticipationMethods
from sebridge.features.load_control.records import EventStatus, LoadControlEventRecord
from sebridge.features.load_control.signals import ParticipationChanged
from sebridge.model.plain import to_plain
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import DRLC
from tests.gateway.events.client_side import Clients

HERE = 0x5E
EVENT = 7


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
    assert to_plain(out) == to_plain(back) == told


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


async def test_without_an_event_all_in_force_are_meant_but_those_that_are_mandatory(
    clients: Clients, methods: ParticipationMethods
) -> None:
    changes: list[ParticipationChanged] = []
    clients.bus.listen(ParticipationChanged, changes.append)
    await hear(clients)

    out = await methods.opt_out_of_DRLC_event()
    back = await methods.opt_into_DRLC_event()

    assert [out.status, back.status] == [0, 0]
    assert "issuer_event_id" not in to_plain(out)
    assert [[(e.issuer_event_id, e.participates) for e in c.events] for c in changes] == [
        [(7, True)],
        [(7, False)],
        [(7, True)],
    ]


async def test_who_must_take_part_in_all_that_is_in_force_is_refused(
    clients: Clients, methods: ParticipationMethods
) -> None:
    await hear(clients, criticality=7)

    answer = await methods.opt_out_of_DRLC_event()

    reason = "participation in what is in force is mandatory"
    assert (answer.status, answer.reason) == (0x7E, reason)


async def test_without_an_event_in_force_there_is_nothing_to_choose(
    methods: ParticipationMethods,
) -> None:
    answer = await methods.opt_out_of_DRLC_event()

    assert (answer.status, answer.reason) == (0x8B, "no event is in force")
