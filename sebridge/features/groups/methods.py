"""Requests to put endpoints into groups, and to see in which they are."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from sebridge.api.addressing import Addressing
from sebridge.base.addresses import FIRST_GROUP, LAST_GROUP, Eui64
from sebridge.base.errors import ParameterError
from sebridge.features.groups.cluster import LONGEST_GROUP_NAME, GroupsServer
from sebridge.features.groups.records import (
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
from sebridge.gateway.cluster import Command, LocalCluster, Outcome, Sending
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.pairing import OURSELVES
from sebridge.gateway.questions import Questions
from sebridge.model.data_types import Uint8, Uint16
from sebridge.model.record import Record
from sebridge.model.values import ABSENT, Absent
from sebridge.network.peer import Peer
from sebridge.rpc.method import ZCL_INTERFACE, method
from sebridge.zcl.identifiers import GROUPS, HA_ENDPOINT

R = TypeVar("R", bound=Record)


class Routes(Protocol):
    """Our endpoints, and the way to do what their clusters want done."""

    @property
    def endpoints(self) -> Mapping[int, Endpoint]:
        """Our endpoints by their id."""

    def carry_out(self, endpoint: Endpoint, cluster: LocalCluster, outcome: Outcome) -> None:
        """Tell the bus what happened, and send what the cluster wants sent."""


class GroupResponse(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint says of a group. Status 0 is success, 0x8B that it is not in the group."""

    cluster_id: int = GROUPS
    source_address: Eui64 | Absent = ABSENT
    source_endpoint_id: int
    status: int
    group_id: int | Absent = ABSENT
    group_name: str | Absent = ABSENT


class GetGroupMembershipResponse(msgspec.Struct, frozen=True, kw_only=True):
    """The groups that an endpoint is in. `capacity`: room for more, 0xFE some, 0xFF unknown."""

    cluster_id: int = GROUPS
    source_address: Eui64 | Absent = ABSENT
    source_endpoint_id: int
    capacity: int
    group_list: Sequence[int]


class GroupMethods:
    """Requests about the groups of an endpoint: of a device, or without an address of ours.

    A group is spoken to by the requests that name a destination: its address is
    00:00:00:00:00:01 with the two octets of its number.
    """

    rpc_interface = ZCL_INTERFACE

    def __init__(self, addressing: Addressing, questions: Questions, routes: Routes) -> None:
        self._addressing = addressing
        self._questions = questions
        self._routes = routes

    @method
    async def add_to_group(
        self,
        destination_endpoint_id: Uint8,
        group_id: Uint16,
        group_name: str = "",
        destination_address: Eui64 | Absent = ABSENT,
        *,
        only_if_identifying: bool = False,
    ) -> GroupResponse:
        """Put an endpoint into a group (1..0xFFF7), which may have a name of at most 16 octets.

        With only_if_identifying an endpoint that does not show itself stays out, and says that it
        took the request, as one that is in the group then does.
        """
        if not FIRST_GROUP <= group_id <= LAST_GROUP:
            raise ParameterError("group_id", f"must be {FIRST_GROUP}..0x{LAST_GROUP:X}")
        if len(group_name.encode()) > LONGEST_GROUP_NAME:
            raise ParameterError("group_name", f"has more than {LONGEST_GROUP_NAME} octets")
        place = self._place(destination_address, destination_endpoint_id)
        if only_if_identifying:
            tentative = AddGroupIfIdentifyingRecord(group_id=group_id, group_name=group_name)
            status = await self._confirm(place, tentative)
            return _response(place, status, group_id)
        record = AddGroupRecord(group_id=group_id, group_name=group_name)
        answer = await self._ask(place, record, AddGroupResponseRecord)
        return _response(place, answer.status, answer.group_id)

    @method
    async def view_group(
        self,
        destination_endpoint_id: Uint8,
        group_id: Uint16,
        destination_address: Eui64 | Absent = ABSENT,
    ) -> GroupResponse:
        """Ask an endpoint what a group is called, and whether it is in it."""
        place = self._place(destination_address, destination_endpoint_id)
        record = ViewGroupRecord(group_id=group_id)
        answer = await self._ask(place, record, ViewGroupResponseRecord)
        return _response(place, answer.status, answer.group_id, answer.group_name)

    @method
    async def get_group_membership(
        self,
        destination_endpoint_id: Uint8,
        destination_address: Eui64 | Absent = ABSENT,
        group_list: tuple[Uint16, ...] = (),
    ) -> GetGroupMembershipResponse:
        """Ask an endpoint in which of these groups it is; where none is named, in which at all."""
        place = self._place(destination_address, destination_endpoint_id)
        record = GetGroupMembershipRecord(group_count=len(group_list), group_list=group_list)
        answer = await self._ask(place, record, GetGroupMembershipResponseRecord)
        return GetGroupMembershipResponse(
            source_address=ABSENT if place.device == OURSELVES else place.device,
            source_endpoint_id=place.endpoint,
            capacity=answer.capacity,
            group_list=answer.group_list,
        )

    @method
    async def remove_from_group(
        self,
        destination_endpoint_id: Uint8,
        group_id: Uint16 | Absent = ABSENT,
        destination_address: Eui64 | Absent = ABSENT,
    ) -> GroupResponse:
        """Take an endpoint out of a group; without group_id out of all."""
        place = self._place(destination_address, destination_endpoint_id)
        if group_id is ABSENT:
            return _response(place, await self._confirm(place, RemoveAllGroupsRecord()))
        record = RemoveGroupRecord(group_id=group_id)
        answer = await self._ask(place, record, RemoveGroupResponseRecord)
        return _response(place, answer.status, answer.group_id)

    def _place(self, device: Eui64 | Absent, endpoint: int) -> Peer:
        if device is ABSENT or self._addressing.is_own(device):
            local = self._addressing.local(endpoint, "destination_endpoint_id")
            return Peer(OURSELVES, endpoint, local.profile_id)
        return self._addressing.peer(device, endpoint, self._routes.endpoints[HA_ENDPOINT])

    def _tell_own(self, place: Peer, record: Record) -> Outcome:
        """Have an endpoint of ours take a command; return what it says to that."""
        endpoint = self._routes.endpoints[place.endpoint]
        cluster = endpoint.cluster(GROUPS, server=True)
        if not isinstance(cluster, GroupsServer):
            raise ParameterError("destination_endpoint_id", "the endpoint has no groups")
        shows = endpoint.is_identifying
        outcome = cluster.receive(
            Command(place, place.endpoint, record, 0, 0, is_identifying=shows)
        )
        self._routes.carry_out(endpoint, cluster, outcome)
        return outcome

    async def _ask(self, place: Peer, record: Record, kind: type[R]) -> R:
        if place.device == OURSELVES:
            (answer,) = self._tell_own(place, record).answers
            assert isinstance(answer, kind)
            return answer
        return await self._questions.ask(Sending(place, record), kind)

    async def _confirm(self, place: Peer, record: Record) -> int:
        """Return the ZCL status of a command that has no answer of its own."""
        if place.device == OURSELVES:
            return self._tell_own(place, record).status
        return await self._questions.confirm(Sending(place, record))


def _response(
    place: Peer, status: int, group_id: int | Absent = ABSENT, name: str | Absent = ABSENT
) -> GroupResponse:
    return GroupResponse(
        source_address=ABSENT if place.device == OURSELVES else place.device,
        source_endpoint_id=place.endpoint,
        status=status,
        group_id=group_id,
        group_name=name,
    )
