"""The emulated XBee through the real zigpy-xbee over TCP: networks, keys, failures."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError, NotJoinedError, NotTakenError
from sebridge.base.secret import Secret
from sebridge.radio.factory import make_radio
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import NetworkPlan, Outgoing, TxStatus
from sebridge.settings.options import RadioOptions
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.xbee.firmware import SE_COORDINATOR, ZIGBEE
from sebridge.simulator.modules.xbee.messaging import MOST_IN_FLIGHT
from sebridge.zcl.zdo import ZdoCommand
from tests.patience import until
from tests.radio.simulated_air import LINK_KEY, METER, METERING, PRICE, SE, SE_ENDPOINT, Ears
from tests.radio.xbee.stick import XbeeStick

NETWORK_KEY = Secret(bytes(range(16, 32)))
FIRMWARE = {"zb": ZIGBEE, "se": SE_COORDINATOR}


@pytest.fixture(params=FIRMWARE)
async def stick(request: pytest.FixtureRequest) -> AsyncIterator[XbeeStick]:
    """Return a module from the shop, but for its way to speak."""
    stick = XbeeStick(FIRMWARE[request.param])
    await stick.plug_in(RadioOptions(network_key=NETWORK_KEY))
    yield stick
    await stick.stop()


def outgoing(*, encrypted: bool = True, data: bytes = b"price", to: Eui64 = METER) -> Outgoing:
    return Outgoing(to, SE, PRICE, 0x5E, 0x0A, data, encrypted)


async def test_a_module_from_the_shop_forms_what_is_planned(stick: XbeeStick) -> None:
    stick.radio.plan(
        NetworkPlan(extended_pan_id=0xCAFE, channel_mask=0b1000_0001_0000_0000, link_key=LINK_KEY)
    )

    await stick.start()

    state, network = stick.radio.network, stick.ether.network
    assert (state.joined, state.nwk, state.address) == (True, 0, CHIP)
    assert int(state.extended_pan_id) == 0xCAFE
    assert state.channel in {19, 26}
    assert network is not None
    assert (network.extended_pan_id, network.info.channel) == (0xCAFE, state.channel)
    assert network.common_key == LINK_KEY
    assert Secret(network.info.network_key.key.serialize()) == NETWORK_KEY


async def test_what_was_formed_is_resumed(stick: XbeeStick) -> None:
    await stick.start()
    before, network = stick.radio.network, stick.ether.network
    await stick.radio.stop()

    await stick.start()

    assert stick.radio.network == before
    assert stick.ether.network is network


async def test_what_was_formed_outlives_the_power(stick: XbeeStick) -> None:
    await stick.start()
    before = stick.radio.network
    await stick.radio.stop()
    await stick.module.stop()
    await stick.module.start()

    await stick.start()

    assert stick.radio.network == before


async def test_a_network_that_was_given_up_is_formed_by_the_new_plan(stick: XbeeStick) -> None:
    await stick.start()

    await stick.radio.leave()
    stick.radio.plan(NetworkPlan(extended_pan_id=0xF00D))
    await stick.start()

    assert int(stick.radio.network.extended_pan_id) == 0xF00D
    assert stick.ether.network is not None
    assert stick.ether.network.extended_pan_id == 0xF00D


async def test_the_network_is_opened_again_for_the_same_time(stick: XbeeStick) -> None:
    await stick.start()
    network = stick.ether.network
    assert network is not None
    await stick.radio.permit_joining(60)
    first = network.open_until

    await stick.radio.permit_joining(60)

    assert network.open_until > first


async def test_a_device_joins_with_its_key_until_that_is_taken_back(stick: XbeeStick) -> None:
    await stick.start()

    await stick.let_in(LINK_KEY)
    assert stick.link_keys == {METER: LINK_KEY}

    await stick.radio.forget(METER)
    assert stick.link_keys == {}


async def test_frames_go_both_ways_under_the_link_key(stick: XbeeStick) -> None:
    await stick.start()
    await stick.let_in(LINK_KEY)
    assert stick.meter is not None

    await stick.radio.send(outgoing())
    await stick.meter.send(
        Outgoing(CHIP, SE, METERING, 0x0A, 0x5E, b"\x18\x01\x0a", encrypted=True)
    )

    await until(lambda: stick.ears.frames and stick.ears.last.cluster_id == METERING)
    heard, sent = stick.ears.last, stick.meters_ears.last
    assert (heard.source, heard.encrypted, heard.data) == (METER, True, b"\x18\x01\x0a")
    assert (sent.encrypted, sent.data) == (True, b"price")


async def test_a_device_that_sleeps_is_sent_to_as_well(stick: XbeeStick) -> None:
    await stick.start()
    await stick.let_in(LINK_KEY)
    assert stick.meter is not None
    stick.radio.remember(METER, stick.meter.network.nwk, is_sleepy=True)

    await stick.radio.send(outgoing())

    assert stick.meters_ears.last.data == b"price"


async def test_a_device_binds_a_cluster_of_ours(stick: XbeeStick) -> None:
    await stick.start()
    await stick.let_in(LINK_KEY)
    assert stick.meter is not None
    target = bytes(CHIP) + b"\x5e\x00\x07\x03" + bytes(METER) + b"\x0a"

    await stick.meter.send(Outgoing(CHIP, 0, ZdoCommand.Bind_req, 0, 0, b"\x05" + target))

    await until(
        lambda: [f for f in stick.meters_ears.frames if f.cluster_id == ZdoCommand.Bind_rsp]
    )
    assert stick.meters_ears.last.data == b"\x05\x00"


async def test_what_does_not_fit_one_frame_is_sent_by_the_module_in_fragments(
    stick: XbeeStick,
) -> None:
    before = stick.radio.longest_frame
    await stick.start()
    await stick.let_in(LINK_KEY)
    longest = stick.radio.longest_frame

    await stick.radio.send(outgoing(data=bytes(longest)))

    assert before == 75
    assert longest == stick.firmware.longest
    assert stick.meters_ears.last.data == bytes(longest)


async def test_why_a_frame_was_not_delivered_is_told_by_kind(stick: XbeeStick) -> None:
    await stick.start()
    await stick.let_in(LINK_KEY)
    assert stick.meter is not None
    statuses = {}

    with pytest.raises(DeliveryError, match="too long for the module") as refusal:
        await stick.radio.send(outgoing(data=bytes(256)))
    statuses["too long"] = refusal.value.tx_status
    stick.link_keys.clear()
    with pytest.raises(DeliveryError, match="could not encrypt it") as refusal:
        await stick.radio.send(outgoing())
    statuses["no key"] = refusal.value.tx_status
    await stick.meter.stop()
    with pytest.raises(DeliveryError, match="did not acknowledge it") as refusal:
        await stick.radio.send(outgoing(encrypted=False))
    statuses["gone"] = refusal.value.tx_status

    assert statuses == {
        "too long": TxStatus.TOO_LONG,
        "no key": TxStatus.SECURITY_FAIL,
        "gone": TxStatus.NO_ACK,
    }


async def test_what_the_module_has_no_room_for_was_not_taken(stick: XbeeStick) -> None:
    await stick.start()
    await stick.let_in(LINK_KEY)
    stick.ether.air = AirOptions(delay=1e6)  # so that what is on its way stays there

    sending = [
        asyncio.create_task(stick.radio.send(outgoing(encrypted=False)))
        for _ in range(MOST_IN_FLIGHT + 1)
    ]
    done, waiting = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)

    [refused] = [task.exception() for task in done]
    assert isinstance(refused, NotTakenError)
    assert refused.tx_status == TxStatus.NO_ROOM


async def test_a_module_that_restarts_is_lost_and_said_why(stick: XbeeStick) -> None:
    await stick.start()

    await stick.radio.at_command("FR", None)

    await until(lambda: stick.ears.reasons)
    assert str(stick.ears.reasons[0]) == "the module was reset"


async def test_registers_are_read_and_written(stick: XbeeStick) -> None:
    await stick.start()

    assert await stick.radio.at_command("NI", b"Cellar") is None
    assert await stick.radio.at_command("NI", None) == int.from_bytes(b"Cellar", "big")
    assert await stick.radio.at_command("AI", None) == 0


async def test_a_router_in_the_network_of_another_is_left_there() -> None:
    stick, other = XbeeStick(), Ears()
    registers = stick.drawers("xbee_registers", str, Secret)
    registers.update({"EE": Secret(b"\x01"), "KY": LINK_KEY})
    coordinator = make_radio(
        RadioOptions(), [SE_ENDPOINT], {}, stick.clock, NetworkGuard({}), stick.ether
    )
    await coordinator.start(other)
    await coordinator.set_link_key(CHIP, LINK_KEY)
    await coordinator.permit_joining(60)
    await stick.plug_in()
    await until(lambda: other.arrivals)

    with pytest.raises(NotJoinedError, match="in a network that it has not formed"):
        await stick.start()

    assert stick.module.stack.is_router
    assert other.departures == []
    await stick.stop()
    await coordinator.stop()
