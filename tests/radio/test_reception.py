"""Sorting what the radio hears, and whose word about addresses counts."""

import pytest
import zigpy.types as t

from sebridge.base.addresses import UNKNOWN_NWK, Broadcast, Eui64
from sebridge.base.errors import DeliveryError
from sebridge.radio.address_resolver import LONGEST_SEARCH
from sebridge.radio.ether import AirFrame
from sebridge.radio.heard import Heard
from sebridge.radio.radio import Outgoing
from sebridge.radio.zigpy_words import to_zigpy
from tests.radio.simulated_air import LINK_KEY, METER, METERING, PRICE, SE, Air, Ears, eui64, report

LIAR = eui64(0x0E5E_B100_0000_6666)


async def say(air: Air, nwk: int, cluster_id: int, text: str, *, to: int = 0) -> None:
    """Put a ZDO frame of some device on the air."""
    frame = AirFrame(LIAR, nwk, to, 0, cluster_id, 0, 0, bytes.fromhex(text))
    if frame.broadcast:
        air.ether.broadcast(frame)
    else:
        await air.ether.send(frame)
    await air.clock.settle()


async def reached_at(air: Air, device: Eui64) -> int:
    """Send a device a frame, and return to which address it went."""
    with pytest.raises(DeliveryError):  # nobody is there
        await air.radio.send(report(device))
    return air.sniffed[-1].destination_nwk


def octets(device: Eui64) -> str:
    return bytes(device).hex()


async def test_an_announcement_moves_a_device_to_its_new_address(air: Air) -> None:
    air.radio.remember(METER, 0x1234)

    await say(air, 0x5678, 0x0013, f"01 7856 {octets(METER)} 8e", to=Broadcast.LISTENING)

    assert air.ears.arrivals == [(METER, 0x5678)]
    assert air.ears.last.source == METER


async def test_nobody_takes_the_address_of_the_gateway_itself(air: Air) -> None:
    own = air.application.get_device(nwk=0)

    await say(air, 0x6666, 0x0013, f"01 6666 {octets(air.gateway)} 8e", to=Broadcast.LISTENING)
    air.radio.remember(air.gateway, 0x6666)

    assert air.ears.arrivals == []
    assert air.application.get_device(nwk=0) is own
    assert own.nwk == 0
    assert not air.application.knows(air.gateway)


async def test_an_announcement_for_somebody_else_counts_for_nothing(air: Air) -> None:
    air.radio.remember(METER, 0x1234)
    air.radio.remember(LIAR, 0x6666)

    await say(air, 0x6666, 0x0013, f"01 7856 {octets(METER)} 8e", to=Broadcast.LISTENING)

    assert air.ears.arrivals == []
    assert await reached_at(air, METER) == 0x1234


async def test_an_address_that_nobody_asked_for_counts_for_nothing(air: Air) -> None:
    air.radio.remember(METER, 0x1234)
    air.radio.remember(LIAR, 0x6666)

    await say(air, 0x6666, 0x8000, f"01 00 {octets(METER)} 7856")

    assert await reached_at(air, METER) == 0x1234
    assert air.ears.last.cluster_id == 0x8000  # whoever asked may still want the answer


async def test_a_device_that_answers_about_itself_is_believed(air: Air) -> None:
    air.radio.remember(METER, 0x1234)

    await say(air, 0x5678, 0x8000, f"01 00 {octets(METER)} 7856")

    assert air.ears.arrivals == [(METER, 0x5678)]


async def test_a_zdo_question_is_served_and_not_passed_on(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    air.ears.frames.clear()

    await meter.send(Outgoing(air.gateway, 0, 0x0002, 0, 0, b"\x07\x00\x00"))
    await air.clock.settle()

    assert air.ears.frames == []
    assert ears.last.cluster_id == 0x8002


async def test_garbage_for_our_zdo_is_counted(air: Air) -> None:
    meter = air.station()
    await air.join(meter)

    await meter.send(Outgoing(air.gateway, 0, 0x0006, 0, 0, b"\x07\x00"))
    await air.clock.settle()

    assert air.radio.counters.malformed_zdo == 1


async def test_a_flood_of_questions_is_not_answered_without_end(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    nwk = meter.network.nwk
    application = air.application

    for number in range(100):
        application.packet_received(
            t.ZigbeePacket(
                src=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(nwk)),
                src_ep=t.uint8_t(0),
                dst=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0)),
                dst_ep=t.uint8_t(0),
                cluster_id=t.uint16_t(0x0002),
                data=t.SerializableBytes(bytes((number, 0, 0))),
            )
        )
    await air.clock.settle()

    assert air.radio.counters.unanswered_zdo == 36
    assert sum(frame.cluster_id == 0x8002 for frame in air.sniffed) == 64


async def test_an_answer_that_cannot_be_delivered_is_counted(air: Air) -> None:
    air.radio.remember(LIAR, 0x6666)

    await say(air, 0x6666, 0x0002, "07 0000")

    assert air.radio.counters.unanswered_zdo == 1


async def test_frames_of_addresses_that_are_none_of_the_network_are_ignored(air: Air) -> None:
    application = air.application

    application.packet_received(t.ZigbeePacket(src=None))
    application.packet_received(
        t.ZigbeePacket(src=t.AddrModeAddress(t.AddrMode.IEEE, to_zigpy(METER)))
    )

    assert air.radio.counters.received == 0


async def test_nothing_comes_through_after_the_stop(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    application = air.application
    await air.radio.stop()
    before = len(air.ears.frames)

    application.packet_received(
        t.ZigbeePacket(
            src=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(meter.network.nwk)),
            dst=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0)),
            dst_ep=t.uint8_t(0x5E),
            data=t.SerializableBytes(b"late"),
        )
    )

    assert len(air.ears.frames) == before


async def test_what_the_stack_answers_is_not_answered_again(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    application = air.application
    application.zdo_answered_by_stack = frozenset({0x0005})  # type: ignore[misc]

    await meter.send(Outgoing(air.gateway, 0, 0x0005, 0, 0, b"\x07\x00\x00"))
    await meter.send(Outgoing(air.gateway, 0, 0x0002, 0, 0, b"\x08\x00\x00"))
    await air.clock.settle()

    assert [frame.cluster_id for frame in ears.frames] == [0x8002]


async def test_a_device_seen_by_the_radio_itself_is_known_from_then_on(air: Air) -> None:
    for _ in range(2):
        air.application.taker.device_seen(METER, 0x1234)
    await air.ether.send(AirFrame(METER, 0x1234, 0, SE, METERING, 10, 0x5E, b"data"))

    assert air.ears.last.source == METER
    assert air.ears.arrivals == []  # the radio did not say that it joined


async def test_frames_held_back_come_before_those_that_follow(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await air.radio.forget(METER)
    await air.radio.set_link_key(METER, LINK_KEY)
    air.ears.frames.clear()

    for number in range(3):
        await meter.send(Outgoing(air.gateway, SE, METERING, 10, 0x5E, bytes((number,))))
    await air.clock.settle()

    assert [frame.data for frame in air.ears.zcl()] == [b"\x00", b"\x01", b"\x02"]


async def test_a_device_that_answers_only_later_is_reached_all_the_same(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    ears = Ears()
    await meter.stop()
    await meter.start(ears)

    await air.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 10, b"price"))

    assert ears.last.data == b"price"


# ------------------------------------------------------------------ by the EUI-64 alone


def nameless(number: int = 1) -> Heard:
    """Return a report of a sender whose network address the radio does not know."""
    return Heard(UNKNOWN_NWK, SE, METERING, 0x0A, 0x5E, bytes((0x18, number, 0x0A)))


async def test_frames_of_a_device_that_nobody_finds_are_dropped(air: Air) -> None:
    air.application.taker.take_from(LIAR, nameless())
    await air.clock.advance(LONGEST_SEARCH)

    assert air.radio.counters.dropped_unknown == 1
    assert air.ears.frames == []


async def test_not_many_frames_wait_for_a_network_address(air: Air) -> None:
    for number in range(70):
        air.application.taker.take_from(LIAR, nameless(number))
    at_once = air.radio.counters.dropped_unknown
    await air.clock.advance(LONGEST_SEARCH)
    air.application.taker.take_from(LIAR, nameless())  # there is room again
    await air.clock.settle()

    assert at_once == 6
    assert air.radio.counters.dropped_unknown == 70


async def test_frames_by_the_long_address_go_nowhere_without_a_listener(air: Air) -> None:
    taker = air.application.taker
    await air.radio.stop()

    taker.take_from(LIAR, nameless())

    assert air.radio.counters.dropped_unknown == 1
