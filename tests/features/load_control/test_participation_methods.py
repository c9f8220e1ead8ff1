"""Opting out of load-control events and back in, at a desk that remembers."""

import pytest
from zigpy.types import uint8_t, uint32_t

from sebridge.base.errors import ParameterError, RefusedError, SebridgeError, UnknownEventError
from sebridge.features.load_control.participation_methods import ParticipationMethods
from sebridge.model.plain import to_plain

HERE = uint8_t(0x5E)
EVENT = uint32_t(7)


class Desk:
    """A desk that takes every choice, or none."""

    def __init__(self, refusal: SebridgeError | None = None) -> None:
        self.refusal = refusal
        self.choices: list[tuple[int, bool]] = []

    def choose(self, event_id: int, *, out: bool) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.choices.append((event_id, out))


async def test_a_user_opts_out_and_back_in() -> None:
    desk = Desk()
    methods = ParticipationMethods({HERE: desk})

    answers = [
        await methods.opt_out_of_DRLC_event(EVENT),
        await methods.opt_into_DRLC_event(EVENT),
    ]

    assert desk.choices == [(7, True), (7, False)]
    told = {"source_endpoint_id": 0x5E, "cluster_id": 0x0701, "status": 0, "issuer_event_id": 7}
    assert [to_plain(answer) for answer in answers] == [told, told]


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (RefusedError("participation in event 7 is mandatory"), 0x7E),
        (UnknownEventError("there is no event 7"), 0x8B),
    ],
)
async def test_a_refusal_has_its_reason(refusal: SebridgeError, status: int) -> None:
    methods = ParticipationMethods({HERE: Desk(refusal)})

    answer = await methods.opt_out_of_DRLC_event(EVENT)

    assert (answer.status, answer.reason) == (status, str(refusal))


async def test_an_energy_service_interface_takes_part_in_nothing() -> None:
    with pytest.raises(ParameterError, match="endpoint 0x5E has no client"):
        await ParticipationMethods({}).opt_into_DRLC_event(EVENT)
