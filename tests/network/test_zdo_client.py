"""Asking the ZigBee device object of a device."""

import asyncio

import pytest

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, DecodeError, DeliveryError
from sebridge.network.zdo_client import ZdoClient
from sebridge.radio.radio import Outgoing
from sebridge.zcl.zdo import ZdoCommand
from tests.network.air import Air, Station, endpoint

NODE_REQUEST = ZdoCommand.Node_Desc_req


def client_on(air: Air, clock: VirtualClock) -> ZdoClient:
    client = ZdoClient(air, clock, lambda: 40.0)
    air.deliver = client.received
    return client


async def test_an_answer_comes_back_to_who_asked(clock: VirtualClock) -> None:
    meter = Station(1)
    air = Air(meter)

    fields = await client_on(air, clock).ask(meter.eui64, NODE_REQUEST, meter.nwk)

    assert fields["Status"] == 0
    assert fields["NodeDescriptor"].manufacturer_code == 0x101E
    sequence = air.sent[0].data[:1]
    assert air.sent == [
        Outgoing(meter.eui64, 0, 0x0002, 0, 0, sequence + meter.nwk.to_bytes(2, "little"))
    ]


async def test_questions_at_the_same_time_get_their_own_answers(clock: VirtualClock) -> None:
    stations = [Station(number) for number in range(1, 21)]
    client = client_on(Air(*stations), clock)

    answers = await asyncio.gather(
        *(client.ask(s.eui64, ZdoCommand.Active_EP_req, s.nwk) for s in stations)
    )

    assert [a["NWKAddrOfInterest"] for a in answers] == [s.nwk for s in stations]


async def test_silence_ends_after_the_time_limit(clock: VirtualClock) -> None:
    meter = Station(1, silent={NODE_REQUEST})
    client = client_on(Air(meter), clock)

    asking = asyncio.ensure_future(client.ask(meter.eui64, NODE_REQUEST, meter.nwk))
    await clock.advance(39)
    assert not asking.done()
    await clock.advance(1)

    with pytest.raises(AnswerTimeoutError, match="did not answer Node_Desc_req"):
        await asking


async def test_an_unreachable_device_is_a_delivery_error(clock: VirtualClock) -> None:
    with pytest.raises(DeliveryError):
        await client_on(Air(), clock).ask(Station(1).eui64, NODE_REQUEST, 1)


async def test_an_answer_that_cannot_be_read_is_a_decode_error(clock: VirtualClock) -> None:
    meter = Station(1, answers={ZdoCommand.Active_EP_req: b"\x00\x01\x10\x09\x01"})

    with pytest.raises(DecodeError, match="ActiveEPList"):
        await client_on(Air(meter), clock).ask(meter.eui64, ZdoCommand.Active_EP_req, meter.nwk)


async def test_answers_that_nobody_waits_for_are_nobodys(clock: VirtualClock) -> None:
    meter, other = Station(1, silent={NODE_REQUEST}), Station(2)
    air = Air(meter)
    client = client_on(air, clock)
    asking = asyncio.ensure_future(client.ask(meter.eui64, NODE_REQUEST, meter.nwk))
    await clock.settle()
    sequence = air.sent[0].data[:1]
    wrong_sequence = bytes((sequence[0] ^ 1,))

    assert not client.received(other.zdo(ZdoCommand.Node_Desc_rsp, sequence + b"\x84"))
    assert not client.received(meter.zdo(ZdoCommand.Power_Desc_rsp, sequence + b"\x84"))
    assert not client.received(meter.zdo(ZdoCommand.Node_Desc_rsp, wrong_sequence + b"\x84"))
    assert not client.received(meter.zdo(ZdoCommand.Node_Desc_rsp, b""))
    assert client.received(meter.zdo(ZdoCommand.Node_Desc_rsp, sequence + b"\x84"))
    assert not client.received(meter.zdo(ZdoCommand.Node_Desc_rsp, sequence + b"\x00"))

    assert (await asking)["Status"] == 0x84


async def test_a_broadcast_match_collects_who_answers_in_time(clock: VirtualClock) -> None:
    matching = [Station(number, [endpoint(1, [0x0800])]) for number in (1, 2)]
    late = Station(3, [endpoint(1, [0x0800])], silent={ZdoCommand.Match_Desc_req})
    air = Air(*matching, Station(4, [endpoint(1, [0x0702])]), late)
    client = client_on(air, clock)
    heard: list[tuple[Eui64, int]] = []

    asking = asyncio.ensure_future(
        client.match(0x0109, [0x0800], lambda device, nwk: heard.append((device, nwk)))
    )
    await clock.advance(39)
    assert not asking.done()
    await clock.advance(1)
    await asking

    assert heard == [(station.eui64, station.nwk) for station in matching]
    assert air.sent[0].destination is Broadcast.LISTENING
    assert air.sent[0].data[1:] == bytes.fromhex("fdff 0901 01 0008 00")
    assert not client.received(
        late.zdo(ZdoCommand.Match_Desc_rsp, air.sent[0].data[:1] + b"\x00\x03\x10\x01\x01")
    )


async def test_a_broadcast_that_cannot_be_sent_is_the_callers_to_handle(
    clock: VirtualClock,
) -> None:
    air = Air()
    air.failure = DeliveryError("no network")

    with pytest.raises(DeliveryError):
        await client_on(air, clock).match(0x0109, [0x0800], lambda _device, _nwk: None)


async def test_sequence_numbers_go_round(clock: VirtualClock) -> None:
    meter = Station(1)
    air = Air(meter)
    client = client_on(air, clock)

    for _ in range(300):
        await client.ask(meter.eui64, ZdoCommand.Active_EP_req, meter.nwk)

    numbers = [frame.data[0] for frame in air.sent]
    assert numbers[:256] == [*range(1, 256), 0]
    assert numbers[256] == 1
