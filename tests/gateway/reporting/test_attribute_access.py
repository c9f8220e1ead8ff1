"""Attributes near and far: read, written, found."""

from typing import Any

import pytest

from sebridge.app.clusters import CLUSTERS
from sebridge.base.errors import DecodeError, DeviceRefusedError
from sebridge.features.basic.cluster import BasicServer
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.pairing import OURSELVES, Pairing
from sebridge.gateway.reporting.attribute_access import AttributeAccess
from sebridge.network.peer import Peer
from sebridge.zcl import frame as zcl
from sebridge.zcl.attributes import AttributeValue, write_value
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import write_discover_response
from sebridge.zcl.identifiers import BASIC, METERING, SE_PROFILE
from sebridge.zcl.status import Status
from tests.gateway.radio_side import RecordingSender, peer
from tests.gateway.reporting.remote import RemoteMeter

OURS = Endpoint(0x5E, SE_PROFILE, 0x0500, (BasicServer("maker", "model"),))
NEAR = Pairing(Peer(OURSELVES, 0x5E, SE_PROFILE), 0x5E, BASIC, server=False)
FAR = Pairing(peer(), 0x5E, METERING, server=False)
LOCATION = 0x0010


@pytest.fixture
def access(exchange: Exchange) -> AttributeAccess:
    return AttributeAccess(lambda: {0x5E: OURS}, exchange, clusters=CLUSTERS)


def value(attribute_id: int, kind: int, plain: Any) -> AttributeValue:
    return AttributeValue(attribute_id, kind, plain, write_value(kind, plain))


async def test_our_own_attribute_without_a_value_is_none_to_who_reads_it_and_known_to_us(
    exchange: Exchange,
) -> None:
    basic = BasicServer("maker", "model")
    basic.attributes.show([LocalAttribute(LOCATION, 0xE2, 0xFFFFFFFF)])
    ours = Endpoint(0x5E, SE_PROFILE, 0x0500, (basic,))
    access = AttributeAccess(lambda: {0x5E: ours}, exchange, clusters=CLUSTERS)

    ((_, _, read),) = await access.read(NEAR, [LOCATION])

    assert read == AttributeValue(LOCATION, 0xE2, None, b"\xff\xff\xff\xff")
    assert basic.attributes.read(LOCATION).value == 0xFFFFFFFF


@pytest.fixture
def writable(meter: RemoteMeter) -> LocalAttributes:
    """Return attributes of the meter that may be written."""
    meter.attributes[METERING] = LocalAttributes(
        [LocalAttribute(n, 0x20, 0, writable=True, highest=100) for n in range(50)]
    )
    return meter.attributes[METERING]


async def test_our_own_attributes_are_read_without_the_air(
    access: AttributeAccess, sender: RecordingSender
) -> None:
    found = await access.read(NEAR, [4, 0x4444])

    assert [(i, status, v and v.value) for i, status, v in found] == [
        (4, Status.SUCCESS, "maker"),
        (0x4444, Status.UNSUPPORTED_ATTRIBUTE, None),
    ]
    assert not sender.sent


async def test_we_have_no_attributes_of_a_manufacturer(access: AttributeAccess) -> None:
    theirs = Pairing(NEAR.peer, 0x5E, BASIC, server=False, manufacturer_code=0x101E)

    assert [status for _, status, _ in await access.read(theirs, [4])] == [0x86]
    assert await access.discover(theirs) == []
    assert await access.types(theirs, [4]) == {}


async def test_near_and_far_are_written_alike(
    access: AttributeAccess, meter: RemoteMeter, writable: LocalAttributes
) -> None:
    near = await access.write(
        NEAR, [value(LOCATION, 0x42, "cellar"), value(4, 0x42, "x")], undivided=False
    )
    far = await access.write(FAR, [value(1, 0x20, 7), value(2, 0x20, 200)], undivided=False)

    assert near == [Status.SUCCESS, Status.READ_ONLY]
    assert far == [Status.SUCCESS, Status.INVALID_VALUE]
    assert [writable.read(n).value for n in (1, 2)] == [7, 0]
    assert OURS.clusters[0].attributes.read(LOCATION).value == "cellar"


async def test_undivided_all_are_written_or_none(
    access: AttributeAccess, sender: RecordingSender, meter: RemoteMeter, writable: LocalAttributes
) -> None:
    held_back = await access.write(FAR, [value(1, 0x20, 7), value(2, 0x20, 200)], undivided=True)
    written = await access.write(FAR, [value(1, 0x20, 7), value(2, 0x20, 8)], undivided=True)

    assert held_back == [Status.FAILURE, Status.INVALID_VALUE]
    assert written == [0, 0]
    assert [frame.command_id for frame in sender.frames] == [0x03, 0x03]
    assert await access.write(NEAR, [value(4, 0x42, "x")], undivided=True) == [Status.READ_ONLY]


async def test_nothing_to_write_is_not_sent(
    access: AttributeAccess, sender: RecordingSender
) -> None:
    assert await access.write(FAR, [], undivided=False) == []
    assert not sender.sent


async def test_a_device_is_asked_until_it_has_told_all(
    access: AttributeAccess, meter: RemoteMeter, writable: LocalAttributes
) -> None:
    found = await access.discover(FAR)

    assert found == writable.types()
    assert meter.story == [("command 0x0C", [])] * 3


async def test_a_device_that_tells_the_same_again_is_not_believed(
    access: AttributeAccess, meter: RemoteMeter
) -> None:
    again = write_discover_response([(0, 0x20)], complete=False)
    meter.answers = Frame(zcl.DISCOVER_ATTRIBUTES_RESPONSE, 0, again)

    with pytest.raises(DecodeError):
        await access.discover(FAR)


async def test_a_type_is_that_of_a_read_else_that_of_the_cluster(
    access: AttributeAccess, meter: RemoteMeter
) -> None:
    assert await access.types(NEAR, [4, 5, 0x4444]) == {4: 0x42, 5: 0x42}
    assert await access.types(FAR, [0x0300, 0x0001, 0x7777]) == {0x0300: 0x30, 0x0001: 0x25}
    assert await access.types(FAR, []) == {}

    meter.answers = Frame(zcl.DEFAULT_RESPONSE, 0, b"\x00\x82")

    assert await access.types(FAR, [0x0300]) == {0x0300: 0x30}


async def test_a_refusal_is_raised(access: AttributeAccess, meter: RemoteMeter) -> None:
    meter.answers = Frame(zcl.DEFAULT_RESPONSE, 0, b"\x02\x82")

    with pytest.raises(DeviceRefusedError):
        await access.write(FAR, [value(1, 0x20, 7)], undivided=False)
