"""The serial nodes of a gateway, on ports that others may have, with what nodes say."""

import asyncio
import logging
import socket

import pytest

from sebridge.base.errors import NotJoinedError
from sebridge.features.serial_nodes.book import SerialPlace
from sebridge.features.serial_nodes.methods import SerialNodeMethods
from sebridge.features.serial_nodes.network import LISTEN_AGAIN
from sebridge.features.serial_nodes.samples import sample_of, write_analogue
from sebridge.features.serial_nodes.signals import SerialNodesKnown, TemperatureHeard
from sebridge.rpc.dispatcher import Dispatcher
from sebridge.rpc.message import Request
from sebridge.settings.control_port_options import ControlPortOptions, SerialNodeOptions
from sebridge.zcl import digi
from tests.bridge_ports import durable
from tests.features.serial_nodes.bench import MONITOR, SCALE, STRANGER, Bench, bench, found
from tests.patience import until

# ------------------------------------------------------------------ discovery


async def test_nodes_that_are_found_have_ports_and_are_kept_before_that_is_said() -> None:
    async with bench() as made:
        made.around = found(MONITOR, SCALE)

        nodes = await made.nodes.discover()

        assert [(n.address, n.name, n.port) for n in nodes] == [
            (MONITOR, "N1", made.first + 1),
            (SCALE, "N2", made.first + 2),
        ]
        assert made.kept.keys() == {MONITOR, SCALE}
        assert made.durable_calls == 1
        assert made.said[-1] == SerialNodesKnown(
            [
                SerialPlace(MONITOR, "N1", made.first + 1),
                SerialPlace(SCALE, "N2", made.first + 2),
            ]
        )
        assert made.met == []


async def test_who_is_not_let_into_the_network_has_no_port(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with bench() as made:
        made.around = found(STRANGER)

        assert await made.nodes.discover() == []

        assert made.met == [STRANGER]
        assert f"{STRANGER} is a module, but was not added" in caplog.text


async def test_who_asks_meanwhile_has_what_the_others_find() -> None:
    async with bench() as made:
        made.may_end.clear()
        made.around = found(MONITOR)
        both = asyncio.gather(made.nodes.discover(), made.nodes.discover())
        await made.clock.settle()
        made.may_end.set()

        one, other = await both

        assert one == other != []
        assert made.searches == 1
        await made.nodes.discover()
        assert made.searches == 2


async def test_a_radio_that_does_not_look_says_why() -> None:
    async with bench() as made:
        made.problem = NotJoinedError("the radio is not connected")

        with pytest.raises(NotJoinedError, match="is not connected"):
            await made.nodes.discover()


# ------------------------------------------------------------------ ports


async def test_a_port_that_another_program_has_is_tried_again() -> None:
    made = Bench(SerialNodeOptions(address=MONITOR))
    with socket.create_server(("127.0.0.1", made.first + 1)):
        await made.nodes.start()
        (node,) = made.nodes.nodes
        assert "cannot listen" in node.problem
        assert "cannot listen" in made.nodes.notes()[0]
        made.hears(MONITOR, digi.SERIAL_DATA, b"nobody is there")
    await made.clock.advance(LISTEN_AGAIN)
    await until(lambda: not made.nodes.notes())

    assert made.nodes.nodes[0].problem == ""
    await made.clock.advance(LISTEN_AGAIN)
    assert made.nodes.facts["nodes"] == 1
    await made.nodes.stop()


async def test_octets_go_both_ways() -> None:
    async with bench(SerialNodeOptions(address=MONITOR)) as made:
        reader, writer = await asyncio.open_connection("127.0.0.1", made.first + 1)
        await until(lambda: made.nodes.facts["clients"] == 1)

        writer.write(b"weigh\r")
        await until(lambda: made.air.sent)
        made.hears(MONITOR, digi.SERIAL_DATA, b"82.5 kg\r\n")

        assert await reader.readexactly(9) == b"82.5 kg\r\n"
        assert [(f.destination, f.data) for f in made.air.sent] == [(MONITOR, b"weigh\r")]
        writer.close()
        await writer.wait_closed()


async def test_clients_from_elsewhere_are_turned_away() -> None:
    chosen = ControlPortOptions()
    assert chosen.admits("127.0.0.1")
    assert chosen.admits("::1")
    assert not chosen.admits("192.168.1.7")


# ------------------------------------------------------------------ methods


async def test_a_port_is_set_and_a_node_removed_over_rpc() -> None:
    async with bench() as made:
        made.around = found(MONITOR)
        await made.nodes.discover()
        call = made.dispatcher.answer
        port = made.first + 5

        moved = await call(
            Request("set_serial_port", {"extended_address": str(MONITOR), "tcp_port": port})
        )
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        gone = await call(Request("remove_serial_node", {"extended_address": str(MONITOR)}))

        assert moved.error is None
        assert gone.error is None
        assert made.nodes.nodes == []
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("method", ["list_serial_nodes", "discover_serial_nodes"])
async def test_without_ports_that_is_said(method: str) -> None:
    dispatcher = Dispatcher(durable)
    dispatcher.register([SerialNodeMethods(None)])

    answer = await dispatcher.answer(Request(method, {}))

    assert answer.error is not None
    assert "control_port is not configured" in answer.error.message


# ------------------------------------------------------------------ temperatures


async def test_a_sensor_on_the_settled_input_tells_how_warm_it_is() -> None:
    fixed = SerialNodeOptions(address=MONITOR, temperature_input=2, name="Attic")
    async with bench(fixed, SerialNodeOptions(address=SCALE)) as made:
        assert made.nodes.temperatures == []

        made.hears(MONITOR, digi.IO_SAMPLE, write_analogue({2: sample_of(21.0)}))
        made.hears(MONITOR, digi.IO_SAMPLE, write_analogue({1: 3}))
        made.hears(MONITOR, digi.IO_SAMPLE, b"\x01")
        made.hears(SCALE, digi.IO_SAMPLE, write_analogue({2: sample_of(40.0)}))

        (told,) = made.nodes.temperatures
        assert (told.node, told.name, told.celsius) == (MONITOR, "Attic", 21.0)
        assert made.said[1:] == [TemperatureHeard(MONITOR, 21.0, made.clock.utc())]
