"""Configurations at a device: set, refused, read."""

import pytest

from sebridge.base.errors import DecodeError, DeviceRefusedError
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.remote_reporting import RemoteReporting
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import METERING
from sebridge.zcl.reporting import ReadConfiguration, write_configurations
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, peer
from tests.gateway.reporting.bookkeeping import WANTED
from tests.gateway.reporting.remote import RemoteMeter

PAIRING = Pairing(peer(), 0x5E, METERING, server=False, manufacturer_code=0x101E)


@pytest.fixture
def reporting(exchange: Exchange) -> RemoteReporting:
    return RemoteReporting(exchange)


async def test_reports_are_asked_for_and_refusals_returned(
    reporting: RemoteReporting, meter: RemoteMeter, sender: RecordingSender
) -> None:
    meter.refusals = bytes.fromhex("86 00 0100")

    refused = await reporting.configure(PAIRING, WANTED)

    assert refused == {0x0001: Status.UNSUPPORTED_ATTRIBUTE}
    assert meter.story == [("report", [0x0000, 0x0001, 0x0400, 0x0200])]
    assert sender.frames[0].manufacturer_code == 0x101E
    assert not sender.frames[0].from_server


async def test_configurations_are_read_with_their_status(
    reporting: RemoteReporting, meter: RemoteMeter, sender: RecordingSender
) -> None:
    answers = [
        ReadConfiguration(Status.SUCCESS, 0, 0x0000, WANTED[0]),
        ReadConfiguration(Status.NOT_FOUND, 0, 0x0400),
    ]
    payload = write_configurations(answers)
    meter.answers = Frame(zcl.READ_REPORTING_CONFIGURATION_RESPONSE, 0, payload)

    found = await reporting.read(PAIRING, 0, [0x0000, 0x0400])

    assert found == answers
    assert sender.frames[0].payload == bytes.fromhex("00 0000 00 0004")


async def test_a_device_without_reporting_refuses(
    reporting: RemoteReporting, meter: RemoteMeter
) -> None:
    meter.answers = Frame(zcl.DEFAULT_RESPONSE, 0, b"\x06\x82")

    with pytest.raises(DeviceRefusedError) as caught:
        await reporting.configure(PAIRING, WANTED)

    assert caught.value.tx_status == 0x82


async def test_the_answer_to_another_question_is_none(
    reporting: RemoteReporting, meter: RemoteMeter
) -> None:
    meter.answers = Frame(zcl.READ_ATTRIBUTES_RESPONSE, 0, b"")

    with pytest.raises(DecodeError):
        await reporting.read(PAIRING, 0, [0])
