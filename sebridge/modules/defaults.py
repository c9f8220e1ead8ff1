"""Fill in what a request leaves to the class, and find the cluster that a request means. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.modules.class_table import KnownClass
from sebridge.settings.additions import CLIENT, SERVER, AddedCluster, AddedEndpoint

T = TypeVar("T")

Side = tuple[int, int, bool]
"""A cluster of ours: its endpoint, its identifier, and whether it is the server."""


class PlacedCluster(msgspec.Struct, frozen=True):
    """A cluster that was added and is there: of which class, where, and encrypted or not."""

    cluster_class: str
    endpoint_id: int
    cluster_id: int
    server: bool
    encrypted: bool

    @property
    def side(self) -> Side:
        """Where it is."""
        return self.endpoint_id, self.cluster_id, self.server


def full_endpoint(known: KnownClass, entry: AddedEndpoint) -> AddedEndpoint:
    """Return an entry with the defaults of its class; ParameterError without a profile.

    What the class has no default for stays None.
    """
    kind: Any = known.subject
    filled = replace(
        entry,
        profile_id=_first(entry.profile_id, kind.profile_id),
        device_id=_first(entry.device_id, kind.device_id),
        device_version=_first(entry.device_version, kind.device_version),
    )
    if filled.profile_id is None:
        raise ParameterError("profile_id", f"is needed: {known.name} has no default")
    return filled


def side_of(known: KnownClass, entry: AddedCluster) -> Side:
    """Return which cluster an entry makes; ParameterError when neither it nor the class says."""
    cluster_id = _first(entry.cluster_id, default_cluster_id(known))
    if cluster_id is None:
        raise ParameterError("cluster_id", f"is needed: {known.name} has no default")
    server = _first(_is_server(entry.server_or_client), default_side(known))
    if server is None:
        raise ParameterError("server_or_client", f"is needed: {known.name} has no default")
    return entry.endpoint_id, cluster_id, server


def default_cluster_id(known: KnownClass) -> int | None:
    """Return the cluster identifier that a class has by itself."""
    definition: Any = getattr(known.subject, "definition", None)
    return None if definition is None else definition.cluster_id


def default_side(known: KnownClass) -> bool | None:
    """Say whether a class is the server side; None when it says nothing of that."""
    server: bool | None = getattr(known.subject, "server", None)
    return server


def stored_endpoint(given: AddedEndpoint, filled: AddedEndpoint) -> AddedEndpoint:
    """Return an entry without a gap: what stands before a given value is filled in."""
    if given.device_version is not None:
        return replace(filled, device_id=filled.device_id or 0)
    if given.device_id is not None:
        return replace(filled, device_version=None)
    return given


def stored_cluster(given: AddedCluster, side: Side) -> AddedCluster:
    """Return an entry without a gap: what stands before a given value is filled in."""
    _, cluster_id, server = side
    word = SERVER if server else CLIENT
    if given.enable_APS_encryption is not None:
        return replace(given, server_or_client=word, cluster_id=cluster_id)
    if given.cluster_id is not None:
        return replace(given, server_or_client=word)
    return given


def meant(wanted: AddedCluster, placed: Iterable[PlacedCluster]) -> PlacedCluster | None:
    """Return the cluster that a request to remove one means; None when there is none.

    Without a class (an empty name) it is found by identifier and side. ParameterError when what
    is given fits several.
    """
    if not wanted.cluster_class:
        if wanted.cluster_id is None:
            raise ParameterError("cluster_id", "is needed without a cluster_class")
        if wanted.server_or_client is None:
            raise ParameterError("server_or_client", "is needed without a cluster_class")
    found = [one for one in placed if _fits(wanted, one)]
    if len(found) > 1:
        several = len({one.cluster_id for one in found}) > 1
        parameter = "cluster_id" if several else "server_or_client"
        raise ParameterError(parameter, "is needed: there are several of this class")
    return found[0] if found else None


def check_side(server_or_client: int | None) -> None:
    """Raise ParameterError for what is neither server nor client."""
    if server_or_client not in {None, SERVER, CLIENT}:
        raise ParameterError("server_or_client", "must be 0 (server) or 1 (client)")


def named(cluster_id: int, *, server: bool) -> str:
    """Return a cluster as a person reads of it."""
    return f"a {'server' if server else 'client'} of cluster 0x{cluster_id:04X}"


def named_entry(entry: AddedCluster) -> str:
    """Return an entry as a person reads of it."""
    return f"cluster {entry.cluster_class} of endpoint 0x{entry.endpoint_id:02X}"


def is_meant(entry: AddedCluster, wanted: AddedCluster) -> bool:
    """Say whether a request means an entry of which nothing but itself is known."""
    return (
        entry.endpoint_id == wanted.endpoint_id
        and wanted.cluster_class in {"", entry.cluster_class}
        and (None in {wanted.cluster_id, entry.cluster_id} or wanted.cluster_id == entry.cluster_id)
        and (
            None in {wanted.server_or_client, entry.server_or_client}
            or wanted.server_or_client == entry.server_or_client
        )
    )


def placed_as_it_says(entry: AddedCluster, wanted: AddedCluster) -> PlacedCluster:
    """Return what an entry would be; ParameterError where neither it nor the request says it."""
    cluster_id = _first(entry.cluster_id, wanted.cluster_id)
    side = _first(entry.server_or_client, wanted.server_or_client)
    for parameter, value in (("cluster_id", cluster_id), ("server_or_client", side)):
        if value is None:
            raise ParameterError(parameter, f"is needed: {entry.cluster_class} is not there")
    return PlacedCluster(
        entry.cluster_class,
        entry.endpoint_id,
        cluster_id or 0,
        side == SERVER,
        bool(entry.enable_APS_encryption),
    )


def _fits(wanted: AddedCluster, one: PlacedCluster) -> bool:
    server = _is_server(wanted.server_or_client)
    return (
        one.endpoint_id == wanted.endpoint_id
        and wanted.cluster_class in {"", one.cluster_class}
        and wanted.cluster_id in {None, one.cluster_id}
        and server in {None, one.server}
    )


def _is_server(server_or_client: int | None) -> bool | None:
    return None if server_or_client is None else server_or_client == SERVER


def _first(given: T | None, default: T | None) -> T | None:
    return default if given is None else given
