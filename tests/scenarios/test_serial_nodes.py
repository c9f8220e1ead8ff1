"""Serial nodes behind TCP ports, over the emulated XBee and the real zigpy-xbee: as people do."""

import asyncio
from typing import Any
import xmlrpc.client

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from sebridge.base.computing import in_thread
from sebridge.settings.control_port_options import SerialNodeOptions
from tests.patience import until
from tests.reference_files import reference
from tests.scenarios.serial_home import MONITOR, NODES, SCALE, SENSOR, noise, serial_home

RULES = reference("homeassistant_discovery.schema.json")


async def test_nodes_are_found_by_their_names_and_have_ports() -> None:
    async with serial_home() as home:
        assert (await home.call("list_serial_nodes"))["node_list"] == []

        found = (await home.call("discover_serial_nodes"))["node_list"]

        assert {(node["extended_address"], node["node_id"]) for node in found} == {
            (str(MONITOR), "E2"),
            (str(SCALE), "SCALE"),
            (str(SENSOR), "Attic"),
        }
        assert [node["tcp_port"] for node in found] == [home.port + n for n in (1, 2, 3)]
        assert (await home.call("list_serial_nodes"))["node_list"] == found


async def test_octets_go_both_ways_without_loss_and_in_order() -> None:
    async with serial_home() as home:
        ports = {
            node["node_id"]: node["tcp_port"]
            for node in (await home.call("discover_serial_nodes"))["node_list"]
        }
        reader, writer = await home.connect(ports["E2"])
        sent = noise(9_000) + b"again and again " * 100

        writer.write(sent)
        heard = await asyncio.wait_for(reader.readexactly(len(sent)), 60)

        assert heard == sent
        writer.close()


async def test_a_node_keeps_its_port_over_a_restart() -> None:
    async with serial_home() as home:
        before = (await home.call("discover_serial_nodes"))["node_list"]

        await home.restart()

        assert (await home.call("list_serial_nodes"))["node_list"] == before
        port = next(node["tcp_port"] for node in before if node["node_id"] == "SCALE")
        reader, writer = await home.connect(port)
        home.device("Scale").say(b"82.5 kg\r\n")
        assert await reader.readexactly(9) == b"82.5 kg\r\n"
        writer.write(b"tare\r")  # it does not echo that
        await until(lambda: home.device("Scale").heard == b"tare\r")
        writer.close()


async def test_the_program_of_the_forum_finds_its_power_monitor() -> None:
    """As in the thread: discover once, then list, and the port of E2 is known."""

    def program(port: int) -> list[str]:
        with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{port}/RPC2") as server:
            found: Any = server.discover()
            listed: Any = server.list()
        assert found == listed
        return [
            f"64-bit Address: {x['extended_address']}, NodeID: {x['node_id']},"
            f" TCP Port: {x['tcp_port']}"
            for x in listed
        ]

    async with serial_home(NODES[:1]) as home:
        (line,) = await in_thread(program, home.port)

        port = home.port + 1
        assert line == f"64-bit Address: 00:13:a2:00:40:0a:3e:ff, NodeID: E2, TCP Port: {port}"
        reader, writer = await home.connect(port)
        home.device("Power monitor").say(b"\xfe\xff\x03 240.1 V 1.52 A")
        assert await reader.readexactly(18) == b"\xfe\xff\x03 240.1 V 1.52 A"
        writer.close()


async def test_a_port_that_was_set_by_hand_stays_whoever_is_found_first() -> None:
    async with serial_home() as home:
        await home.call("set_serial_port", extended_address=str(SENSOR), tcp_port=home.port + 1)

        found = (await home.call("discover_serial_nodes"))["node_list"]

        ports = {node["extended_address"]: node["tcp_port"] for node in found}
        assert ports[str(SENSOR)] == home.port + 1
        assert {ports[str(MONITOR)], ports[str(SCALE)]} == {home.port + 2, home.port + 3}
        refusal = await home.refused(
            "set_serial_port", extended_address=str(SCALE), tcp_port=home.port + 1
        )
        assert f"is that of {SENSOR}" in refusal.message


async def test_temperatures_are_told_to_programs_topics_and_home_assistant() -> None:
    attic = SerialNodeOptions(address=SENSOR, temperature_input=2, name="Attic")

    def program(port: int) -> Any:
        with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{port}/RPC2") as server:
            return server.get_temperatures()

    async with serial_home(NODES, nodes=(attic,)) as home:
        topic = f"sebridge/home/device/{SENSOR:016x}/232/temperature"
        await until(lambda: topic in home.broker.retained)

        assert home.broker.kept(topic)["temperature"] == 21.0
        (told,) = (await home.call("get_serial_temperatures"))["temperature_list"]
        assert (told["node_id"], told["temperature"]) == ("Attic", 21.0)
        (entry,) = await in_thread(program, home.port)
        assert entry.keys() == {"extended_address", "node_id", "temperature", "age"}
        assert (entry["extended_address"], entry["temperature"]) == (str(SENSOR), 21.0)
        serial = home.broker.kept(f"sebridge/home/device/{SENSOR:016x}/serial")
        assert serial == {"node_id": "Attic", "tcp_port": home.port + 1}

        discovery = f"homeassistant/device/sebridge_home_{SENSOR:016x}/config"
        await until(lambda: "xbee_temperature" in str(home.broker.retained.get(discovery)))
        shown = home.broker.kept(discovery)
        assert not list(Draft202012Validator(RULES).iter_errors(shown))
        temperature = next(
            one for one in shown["cmps"].values() if one.get("dev_cla") == "temperature"
        )
        assert temperature["stat_t"].endswith("/232/temperature")


async def test_a_node_that_is_removed_is_told_of_no_more() -> None:
    async with serial_home(NODES[:1]) as home:
        await home.call("discover_serial_nodes")
        topic = f"sebridge/home/device/{MONITOR:016x}/serial"
        assert home.broker.kept(topic)["tcp_port"] == home.port + 1

        await home.call("remove_serial_node", extended_address=str(MONITOR))

        await until(lambda: not home.broker.retained.get(topic))


async def test_a_stranger_has_no_port_and_what_it_says_goes_nowhere() -> None:
    async with serial_home(NODES[:2]) as home:
        await home.call("discover_serial_nodes")
        await home.call("remove_serial_node", extended_address=str(SCALE))
        statistics = home.bridge.gateway.gate.statistics
        before = statistics.serial

        home.device("Scale").say(b"82.5 kg\r\n")
        await until(lambda: statistics.malformed + statistics.for_nobody > 0)

        assert statistics.serial == before
