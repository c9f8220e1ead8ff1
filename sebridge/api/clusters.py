"""Requests about what is known of clusters. Own extension: the reference has no such requests."""

from collections.abc import Sequence
from typing import Final

import msgspec

from sebridge.api.addressing import CLIENT, SERVER
from sebridge.base.errors import ParameterError
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.values import ABSENT, Absent
from sebridge.rpc.message import Scope
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.cluster import Clusters
from sebridge.zcl.known_clusters import declared_attributes, known_name

_SERVER: Final = Uint8(SERVER)


class DescribedAttribute(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute by its name, as topics have it, and the name of its data type."""

    attribute_id: int
    name: str
    data_type: str
    writable: bool


class DescribeClusterResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What one side of a cluster is known to have; without a name it is not known."""

    cluster_id: int
    server_or_client: int
    name: str | Absent = ABSENT
    attribute_list: Sequence[DescribedAttribute]


class ClusterMethods:
    """Requests about clusters in general, whoever has them."""

    rpc_interface = ZCL_INTERFACE

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters

    @method(scope=Scope.READ)
    async def describe_cluster(
        self, cluster_id: Uint16, server_or_client: Uint8 = _SERVER
    ) -> DescribeClusterResponse:
        """Tell how a cluster and the attributes of one of its sides are called by the standards.

        Nobody is asked: no device need have all of these, and one may have others.
        """
        if server_or_client not in {SERVER, CLIENT}:
            raise ParameterError("server_or_client", "must be 0 (server) or 1 (client)")
        known = declared_attributes(
            self._clusters, cluster_id, of_server=server_or_client == SERVER
        )
        return DescribeClusterResponse(
            cluster_id=cluster_id,
            server_or_client=server_or_client,
            name=known_name(cluster_id) or ABSENT,
            attribute_list=[
                DescribedAttribute(
                    attribute_id=one.attribute_id,
                    name=one.name,
                    data_type=one.data_type.name,
                    writable=one.is_writable,
                )
                for _, one in sorted(known.items())
            ],
        )
