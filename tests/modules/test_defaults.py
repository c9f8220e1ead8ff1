"""What a request leaves to the class, and which cluster it means."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.features.basic.cluster import BasicServer
from sebridge.gateway.generic import GenericCluster
from sebridge.modules.class_table import described
from sebridge.modules.defaults import (
    PlacedCluster,
    check_side,
    full_endpoint,
    is_meant,
    meant,
    named,
    named_entry,
    placed_as_it_says,
    side_of,
    stored_cluster,
    stored_endpoint,
)
from sebridge.modules.endpoint_class import EndpointClass
from sebridge.settings.additions import AddedCluster, AddedEndpoint


class Lamp(EndpointClass):
    profile_id = 0x0104
    device_id = 0x0100


LAMP, BARE = described(Lamp, "here"), described(EndpointClass, "here")
BASIC, ANY = described(BasicServer, "here"), described(GenericCluster, "here")


def endpoint(**given: int) -> AddedEndpoint:
    return AddedEndpoint(endpoint_class="Lamp", endpoint_id=2, **given)


def cluster(name: str = "Any", /, **given: int) -> AddedCluster:
    return AddedCluster(cluster_class=name, endpoint_id=2, **given)  # type: ignore[arg-type]


def test_a_request_overrides_the_defaults_of_the_class() -> None:
    assert full_endpoint(LAMP, endpoint()) == endpoint(profile_id=0x0104, device_id=0x0100)
    assert full_endpoint(LAMP, endpoint(device_id=0, device_version=0)) == endpoint(
        profile_id=0x0104, device_id=0, device_version=0
    )
    assert full_endpoint(BARE, endpoint(profile_id=1)) == endpoint(profile_id=1)


def test_a_profile_must_come_from_somewhere() -> None:
    with pytest.raises(ParameterError, match="profile_id: is needed"):
        full_endpoint(BARE, endpoint(device_id=7))


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({}, {}),
        ({"profile_id": 0x0109}, {"profile_id": 0x0109}),
        ({"device_id": 7}, {"profile_id": 0x0104, "device_id": 7}),
        (
            {"device_version": 3},
            {"profile_id": 0x0104, "device_id": 0x0100, "device_version": 3},
        ),
    ],
)
def test_an_endpoint_is_stored_without_a_gap(given: dict[str, int], stored: dict[str, int]) -> None:
    entry = endpoint(**given)

    assert stored_endpoint(entry, full_endpoint(LAMP, entry)) == endpoint(**stored)


def test_a_version_without_any_device_is_stored_behind_a_zero() -> None:
    entry = endpoint(profile_id=1, device_version=3)

    stored = stored_endpoint(entry, full_endpoint(BARE, entry))

    assert stored == endpoint(profile_id=1, device_id=0, device_version=3)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ({}, {}),
        ({"server_or_client": 1}, {"server_or_client": 1}),
        ({"cluster_id": 6}, {"server_or_client": 0, "cluster_id": 6}),
        (
            {"enable_APS_encryption": False},
            {"server_or_client": 0, "cluster_id": 6, "enable_APS_encryption": False},
        ),
    ],
)
def test_a_cluster_is_stored_without_a_gap(given: dict[str, int], stored: dict[str, int]) -> None:
    assert stored_cluster(cluster(**given), (2, 6, True)) == cluster(**stored)


def test_a_cluster_is_where_its_class_or_the_request_says() -> None:
    assert side_of(BASIC, cluster()) == (2, 0, True)
    assert side_of(BASIC, cluster(cluster_id=9, server_or_client=1)) == (2, 9, False)
    assert side_of(ANY, cluster(cluster_id=0, server_or_client=0)) == (2, 0, True)


@pytest.mark.parametrize(
    ("given", "missing"),
    [({"server_or_client": 0}, "cluster_id"), ({"cluster_id": 6}, "server_or_client")],
)
def test_a_class_without_defaults_needs_both(given: dict[str, int], missing: str) -> None:
    with pytest.raises(ParameterError, match=f"{missing}: is needed"):
        side_of(ANY, cluster(**given))


@pytest.mark.parametrize("wrong", [2, 255, -1])
def test_a_side_is_server_or_client(wrong: int) -> None:
    check_side(None)
    check_side(0)
    check_side(1)
    with pytest.raises(ParameterError, match="server_or_client"):
        check_side(wrong)


# ------------------------------------------------------------------ which one is meant

SIX = PlacedCluster("Any", 2, 6, server=True, encrypted=False)
SIX_CLIENT = PlacedCluster("Any", 2, 6, server=False, encrypted=False)
EIGHT = PlacedCluster("Other", 2, 8, server=True, encrypted=False)
ELSEWHERE = PlacedCluster("Any", 3, 6, server=True, encrypted=False)
PLACED = [SIX, SIX_CLIENT, EIGHT, ELSEWHERE]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (cluster("", cluster_id=6, server_or_client=1), SIX_CLIENT),
        (cluster("", cluster_id=8, server_or_client=0), EIGHT),
        (cluster("Other"), EIGHT),
        (cluster("Any", server_or_client=0), SIX),
        (cluster("Any", cluster_id=9), None),
        (cluster("Nobody"), None),
    ],
)
def test_a_cluster_is_found_by_what_is_given(
    wanted: AddedCluster, found: PlacedCluster | None
) -> None:
    assert meant(wanted, PLACED) is found


@pytest.mark.parametrize(
    ("wanted", "missing"),
    [
        (cluster("", server_or_client=0), "cluster_id"),
        (cluster("", cluster_id=6), "server_or_client"),
        (cluster("Any", cluster_id=6), "server_or_client"),
    ],
)
def test_a_request_that_fits_several_must_say_more(wanted: AddedCluster, missing: str) -> None:
    with pytest.raises(ParameterError, match=f"{missing}: is needed"):
        meant(wanted, PLACED)


def test_with_several_identifiers_the_identifier_is_asked_for() -> None:
    nine = PlacedCluster("Any", 2, 9, server=True, encrypted=False)

    with pytest.raises(ParameterError, match="cluster_id: is needed"):
        meant(cluster("Any"), [SIX, nine])


def test_an_entry_that_waits_is_meant_by_what_it_says() -> None:
    entry = cluster("Gone", cluster_id=6)

    assert is_meant(entry, cluster("Gone"))
    assert is_meant(entry, cluster("", cluster_id=6, server_or_client=1))
    assert not is_meant(entry, cluster("Gone", cluster_id=7))
    assert not is_meant(entry, cluster("Any", cluster_id=6))
    assert not is_meant(cluster("Gone", server_or_client=1), cluster("Gone", server_or_client=0))


def test_an_entry_that_waits_is_told_as_far_as_it_is_known() -> None:
    entry = cluster("Gone", cluster_id=6)

    told = placed_as_it_says(entry, cluster("Gone", server_or_client=0))

    assert told.side == (2, 6, True)
    with pytest.raises(ParameterError, match="server_or_client: is needed"):
        placed_as_it_says(entry, cluster("Gone"))


def test_clusters_are_named_for_people() -> None:
    assert named(0x0402, server=False) == "a client of cluster 0x0402"
    assert named_entry(cluster("Gone")) == "cluster Gone of endpoint 0x02"
