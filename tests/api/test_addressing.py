"""Between which clusters a request is."""

from typing import Any

import pytest

from sebridge.api.addressing import Addressing, Target
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError, RequestError, UnknownDeviceError
from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.gateway.endpoint import Endpoint
from sebridge.zcl.identifiers import BASIC, HA_PROFILE, METERING, SE_PROFILE
from tests.gateway.radio_side import address

OWN = address(0x99)
CLIENTS = (BasicClient(), MeteringClient(NoMirrors()))
ENDPOINTS = {
    0x01: Endpoint(0x01, HA_PROFILE, 7, CLIENTS),
    0x5E: Endpoint(0x5E, SE_PROFILE, 0x0500, (BasicServer("maker", "model"), *CLIENTS)),
}


class Known:
    """Knows endpoint 9 of device 1."""

    def profile_of(self, device: Eui64, endpoint: int) -> int | None:
        if device != address(1):
            raise UnknownDeviceError("nobody")
        return SE_PROFILE if endpoint == 9 else None


@pytest.fixture
def addressing() -> Addressing:
    return Addressing(ENDPOINTS, Known(), lambda: OWN)


def target(**more: Any) -> Target:
    far: dict[str, Any] = {
        "cluster_id": METERING,
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": 0x01,
        "destination_address": address(1),
    }
    return Target(**far | more)


def near(**more: Any) -> Target:
    here: dict[str, Any] = {
        "cluster_id": BASIC,
        "server_or_client": 0,
        "destination_endpoint_id": 0x5E,
    }
    return Target(**here | more)


def test_a_device_is_spoken_to_from_the_opposite_cluster(addressing: Addressing) -> None:
    pairing = addressing.pairing(target(manufacturer_code=0x101E))

    assert (pairing.peer.endpoint, pairing.peer.profile_id) == (9, SE_PROFILE)
    assert (pairing.local_endpoint, pairing.server) == (0x01, False)
    assert pairing.manufacturer_code == 0x101E


def test_an_endpoint_that_is_not_known_yet_has_the_profile_of_ours(addressing: Addressing) -> None:
    pairing = addressing.pairing(target(destination_endpoint_id=3))

    assert pairing.peer.profile_id == HA_PROFILE


@pytest.mark.parametrize("more", [{}, {"destination_address": OWN, "source_endpoint_id": 0x01}])
def test_without_an_address_or_with_ours_the_gateway_is_meant(
    addressing: Addressing, more: dict[str, Any]
) -> None:
    pairing = addressing.pairing(near(**more))

    assert pairing.is_local
    assert (pairing.local_endpoint, pairing.server) == (0x5E, False)


def test_the_head_of_an_answer_names_a_device_only_where_there_is_one(
    addressing: Addressing,
) -> None:
    far, here = target(), near()

    remote = far.head(addressing.pairing(far))
    local = here.head(addressing.pairing(here))

    assert (remote["source_endpoint_id"], remote["destination_endpoint_id"]) == (9, 0x01)
    assert remote["source_address"] == address(1)
    assert "source_address" not in local
    assert "destination_endpoint_id" not in local


def test_a_source_endpoint_that_was_left_out_is_that_of_the_same_profile(
    addressing: Addressing,
) -> None:
    wanted = Target(
        cluster_id=METERING,
        server_or_client=0,
        destination_endpoint_id=9,
        destination_address=address(1),
    )

    assert addressing.guessed(wanted).local_endpoint == 0x5E
    assert addressing.guessed(target()).local_endpoint == 0x01
    assert addressing.guessed(near()).is_local


def test_without_any_fitting_cluster_nothing_is_guessed(addressing: Addressing) -> None:
    wanted = Target(
        cluster_id=0x0700,
        server_or_client=0,
        destination_endpoint_id=9,
        destination_address=address(1),
    )

    with pytest.raises(RequestError, match="no cluster to speak with 0x0700"):
        addressing.guessed(wanted)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (target(server_or_client=2), "server_or_client"),
        (target(source_endpoint_id=0x33), "source_endpoint_id"),
        (near(destination_endpoint_id=0x33), "destination_endpoint_id"),
        (near(server_or_client=1, cluster_id=0x0700), "cluster_id"),
    ],
)
def test_what_does_not_exist_is_named(addressing: Addressing, wrong: Target, problem: str) -> None:
    with pytest.raises(ParameterError) as caught:
        addressing.pairing(wrong)

    assert caught.value.path == problem


def test_the_opposite_cluster_must_be_there(addressing: Addressing) -> None:
    with pytest.raises(RequestError, match="endpoint 0x01 has no client of cluster 0x0700"):
        addressing.pairing(target(cluster_id=0x0700))


def test_an_unknown_device_is_told(addressing: Addressing) -> None:
    with pytest.raises(UnknownDeviceError):
        addressing.pairing(target(destination_address=address(2)))
