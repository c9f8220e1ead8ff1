"""A meter that sleeps, its mirror at the gateway, and who looks into it (MET-11)."""

from dataclasses import replace

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.base.addresses import Eui64
from sebridge.base.errors import AnswerTimeoutError
from sebridge.gateway.reporting.reader import ReadResult, RemoteReader
from sebridge.network.peer import Peer
from sebridge.radio.radio import Outgoing
from sebridge.rpc.error_codes import CODES
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.settings.simulator_options import HOUSEHOLD, AirOptions, SimulatorOptions
from sebridge.simulator.household import link_key_of
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import HA_PROFILE, METERING, SE_PROFILE
from sebridge.zcl.status import Status
from tests.scenarios.conftest import Collections, Home, MakeHome, SecondGateway

METER, DISPLAY = (HOUSEHOLD[place] for place in (0, 2))
HOUSE = SimulatorOptions(
    devices=(
        replace(METER, options={"mirrored": True}),
        DISPLAY,
    ),
    air=AirOptions(delay=0.0),
)
TOPIC = "sebridge/home/device/000d6f000a000001/9/metering"
MIRROR = 0xC0
KEY = link_key_of(gateway_address("display"))


@pytest.fixture
async def home(make_home: MakeHome) -> Home:
    made: Home = await make_home(simulator=HOUSE)
    await made.clock.advance(minutes=3)
    return made


def gateway(home: Home) -> Eui64:
    return home.gateway.radio.network.address


async def look(home: Home, mirror: Peer) -> list[ReadResult]:
    """Let the display of the house read energy and device type of a mirror."""
    (display,) = (d for d in home.household.devices.values() if d.eui64 == DISPLAY.eui64)
    reading = display.spawn(
        RemoteReader(display.router.exchange).read(mirror, METERING, 9, [0x0000, 0x0306]), "look"
    )
    await home.clock.advance(seconds=15)
    return list(await reading)


async def endpoints(home: Home) -> list[int]:
    """Return the endpoints that the gateway tells callers of."""
    answer = await home.result("get_device_information", device_address=str(gateway(home)))
    return sorted(answer["record_list"][0]["active_endpoints"])


async def test_a_meter_that_sleeps_is_on_mqtt_like_any_other(home: Home) -> None:
    seen = [home.broker.kept(TOPIC)["energy_in"]]

    for _ in range(6):
        await home.clock.advance(minutes=10)
        seen.append(home.broker.kept(TOPIC)["energy_in"])

    reading = home.broker.kept(TOPIC)
    assert seen == sorted(seen)
    assert 4711 <= seen[0] < seen[-1] < 4720
    assert (reading["unit"], reading["commodity"]) == ("kWh", "electricity")
    assert reading["why"]["energy_in"]["divisor"] == 1000
    assert home.broker.kept(f"{TOPIC.removesuffix('/9/metering')}")["active"]


async def test_a_meter_that_sleeps_is_not_asked_in_vain(home: Home) -> None:
    asked: list[int] = []
    home.ether.watch(
        lambda frame: (
            asked.append(frame.cluster_id)
            if frame.source == gateway(home) and frame.cluster_id == METERING
            else None
        )
    )

    await home.clock.advance(minutes=20)

    assert asked == []


async def test_a_display_reads_the_mirror_in_the_place_of_the_meter(home: Home) -> None:
    energy, kind = await look(home, Peer(gateway(home), MIRROR, SE_PROFILE))

    assert energy[2] is not None
    assert energy[2].value / 1000 == pytest.approx(home.broker.kept(TOPIC)["energy_in"], abs=0.2)
    assert kind[2] is not None
    assert kind[2].value == 0x7F  # a mirrored electricity meter


async def test_a_mirror_says_nothing_under_another_profile_sec_2(home: Home) -> None:
    heard: list[bool] = []
    home.ether.watch(lambda frame: heard.append(frame.source_endpoint == MIRROR))

    with pytest.raises(AnswerTimeoutError):
        await look(home, Peer(gateway(home), MIRROR, HA_PROFILE))

    assert heard
    assert not any(heard)


async def test_a_mirror_says_nothing_in_the_clear_sec_2(home: Home) -> None:
    (display,) = (d for d in home.household.devices.values() if d.eui64 == DISPLAY.eui64)
    question = Frame(zcl.READ_ATTRIBUTES, 1, b"\0\0")
    heard: list[Frame] = []
    home.ether.watch(
        lambda frame: (
            heard.append(Frame.parse(frame.data)) if frame.source_endpoint == MIRROR else None
        )
    )

    display.spawn(
        display.station.send(
            Outgoing(gateway(home), SE_PROFILE, METERING, 9, MIRROR, question.serialize())
        ),
        "ask in the clear",
    )
    await home.clock.advance(seconds=5)

    (answer,) = heard
    assert answer.command_id == zcl.DEFAULT_RESPONSE
    assert answer.payload == bytes((zcl.READ_ATTRIBUTES, Status.FAILURE))


async def test_a_mirror_outlives_the_gateway(make_home: MakeHome) -> None:
    kept: Collections = {}
    before = await make_home(kept, simulator=HOUSE)
    await before.clock.advance(minutes=3)
    await before.stop()

    home = await make_home(kept, simulator=HOUSE)

    assert await endpoints(home) == [0x01, 0x5E, MIRROR]
    await home.clock.advance(minutes=3)
    energy, _ = await look(home, Peer(gateway(home), MIRROR, SE_PROFILE))
    assert energy[2] is not None
    assert await endpoints(home) == [0x01, 0x5E, MIRROR]


async def test_a_mirror_goes_with_its_meter(home: Home) -> None:
    assert await endpoints(home) == [0x01, 0x5E, MIRROR]

    await home.result("remove_device", device_address=str(METER.eui64))
    await home.clock.advance(minutes=5)

    assert await endpoints(home) == [0x01, 0x5E]
    assert home.broker.kept(TOPIC) is None


async def test_a_second_gateway_shows_the_mirror_as_a_meter(home: Home) -> None:
    address = gateway_address("display")
    await home.result(
        "add_device", device_address=str(address), join_time=240, link_key=KEY.reveal().hex()
    )
    options = Options(
        gateway=GatewayOptions(name="display", role="display"), radio=RadioOptions(link_key=KEY)
    )
    display = SecondGateway(home, options)
    await display.start()

    await home.clock.advance(minutes=2)

    reading = display.broker.kept(f"sebridge/display/device/{gateway(home):016x}/{MIRROR}/metering")
    await display.stop()
    assert (reading["unit"], reading["commodity"]) == ("kWh", "electricity")
    assert 4711 <= reading["energy_in"] < 4712


@pytest.mark.parametrize("method", ["get_meter_profile", "request_fast_poll_mode"])
async def test_a_meter_that_sleeps_does_not_answer_questions(home: Home, method: str) -> None:
    await home.result("registry_configuration", name="Conversation.default_timeout", value=10)

    answer = await home.rpc(method, destination_address=str(METER.eui64))

    assert answer["status"] == "error"
    assert answer["error"]["code"] == CODES[AnswerTimeoutError.reason]
