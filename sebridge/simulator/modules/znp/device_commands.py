"""ZDO: what the host may ask of the device object, and of those of other devices.

A question becomes a frame on the air; its answer is told later, by a callback.
Source: Z-Stack Monitor and Test API, MT_ZDO.
"""

from collections.abc import Callable, Mapping
import struct
from typing import Annotated, Final

from sebridge.base.addresses import Broadcast, Eui64, is_unicast
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.model.data_types import (
    AllOctets,
    FixedOctets,
    OctetString,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
)
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.node import COORDINATOR_NWK
from sebridge.simulator.modules.signals import StackRestarted
from sebridge.simulator.modules.znp.device_callbacks import DeviceCallbacks
from sebridge.simulator.modules.znp.device_object import PERMIT, UPDATE, DeviceObject
from sebridge.simulator.modules.znp.framework import Members
from sebridge.simulator.modules.znp.items import configured_channels
from sebridge.simulator.modules.znp.network import network_of
from sebridge.simulator.modules.znp.nv import NvMemory
from sebridge.simulator.modules.znp.stack import Stack
from sebridge.simulator.modules.znp.status import Status
from sebridge.zcl.zdo import ZdoCommand

MOST_GROUPS: Final = 64
"""Memberships of endpoints in groups."""
_RESTORED, _NEW = 0, 1
"""How a start went on: with the network that there was, or with another."""
_ROUTE, _NO_ROUTE = 0, 1
_GROUP, _ENDPOINT = 0x01, 0x03
"""How the target of a binding is named."""
_ASKED_PLAINLY: Final = (0x02, 0x03, 0x04, 0x05, 0x06, 0x31, 0x32, 0x33, 0x34)
"""Questions whose number is that of their cluster, with the fields of the frame on the air."""


class _ByDevice(Record):
    device: Uint64
    kind: Uint8
    start: Uint8


class _ByNwk(Record):
    nwk: Uint16
    kind: Uint8
    start: Uint8


class _Question(Record):
    nwk: Uint16
    payload: AllOctets


class _Bind(Record):
    nwk: Uint16
    source: Uint64
    endpoint: Uint8
    cluster_id: Uint16
    mode: Uint8
    target: Uint64
    target_endpoint: Uint8


class _LinkKey(Record):
    nwk: Uint16
    device: Uint64
    key: Annotated[bytes, FixedOctets(16)]


class _NextKey(Record):
    """To one device alone it is not sent here."""

    nwk: Uint16
    number: Uint8
    key: Annotated[bytes, FixedOctets(16)]


class _Switch(Record):
    nwk: Uint16
    number: Uint8


class _Device(Record):
    device: Uint64


class _Permit(Record):
    mode: Uint8
    nwk: Uint16
    seconds: Uint8
    significance: Uint8


class _Update(Record):
    nwk: Uint16
    mode: Uint8
    channels: Uint32
    duration: Uint8
    count: Uint8
    manager: Uint16


class _Cluster(Record):
    cluster_id: Uint16


class _Start(Record):
    delay: Uint16


class _Route(Record):
    nwk: Uint16
    options: Uint8
    radius: Uint8


class _Group(Record):
    endpoint: Uint8
    group: Uint16


class _NamedGroup(_Group):
    name: OctetString


class DeviceCommands:
    """The subsystem ZDO."""

    def __init__(
        self,
        memory: NvMemory,
        stack: Stack,
        device_object: DeviceObject,
        callbacks: DeviceCallbacks,
        members: Members,
        bus: SignalBus,
    ) -> None:
        self._memory = memory
        self._stack = stack
        self._object = device_object
        self._clusters = callbacks.clusters
        self._members = members
        bus.listen(StackRestarted, lambda _: members.clear())
        self.commands: Mapping[int, Command] = {
            0x00: Command(_ByDevice, self._ask_nwk),
            0x01: Command(_ByNwk, self._ask_address),
            **{number: Command(_Question, self._plain(number)) for number in _ASKED_PLAINLY},
            0x21: Command(_Bind, lambda bind: self._bind(ZdoCommand.Bind_req, bind)),
            0x22: Command(_Bind, lambda bind: self._bind(ZdoCommand.Unbind_req, bind)),
            0x23: Command(_LinkKey, self._set_link_key),
            0x24: Command(_Device, lambda one: stack.drop_link_key(Eui64(one.device)).octets),
            0x36: Command(_Permit, self._permit),
            0x37: Command(_Update, self._update),
            0x3E: Command(_Cluster, self._hear_cluster),
            0x3F: Command(_Cluster, self._ignore_cluster),
            0x40: Command(_Start, self._start),
            0x45: Command(_Route, lambda _: Status.SUCCESS.octets),
            0x46: Command(_Route, self._check_route),
            0x47: Command(_Group, self._leave_group),
            0x4A: Command(_Group, self._find_group),
            0x4B: Command(_NamedGroup, self._enter_group),
            0x4E: Command(_NextKey, self._send_next_key),
            0x4F: Command(_Switch, self._switch_key),
            0x50: Command(Nothing, self._network),
        }

    # ------------------------------------------------------------------ questions

    def _ask(self, nwk: int, cluster_id: int, payload: bytes) -> bytes:
        if not self._stack.is_up:
            return Status.NOT_PERMITTED.octets
        is_asked = self._object.ask(nwk, cluster_id, payload)
        return (Status.SUCCESS if is_asked else Status.BUFFER_FULL).octets

    def _ask_nwk(self, asked: _ByDevice) -> bytes:
        """Ask everybody who has an address; our own we know."""
        is_own = asked.device == self._stack.address
        nwk = COORDINATOR_NWK if is_own else Broadcast.LISTENING
        return self._ask(nwk, ZdoCommand.NWK_addr_req, asked.serialize())

    def _ask_address(self, asked: _ByNwk) -> bytes:
        return self._ask(asked.nwk, ZdoCommand.IEEE_addr_req, asked.serialize())

    def _plain(self, cluster_id: int) -> Callable[[_Question], bytes]:
        return lambda question: self._ask(question.nwk, cluster_id, question.payload)

    def _bind(self, cluster_id: int, bind: _Bind) -> bytes:
        head = struct.pack("<QBHB", bind.source, bind.endpoint, bind.cluster_id, bind.mode)
        if bind.mode == _GROUP:
            target = struct.pack("<H", bind.target & 0xFFFF)
        elif bind.mode == _ENDPOINT:
            target = struct.pack("<QB", bind.target, bind.target_endpoint)
        else:
            return Status.INVALID_PARAMETER.octets
        return self._ask(bind.nwk, cluster_id, head + target)

    def _permit(self, permit: _Permit) -> bytes:
        """Open the network at one device; who asks all of them asks us, too."""
        payload = bytes((permit.seconds, permit.significance))
        if not is_unicast(permit.nwk):
            self._ask(Broadcast.ROUTERS, PERMIT, payload)
            return self._ask(COORDINATOR_NWK, PERMIT, payload)
        return self._ask(permit.nwk, PERMIT, payload)

    def _update(self, update: _Update) -> bytes:
        payload = struct.pack("<IBB", update.channels, update.duration, update.count)
        nwk = update.nwk if is_unicast(update.nwk) else COORDINATOR_NWK
        return self._ask(nwk, UPDATE, payload)

    # ------------------------------------------------------------------ the stack

    def _set_link_key(self, given: _LinkKey) -> bytes:
        return self._stack.set_link_key(Eui64(given.device), Secret(given.key)).octets

    def _send_next_key(self, given: _NextKey) -> bytes:
        if is_unicast(given.nwk):
            return Status.INVALID_PARAMETER.octets
        return self._stack.send_next_key(given.number, Secret(given.key)).octets

    def _switch_key(self, asked: _Switch) -> bytes:
        if is_unicast(asked.nwk):
            return Status.INVALID_PARAMETER.octets
        return self._stack.switch_key(asked.number).octets

    def _hear_cluster(self, asked: _Cluster) -> bytes:
        self._clusters.add(asked.cluster_id)
        return Status.SUCCESS.octets

    def _ignore_cluster(self, asked: _Cluster) -> bytes:
        self._clusters.discard(asked.cluster_id)
        return Status.SUCCESS.octets

    def _start(self, _start: _Start) -> bytes:
        is_new = self._stack.start(configured_channels(self._memory))
        return bytes((_NEW if is_new else _RESTORED,))

    def _check_route(self, route: _Route) -> bytes:
        is_there = self._stack.device_at(route.nwk) is not None
        return bytes((_ROUTE if is_there else _NO_ROUTE,))

    def _network(self, _request: Nothing) -> bytes:
        """Tell where we are; we are our own parent."""
        network = network_of(self._memory) if self._stack.is_up else None
        pan_id, extended, channel = (0, 0, 0)
        if network is not None:
            pan_id, extended, channel = network.pan_id, network.extended_pan_id, network.channel
        own = COORDINATOR_NWK
        return struct.pack(
            "<HBHHQQB", own, self._stack.state, pan_id, own, extended, self._stack.address, channel
        )

    # ------------------------------------------------------------------ groups of endpoints

    def _enter_group(self, group: _NamedGroup) -> bytes:
        if len(self._members) >= MOST_GROUPS:
            return Status.TABLE_FULL.octets
        self._members.add((group.endpoint, group.group))
        return Status.SUCCESS.octets

    def _leave_group(self, group: _Group) -> bytes:
        is_member = (group.endpoint, group.group) in self._members
        self._members.discard((group.endpoint, group.group))
        return (Status.SUCCESS if is_member else Status.FAILURE).octets

    def _find_group(self, group: _Group) -> bytes:
        is_member = (group.endpoint, group.group) in self._members
        status = Status.SUCCESS if is_member else Status.FAILURE
        return struct.pack("<BHB", status, group.group, 0)
