"""Names and attributes of all clusters that zigpy declares, looked up when they are asked for."""

from collections.abc import Mapping
from functools import cache

from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.cluster import AttributeDefinition, Clusters
from sebridge.zcl.declared_by_zigpy import DECLARED


@cache
def _sections() -> Mapping[int, tuple[str, str]]:
    """Return name and table of each cluster by identifier."""
    found: dict[int, tuple[str, str]] = {}
    for section in DECLARED.removeprefix("= ").split("\n= "):
        head, _, table = section.partition("\n")
        number, name = head.split()
        found[int(number, 16)] = name, table
    return found


def known_name(cluster_id: int) -> str | None:
    """Return the name of a cluster, as it stands on topics; None for one that is not known."""
    found = _sections().get(cluster_id)
    return None if found is None else found[0]


@cache
def known_numbers() -> Mapping[str, int]:
    """Return the identifiers of all clusters by their names, as they stand on topics."""
    return {name: number for number, (name, _) in _sections().items()}


@cache
def known_attributes(cluster_id: int) -> Mapping[int, AttributeDefinition]:
    """Return the attributes of a cluster by identifier; none for one that is not known."""
    found = _sections().get(cluster_id)
    return {} if found is None else AttributeTable(found[1])


def declared_attributes(
    clusters: Clusters, cluster_id: int, *, of_server: bool
) -> Mapping[int, AttributeDefinition]:
    """Return the attributes of one side of a cluster by identifier; none where nobody declares any.

    zigpy declares those of servers. Where it has none, and for clients, they are those of our own
    `clusters`.
    """
    known = known_attributes(cluster_id) if of_server else {}
    ours = clusters.get(cluster_id)
    return known if known or ours is None else ours.attributes(of_server=of_server)
