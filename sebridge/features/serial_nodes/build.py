"""Build what a gateway has of serial nodes: their ports, where they are configured."""

from sebridge.base.addresses import Eui64
from sebridge.feature import Host, Part
from sebridge.features.serial_nodes.book import Book, KnownNode
from sebridge.features.serial_nodes.methods import SerialNodeMethods
from sebridge.features.serial_nodes.network import NoSerialNodes, SerialNetwork, Surroundings
from sebridge.settings.control_port_options import ControlPortOptions
from sebridge.transports.listening.connections import ConnectionLimits, Connections
from sebridge.transports.listening.door import most_connections


def build(host: Host) -> Part:
    """Have the ports; where they are not configured, say so to who asks for them."""
    options = host.control_port
    if options is None:
        return Part(services=(NoSerialNodes(host.bus),), method_groups=(SerialNodeMethods(None),))
    around = Surroundings(
        nodes=host.serial_nodes,
        find_modules=host.find_modules,
        meet=host.meet,
        is_known=host.directory.__contains__,
        durable=host.durable,
        bus=host.bus,
    )
    book = Book(host.open_collection("serial_nodes", Eui64, KnownNode), options)
    nodes = SerialNetwork(book, options, around, _connections(options), host.real_clock)
    # aiohttp is much to have in memory for who does not use it
    from sebridge.features.serial_nodes.remote_methods import RemoteMethods  # noqa: PLC0415
    from sebridge.transports.control_port.remote_api import RemoteApi  # noqa: PLC0415

    methods = RemoteMethods(nodes, host.real_clock)
    api = RemoteApi(options, methods.table, host.real_clock)
    return Part(
        services=(nodes, api),
        method_groups=(SerialNodeMethods(nodes),),
        notes=(nodes.notes,),
        health={"serial_nodes": lambda: nodes.facts},
    )


def _connections(options: ControlPortOptions) -> Connections:
    """Return who counts the connections to all ports of the nodes."""
    most = min(options.connections, most_connections())
    limits = ConnectionLimits(
        connections=most,
        connections_per_address=most,
        handshake_seconds=0,  # there is none: nothing is encrypted
        write_seconds=options.write_timeout,
    )
    return Connections(limits, options.admits)
