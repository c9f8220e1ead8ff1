"""The table of groups of an endpoint. The octets are of the ZigBee Cluster Library's tables."""

import pytest

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.groups.cluster import MOST_GROUPS, GroupsServer
from sebridge.features.groups.records import (
    GROUPS_CLUSTER,
    AddGroupIfIdentifyingRecord,
    AddGroupRecord,
    AddGroupResponseRecord,
    GetGroupMembershipRecord,
    RemoveAllGroupsRecord,
    ViewGroupRecord,
    ViewGroupResponseRecord,
)
from sebridge.gateway.cluster import Command, Outcome
from sebridge.gateway.endpoint import GroupsChanged
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.status import Status
from tests.network.air import address

CHANGED = Outcome(signals=(GroupsChanged(),))


def outcome(server: GroupsServer, record: Record, *, is_identifying: bool = False) -> Outcome:
    source = Peer(address(1), 1, 0x0104)
    return server.receive(Command(source, 1, record, 1, 0, is_identifying=is_identifying))


def told(server: GroupsServer, record: Record) -> tuple[Record, ...]:
    return outcome(server, record).answers


def add(server: GroupsServer, group: int, name: str = "") -> int:
    (answer,) = told(server, AddGroupRecord(group_id=group, group_name=name))
    assert isinstance(answer, AddGroupResponseRecord)
    return answer.status


def test_there_is_room_for_so_many() -> None:
    server = GroupsServer({})

    statuses = [add(server, 1 + number) for number in range(MOST_GROUPS + 1)]
    again = add(server, 1, "Hall")

    assert statuses == [Status.SUCCESS] * MOST_GROUPS + [Status.INSUFFICIENT_SPACE]
    assert again == Status.SUCCESS
    assert 1 in server.groups
    assert MOST_GROUPS + 1 not in server.groups


@pytest.mark.parametrize(("group", "name"), [(0, ""), (0xFFF8, ""), (1, "x" * 17)])
def test_what_is_no_group_is_refused(group: int, name: str) -> None:
    server = GroupsServer({})

    assert add(server, group, name) == Status.INVALID_VALUE
    assert group not in server.groups


def test_a_table_is_emptied_without_an_answer_of_its_own() -> None:
    server = GroupsServer({3: "Hall"})

    assert outcome(server, RemoveAllGroupsRecord()) == CHANGED
    assert outcome(server, RemoveAllGroupsRecord()) == Outcome()
    assert 3 not in server.groups


@pytest.mark.parametrize("is_identifying", [False, True])
def test_who_shows_itself_is_put_into_a_group_and_nobody_else(*, is_identifying: bool) -> None:
    server = GroupsServer({})
    record = AddGroupIfIdentifyingRecord(group_id=4)

    told_of = outcome(server, record, is_identifying=is_identifying)

    assert told_of == (CHANGED if is_identifying else Outcome())
    assert (4 in server.groups) is is_identifying


def test_who_shows_itself_and_has_no_room_says_so() -> None:
    server = GroupsServer(dict.fromkeys(range(1, 1 + MOST_GROUPS), ""))
    record = AddGroupIfIdentifyingRecord(group_id=MOST_GROUPS + 1)

    refused = outcome(server, record, is_identifying=True)

    assert refused == Outcome(status=Status.INSUFFICIENT_SPACE)


def test_membership_goes_over_the_air_as_it_is_laid_out() -> None:
    (answer,) = told(
        GroupsServer({3: "", 0x1234: ""}), GetGroupMembershipRecord(group_count=0, group_list=())
    )

    assert GROUPS_CLUSTER.command_id(type(answer), from_server=True) == 0x02
    assert answer.serialize() == b"\x0e\x02\x03\x00\x34\x12"
    asked = GetGroupMembershipRecord.deserialize(b"\x01\x34\x12")
    assert asked == GetGroupMembershipRecord(group_count=1, group_list=(0x1234,))


def test_a_group_that_it_is_not_in_is_not_found_and_what_is_no_command_is_refused() -> None:
    server = GroupsServer({})

    (answer,) = told(server, ViewGroupRecord(group_id=3))
    with pytest.raises(UnsupportedCommandError):
        told(server, AddGroupResponseRecord(status=0, group_id=3))

    assert answer == ViewGroupResponseRecord(status=Status.NOT_FOUND, group_id=3, group_name="")
