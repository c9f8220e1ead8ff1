"""zigpy's application, kept passive."""

import asyncio

import pytest
import zigpy.application
from zigpy.device import ZigbeeDevice
import zigpy.types as t
from zigpy.zdo.types import ZDOCmd

from sebridge.radio.ether import AirFrame
from sebridge.radio.ether_application import COORDINATOR
from sebridge.radio.passive import MOST_OBJECTS, PassiveApplication, made_passive
from sebridge.radio.zigpy_words import to_zigpy
from tests.radio.simulated_air import HA, METER, Air, eui64


def packet(source: int, cluster_id: int, data: bytes, endpoint: int = 0) -> t.ZigbeePacket:
    return t.ZigbeePacket(
        src=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(source)),
        src_ep=t.uint8_t(endpoint),
        dst=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0)),
        dst_ep=t.uint8_t(endpoint),
        profile_id=t.uint16_t(HA if endpoint else 0),
        cluster_id=t.uint16_t(cluster_id),
        data=t.SerializableBytes(data),
    )


def test_any_application_can_be_made_passive_once() -> None:
    loud = type("Loud", (zigpy.application.ControllerApplication,), {})

    passive = made_passive(loud)

    assert issubclass(passive, PassiveApplication)
    assert issubclass(passive, loud)
    assert made_passive(passive) is passive


async def test_a_device_is_found_by_either_address(air: Air) -> None:
    air.radio.remember(METER, 0x1234)
    app = air.application

    assert app.get_device(nwk=0x1234) is app.get_device(ieee=to_zigpy(METER))
    assert app.get_device(nwk=0).ieee == to_zigpy(COORDINATOR)
    with pytest.raises(KeyError):
        app.get_device(nwk=0x5678)
    with pytest.raises(KeyError):
        app.get_device(ieee=to_zigpy(eui64(5)))


async def test_a_new_address_of_a_device_is_kept_up_in_zigpys_table(air: Air) -> None:
    air.radio.remember(METER, 0x1234)
    before = air.application.get_device(ieee=to_zigpy(METER))

    air.radio.remember(METER, 0x5678)

    assert air.application.get_device(ieee=to_zigpy(METER)).nwk == before.nwk == 0x5678


async def test_zigpy_has_objects_of_the_devices_that_were_asked_for_last(air: Air) -> None:
    app = air.application
    alone = set(app.devices)
    known = [eui64(100 + number) for number in range(MOST_OBJECTS + 1)]
    for number, device in enumerate(known):
        air.radio.remember(device, 0x1000 + number)
    assert set(app.devices) == alone

    first = app.get_device(ieee=to_zigpy(known[0]))
    for device in (*known[1:-1], known[0], known[-1]):
        app.get_device(ieee=to_zigpy(device))

    assert set(app.devices) - alone == {to_zigpy(d) for d in known if d != known[1]}
    assert app.get_device(nwk=0x1000) is first
    assert app.get_device(nwk=0x1001).ieee == to_zigpy(known[1])


async def test_a_device_whose_address_went_to_another_leaves_zigpys_table(air: Air) -> None:
    air.radio.remember(METER, 0x1234)
    air.application.get_device(nwk=0x1234)

    air.radio.remember(eui64(5), 0x1234)

    assert not air.application.knows(METER)
    assert to_zigpy(METER) not in air.application.devices


async def test_the_answer_to_a_question_of_zigpys_own_comes_back_to_it(air: Air) -> None:
    app = air.application
    own = app.get_device(ieee=to_zigpy(COORDINATOR))
    assert isinstance(own, ZigbeeDevice)
    asking = own.zdo.Active_EP_req(0, timeout=1)
    questions: list[AirFrame] = []
    air.ether.watch(questions.append)
    question = asyncio.ensure_future(asking)
    await air.clock.settle()

    app.packet_received(
        packet(0, ZDOCmd.Active_EP_rsp, questions[0].data[:1] + b"\x00\x00\x00\x00")
    )

    assert (await question)[2] == []
    assert air.ears.frames == []


async def test_a_question_that_comes_back_from_ourselves_is_nobodys(air: Air) -> None:
    air.application.packet_received(packet(0, ZDOCmd.Active_EP_req, b"\x07\x00\x00"))
    await air.clock.settle()

    assert air.ears.frames == []
    assert [frame.cluster_id for frame in air.sniffed] == [0x0036]  # closing the network


async def test_routes_and_green_power_are_ignored(air: Air) -> None:
    app = air.application
    before = len(air.sniffed)

    app.handle_relays(t.NWK(0x4321), [t.NWK(1)])
    app.gp_packet_received(t.ZigbeeGpPacket())
    await app.permit_gp(60)
    await air.clock.settle()

    assert len(air.sniffed) == before


async def test_opening_the_network_sends_no_green_power_frame(air: Air) -> None:
    await air.radio.permit_joining(60)

    assert {frame.cluster_id for frame in air.sniffed} == {0x0036}


async def test_only_our_endpoints_are_registered(air: Air) -> None:
    own = air.application.get_device(ieee=to_zigpy(COORDINATOR))

    assert sorted(own.endpoints) == [0, 0x01, 0x5E]
