"""Groups, both sides. Source: ZigBee Cluster Library, Groups cluster."""

from collections.abc import Collection, MutableMapping
from typing import ClassVar, Final

from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import FIRST_GROUP, LAST_GROUP
from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.groups.records import (
    GROUPS_CLUSTER,
    AddGroupIfIdentifyingRecord,
    AddGroupRecord,
    AddGroupResponseRecord,
    GetGroupMembershipRecord,
    GetGroupMembershipResponseRecord,
    RemoveAllGroupsRecord,
    RemoveGroupRecord,
    RemoveGroupResponseRecord,
    ViewGroupRecord,
    ViewGroupResponseRecord,
)
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.endpoint import GroupsChanged
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.model.record import Record
from sebridge.zcl.cluster import ClusterDefinition
from sebridge.zcl.status import Status

MOST_GROUPS: Final = 16  # in which an endpoint is
LONGEST_GROUP_NAME: Final = 16  # octets
_NAME_SUPPORT: Final = 0x0000
_BITMAP8: Final = 0x18
_NAMES: Final = 0x80


class GroupsServer(LocalCluster):
    """Knows in which groups its endpoint is, and how they are called.

    `groups` has the name of each by its number; hand in what survives.
    """

    definition: ClassVar[ClusterDefinition] = GROUPS_CLUSTER
    server = True

    def __init__(self, groups: MutableMapping[int, str]) -> None:
        super().__init__(LocalAttributes([LocalAttribute(_NAME_SUPPORT, _BITMAP8, _NAMES)]))
        self._groups = groups

    @property
    @override
    def groups(self) -> Collection[int]:
        return self._groups.keys()

    @override
    def receive(self, command: Command) -> Outcome:
        """Answer, or have the table as it is wanted by who gets no answer of ours."""
        before = set(self._groups)
        outcome = self._taken(command)
        is_news = before != self._groups.keys()
        return replace(outcome, signals=(GroupsChanged(),)) if is_news else outcome

    def _taken(self, command: Command) -> Outcome:
        record = command.record
        if isinstance(record, RemoveAllGroupsRecord):
            self._groups.clear()
            return Outcome()
        if isinstance(record, AddGroupIfIdentifyingRecord):
            if not command.is_identifying:
                return Outcome()
            return Outcome(status=self._add(record.group_id, record.group_name))
        return Outcome((self._answer(record),))

    def _answer(self, record: Record) -> Record:
        if isinstance(record, AddGroupRecord):
            return AddGroupResponseRecord(
                status=self._add(record.group_id, record.group_name), group_id=record.group_id
            )
        if isinstance(record, ViewGroupRecord):
            name = self._groups.get(record.group_id)
            status = Status.NOT_FOUND if name is None else Status.SUCCESS
            return ViewGroupResponseRecord(
                status=status, group_id=record.group_id, group_name=name or ""
            )
        if isinstance(record, GetGroupMembershipRecord):
            asked = record.group_list or tuple(self._groups)
            found = tuple(group for group in asked if group in self._groups)
            room = MOST_GROUPS - len(self._groups)
            return GetGroupMembershipResponseRecord(
                capacity=room, group_count=len(found), group_list=found
            )
        if isinstance(record, RemoveGroupRecord):
            was_there = self._groups.pop(record.group_id, None) is not None
            status = Status.SUCCESS if was_there else Status.NOT_FOUND
            return RemoveGroupResponseRecord(status=status, group_id=record.group_id)
        raise UnsupportedCommandError(type(record).__name__)

    def _add(self, group: int, name: str) -> Status:
        if not FIRST_GROUP <= group <= LAST_GROUP or len(name.encode()) > LONGEST_GROUP_NAME:
            return Status.INVALID_VALUE
        if group not in self._groups and len(self._groups) >= MOST_GROUPS:
            return Status.INSUFFICIENT_SPACE
        self._groups[group] = name
        return Status.SUCCESS


class GroupsClient(LocalCluster):
    """Has others be in groups; their answers go to whoever asked."""

    definition: ClassVar[ClusterDefinition] = GROUPS_CLUSTER
    server = False
