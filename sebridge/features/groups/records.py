"""Groups cluster 0x0004, wire format. Source: ZigBee Cluster Library, the Groups cluster."""

from typing import Annotated, Final

from sebridge.model.data_types import CountedBy, Enum8, Text, Uint8, Uint16
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.identifiers import GROUPS
from sebridge.zcl.known_clusters import known_attributes

CountedGroups = Annotated[tuple[Uint16, ...], CountedBy("group_count")]


class AddGroupRecord(Record):
    """Be in a group, which may be called by a name."""

    group_id: Uint16
    group_name: Text = ""


class ViewGroupRecord(Record):
    """Say what a group is called."""

    group_id: Uint16


class GetGroupMembershipRecord(Record):
    """Say in which of these groups you are; of none: in which you are at all."""

    group_count: Uint8
    group_list: CountedGroups


class RemoveGroupRecord(Record):
    """Be in a group no longer."""

    group_id: Uint16


class RemoveAllGroupsRecord(Record):
    """Be in no group."""


class AddGroupIfIdentifyingRecord(Record):
    """Be in a group if you are showing yourself; there is no answer."""

    group_id: Uint16
    group_name: Text = ""


class AddGroupResponseRecord(Record):
    """Whether it is in the group."""

    status: Enum8
    group_id: Uint16


class ViewGroupResponseRecord(Record):
    """What a group is called."""

    status: Enum8
    group_id: Uint16
    group_name: Text = ""


class GetGroupMembershipResponseRecord(Record):
    """In which groups it is. `capacity`: room for so many more, 0xFE some, 0xFF unknown."""

    capacity: Uint8
    group_count: Uint8
    group_list: CountedGroups


class RemoveGroupResponseRecord(Record):
    """Whether it was in the group, and is no longer."""

    status: Enum8
    group_id: Uint16


GROUPS_CLUSTER: Final = ClusterDefinition(
    GROUPS,
    "groups",
    from_client=(
        (0x00, "add_group", AddGroupRecord),
        (0x01, "view_group", ViewGroupRecord),
        (0x02, "get_group_membership", GetGroupMembershipRecord),
        (0x03, "remove_group", RemoveGroupRecord),
        (0x04, "remove_all_groups", RemoveAllGroupsRecord),
        (0x05, "add_group_if_identifying", AddGroupIfIdentifyingRecord),
    ),
    from_server=(
        (0x00, "add_group_response", AddGroupResponseRecord),
        (0x01, "view_group_response", ViewGroupResponseRecord),
        (0x02, "get_group_membership_response", GetGroupMembershipResponseRecord),
        (0x03, "remove_group_response", RemoveGroupResponseRecord),
    ),
    server_attributes=known_attributes(GROUPS),
)
