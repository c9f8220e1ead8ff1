"""The map of the network: who hears whom, how well, and who sends by whom. No I/O.

Source: ZigBee specification, device profile, Mgmt_Lqi_rsp, Mgmt_Rtg_rsp and
Mgmt_Bind_rsp.
"""

from collections.abc import Iterable, Mapping, Sequence
import json
from typing import Final

import msgspec

from sebridge.base.addresses import NOBODY, Eui64, NetworkAddress, is_unicast
from sebridge.zcl.zdo import LogicalType, Neighbor, Relationship, Route, RouteStatus

_KINDS: Final[Mapping[object, str]] = {
    LogicalType.COORDINATOR: "coordinator",
    LogicalType.ROUTER: "router",
    LogicalType.END_DEVICE: "end device",
}
_UNKNOWN: Final = "unknown"
_RELATIONSHIPS: Final[Mapping[int, str]] = {
    Relationship.PARENT: "parent",
    Relationship.CHILD: "child",
    Relationship.SIBLING: "sibling",
    Relationship.NONE: "none",
    Relationship.PREVIOUS_CHILD: "previous child",
}
_SHAPES: Final = {"coordinator": "doubleoctagon", "router": "box"}


class MapNode(msgspec.Struct, frozen=True, kw_only=True):
    """A device on the map. One of which only a neighbour tells is called by its address."""

    address: Eui64
    short: NetworkAddress | None
    kind: str  # coordinator, router, end device or unknown
    name: str


class MapLink(msgspec.Struct, frozen=True, kw_only=True):
    """How one device hears another, by its own word, and whom it reaches through that.

    `lqi` (0..255) and `relationship` (what `to_address` is to `from_address`: parent, child,
    sibling, none, previous child or unknown) are None where only a route tells of the link.
    """

    from_address: Eui64
    to_address: Eui64
    lqi: int | None
    relationship: str | None
    routes: Sequence[NetworkAddress] = ()


class MapBinding(msgspec.Struct, frozen=True, kw_only=True):
    """Where a cluster of a device sends what it has to tell: to an endpoint, or to a group."""

    from_address: Eui64
    endpoint_id: int
    cluster_id: int
    to_address: Eui64 | None
    to_endpoint_id: int | None
    group_id: int | None


class Unheard(msgspec.Struct, frozen=True, kw_only=True):
    """A router that did not tell whom it hears, and why."""

    address: Eui64
    name: str
    reason: str


class ToldTables(msgspec.Struct, frozen=True, kw_only=True):
    """What a router told."""

    neighbors: Sequence[Neighbor] = ()
    routes: Sequence[Route] = ()


class NetworkMap(msgspec.Struct, frozen=True, kw_only=True):
    """All devices, the links between them, what is bound to whom, and who was silent."""

    nodes: Sequence[MapNode]
    links: Sequence[MapLink]
    unheard: Sequence[Unheard] = ()
    bindings: Sequence[MapBinding] = ()


def kind_of(logical_type: object) -> str:
    """Return the word for what a device is to the network."""
    return _KINDS.get(logical_type, _UNKNOWN)


def network_map(
    known: Iterable[MapNode],
    tables: Mapping[Eui64, ToldTables],
    unheard: Sequence[Unheard] = (),
    bindings: Sequence[MapBinding] = (),
) -> NetworkMap:
    """Return the map of the known devices, and of those that the tables of routers tell of."""
    nodes = {node.address: node for node in known}
    shorts = {node.short: node.address for node in nodes.values() if node.short is not None}
    links: dict[tuple[Eui64, Eui64], MapLink] = {}
    for source, told in tables.items():
        for neighbor in told.neighbors:
            device = _device(neighbor, shorts)
            if device is None or device == source:
                continue
            nodes.setdefault(device, _stranger(device, neighbor))
            if is_unicast(neighbor.nwk):
                shorts.setdefault(NetworkAddress(neighbor.nwk), device)
            links[source, device] = MapLink(
                from_address=source,
                to_address=device,
                lqi=neighbor.lqi,
                relationship=_RELATIONSHIPS.get(neighbor.relationship, _UNKNOWN),
            )
    for source, told in tables.items():
        for next_hop, destinations in _reached(told.routes).items():
            device = shorts.get(next_hop)
            if device is not None and device != source:
                bare = MapLink(from_address=source, to_address=device, lqi=None, relationship=None)
                link = links.get((source, device), bare)
                links[source, device] = msgspec.structs.replace(link, routes=destinations)
    return NetworkMap(
        nodes=list(nodes.values()),
        links=list(links.values()),
        unheard=unheard,
        bindings=bindings,
    )


def graphviz(told: NetworkMap) -> str:
    """Return the map as a graph in the language DOT of Graphviz."""
    silent = {one.address for one in told.unheard}
    lines = ["digraph sebridge {", "  node [fontname=sans];", "  edge [fontname=sans];"]
    for node in told.nodes:
        label = f"{node.name}\n{node.kind}" + ("" if node.short is None else f", {node.short}")
        look = f"shape={_SHAPES.get(node.kind, 'ellipse')}"
        style = ", style=dashed" if node.address in silent else ""
        lines.append(f'  "{node.address}" [label={_quoted(label)}, {look}{style}];')
    for link in told.links:
        label = "" if link.lqi is None else str(link.lqi)
        style = ", style=bold" if link.routes else ""
        ends = f'"{link.from_address}" -> "{link.to_address}"'
        lines.append(f'  {ends} [label="{label}"{style}];')
    for bound in told.bindings:
        end = f"group 0x{bound.group_id:04X}" if bound.to_address is None else bound.to_address
        ends = f'"{bound.from_address}" -> "{end}"'
        label = f"0x{bound.cluster_id:04X}"
        lines.append(f'  {ends} [label="{label}", style=dotted, constraint=false];')
    return "\n".join((*lines, "}"))


def _quoted(text: str) -> str:
    """Return a text as a string of DOT, which escapes as JSON does what can be in a name."""
    return json.dumps(text, ensure_ascii=False)


def _device(neighbor: Neighbor, shorts: Mapping[NetworkAddress, Eui64]) -> Eui64 | None:
    """Return who a neighbour is; some routers have only its short address."""
    if neighbor.device not in {NOBODY, 0}:
        return neighbor.device
    return shorts.get(NetworkAddress(neighbor.nwk))


def _stranger(device: Eui64, neighbor: Neighbor) -> MapNode:
    short = NetworkAddress(neighbor.nwk) if is_unicast(neighbor.nwk) else None
    kind = kind_of(neighbor.logical_type)
    return MapNode(address=device, short=short, kind=kind, name=str(device))


def _reached(routes: Sequence[Route]) -> dict[NetworkAddress, list[NetworkAddress]]:
    """Return who is reached by each next hop, as far as the routes can be used."""
    found: dict[NetworkAddress, list[NetworkAddress]] = {}
    for route in routes:
        if route.status == RouteStatus.ACTIVE:
            hop = NetworkAddress(route.next_hop)
            found.setdefault(hop, []).append(NetworkAddress(route.destination))
    return found
