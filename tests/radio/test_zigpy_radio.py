"""The gateway's radio on the simulated air, from end to end through a real zigpy application."""

import asyncio
from collections.abc import Callable
import logging

import pytest
import zigpy.types as t
from zigpy.zdo.types import ZDOCmd

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import DeliveryError, NotJoinedError, ParameterError, RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.ether import AirFrame, Ether
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.factory import make_radio
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import Association, Incoming, NetworkPlan, Outgoing, TxStatus
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.radio.transmitter import zdo_frame
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl.zdo import ZdoCommand, encode
from tests.radio.simulated_air import (
    HA,
    HA_ENDPOINT,
    LINK_KEY,
    METER,
    METER_ENDPOINT,
    METERING,
    PRICE,
    SE,
    SE_ENDPOINT,
    Air,
    Ears,
    eui64,
    report,
)


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_report_of_the_smart_energy_profile_arrives(air: Air, *, encrypted: bool) -> None:
    meter = air.station()
    await air.join(meter)

    await meter.send(report(air.gateway, encrypted=encrypted))

    frame = air.ears.last
    assert frame.lqi is not None
    assert frame.rssi is not None
    assert frame == Incoming(
        METER,
        meter.network.nwk,
        SE,
        METERING,
        0x0A,
        0x5E,
        report(Broadcast.LISTENING).data,
        encrypted,
        broadcast=False,
        lqi=frame.lqi,
        rssi=frame.rssi,
    )


@pytest.mark.parametrize("encrypted", [True, False])
async def test_a_price_reaches_the_meter(air: Air, *, encrypted: bool) -> None:
    meter = air.station()
    ears = await air.join(meter)

    await air.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"\x09\x01\x00price", encrypted))

    frame = ears.last
    assert (frame.source, frame.source_nwk) == (air.gateway, 0)
    assert (frame.profile_id, frame.cluster_id) == (SE, PRICE)
    assert (frame.source_endpoint, frame.destination_endpoint) == (0x5E, 0x0A)
    assert frame.data == b"\x09\x01\x00price"
    assert frame.encrypted is encrypted
    assert not frame.broadcast
    assert air.radio.counters.sent == 1


async def test_broadcasts_are_marked_as_such_both_ways(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)

    await meter.send(report(Broadcast.LISTENING))
    await air.radio.send(Outgoing(Broadcast.LISTENING, SE, PRICE, 0x5E, 0xFF, b"\x09\x01\x00price"))
    await air.clock.settle()

    assert air.ears.last.broadcast
    assert ears.last.broadcast
    assert ears.last.destination_endpoint == 0xFF


async def test_nothing_is_answered_that_the_listener_does_not_answer(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    air.sniffed.clear()
    asks_default_response = b"\x01\x07\x00"

    for profile in (HA, SE):
        for cluster in (0x0000, 0x0006, 0x0019, 0x0020, METERING, PRICE, 0x0800):
            for endpoint in (0x01, 0x02, 0x5E, 0xF2):
                await meter.send(
                    Outgoing(air.gateway, profile, cluster, 0x0A, endpoint, asks_default_response)
                )
    await air.clock.advance(60)

    assert len(air.ears.zcl()) == 56
    assert {frame.source for frame in air.sniffed} == {METER}


async def test_a_joining_device_is_not_interviewed(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    air.sniffed.clear()

    await air.clock.advance(hours=24)

    assert air.sniffed == []
    assert set(air.ears.arrivals) == {(METER, meter.network.nwk)}


async def test_the_price_server_is_found_by_broadcast(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    air.sniffed.clear()

    question = bytes.fromhex("07fdff090101000700")
    await meter.send(Outgoing(Broadcast.LISTENING, 0, 0x0006, 0, 0, question))
    await air.clock.settle()

    assert ears.last.cluster_id == 0x8006
    assert ears.last.data.hex() == "07000000015e"
    assert [frame.cluster_id for frame in air.sniffed] == [0x0006, 0x8006]


async def test_all_our_endpoints_are_told_and_none_of_zigpys(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)

    await meter.send(Outgoing(air.gateway, 0, 0x0005, 0, 0, b"\x07\x00\x00"))
    await air.clock.settle()

    assert ears.last.data.hex() == "07000000025e01"


async def test_bindings_are_kept_in_the_table_that_was_handed_in(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    ours, theirs = bytes(air.gateway).hex(), bytes(METER).hex()

    frame = bytes.fromhex(f"07 {ours} 5e 0207 03 {theirs} 0a")
    await meter.send(Outgoing(air.gateway, 0, 0x0021, 0, 0, frame))
    await air.clock.settle()

    assert ears.last.data.hex() == "0700"
    assert len(air.bindings) == 1


# ------------------------------------------------------------------ addresses


async def test_a_frame_of_an_unknown_sender_is_delivered_when_its_address_is_found(
    air: Air,
) -> None:
    meter = air.station()
    await air.join(meter)
    await air.radio.forget(METER)
    await air.radio.set_link_key(METER, LINK_KEY)
    air.ears.frames.clear()

    await meter.send(report(air.gateway, encrypted=True))
    assert air.ears.zcl() == []
    await air.clock.settle()

    assert [frame.encrypted for frame in air.ears.zcl()] == [True]
    assert air.ears.zcl()[0].source == METER
    assert air.radio.counters.held == 1
    assert air.radio.counters.dropped_unknown == 0


async def test_frames_of_a_sender_who_stays_unknown_are_dropped_and_counted(air: Air) -> None:
    for number in range(12):
        ghost = AirFrame(METER, 0x4242, 0, SE, METERING, 0x0A, 0x5E, bytes((0x18, number, 0x0A)))
        await air.ether.send(ghost)

    await air.clock.advance(5)

    assert air.ears.frames == []
    assert air.radio.counters.held == 8
    assert air.radio.counters.dropped_unknown == 12


async def test_a_device_is_looked_for_when_its_address_is_unknown(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    await air.radio.forget(METER)
    air.sniffed.clear()

    await air.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price"))

    assert ears.last.data == b"price"
    assert [frame.cluster_id for frame in air.sniffed] == [0x0000, 0x8000, PRICE]


async def test_a_device_that_nobody_knows_is_not_reached(air: Air) -> None:
    sending = asyncio.ensure_future(air.radio.send(report(eui64(0x99))))

    await air.clock.advance(5)
    with pytest.raises(DeliveryError, match="no network address") as refusal:
        await sending

    assert refusal.value.tx_status == TxStatus.NO_SHORT_ADDRESS


async def test_a_remembered_device_is_reached_after_a_restart(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    nwk = meter.network.nwk
    await air.radio.stop()
    air.radio = air.new_radio()
    air.radio.remember(METER, nwk)

    await air.radio.start(air.ears)
    await air.radio.set_link_key(METER, LINK_KEY)
    await air.radio.send(Outgoing(METER, SE, PRICE, 0x5E, 0x0A, b"price", encrypted=True))

    assert ears.last.data == b"price"


async def test_a_house_survives_the_restart_of_the_whole_process() -> None:
    before, after = Air(), Air()
    await before.radio.start(before.ears)
    await before.join(before.station())
    nwk = before.stations[0].network.nwk
    await before.stop()

    await after.radio.start(after.ears)
    after.radio.remember(METER, nwk)
    await after.radio.set_link_key(METER, LINK_KEY)
    await after.station().start(Ears())

    assert after.stations[0].network.nwk == nwk
    assert after.radio.network.pan_id == 0x5EB1
    await after.stop()


# ------------------------------------------------------------------ what goes wrong


async def test_a_device_that_is_off_is_not_reached(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await meter.stop()

    with pytest.raises(DeliveryError) as refusal:
        await air.radio.send(report(METER))

    assert refusal.value.tx_status == TxStatus.NO_ACK
    assert air.radio.counters.undelivered == 1


async def test_without_a_link_key_nothing_is_sent_encrypted(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    nwk = meter.network.nwk
    await air.radio.forget(METER)
    air.radio.remember(METER, nwk)

    with pytest.raises(DeliveryError) as refusal:
        await air.radio.send(report(METER, encrypted=True))

    assert refusal.value.tx_status == TxStatus.SECURITY_FAIL


async def test_with_another_link_key_nothing_encrypted_arrives(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await air.radio.set_link_key(METER, Secret(b"another key 1234"))

    with pytest.raises(DeliveryError):
        await air.radio.send(report(METER, encrypted=True))
    with pytest.raises(DeliveryError):
        await meter.send(report(air.gateway, encrypted=True))

    assert air.ether.counters.undecipherable == 2
    assert air.ears.zcl() == []


async def test_a_frame_that_arrives_twice_is_heard_once(
    bad_air: Callable[[AirOptions], Air],
) -> None:
    air = bad_air(AirOptions(duplicates=1.0, delay=0))
    await air.radio.start(air.ears)
    meter = air.station()
    await air.join(meter)

    await meter.send(report(air.gateway))
    await air.clock.settle()

    assert len(air.ears.zcl()) == 1
    assert air.radio.counters.duplicates >= 1


async def test_the_same_frame_after_two_seconds_is_another(air: Air) -> None:
    meter = air.station()
    await air.join(meter)

    for _ in range(3):
        await meter.send(report(air.gateway))
        await air.clock.advance(1)

    assert len(air.ears.zcl()) == 2
    assert air.radio.counters.duplicates == 1


async def test_a_copy_in_the_clear_does_not_push_out_the_encrypted_frame(air: Air) -> None:
    meter = air.station()
    await air.join(meter)

    await meter.send(report(air.gateway, encrypted=False))
    await meter.send(report(air.gateway, encrypted=True))

    assert [frame.encrypted for frame in air.ears.zcl()] == [False, True]


async def test_a_radio_that_is_not_started_says_so() -> None:
    clock = VirtualClock()
    radio = make_radio(RadioOptions(), [SE_ENDPOINT], {}, clock, NetworkGuard({}), Ether(clock))

    with pytest.raises(DeliveryError) as refusal:
        await radio.send(report(METER))
    with pytest.raises(NotJoinedError):
        await radio.permit_joining(60)
    with pytest.raises(NotJoinedError):
        await radio.set_link_key(METER, LINK_KEY)
    await radio.forget(METER)
    await radio.stop()

    assert refusal.value.tx_status == TxStatus.NOT_JOINED
    assert not radio.network.joined


@pytest.mark.parametrize("seconds", [-1, 255])
async def test_the_network_is_never_opened_for_ever(air: Air, seconds: int) -> None:
    with pytest.raises(ParameterError, match=r"is not in 0\.\.254"):
        await air.radio.permit_joining(seconds)


async def test_a_link_key_has_16_octets(air: Air) -> None:
    with pytest.raises(ParameterError, match="16 octets"):
        await air.radio.set_link_key(METER, Secret(b"short"))


async def test_a_broken_connection_is_told_once_and_nothing_is_sent_any_more(air: Air) -> None:
    application = air.application

    application.connection_lost(ConnectionError("unplugged"))
    application.connection_lost(None)

    assert [str(reason) for reason in air.ears.reasons] == ["unplugged"]
    assert not air.radio.network.joined
    with pytest.raises(DeliveryError):
        await air.radio.send(report(METER))


@pytest.mark.parametrize("error", [None, OSError(), ConnectionError("")])
async def test_a_connection_that_breaks_without_a_word_has_a_reason_too(
    air: Air, error: Exception | None
) -> None:
    air.application.connection_lost(error)

    assert [str(reason) for reason in air.ears.reasons] == ["the radio closed the connection"]


async def test_no_key_is_logged_even_when_everything_is(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    air = Air()

    await air.radio.start(air.ears)
    await air.join(air.station())
    await air.stop()

    assert "KeyData" not in caplog.text
    assert "Key(key=" not in caplog.text
    assert "00:01:02:03" not in caplog.text


async def test_a_radio_can_be_started_again(air: Air) -> None:
    await air.radio.stop()

    await air.radio.start(air.ears)

    assert air.radio.network.joined


async def test_a_device_that_leaves_is_forgotten(air: Air) -> None:
    meter = air.station()
    await air.join(meter)

    await meter.leave()

    assert air.ears.departures == [METER]


async def test_a_radio_that_does_not_take_a_wish_says_so(air: Air) -> None:
    air.ether.network = None  # as if the stick had lost its memory

    with pytest.raises(DeliveryError, match="did not take the link key"):
        await air.radio.set_link_key(METER, LINK_KEY)


async def test_a_network_that_cannot_be_opened_says_so(air: Air) -> None:
    application = air.application

    async def refuse(time_s: int = 60) -> None:
        raise TimeoutError(f"no answer to {time_s}")

    application.permit_ncp = refuse  # type: ignore[method-assign]

    with pytest.raises(DeliveryError, match="joining could not be opened or closed"):
        await air.radio.permit_joining(60)


async def test_a_key_that_the_radio_keeps_does_not_stop_the_forgetting(
    air: Air, caplog: pytest.LogCaptureFixture
) -> None:
    air.radio.remember(METER, 0x1234)
    application = air.application

    async def refuse(device: Eui64) -> None:
        raise TimeoutError(f"no answer about {device}")

    application.unregister_link_key = refuse  # type: ignore[method-assign]

    await air.radio.forget(METER)

    assert not application.knows(METER)
    assert "the radio keeps the link key" in caplog.text


async def test_who_is_the_trust_centre_asks_nobody_for_a_key_sec_6(air: Air) -> None:
    with pytest.raises(RefusedError, match="asks for no key"):
        await air.radio.request_partner_key(METER)

    assert not air.radio.is_established(METER)


async def test_an_established_key_has_16_octets_and_one_not_taken_does_not_show(air: Air) -> None:
    application = air.application

    async def refuse(_device: Eui64, key: t.KeyData, _counters: object) -> None:
        raise TimeoutError(f"{key}")

    application.establish_link_key = refuse  # type: ignore[method-assign, assignment]  # a radio may

    with pytest.raises(ParameterError, match="16 octets"):
        await air.radio.establish_link_key(METER, Secret(b"short"), FrameCounters())
    with pytest.raises(DeliveryError, match="new link key") as refusal:
        await air.radio.establish_link_key(METER, LINK_KEY, FrameCounters())

    assert str(t.KeyData(LINK_KEY.reveal())) not in str(refusal.value)


async def active_endpoints(air: Air, meter: SimulatedRadio, ears: Ears) -> list[int]:
    """Return the endpoints of the gateway that a meter is told of."""
    number = bytes((len(ears.frames),))  # a second question under the same one is a repetition
    question = number + b"\x00\x00"
    await meter.send(Outgoing(air.gateway, 0, ZDOCmd.Active_EP_req, 0, 0, question))
    await air.clock.settle()
    return list(ears.last.data[5:])


async def test_endpoints_that_come_and_go_are_told_of(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    told = [await active_endpoints(air, meter, ears)]

    air.radio.offer([SE_ENDPOINT, HA_ENDPOINT, METER_ENDPOINT])
    told.append(await active_endpoints(air, meter, ears))
    air.radio.offer([SE_ENDPOINT])
    told.append(await active_endpoints(air, meter, ears))

    assert told == [[0x5E, 0x01], [0x5E, 0x01, 0x0A], [0x5E]]


async def test_endpoints_that_were_offered_before_the_start_are_there_after_it(air: Air) -> None:
    air.radio.offer([SE_ENDPOINT, METER_ENDPOINT])
    await air.radio.start(air.ears)
    meter = air.station()
    ears = await air.join(meter)

    told = await active_endpoints(air, meter, ears)

    assert told == [0x5E, 0x0A]


# ------------------------------------------------------------------ another network


async def test_a_coordinator_dissolves_its_network_and_forms_the_planned_one(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    plan = NetworkPlan(extended_pan_id=0x1234, channel_mask=0x0002, link_key=LINK_KEY)

    air.radio.plan(plan)
    await air.radio.leave()
    await air.radio.start(air.ears)

    network = air.radio.network
    assert (network.joined, network.channel) == (True, 12)
    assert network.extended_pan_id == 0x1234
    with pytest.raises(DeliveryError):
        await meter.send(report(air.gateway))
    with pytest.raises(NotJoinedError) as raised:
        await meter.start(Ears())
    assert raised.value.association == Association.NOT_ALLOWED


async def test_devices_without_a_key_of_their_own_join_with_the_planned_one(air: Air) -> None:
    air.radio.plan(NetworkPlan(link_key=LINK_KEY))
    await air.radio.leave()
    await air.radio.start(air.ears)
    await air.radio.permit_joining(60)
    plug, stranger = air.station(), air.station(eui64(0x99), key=WELL_KNOWN_KEY)

    await plug.start(Ears())
    with pytest.raises(NotJoinedError) as raised:
        await stranger.start(Ears())

    assert plug.network.joined
    assert raised.value.association == Association.REFUSED


async def test_a_radio_that_is_not_started_has_no_network_to_leave(clock: VirtualClock) -> None:
    radio = make_radio(RadioOptions(), [SE_ENDPOINT], {}, clock, NetworkGuard({}), Ether(clock))

    await radio.leave()

    assert not radio.network.joined


async def test_only_an_xbee_takes_at_commands(air: Air) -> None:
    with pytest.raises(RefusedError, match="type xbee, this one is simulated"):
        await air.radio.at_command("ID", None)
    with pytest.raises(RefusedError, match="to find modules needs a radio of type xbee"):
        await air.radio.find_modules()


async def test_who_is_not_connected_finds_no_modules(clock: VirtualClock) -> None:
    radio = make_radio(RadioOptions(), [SE_ENDPOINT], {}, clock, NetworkGuard({}), Ether(clock))

    with pytest.raises(NotJoinedError, match="not started"):
        await radio.find_modules()


async def test_a_sleepy_device_has_more_time_to_acknowledge(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    await air.radio.start(air.ears)
    meter = air.station()
    meter.declare_sleepy()
    await air.join(meter)
    packets: list[t.ZigbeePacket] = []
    send = air.application.send_packet

    async def watched(packet: t.ZigbeePacket) -> None:
        packets.append(packet)
        await send(packet)

    monkeypatch.setattr(air.application, "send_packet", watched)

    await air.radio.send(report(METER))
    question = encode(ZdoCommand.Node_Desc_req, 1, meter.network.nwk)
    await air.radio.send(zdo_frame(METER, ZdoCommand.Node_Desc_req, question))
    await air.clock.settle()
    await air.radio.send(report(METER))
    air.radio.remember(METER, meter.network.nwk)
    await air.radio.send(report(METER))

    assert [packet.extended_timeout for packet in packets] == [False, False, True, False]
