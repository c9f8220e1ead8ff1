"""Which node has which TCP port, and keeps it."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import FullError, ParameterError, RefusedError, UnknownDeviceError
from sebridge.features.serial_nodes.book import MOST_NODES, Book, KnownNode
from sebridge.settings.control_port_options import ControlPortOptions, SerialNodeOptions


def node(number: int) -> Eui64:
    return Eui64(0x0013_A200_4000_0000 + number)


ONE, TWO, THREE = node(1), node(2), node(3)


def book(
    *fixed: SerialNodeOptions, known: dict[Eui64, KnownNode] | None = None, port: int = 27_000
) -> Book:
    return Book({} if known is None else known, ControlPortOptions(port=port, nodes=fixed))


def test_new_nodes_have_the_next_free_ports() -> None:
    made = book()

    made.found(TWO, "E2")
    made.found(ONE, "E1")

    assert made.ports == {TWO: 27_001, ONE: 27_002}
    assert made.name_of(TWO) == "E2"
    assert ONE in made
    assert THREE not in made


def test_a_node_that_is_found_again_keeps_its_port_and_tells_its_name_anew() -> None:
    known: dict[Eui64, KnownNode] = {}
    made = book(known=known)
    made.found(ONE, "E1")
    made.found(TWO, "E2")

    made.found(ONE, "Scale\x07")
    again = book(known=known)

    assert again.ports == {ONE: 27_001, TWO: 27_002}
    assert again.name_of(ONE) == "Scale?"


def test_what_the_configuration_settles_goes_before_all_else() -> None:
    known = {ONE: KnownNode(27_001, "E1"), TWO: KnownNode(27_002, "E2")}

    made = book(
        SerialNodeOptions(address=THREE, port=27_001, name="Monitor"),
        SerialNodeOptions(address=TWO, temperature_input=2),
        known=known,
    )

    assert made.ports == {THREE: 27_001, TWO: 27_002, ONE: 27_003}
    assert made.name_of(THREE) == "Monitor"
    assert made.name_of(TWO) == "E2"
    assert made.temperature_input_of(TWO) == 2
    assert made.temperature_input_of(ONE) is None


def test_a_node_of_the_configuration_has_a_port_before_it_is_found() -> None:
    assert book(SerialNodeOptions(address=ONE)).ports == {ONE: 27_001}


def test_whose_port_the_xml_rpc_has_now_gets_another() -> None:
    known = {ONE: KnownNode(27_001)}

    assert book(known=known, port=27_001).ports == {ONE: 27_002}


def test_a_port_can_be_set_and_a_node_be_added_by_that() -> None:
    made = book()
    made.found(ONE, "E1")

    made.set_port(ONE, 4001)
    made.set_port(TWO, 4002)
    made.set_port(TWO, 4002)

    assert made.ports == {ONE: 4001, TWO: 4002}
    assert made.name_of(TWO) == ""


def test_a_port_that_another_has_is_refused() -> None:
    made = book(SerialNodeOptions(address=ONE, port=4001))

    with pytest.raises(ParameterError, match=f"4001 is that of {ONE}"):
        made.set_port(TWO, 4001)
    with pytest.raises(ParameterError, match="27000 is that of the XML-RPC"):
        made.set_port(TWO, 27_000)
    with pytest.raises(RefusedError, match="the configuration gives"):
        made.set_port(ONE, 4002)
    assert made.ports == {ONE: 4001}


def test_a_node_is_forgotten_with_its_port() -> None:
    made = book(SerialNodeOptions(address=ONE))
    made.found(TWO, "E2")

    made.remove(TWO)

    assert made.ports == {ONE: 27_001}
    with pytest.raises(UnknownDeviceError):
        made.remove(TWO)
    with pytest.raises(RefusedError, match="is in the configuration"):
        made.remove(ONE)


def test_there_are_no_more_nodes_than_fit() -> None:
    made = book()
    for number in range(MOST_NODES):
        made.found(node(number), "")

    with pytest.raises(FullError):
        made.found(node(MOST_NODES), "")
    with pytest.raises(FullError):
        made.set_port(node(MOST_NODES), 4001)
    made.found(node(0), "again")
    assert made.name_of(node(0)) == "again"


def test_there_may_be_no_port_left() -> None:
    known = {node(number): KnownNode(65_001 + number) for number in range(99)}
    made = Book(known, ControlPortOptions(port=65_000))
    for port in range(65_100, 65_101):
        made.set_port(node(99), port)

    assert len(made.ports) == 100
    full = Book({ONE: KnownNode(65_535)}, ControlPortOptions(port=65_534))
    with pytest.raises(FullError, match="no TCP port is free"):
        full.found(TWO, "E2")
