"""Build what a gateway has of Groups: both sides, on its Home Automation endpoint."""

from sebridge.feature import Host, Part
from sebridge.features.groups.cluster import GroupsClient, GroupsServer
from sebridge.features.groups.methods import GroupMethods
from sebridge.features.groups.records import GROUPS_CLUSTER
from sebridge.gateway.questions import Questions
from sebridge.zcl.identifiers import HA_ENDPOINT


def build(host: Host) -> Part:
    """Put others into groups, and be in some; which these are survives a restart."""
    server = GroupsServer(host.open_collection("groups", int, str))
    questions = Questions(host.router.exchange, GROUPS_CLUSTER, local_endpoint=HA_ENDPOINT)
    methods = GroupMethods(host.addressing, questions, host.router)
    return Part(home_automation=(server, GroupsClient()), method_groups=(methods,))
