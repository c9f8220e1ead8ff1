"""Questions to meters."""

import asyncio
from collections.abc import Callable

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import (
    AnswerTimeoutError,
    DecodeError,
    DeliveryError,
    ParameterError,
    UnscaledError,
)
from sebridge.features.metering.load_profile import Interval
from sebridge.features.metering.queries import FastPollMode, MeterQueries
from sebridge.features.metering.records import (
    GetProfileRecord,
    GetProfileResponseRecord,
    RequestFastPollModeResponseRecord,
)
from sebridge.features.metering.scale import Scale
from sebridge.gateway.exchange import Exchange
from sebridge.radio.radio import Outgoing
from sebridge.zcl.frame import DEFAULT_RESPONSE, READ_ATTRIBUTES_RESPONSE, Frame
from sebridge.zcl.general import write_default_response
from sebridge.zcl.identifiers import METERING, SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, address, heard, peer

END = 363_096_000


class Scales:
    scale_known: Scale | None = Scale(divisor=1000)

    def scale(self, device: object, endpoint: int) -> Scale | None:
        assert (device, endpoint) == (address(1), 9)
        return self.scale_known


@pytest.fixture
def scales() -> Scales:
    return Scales()


@pytest.fixture
def queries(exchange: Exchange, scales: Scales) -> MeterQueries:
    return MeterQueries(exchange, scales)


@pytest.fixture
def meter_says(sender: RecordingSender, exchange: Exchange) -> Callable[[Frame], None]:
    """Let the meter answer every question with this frame."""

    def say(frame: Frame) -> None:
        def hear(out: Outgoing) -> None:
            number = Frame.parse(out.data).sequence
            answer = Frame(frame.command_id, number, frame.payload, frame.cluster_specific)
            exchange.answered(heard(b"", out.cluster_id), answer)

        sender.answer = hear

    return say


def specific(command_id: int, payload: bytes) -> Frame:
    return Frame(command_id, 0, payload, cluster_specific=True)


async def test_a_profile_is_read_and_scaled(
    queries: MeterQueries, meter_says: Callable[[Frame], None], sender: RecordingSender
) -> None:
    meter_says(
        specific(
            0,
            GetProfileResponseRecord(
                end_time=END,
                status=0,
                profile_interval_period=3,
                number_of_periods_delivered=2,
                intervals=(250, 0xFFFFFF),
            ).serialize(),
        )
    )

    profile = await queries.read_profile(peer(), channel=1, periods=2)

    assert (profile.unit, profile.status) == ("kWh", 0)
    assert profile.intervals == [
        Interval(END - 900, END, 0.25),
        Interval(END - 1800, END - 900, None),
    ]
    (frame,) = sender.frames
    assert (
        frame.payload
        == GetProfileRecord(interval_channel=1, end_time=0, number_of_periods=2).serialize()
    )
    assert (sender.sent[0].cluster_id, sender.sent[0].source_endpoint) == (METERING, SE_ENDPOINT)
    assert sender.sent[0].encrypted


async def test_the_fast_poll_mode_is_what_the_meter_makes_of_it(
    queries: MeterQueries, meter_says: Callable[[Frame], None]
) -> None:
    meter_says(
        specific(
            3,
            RequestFastPollModeResponseRecord(
                applied_update_period=5, fast_poll_mode_end_time=END
            ).serialize(),
        )
    )

    assert await queries.fast_poll(peer(), 2, 15) == FastPollMode(5, END)


async def test_a_meter_that_cannot_is_quoted(
    queries: MeterQueries, meter_says: Callable[[Frame], None]
) -> None:
    meter_says(Frame(DEFAULT_RESPONSE, 0, write_default_response(3, Status.UNSUP_CLUSTER_COMMAND)))

    with pytest.raises(DeliveryError, match="UNSUP_CLUSTER_COMMAND") as refused:
        await queries.fast_poll(peer(), 5, 1)

    assert refused.value.tx_status == 0x81


@pytest.mark.parametrize(
    "answer",
    [specific(3, b"\0" * 5), specific(0, b"\0"), Frame(READ_ATTRIBUTES_RESPONSE, 0, b"")],
    ids=["another command", "cut short", "a general command"],
)
async def test_nonsense_is_no_answer(
    queries: MeterQueries, meter_says: Callable[[Frame], None], answer: Frame
) -> None:
    meter_says(answer)

    with pytest.raises(DecodeError):
        await queries.read_profile(peer())


async def test_a_meter_of_unknown_scale_is_not_asked(
    queries: MeterQueries, scales: Scales, sender: RecordingSender
) -> None:
    scales.scale_known = None

    with pytest.raises(UnscaledError):
        await queries.read_profile(peer())
    assert sender.sent == []


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"channel": 256}, "channel"), ({"end_time": -1}, "end_time"), ({"periods": 0}, "periods")],
)
async def test_a_profile_that_no_meter_has_is_refused(
    queries: MeterQueries, wrong: dict[str, int], name: str
) -> None:
    with pytest.raises(ParameterError, match=name):
        await queries.read_profile(peer(), **wrong)


@pytest.mark.parametrize(("period", "minutes"), [(-1, 1), (256, 1), (5, 0), (5, 16)])
async def test_a_mode_beyond_the_limits_is_refused(
    queries: MeterQueries, period: int, minutes: int
) -> None:
    with pytest.raises(ParameterError):
        await queries.fast_poll(peer(), period, minutes)


async def test_a_silent_meter_is_not_waited_for_for_ever(
    queries: MeterQueries, clock: VirtualClock
) -> None:
    question = asyncio.ensure_future(queries.read_profile(peer()))

    await clock.advance(11)

    with pytest.raises(AnswerTimeoutError):
        await question
