"""Read remote attributes."""

import asyncio

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, DecodeError, DeviceRefusedError
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import METERING, SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, peer
from tests.gateway.reporting.remote import RemoteMeter


async def test_attributes_are_read_each_with_its_status(
    reader: RemoteReader, meter: RemoteMeter
) -> None:
    found = await reader.read(peer(), METERING, SE_ENDPOINT, [0x0000, 0x0001])

    assert [(a, status) for a, status, _ in found] == [
        (0x0000, Status.SUCCESS),
        (0x0001, Status.UNSUPPORTED_ATTRIBUTE),
    ]
    assert found[0][2] is not None
    assert found[0][2].value == 12_000


async def test_either_side_of_a_cluster_can_be_asked_also_for_a_manufacturers_attribute(
    reader: RemoteReader, meter: RemoteMeter, sender: RecordingSender
) -> None:
    await reader.read(peer(), METERING, SE_ENDPOINT, [0], to_server=False, manufacturer_code=0x101E)

    assert sender.frames[0].from_server
    assert sender.frames[0].manufacturer_code == 0x101E


@pytest.mark.parametrize("status", [0x01, 0x81, 0xEE])
async def test_a_default_response_is_a_refusal_with_its_status(
    reader: RemoteReader, meter: RemoteMeter, status: int
) -> None:
    meter.answers = Frame(zcl.DEFAULT_RESPONSE, 0, bytes((0, status)))

    with pytest.raises(DeviceRefusedError, match=f"0x{status:02X}") as caught:
        await reader.read(peer(), METERING, SE_ENDPOINT, [0])

    assert caught.value.tx_status == status


@pytest.mark.parametrize(
    "strange",
    [
        Frame(zcl.WRITE_ATTRIBUTES_RESPONSE, 0, b"\0"),
        Frame(zcl.READ_ATTRIBUTES_RESPONSE, 0, b"", cluster_specific=True),
        Frame(zcl.DEFAULT_RESPONSE, 0, b"\0", cluster_specific=True),
        Frame(zcl.READ_ATTRIBUTES_RESPONSE, 0, b"\0"),
        Frame(zcl.DEFAULT_RESPONSE, 0, b"\0"),
    ],
)
async def test_what_is_no_answer_is_a_decode_error(
    reader: RemoteReader, meter: RemoteMeter, strange: Frame
) -> None:
    meter.answers = strange

    with pytest.raises(DecodeError):
        await reader.read(peer(), METERING, SE_ENDPOINT, [0])


async def test_silence_is_a_timeout(
    reader: RemoteReader, meter: RemoteMeter, clock: VirtualClock
) -> None:
    meter.silent = True

    asking = asyncio.ensure_future(reader.read(peer(), METERING, SE_ENDPOINT, [0]))
    await clock.advance(10)

    with pytest.raises(AnswerTimeoutError):
        await asking
