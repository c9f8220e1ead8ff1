"""An endpoint of ours: what a peer learns of it, and which of its clusters is meant."""

from msgspec.structs import replace
import pytest

from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.gateway.endpoint import Endpoint
from sebridge.zcl.identifiers import BASIC, HA_PROFILE, METERING, SE_ENDPOINT, SE_PROFILE

OURS = Endpoint(
    SE_ENDPOINT,
    SE_PROFILE,
    0x0500,
    (MeteringClient(NoMirrors()), BasicServer("maker", "model"), BasicClient()),
)


def test_an_endpoint_describes_its_clusters_in_order() -> None:
    described = OURS.descriptor()

    assert described.endpoint == SE_ENDPOINT
    assert (described.profile_id, described.device_id) == (SE_PROFILE, 0x0500)
    assert described.input_clusters == (BASIC,)
    assert described.output_clusters == (BASIC, METERING)


def test_the_two_sides_of_a_cluster_are_two_clusters() -> None:
    server = OURS.cluster(BASIC, server=True)
    client = OURS.cluster(BASIC, server=False)

    assert None not in {server, client}
    assert server is not client
    assert OURS.cluster(METERING, server=True) is None


def test_an_endpoint_tells_the_version_of_its_device() -> None:
    newer = replace(OURS, device_version=3)

    assert OURS.descriptor().device_version == 0
    assert newer.descriptor().device_version == 3


@pytest.mark.parametrize("profile_id", [HA_PROFILE, 0xFFFF])
def test_only_a_strict_endpoint_is_deaf_for_other_profiles(profile_id: int) -> None:
    strict = replace(OURS, is_strict=True)

    assert OURS.hears(profile_id)
    assert not strict.hears(profile_id)
    assert strict.hears(SE_PROFILE)
