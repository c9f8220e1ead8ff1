"""The map that the tables of routers make, and the text of it for Graphviz."""

from sebridge.base.addresses import NOBODY, Eui64, NetworkAddress
from sebridge.network.network_map import (
    MapNode,
    ToldTables,
    Unheard,
    graphviz,
    kind_of,
    network_map,
)
from sebridge.zcl.zdo import LogicalType, Neighbor, Relationship, Route, RouteStatus
from tests.network.air import address

OWN, NEAR, FAR, STRANGER = (address(number) for number in range(4))


def node(device: Eui64, nwk: int | None, kind: str = "router", name: str = "name") -> MapNode:
    short = None if nwk is None else NetworkAddress(nwk)
    return MapNode(address=device, short=short, kind=kind, name=name)


def neighbor(device: Eui64, nwk: int, relationship: int = Relationship.SIBLING) -> Neighbor:
    return Neighbor(
        extended_pan_id=NOBODY,
        device=device,
        nwk=nwk,
        logical_type=LogicalType.ROUTER,
        relationship=relationship,
        lqi=nwk,
    )


KNOWN = [
    node(OWN, 0, "coordinator"),
    node(NEAR, 1),
    node(FAR, 2),
    node(address(9), None, "unknown"),
]


def test_each_link_is_told_by_one_of_its_ends() -> None:
    tables = {
        OWN: ToldTables(neighbors=[neighbor(NEAR, 1)]),
        NEAR: ToldTables(neighbors=[neighbor(OWN, 0, Relationship.PARENT), neighbor(FAR, 2, 7)]),
    }

    told = network_map(KNOWN, tables)

    assert told.nodes == KNOWN
    assert [(one.from_address, one.to_address, one.relationship) for one in told.links] == [
        (OWN, NEAR, "sibling"),
        (NEAR, OWN, "parent"),
        (NEAR, FAR, "unknown"),
    ]
    assert [one.lqi for one in told.links] == [1, 0, 2]


def test_routes_are_told_by_their_next_hop() -> None:
    tables = {
        OWN: ToldTables(
            neighbors=[neighbor(NEAR, 1)],
            routes=[
                Route(destination=1, next_hop=1),
                Route(destination=2, next_hop=1),
                Route(destination=3, next_hop=1, status=RouteStatus.INACTIVE),
                Route(destination=4, next_hop=0x77),  # nobody knows who that is
                Route(destination=5, next_hop=0),
            ],
        ),
        FAR: ToldTables(routes=[Route(destination=0, next_hop=1)]),
    }

    told = network_map(KNOWN, tables)

    assert [(one.from_address, one.to_address, one.lqi, one.routes) for one in told.links] == [
        (OWN, NEAR, 1, [1, 2]),
        (FAR, NEAR, None, [0]),
    ]


def test_who_is_known_to_a_neighbor_only_is_on_the_map_as_well() -> None:
    tables = {
        OWN: ToldTables(
            neighbors=[
                neighbor(STRANGER, 3),
                neighbor(NOBODY, 2),  # some routers know the short address only
                neighbor(NOBODY, 0x99),
                neighbor(OWN, 0),
                neighbor(address(8), 0xFFFE),
            ],
            routes=[Route(destination=3, next_hop=3)],
        )
    }

    told = network_map(KNOWN, tables)

    assert told.nodes[len(KNOWN) :] == [
        node(STRANGER, 3, name=str(STRANGER)),
        node(address(8), None, name=str(address(8))),
    ]
    assert [one.to_address for one in told.links] == [STRANGER, FAR, address(8)]
    assert told.links[0].routes == [3]


def test_graphviz_is_given_every_node_and_link() -> None:
    known = [node(OWN, 0, "coordinator", 'the "own" \\ one'), *KNOWN[2:]]
    tables = {
        OWN: ToldTables(neighbors=[neighbor(FAR, 2)], routes=[Route(destination=2, next_hop=2)])
    }
    silent = [Unheard(address=FAR, name="name", reason="no answer")]

    lines = graphviz(network_map(known, tables, silent)).splitlines()

    assert lines[0] == "digraph sebridge {"
    assert lines[3:] == [
        rf'  "{OWN}" [label="the \"own\" \\ one\ncoordinator, 0000", shape=doubleoctagon];',
        rf'  "{FAR}" [label="name\nrouter, 0002", shape=box, style=dashed];',
        rf'  "{address(9)}" [label="name\nunknown", shape=ellipse];',
        rf'  "{OWN}" -> "{FAR}" [label="2", style=bold];',
        "}",
    ]
    bare = network_map(known, {FAR: ToldTables(routes=[Route(destination=0, next_hop=0)])})
    assert f'  "{FAR}" -> "{OWN}" [label="", style=bold];' in graphviz(bare)


def test_what_a_device_is_has_a_word() -> None:
    assert [kind_of(number) for number in (0, 1, 2, 3, None)] == [
        "coordinator",
        "router",
        "end device",
        "unknown",
        "unknown",
    ]
