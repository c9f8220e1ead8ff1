"""What scales a meter's values is read for certain, or not at all."""

import pytest
from zigpy.zcl.foundation import Status

from sebridge.base.errors import DecodeError, DeliveryError
from sebridge.features.metering.scale_reader import read_scale
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.radio.radio import Outgoing
from sebridge.zcl.frame import READ_ATTRIBUTES_RESPONSE, Frame
from sebridge.zcl.identifiers import SE_ENDPOINT
from tests.gateway.radio_side import RecordingSender, peer
from tests.gateway.reporting.remote import RemoteMeter

UNIT, MULTIPLIER = "0003 00 30 00", "0103 00 22 010000"
DIVISOR, NO_DIVISOR = "0203 00 22 e80300", "0203 86"
ALL = ("read", [0x0300, 0x0301, 0x0302, 0x0303, 0x0306])


def says(meter: RemoteMeter, *records: str) -> None:
    payload = bytes.fromhex("".join(records))
    meter.answers = Frame(READ_ATTRIBUTES_RESPONSE, 0, payload)


async def test_what_a_meter_has_is_read_in_one_frame(
    reader: RemoteReader, meter: RemoteMeter
) -> None:
    values = await read_scale(reader, peer(), SE_ENDPOINT)

    assert meter.story == [ALL]
    assert [value.attribute_id for value in values] == ALL[1]


async def test_what_a_meter_says_that_it_does_not_have_is_left_out(
    reader: RemoteReader, meter: RemoteMeter
) -> None:
    says(meter, UNIT, MULTIPLIER, NO_DIVISOR)

    values = await read_scale(reader, peer(), SE_ENDPOINT)

    assert [value.attribute_id for value in values] == [0x0300, 0x0301]


async def test_what_did_not_fit_into_the_answer_is_asked_for_alone(
    reader: RemoteReader, meter: RemoteMeter, sender: RecordingSender
) -> None:
    rounds = iter([(UNIT, MULTIPLIER), (DIVISOR,)])

    def hear(out: Outgoing) -> None:
        says(meter, *next(rounds))
        meter.hear(out)

    sender.answer = hear

    values = await read_scale(reader, peer(), SE_ENDPOINT)

    assert meter.story == [ALL, ("read", [0x0302])]
    assert [value.value for value in values] == [0, 1, 1000]


async def test_a_meter_that_keeps_silent_about_its_divisor_is_not_guessed_at(
    reader: RemoteReader, meter: RemoteMeter
) -> None:
    says(meter, UNIT, MULTIPLIER)

    with pytest.raises(DecodeError, match="0x0302"):
        await read_scale(reader, peer(), SE_ENDPOINT)


@pytest.mark.parametrize("status", [Status.FAILURE, Status.TIMEOUT, Status.HARDWARE_FAILURE])
async def test_a_divisor_that_cannot_be_read_now_is_not_missing(
    reader: RemoteReader, meter: RemoteMeter, status: Status
) -> None:
    says(meter, UNIT, MULTIPLIER, f"0203 {status:02x}")

    with pytest.raises(DeliveryError, match=status.name) as refused:
        await read_scale(reader, peer(), SE_ENDPOINT)

    assert refused.value.tx_status == status
