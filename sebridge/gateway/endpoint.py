"""Route a frame to its cluster, and send back what it answers.

The only place that turns an error into a ZCL Default Response.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
import logging
from typing import Protocol

from zigpy.zcl.foundation import CommandSchema, Status

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, zigbee_time
from sebridge.base.errors import (
    DeliveryError,
    SebridgeError,
    StorageError,
    UnsupportedCommandError,
)
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway import general_commands
from sebridge.gateway.cluster import Command, LocalCluster, Outcome, Sending
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.general_commands import ReportingTable
from sebridge.gateway.pairing import Pairing
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming
from sebridge.zcl import frame as zcl
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import parse_values, write_default_response
from sebridge.zcl.identifiers import ALL_ENDPOINTS, ANY_PROFILE, HA_PROFILE
from sebridge.zcl.zdo import SimpleDescriptor

_LOGGER = logging.getLogger(__name__)

_MOST_ANSWERS_AT_ONCE = 500

_Place = tuple[Eui64, int, int]  # device, endpoint and cluster of who asked


class ReportListener(Protocol):
    """Who wants attribute reports."""

    def reported(self, frame: Incoming, header: Frame, values: Sequence[AttributeValue]) -> None:
        """Take the values of one report."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint of ours and the clusters on it.

    `is_strict` ones do not hear frames under any other profile than their own. `device_version`
    has 4 bits. When a cluster comes or goes, another endpoint takes the place: who keeps one may
    count on its number only.
    """

    endpoint_id: int
    profile_id: int
    device_id: int
    clusters: tuple[LocalCluster, ...]
    is_strict: bool = False
    device_version: int = 0

    def hears(self, profile_id: int) -> bool:
        """Say whether frames under this profile are for the endpoint."""
        return not self.is_strict or profile_id == self.profile_id

    def cluster(self, cluster_id: int, *, server: bool) -> LocalCluster | None:
        """Return the cluster of that side, if there is one."""
        for cluster in self.clusters:
            if cluster.cluster_id == cluster_id and cluster.server == server:
                return cluster
        return None

    def descriptor(self) -> SimpleDescriptor:
        """Return what a peer learns of the endpoint by Simple_Desc_req."""
        return SimpleDescriptor(
            endpoint=self.endpoint_id,
            profile_id=self.profile_id,
            device_id=self.device_id,
            device_version=self.device_version,
            input_clusters=tuple(sorted({c.cluster_id for c in self.clusters if c.server})),
            output_clusters=tuple(sorted({c.cluster_id for c in self.clusters if not c.server})),
        )


@dataclass(slots=True)
class FrameCounters:
    """What became of the frames that came for our endpoints."""

    received: int = 0
    malformed: int = 0
    in_the_clear: int = 0  # refused: on a secured cluster without APS encryption
    not_established: int = 0  # dropped: encrypted, but its sender has not proved who it is
    unsupported: int = 0
    for_nobody: int = 0  # no such endpoint of ours, or not under this profile
    unanswered: int = 0  # the answer could not be delivered, or too many were under way


class Router(Service):
    """Brings every incoming ZCL frame to the cluster it is for.

    `endpoints` come and go by `add` and `remove`; `changed` is called after each time.
    `established` says whether the link key with a device counts for clusters that need one; it
    is asked for encrypted frames only (SEC-4). `durable` returns when what the clusters keep is on
    the disk: it is awaited before an answer or a report goes out, where that matters.
    """

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        exchange: Exchange,
        clock: Clock,
        bus: SignalBus,
        reports: ReportListener,
    ) -> None:
        super().__init__()
        self.endpoints = {endpoint.endpoint_id: endpoint for endpoint in endpoints}
        self.exchange = exchange
        self.counters = FrameCounters()
        self.reporting_table: ReportingTable | None = None
        self.encryption_required: Callable[[], bool] = lambda: True
        self.established: Callable[[Eui64], bool] = lambda _device: True
        self.changed: Callable[[], object] = lambda: None
        self.durable: Callable[[], Awaitable[None]] = _durable
        self._clock = clock
        self._bus = bus
        self._reports = reports
        self._answers_under_way = 0
        self._lists_under_way: set[_Place] = set()

    # ------------------------------------------------------------------ endpoints

    def add(self, endpoint: Endpoint) -> None:
        """Serve one more endpoint, or another one under the same number."""
        self.endpoints[endpoint.endpoint_id] = endpoint
        self.changed()

    def remove(self, endpoint_id: int) -> None:
        """Serve an endpoint no longer; one that is not there is no error."""
        if self.endpoints.pop(endpoint_id, None) is not None:
            self.changed()

    # ------------------------------------------------------------------ coming in

    def received(self, incoming: Incoming) -> None:
        """Take a frame from the radio. Never raises for what a peer sent."""
        self.counters.received += 1
        try:
            header = Frame.parse(incoming.data)
        except SebridgeError as error:
            self.counters.malformed += 1
            _LOGGER.debug("malformed frame from %s: %s", incoming.source, error)
            return
        for endpoint in self._addressed(incoming):
            self._route(endpoint, incoming, header)

    def _addressed(self, incoming: Incoming) -> list[Endpoint]:
        if incoming.destination_endpoint == ALL_ENDPOINTS:
            profiles = {incoming.profile_id, HA_PROFILE}
            everyone = incoming.profile_id == ANY_PROFILE
            addressed = [e for e in self.endpoints.values() if everyone or e.profile_id in profiles]
            return [e for e in addressed if e.hears(incoming.profile_id)]
        endpoint = self.endpoints.get(incoming.destination_endpoint)
        if endpoint is None or not endpoint.hears(incoming.profile_id):
            self.counters.for_nobody += 1
            return []
        return [endpoint]

    def _route(self, endpoint: Endpoint, incoming: Incoming, header: Frame) -> None:
        try:
            must = self._must_be_encrypted(endpoint, incoming, header)
            if must and not self._is_secure(incoming):
                if not self.exchange.answered_in_the_clear(incoming, header):
                    self._turn_away(incoming, header)
            elif header.cluster_specific:
                self._take_command(endpoint, incoming, header)
            else:
                self._take_general(endpoint, incoming, header)
        except SebridgeError as error:
            self._count(error)
            _LOGGER.debug(
                "frame from %s on 0x%04X: %s", incoming.source, incoming.cluster_id, error
            )
            self._default_response(incoming, header, error.status)
        except Exception:
            _LOGGER.exception("a frame from %s broke its handler", incoming.source)
            self._default_response(incoming, header, Status.SOFTWARE_FAILURE)

    def _must_be_encrypted(self, endpoint: Endpoint, incoming: Incoming, header: Frame) -> bool:
        # a frame may name another profile than the endpoint's, but not in order to get around it
        secured = self.exchange.encryption.need(
            endpoint.endpoint_id,
            incoming.cluster_id,
            incoming.profile_id,
            endpoint.profile_id,
            server=not header.from_server,
        )
        return secured and self.encryption_required()

    def _is_secure(self, incoming: Incoming) -> bool:
        return incoming.encrypted and self.established(incoming.source)

    def _turn_away(self, incoming: Incoming, header: Frame) -> None:
        if incoming.encrypted:
            self.counters.not_established += 1  # not answered (SEC-4)
            _LOGGER.debug("frame from %s under its preconfigured key", incoming.source)
        else:
            self.counters.in_the_clear += 1
            self._default_response(incoming, header, Status.FAILURE)  # SEC-2

    def _count(self, error: SebridgeError) -> None:
        if error.status in {Status.UNSUP_CLUSTER_COMMAND, Status.UNSUPPORTED_CLUSTER}:
            self.counters.unsupported += 1
        elif error.status == Status.MALFORMED_COMMAND:
            self.counters.malformed += 1

    def _take_general(self, endpoint: Endpoint, incoming: Incoming, header: Frame) -> None:
        if header.command_id == zcl.REPORT_ATTRIBUTES:
            self._reports.reported(incoming, header, parse_values(header.payload))
            self._default_response(incoming, header, Status.SUCCESS)
        elif header.command_id in zcl.ANSWERS:
            self.exchange.answered(incoming, header)
        else:
            self._answer_general(endpoint, incoming, header)

    def _answer_general(self, endpoint: Endpoint, incoming: Incoming, header: Frame) -> None:
        cluster = self._cluster(endpoint, incoming, header)
        if header.manufacturer_code is not None:
            raise UnsupportedCommandError("no manufacturer specific attributes")
        answer = None
        if self.reporting_table is not None:
            pairing = _pairing(endpoint, incoming, cluster)
            answer = general_commands.answer_reporting(
                header.command_id, self.reporting_table, pairing, header.payload
            )
        if answer is None:
            answer = general_commands.answer(header.command_id, cluster.attributes, header.payload)
        if answer is not None:
            self._answer(incoming, [_back(header, *answer, cluster)])

    def _take_command(self, endpoint: Endpoint, incoming: Incoming, header: Frame) -> None:
        waited_for = self.exchange.answered(incoming, header)
        cluster = self._cluster(endpoint, incoming, header)
        try:
            outcome = self._outcome(endpoint, cluster, incoming, header)
        except UnsupportedCommandError:
            if waited_for:
                return  # an answer that only its asker cares for
            raise
        answers = [
            Frame(
                record.command.id,
                header.sequence,
                cluster.outgoing(record).serialize(),
                cluster_specific=True,
                from_server=cluster.server,
                no_default_response=True,
            )
            for record in outcome.answers
        ]
        if len(answers) > 1 and _place(incoming) in self._lists_under_way:
            self._default_response(incoming, header, Status.FAILURE)  # busy (PRC-2)
            return
        if answers:
            self._answer(incoming, answers)
        elif not waited_for and not outcome.answered_later:
            self._default_response(incoming, header, outcome.status)
        self.carry_out(endpoint, cluster, outcome)

    def _outcome(
        self, endpoint: Endpoint, cluster: LocalCluster, incoming: Incoming, header: Frame
    ) -> Outcome:
        if header.manufacturer_code is not None:
            raise UnsupportedCommandError("no manufacturer specific commands")
        record = cluster.read(header.command_id, header.payload)
        now = zigbee_time(self._clock.utc())
        command = Command(_peer(incoming), endpoint.endpoint_id, record, header.sequence, now)
        return cluster.receive(command)

    def _cluster(self, endpoint: Endpoint, incoming: Incoming, header: Frame) -> LocalCluster:
        cluster = endpoint.cluster(incoming.cluster_id, server=not header.from_server)
        if cluster is None:
            raise _UnsupportedClusterError(f"no cluster 0x{incoming.cluster_id:04X}")
        return cluster

    # ------------------------------------------------------------------ going out

    def carry_out(self, endpoint: Endpoint, cluster: LocalCluster, outcome: Outcome) -> None:
        """Tell the bus what happened, and send what the cluster wants sent."""
        for signal in outcome.signals:
            self._bus.send(signal)
        if outcome.sendings:
            self.spawn(self._send_all(endpoint, cluster, outcome.sendings), "send")

    async def send(
        self, endpoint: Endpoint, cluster: LocalCluster, peer: Peer, record: CommandSchema
    ) -> None:
        """Send a command of a local cluster; raise DeliveryError when it was not taken."""
        await self.exchange.tell(
            peer,
            peer.profile_id,
            cluster.cluster_id,
            endpoint.endpoint_id,
            command_frame(cluster, record),
        )

    async def _send_all(
        self, endpoint: Endpoint, cluster: LocalCluster, sendings: Sequence[Sending]
    ) -> None:
        await self._settle()
        waited = 0.0
        for sending in sorted(sendings, key=lambda sending: sending.after):
            if sending.after > waited:
                await self._clock.sleep(sending.after - waited)
                waited = sending.after
            try:
                await self.send(endpoint, cluster, sending.peer, sending.record)
            except DeliveryError as error:
                self.counters.unanswered += 1
                _LOGGER.info("not delivered to %s: %s", sending.peer.device, error)

    def _default_response(self, incoming: Incoming, header: Frame, status: Status) -> None:
        if incoming.broadcast or incoming.destination_endpoint == ALL_ENDPOINTS:
            return
        if not header.cluster_specific and header.command_id == zcl.DEFAULT_RESPONSE:
            return
        if header.no_default_response and status == Status.SUCCESS:
            return  # an error is told even where the bit is set (GEN-10)
        payload = write_default_response(header.command_id, status)
        response = Frame(
            zcl.DEFAULT_RESPONSE,
            header.sequence,
            payload,
            from_server=not header.from_server,
            no_default_response=True,
            manufacturer_code=header.manufacturer_code,
        )
        self._answer(incoming, [response])

    def _answer(self, incoming: Incoming, frames: Sequence[Frame]) -> None:
        if self._answers_under_way >= _MOST_ANSWERS_AT_ONCE:
            self.counters.unanswered += len(frames)
            return
        self._answers_under_way += 1
        place = _place(incoming) if len(frames) > 1 else None
        if place is not None:
            self._lists_under_way.add(place)
        answering = self.spawn(self._send_answer(incoming, frames), "answer")
        answering.add_done_callback(lambda _task: self._answer_ended(place))

    async def _send_answer(self, incoming: Incoming, frames: Sequence[Frame]) -> None:
        await self._settle()
        try:
            for frame in frames:  # one at a time, in order (GEN-9)
                await self.exchange.reply(incoming, frame)
        except DeliveryError as error:
            self.counters.unanswered += 1
            _LOGGER.info("answer to %s not delivered: %s", incoming.source, error)

    async def _settle(self) -> None:
        try:
            await self.durable()
        except StorageError as error:  # a device that falls silent would serve nobody
            _LOGGER.warning("what is said next is not on the disk yet: %s", error)

    def _answer_ended(self, place: _Place | None) -> None:
        """Count, also when the task was cancelled before its first step."""
        self._answers_under_way -= 1
        if place is not None:
            self._lists_under_way.discard(place)


class _UnsupportedClusterError(SebridgeError):
    """The endpoint does not have the cluster, or not that side of it."""

    status = Status.UNSUPPORTED_CLUSTER
    meaning = "the endpoint does not have the cluster"


async def _durable() -> None:
    """Return at once, where nothing is kept."""


def command_frame(cluster: LocalCluster, record: CommandSchema) -> Frame:
    """Return the frame of a command that a local cluster sends, still without its number."""
    return Frame(
        record.command.id,
        0,
        cluster.outgoing(record).serialize(),
        cluster_specific=True,
        from_server=cluster.server,
        no_default_response=True,
    )


def _place(incoming: Incoming) -> _Place:
    return incoming.source, incoming.source_endpoint, incoming.cluster_id


def _peer(incoming: Incoming) -> Peer:
    return Peer(incoming.source, incoming.source_endpoint, incoming.profile_id)


def _pairing(endpoint: Endpoint, incoming: Incoming, cluster: LocalCluster) -> Pairing:
    peer = _peer(incoming)
    return Pairing(peer, endpoint.endpoint_id, cluster.cluster_id, cluster.server)


def _back(header: Frame, command_id: int, payload: bytes, cluster: LocalCluster) -> Frame:
    return Frame(
        command_id,
        header.sequence,
        payload,
        from_server=cluster.server,
        no_default_response=True,
        manufacturer_code=header.manufacturer_code,
    )
