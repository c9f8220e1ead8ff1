"""A simulated device's radio: joining, coming back, leaving, and answering for itself."""

import pytest

from sebridge.base.errors import DeliveryError, NotJoinedError, RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import Lock
from sebridge.radio.radio import Association, NetworkPlan, Outgoing, TxStatus
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl import digi
from sebridge.zcl.zdo import MacCapability, ZdoCommand, decode
from tests.radio.simulated_air import (
    HA_ENDPOINT,
    LINK_KEY,
    METER,
    METER_ENDPOINT,
    METERING,
    SE,
    Air,
    Ears,
    eui64,
    report,
)

OTHER_KEY = Secret(b"another key 1234")
DISPLAY = eui64(0x0E5E_B100_0000_2002)


async def test_a_device_joins_with_its_key_and_announces_itself(air: Air) -> None:
    meter = air.station()
    await air.join(meter)

    assert meter.network.joined
    assert meter.network.pan_id == air.radio.network.pan_id
    assert meter.network.channel == 15
    announcement = air.ears.frames[0]
    nwk = meter.network.nwk.to_bytes(2, "little")
    assert announcement.cluster_id == 0x0013
    assert announcement.data[1:] == nwk + bytes(METER) + b"\x8e"


async def test_a_device_with_another_key_does_not_get_in(air: Air) -> None:
    meter = air.station(key=OTHER_KEY)

    with pytest.raises(NotJoinedError, match="not the registered one"):
        await air.join(meter)

    assert not meter.network.joined
    assert air.ears.arrivals == []


async def test_a_device_whose_key_is_not_registered_does_not_get_in(air: Air) -> None:
    await air.radio.permit_joining(60)

    with pytest.raises(NotJoinedError, match="is not registered"):
        await air.station().start(Ears())


async def test_a_home_automation_device_joins_with_the_well_known_key(air: Air) -> None:
    plug = air.station(key=WELL_KNOWN_KEY)
    await air.radio.permit_joining(60)

    await plug.start(Ears())
    await air.clock.settle()

    assert plug.network.joined


async def test_nobody_gets_in_when_the_window_has_closed(air: Air) -> None:
    await air.radio.set_link_key(METER, LINK_KEY)
    await air.radio.permit_joining(60)
    await air.clock.advance(60)

    with pytest.raises(NotJoinedError, match="closed"):
        await air.station().start(Ears())


async def test_the_window_is_closed_by_hand(air: Air) -> None:
    await air.radio.set_link_key(METER, LINK_KEY)
    await air.radio.permit_joining(60)
    await air.radio.permit_joining(0)

    with pytest.raises(NotJoinedError, match="closed"):
        await air.station().start(Ears())


async def test_a_device_comes_back_after_it_was_switched_off(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    nwk = meter.network.nwk
    await meter.stop()
    await air.radio.permit_joining(0)

    await meter.start(Ears())
    await meter.send(report(air.gateway, encrypted=True))

    assert meter.network.nwk == nwk
    assert air.ears.last.encrypted


async def test_a_device_that_was_put_out_does_not_come_back(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    await air.radio.permit_joining(0)
    air.ether.expel(METER)

    with pytest.raises(NotJoinedError):
        await meter.start(ears)

    assert ears.departures == [METER]
    assert air.ears.departures == [METER]
    assert not meter.network.joined


async def test_a_device_leaves_when_it_is_asked_to(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)

    await air.radio.send(Outgoing(METER, 0, 0x0034, 0, 0, b"\x07" + bytes(METER) + b"\x00"))
    await air.clock.settle()

    assert (air.ears.last.cluster_id, air.ears.last.data) == (0x8034, b"\x07\x00")
    assert ears.departures == [METER]
    assert air.ears.departures == [METER]


async def test_a_device_answers_questions_about_itself(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    nwk = meter.network.nwk.to_bytes(2, "little")

    await air.radio.send(Outgoing(METER, 0, 0x0004, 0, 0, b"\x07" + nwk + b"\x0a"))
    await air.clock.settle()

    answer = air.ears.last
    assert (answer.source, answer.cluster_id, answer.profile_id) == (METER, 0x8004, 0)
    descriptor = bytes.fromhex("0e 0a 0901 0105 00 02 0000 0207 01 0007")
    assert answer.data == b"\x07\x00" + nwk + descriptor


async def test_a_device_that_is_off_cannot_send(air: Air) -> None:
    with pytest.raises(DeliveryError) as refusal:
        await air.station().send(report(air.gateway))

    assert refusal.value.tx_status == TxStatus.NOT_JOINED


async def test_a_device_does_not_reach_who_is_not_there(air: Air) -> None:
    meter = air.station()
    await air.join(meter)

    with pytest.raises(DeliveryError) as refusal:
        await meter.send(report(DISPLAY))

    assert refusal.value.tx_status == TxStatus.NO_SHORT_ADDRESS


async def test_devices_need_a_key_of_their_own_to_talk_in_secret(air: Air) -> None:
    meter, display = air.station(), air.station(DISPLAY)
    await air.join(meter)
    ears = await air.join(display)
    with pytest.raises(DeliveryError) as refusal:
        await meter.send(report(DISPLAY, encrypted=True))

    await meter.set_link_key(DISPLAY, OTHER_KEY)
    await display.set_link_key(METER, OTHER_KEY)
    await meter.send(report(DISPLAY, encrypted=True))
    await meter.forget(DISPLAY)

    assert refusal.value.tx_status == TxStatus.SECURITY_FAIL
    assert [frame.encrypted for frame in ears.zcl()] == [True]


async def test_a_frame_heard_twice_is_taken_once(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)

    for _ in range(2):
        await air.radio.send(Outgoing(METER, SE, METERING, 0x5E, 0x0A, b"same"))

    assert len(ears.zcl()) == 1


async def test_a_device_opens_no_network(air: Air) -> None:
    with pytest.raises(RefusedError):
        await air.station().permit_joining(60)


async def test_a_gateway_that_is_away_is_not_reached(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    gateway = air.gateway
    await air.radio.stop()

    with pytest.raises(DeliveryError):
        await meter.send(report(gateway))


async def test_a_question_whose_asker_has_gone_is_no_error(air: Air) -> None:
    meter = air.station()
    await air.join(meter)

    await air.radio.send(Outgoing(METER, 0, 0x0005, 0, 0, b"\x07\x00\x00"))
    await air.radio.stop()
    await air.clock.settle()

    assert meter.network.joined


async def test_a_thousand_devices_join(air: Air) -> None:
    await air.radio.permit_joining(254)

    for number in range(1000):
        address = eui64(0x0E5E_B100_0001_0000 + number)
        await air.radio.set_link_key(address, LINK_KEY)
        await air.station(address).start(Ears())
    for station in air.stations:
        await station.send(report(air.gateway, encrypted=True))

    assert len({device for device, _ in air.ears.arrivals}) == 1000
    assert len(air.ears.zcl()) == 1000


NEW_KEY = Secret(b"established key!")


async def established(air: Air, station: SimulatedRadio, key: Secret = NEW_KEY) -> None:
    """Let both ends use a new key, as after an exchange."""
    await air.radio.establish_link_key(station.address, key, FrameCounters())
    await station.establish_link_key(air.gateway, key, FrameCounters())


async def test_an_established_key_is_used_in_the_place_of_the_earlier_one(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await established(air, meter)

    await meter.send(report(air.gateway, encrypted=True))

    lock = air.sniffed[-1].lock
    assert lock == Lock(NEW_KEY, 0)
    assert air.ears.last.encrypted
    assert meter.is_established(air.gateway)
    assert meter.network.trust_center == air.gateway


async def test_the_earlier_key_is_not_understood_any_more(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await air.radio.establish_link_key(METER, NEW_KEY, FrameCounters())

    with pytest.raises(DeliveryError):
        await meter.send(report(air.gateway, encrypted=True))

    assert air.ears.zcl() == []
    assert air.ether.counters.undecipherable == 1


async def test_a_replay_is_not_heard(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await established(air, meter)
    await meter.send(report(air.gateway, encrypted=True))
    replayed = air.sniffed[-1]
    await air.clock.advance(60)

    with pytest.raises(DeliveryError):
        await air.ether.send(replayed)

    assert len(air.ears.zcl()) == 1


async def test_a_partner_key_is_granted_to_those_who_have_established_keys(air: Air) -> None:
    meter, display = air.station(), air.station(DISPLAY)
    for station in (meter, display):
        await air.join(station)
    await established(air, meter)
    with pytest.raises(RefusedError, match="established no key"):
        await display.request_partner_key(METER)
    await established(air, display)

    await display.request_partner_key(METER)
    await display.send(
        Outgoing(METER, SE, METERING, 0x0A, 0x0A, b"\x00\x01\x00\x00\x00", encrypted=True)
    )

    assert display.is_established(METER)
    assert meter.is_established(DISPLAY)


async def test_no_partner_key_is_granted_for_who_is_not_there(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await established(air, meter)

    with pytest.raises(NotJoinedError, match="not on the air"):
        await meter.request_partner_key(DISPLAY)
    with pytest.raises(RefusedError):
        await meter.request_partner_key(air.gateway)


async def test_a_device_tells_of_the_endpoints_that_it_offers(air: Air) -> None:
    meter = air.station()
    await air.join(meter)

    meter.offer([METER_ENDPOINT, HA_ENDPOINT])
    question = b"\x07" + meter.network.nwk.to_bytes(2, "little")
    await air.radio.send(Outgoing(METER, 0, ZdoCommand.Active_EP_req, 0, 0, question))
    await air.clock.settle()

    assert list(air.ears.last.data[4:]) == [2, 0x0A, 0x01]


@pytest.mark.parametrize(("sleepy", "logical_type"), [(False, 1), (True, 2)])
async def test_a_device_tells_whether_it_sleeps(
    air: Air, *, sleepy: bool, logical_type: int
) -> None:
    meter = air.station()
    if sleepy:
        meter.declare_sleepy()
    await air.join(meter)

    question = b"\x07" + meter.network.nwk.to_bytes(2, "little")
    await air.radio.send(Outgoing(METER, 0, ZdoCommand.Node_Desc_req, 0, 0, question))
    await air.clock.settle()

    _, fields = decode(ZdoCommand.Node_Desc_rsp, air.ears.last.data)
    told = fields["NodeDescriptor"]
    assert told.logical_type == logical_type
    assert bool(told.mac_capability_flags & MacCapability.RECEIVES_WHEN_IDLE) is not sleepy


# ------------------------------------------------------------------ a planned network


@pytest.mark.parametrize("plan", [NetworkPlan(extended_pan_id=1), NetworkPlan(channel_mask=1)])
async def test_a_device_joins_only_the_network_that_is_planned(air: Air, plan: NetworkPlan) -> None:
    meter = air.station()
    meter.plan(plan)

    with pytest.raises(NotJoinedError) as raised:
        await air.join(meter)

    assert raised.value.association == Association.NO_NETWORK
    meter.plan(NetworkPlan())
    await air.join(meter)
    assert meter.network.joined


async def test_a_device_joins_with_the_key_that_is_planned(air: Air) -> None:
    meter = air.station(key=OTHER_KEY)

    meter.plan(NetworkPlan(link_key=LINK_KEY))
    await air.join(meter)

    assert meter.network.joined


async def test_a_device_that_is_on_no_network_leaves_none(air: Air) -> None:
    await air.station().leave()
    await air.clock.settle()

    assert air.ears.departures == []


async def test_a_device_has_no_registers(air: Air) -> None:
    with pytest.raises(RefusedError, match="type xbee, this one is simulated"):
        await air.station().at_command("ID", None)


async def test_a_device_finds_no_modules(air: Air) -> None:
    with pytest.raises(RefusedError, match="type xbee, this one is simulated"):
        await air.station().find_modules()


async def test_the_same_octets_of_a_serial_port_are_heard_again_but_never_twice(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    air.ether.air = AirOptions(delay=0, duplicates=1.0)
    ends = (digi.PROFILE, digi.SERIAL_DATA, digi.DATA_ENDPOINT, digi.DATA_ENDPOINT)

    for _ in range(2):
        await air.radio.send(Outgoing(METER, *ends, b"AA"))
        await meter.send(Outgoing(air.gateway, *ends, b"BB"))
    await air.clock.settle()

    assert [frame.data for frame in ears.frames].count(b"AA") == 2
    assert [frame.data for frame in air.ears.frames].count(b"BB") == 2
