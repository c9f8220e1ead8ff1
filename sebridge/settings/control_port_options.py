"""The section `control_port`: the serial ports of XBee nodes as TCP ports, and its XML-RPC."""

from collections.abc import Iterator
import ipaddress

from sebridge.base.addresses import Eui64
from sebridge.base.loopback import is_loopback
from sebridge.settings.declaration import Problem, option, repeated, section
from sebridge.settings.kinds import (
    ADDRESS,
    HOST,
    NETWORK,
    PORT,
    TEXT,
    ListOf,
    Network,
    number,
    whole,
    words,
)


@section
class SerialNodeOptions:
    """A node of which something is settled by hand; others are found by `discover`."""

    address: Eui64 = option(ADDRESS, "64-bit address, as printed on the module; each has its own")
    port: int | None = option(
        PORT, "its TCP port; without a value: the next free one, which stays its own", default=None
    )
    name: str | None = option(
        TEXT,
        "what it is called; without a value: as it calls itself (NI)",
        default=None,
    )
    temperature_input: int | None = option(
        whole(0, 3),
        "its analogue input with a sensor of temperature that has 500 mV at 0 degrees C and 10 mV"
        " more for each, as a TMP36 or, on input 2, an XBee Sensor of Digi",
        default=None,
    )


_EXAMPLE = (
    SerialNodeOptions(
        address=Eui64.parse("00:13:a2:00:40:0a:3e:ff"), port=27001, name="Power monitor"
    ),
    SerialNodeOptions(
        address=Eui64.parse("00:13:a2:00:40:0a:3f:02"), name="Attic", temperature_input=2
    ),
)


@section
class ControlPortOptions:
    """Where it listens, and who may come."""

    host: str = option(
        HOST,
        "address to listen on; any but this machine's own needs `allowed`",
        default="127.0.0.1",
    )
    port: int = option(
        whole(1, 65_000), "TCP port of the XML-RPC; those of nodes follow it", default=27_000
    )
    allowed: tuple[Network, ...] = option(
        ListOf(NETWORK),
        "addresses and networks from which others may come, besides this machine: there are no"
        " tokens, and nothing is encrypted",
        default=(),
        example=(ipaddress.ip_network("192.168.1.0/24"),),
    )
    clients: str = option(
        words(
            several="as many as there is room for: all hear the node, and all may send",
            one="who comes while another is there is turned away",
        ),
        "of one node at a time",
        default="several",
    )
    idle_timeout: float | None = option(
        number(1, 604_800),
        "seconds after which a client of a node is closed through which nothing went; without a"
        " value: never",
        default=None,
    )
    connections: int = option(
        whole(1, 1_000), "at the same time, of all clients, to all of these ports", default=64
    )
    write_timeout: float = option(
        number(1, 3_600),
        "seconds in which a client must have taken what was sent to it",
        default=60.0,
    )
    nodes: tuple[SerialNodeOptions, ...] = option(
        ListOf(SerialNodeOptions),
        "ports, names and sensors that are settled by hand",
        default=(),
        example=_EXAMPLE,
    )

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong across keys."""
        if not self.allowed and not is_loopback(self.host):
            yield (
                ("allowed",),
                f"is needed to listen on {self.host}, which other machines can reach",
            )
        yield from repeated("nodes", "address", [one.address for one in self.nodes])
        ports = [one.port for one in self.nodes if one.port is not None]
        yield from repeated("nodes", "port", ports)
        if self.port in ports:
            yield ("nodes",), f"has the port {self.port}, which is that of the XML-RPC"

    def admits(self, address: str) -> bool:
        """Say whether somebody may come from an address."""
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        own = mapped or found
        return own.is_loopback or any(own in network for network in self.allowed)
