"""A cluster of any number."""

import pytest

from sebridge.base.errors import UnsupportedAttributeError, UnsupportedCommandError
from sebridge.gateway.generic import GenericCluster


@pytest.mark.parametrize("server", [True, False])
def test_it_is_what_it_was_told_to_be(*, server: bool) -> None:
    cluster = GenericCluster()

    cluster.appear_as(0x0402, server=server)

    assert (cluster.cluster_id, cluster.server) == (0x0402, server)


@pytest.mark.parametrize("cluster_id", [0x0006, 0x0402, 0xFC00])
def test_it_knows_no_command_and_no_attribute(cluster_id: int) -> None:
    cluster = GenericCluster()
    cluster.appear_as(cluster_id, server=True)

    with pytest.raises(UnsupportedCommandError):
        cluster.read(0x00, b"")
    with pytest.raises(UnsupportedAttributeError):
        cluster.attributes.read(0)
