"""An endpoint of ours: what a peer learns of it, and which of its clusters is meant."""

from msgspec.structs import replace
import pytest

from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.identify.cluster import IdentifyServer
from sebridge.features.metering.client import MeteringClient, NoMirrors
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.local_attributes import LocalAttributes
from sebridge.zcl.identifiers import (
    BASIC,
    HA_PROFILE,
    IDENTIFY,
    METERING,
    SE_ENDPOINT,
    SE_PROFILE,
)

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


def test_an_endpoint_shows_itself_as_long_as_its_identify_cluster_says_so() -> None:
    now = 1000
    server = IdentifyServer(lambda: now)
    mains = replace(OURS, clusters=(server,))

    server.begin(SE_ENDPOINT, 10)
    during = mains.is_identifying
    now += 10

    assert during
    assert not mains.is_identifying
    assert not OURS.is_identifying


def test_a_cluster_that_is_only_called_identify_shows_nothing() -> None:
    other = BasicServer("maker", "model")
    other.appear_as(IDENTIFY, server=True)
    other.attributes = LocalAttributes()

    assert not replace(OURS, clusters=(other,)).is_identifying


@pytest.mark.parametrize("profile_id", [HA_PROFILE, 0xFFFF])
def test_only_a_strict_endpoint_is_deaf_for_other_profiles(profile_id: int) -> None:
    strict = replace(OURS, is_strict=True)

    assert OURS.hears(profile_id)
    assert not strict.hears(profile_id)
    assert strict.hears(SE_PROFILE)
