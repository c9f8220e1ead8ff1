"""Saying a frame once more: on the simulated air, and nowhere else."""

import pytest

from sebridge.base.errors import NotJoinedError, RefusedError
from sebridge.radio.frame_recorder import RecordedFrame
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.radio.replaying import replay
from tests.radio.simulated_air import METER, Air, report


async def recorded(air: Air) -> RecordedFrame:
    """Let a meter join and report; return the frame of that."""
    meter = air.station()
    await air.join(meter)
    air.radio.recorder.record(None)
    await meter.send(report(air.gateway, encrypted=True))
    await air.clock.advance(3)
    (frame,) = air.radio.recorder.since(0)
    return frame


async def test_its_sender_says_it_under_its_link_key(air: Air) -> None:
    frame = await recorded(air)

    await replay(frame, air.radio, air.ether)
    await air.clock.settle()

    assert [(one.source, one.data, one.encrypted) for one in air.ears.zcl()] == 2 * [
        (METER, frame.data, True)
    ]


async def test_on_a_real_air_nothing_is_said_again(air: Air) -> None:
    frame = await recorded(air)

    with pytest.raises(RefusedError, match="simulated air only"):
        await replay(frame, air.radio, None)


async def test_whose_frame_it_was_must_be_known(air: Air) -> None:
    air.radio.recorder.record(None)
    air.radio.recorder.heard(None, 0x1234, Incoming(METER, 0x1234, 0, 0x0013, 0, 0, b"\x01"))
    (frame,) = air.radio.recorder.since(0)

    with pytest.raises(NotJoinedError, match="1234 is no simulated device"):
        await replay(frame, air.radio, air.ether)


async def test_whom_a_frame_was_for_must_be_known(air: Air) -> None:
    air.radio.recorder.record(None)
    asked = Outgoing(METER, 0, 0x0001, 0, 0, b"\x01\x34\x12\x00\x00")
    air.radio.recorder.sent(None, 0x1234, asked, broadcast=False)
    (frame,) = air.radio.recorder.since(0)

    with pytest.raises(RefusedError, match="1234"):
        await replay(frame, air.radio, air.ether)
