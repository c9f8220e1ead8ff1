"""Simulated XBee modules: what they answer, and what they lose."""

from typing import Any

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ConfigError
from sebridge.features.serial_nodes.simulated import MOST_SHOWN, TemperatureModule
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.settings.simulator_options import SimulatedDeviceOptions
from sebridge.simulator.modules.xbee.remote_frames import (
    REQUEST,
    RESPONSE,
    RemoteQuestion,
    RemoteReply,
    read_question,
    read_reply,
)
from sebridge.zcl import digi
from tests.patience import until
from tests.scenarios.serial_home import MONITOR, NODES, SerialHome, serial_home


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        ("serial_node", {"node_id": "x" * 21}, "20 ASCII characters"),
        ("serial_node", {"node_id": "Küche"}, "20 ASCII characters"),
        ("serial_node", {"every": 0}, "1..86400"),
        ("xbee_sensor", {"temperature": 71.0}, "-50..70"),
        ("xbee_sensor", {"echo": True}, "echo"),
    ],
)
def test_what_there_cannot_be_is_named(kind: str, options: dict[str, Any], problem: str) -> None:
    device = SimulatedDeviceOptions(kind=kind, name="One", eui64=MONITOR, options=options)

    with pytest.raises(ConfigError, match=problem):
        SerialHome((device,))


async def ask(home: SerialHome, name: bytes, value: bytes = b"") -> list[RemoteReply]:
    """Give the monitor a command on the air; return what it answers within some seconds."""
    replies: list[RemoteReply] = []

    def watch(frame: Any) -> None:
        reply = read_reply(frame.data) if frame.cluster_id == RESPONSE else None
        if reply is not None:
            replies.append(reply)

    home.stick.ether.watch(watch)
    own = home.bridge.gateway.radio
    ends = (digi.COMMAND_ENDPOINT, digi.COMMAND_ENDPOINT)
    asked = RemoteQuestion(7, 0, name, value).serialize()
    await own.send(Outgoing(MONITOR, digi.PROFILE, REQUEST, *ends, asked))
    await own.send(Outgoing(MONITOR, digi.PROFILE, RESPONSE, *ends, b""))  # is no question
    await home.clock.sleep(3)
    return replies


async def test_a_module_answers_to_its_name_and_to_no_other() -> None:
    async with serial_home(NODES[:1]) as home:
        assert [reply.status for reply in await ask(home, b"ND", b"E2")] == [0]
        assert await ask(home, b"ND", b"E3") == []
        assert [reply.status for reply in await ask(home, b"D1")] == [2]


def test_what_is_too_short_is_no_question_and_no_answer() -> None:
    assert read_question(b"\x01\x00N") is None
    assert read_reply(b"\x01ND") is None


async def test_who_is_not_reached_loses_what_it_says() -> None:
    async with serial_home((NODES[0], NODES[2])) as home:
        monitor = home.device("Power monitor")
        sensor = home.stick.household.find(TemperatureModule)["Attic"]
        ether = home.stick.ether
        coordinator = ether.node_of(home.stick.sticks[0].module.stack.address)
        assert coordinator is not None
        asked = home.stick.household.devices["Power monitor"]

        ether.detach(coordinator)
        monitor.say(b"x" * 100)
        asked.received(question(coordinator.address))
        await home.clock.sleep(70)  # the sensor tells as often as once in a minute

        assert sensor.temperature == 21.0
        ether.attach(coordinator, 0)
        await until(lambda: not monitor.waiting)


def question(source: Eui64) -> Incoming:
    """Return a question for the name of a module."""
    ends = (digi.COMMAND_ENDPOINT, digi.COMMAND_ENDPOINT)
    asked = RemoteQuestion(7, 0, b"ND").serialize()
    return Incoming(source, 0, digi.PROFILE, REQUEST, *ends, asked)


async def test_only_what_came_last_is_shown() -> None:
    async with serial_home(NODES[:1]) as home:
        await home.call("discover_serial_nodes")
        reader, writer = await home.connect(home.port + 1)

        writer.write(b"a" * MOST_SHOWN + b"the end")
        await reader.readexactly(MOST_SHOWN + 7)

        device = home.stick.household.devices["Power monitor"]
        assert device.measured["heard"] == "a" * (MOST_SHOWN - 7) + "the end"
        writer.close()
