"""Bring a frame that was admitted to its cluster, and send back what it answers.

The only place that turns an error into a ZCL Default Response.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
import logging
from types import MappingProxyType

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import (
    DeliveryError,
    Reason,
    SebridgeError,
    StorageError,
    UnsupportedClusterError,
    UnsupportedCommandError,
)
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.gateway import general_commands
from sebridge.gateway.admission import Admitted, FrameStatistics
from sebridge.gateway.cluster import Command, LocalCluster, Outcome, Sending
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.exchange import Exchange
from sebridge.gateway.general_commands import ReportingTables
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.gateway.signals import CommandHeard
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming
from sebridge.zcl import frame as zcl
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.frame import Frame
from sebridge.zcl.general import parse_values, write_default_response
from sebridge.zcl.identifiers import ALL_ENDPOINTS
from sebridge.zcl.status import Status

_LOGGER = logging.getLogger(__name__)

_MOST_ANSWERS_AT_ONCE = 500

_Place = tuple[Eui64, int, int]  # device, endpoint and cluster of who asked


class Router(Service):
    """Brings every ZCL frame that was admitted to the cluster it is for, and tells of reports.

    `network_time` gives the seconds since 2000 UTC that the network goes by, `clock` is the
    machine's. `admits_report` says of who reports, and of monotonic seconds, whether that is taken:
    a device may flood. `heard` is called with each report, and the same seconds, before all others
    are told of it. `durable` returns when what the clusters keep is on the disk: it is awaited
    before an answer or a report goes out.
    """

    def __init__(
        self,
        endpoints: Mapping[int, Endpoint],
        exchange: Exchange,
        clock: Clock,
        bus: SignalBus,
        *,
        network_time: Callable[[], int],
        admits_report: Callable[[Eui64, float], bool],
        heard: Callable[[AttributesReported, float], object],
        statistics: FrameStatistics,
        durable: Callable[[], Awaitable[None]],
        reporting_tables: ReportingTables = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self.endpoints = endpoints
        self.exchange = exchange
        self.reporting_tables = reporting_tables
        self._durable = durable
        self._clock = clock
        self._bus = bus
        self._network_time = network_time
        self._admits_report = admits_report
        self._heard = heard
        self._statistics = statistics
        self._answers_under_way = 0
        self._lists_under_way: set[_Place] = set()

    # ------------------------------------------------------------------ coming in

    def take(self, admitted: Admitted) -> None:
        """Bring a frame to its cluster. Never raises for what a peer sent."""
        incoming, header = admitted.frame, admitted.header
        try:
            if admitted.only_answer:
                self.exchange.answered(incoming, header)
            elif header.cluster_specific:
                self._take_command(admitted)
            else:
                self._take_general(admitted)
        except SebridgeError as error:
            self._count(error)
            _LOGGER.debug(
                "frame from %s on 0x%04X: %s", incoming.source, incoming.cluster_id, error
            )
            self.default_response(incoming, header, zcl_status(error))
        except Exception:
            _LOGGER.exception("a frame from %s broke its handler", incoming.source)
            self.default_response(incoming, header, Status.SOFTWARE_FAILURE)

    def _count(self, error: SebridgeError) -> None:
        if error.reason in {Reason.UNSUPPORTED_COMMAND, Reason.UNSUPPORTED_CLUSTER}:
            self._statistics.unsupported += 1
        elif error.reason is Reason.MALFORMED:
            self._statistics.malformed += 1

    def _take_general(self, admitted: Admitted) -> None:
        incoming, header = admitted.frame, admitted.header
        if header.command_id == zcl.REPORT_ATTRIBUTES:
            self._take_report(incoming, header)
        elif header.command_id in zcl.ANSWERS:
            self.exchange.answered(incoming, header)
        else:
            self._answer_general(admitted)

    def _take_report(self, incoming: Incoming, header: Frame) -> None:
        now = self._clock.monotonic()
        if not self._admits_report(incoming.source, now):
            return  # not answered either: there is too much on the air already
        report = AttributesReported(
            incoming.source,
            incoming.source_endpoint,
            incoming.destination_endpoint,
            incoming.profile_id,
            incoming.cluster_id,
            0 if header.from_server else 1,
            header.manufacturer_code,
            parse_values(header.payload),
            reported=True,
            time=self._clock.utc(),
        )
        self._statistics.reports += 1
        self._heard(report, now)
        self._bus.send(report)
        self.default_response(incoming, header, Status.SUCCESS)

    def _answer_general(self, admitted: Admitted) -> None:
        header, cluster = admitted.header, _cluster(admitted)
        if header.manufacturer_code is not None:
            raise UnsupportedCommandError("no manufacturer specific attributes")
        answer = None
        if self.reporting_tables:
            pairing = _pairing(admitted, cluster)
            answer = general_commands.answer_reporting(
                header.command_id, self.reporting_tables, pairing, header.payload
            )
        if answer is None:
            answer = general_commands.answer(header.command_id, cluster.attributes, header.payload)
        if answer is not None:
            self._answer(admitted.frame, [_back(header, *answer, cluster)])

    def _take_command(self, admitted: Admitted) -> None:
        incoming, header = admitted.frame, admitted.header
        self._bus.send(
            CommandHeard(
                incoming.source,
                incoming.source_endpoint,
                incoming.destination_endpoint,
                incoming.profile_id,
                incoming.cluster_id,
                0 if header.from_server else 1,
                header.manufacturer_code,
                header.command_id,
                header.payload,
            )
        )
        waited_for = self.exchange.answered(incoming, header)
        cluster = _cluster(admitted)
        try:
            outcome = self._outcome(admitted, cluster)
        except UnsupportedCommandError:
            if waited_for:
                return  # an answer that only its asker cares for
            raise
        answers = [
            Frame(
                cluster.command_id(record),
                header.sequence,
                cluster.outgoing(record).serialize(),
                cluster_specific=True,
                from_server=cluster.server,
                no_default_response=True,
            )
            for record in outcome.answers
        ]
        if len(answers) > 1 and _place(incoming) in self._lists_under_way:
            self.default_response(incoming, header, Status.FAILURE)  # busy (PRC-2)
            return
        if answers:
            self._answer(incoming, answers)
        elif not waited_for and not outcome.answered_later:
            self.default_response(incoming, header, outcome.status)
        self.carry_out(admitted.endpoint, cluster, outcome)

    def _outcome(self, admitted: Admitted, cluster: LocalCluster) -> Outcome:
        header = admitted.header
        if header.manufacturer_code is not None:
            raise UnsupportedCommandError("no manufacturer specific commands")
        record = cluster.read(header.command_id, header.payload)
        endpoint, now = admitted.endpoint, self._network_time()
        return cluster.receive(
            Command(
                admitted.peer,
                endpoint.endpoint_id,
                record,
                header.sequence,
                now,
                is_identifying=endpoint.is_identifying,
            )
        )

    # ------------------------------------------------------------------ going out

    def carry_out(self, endpoint: Endpoint, cluster: LocalCluster, outcome: Outcome) -> None:
        """Tell the bus what happened, and send what the cluster wants sent."""
        for signal in outcome.signals:
            self._bus.send(signal)
        if outcome.sendings:
            self.spawn(self._send_all(endpoint, cluster, outcome.sendings), "send")

    async def send(
        self, endpoint: Endpoint, cluster: LocalCluster, peer: Peer, record: Record
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
                self._statistics.unanswered += 1
                _LOGGER.info("not delivered to %s: %s", sending.peer.device, error)

    def default_response(self, incoming: Incoming, header: Frame, status: Status) -> None:
        """Tell a sender what became of its frame, where there is no other answer."""
        if header.no_default_response and status == Status.SUCCESS:
            return  # an error is told even where the bit is set (GEN-10)
        if incoming.broadcast or incoming.destination_endpoint == ALL_ENDPOINTS:
            return
        if not header.cluster_specific and header.command_id == zcl.DEFAULT_RESPONSE:
            return
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
            self._statistics.unanswered += len(frames)
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
            self._statistics.unanswered += 1
            _LOGGER.info("answer to %s not delivered: %s", incoming.source, error)

    async def _settle(self) -> None:
        try:
            await self._durable()
        except StorageError as error:  # a device that falls silent would serve nobody
            _LOGGER.warning("what is said next is not on the disk yet: %s", error)

    def _answer_ended(self, place: _Place | None) -> None:
        """Count, also when the task was cancelled before its first step."""
        self._answers_under_way -= 1
        if place is not None:
            self._lists_under_way.discard(place)


async def at_once() -> None:
    """Return: what the clusters keep need not be on the disk before something is said of it."""


def command_frame(cluster: LocalCluster, record: Record) -> Frame:
    """Return the frame of a command that a local cluster sends, still without its number."""
    return Frame(
        cluster.command_id(record),
        0,
        cluster.outgoing(record).serialize(),
        cluster_specific=True,
        from_server=cluster.server,
        no_default_response=True,
    )


def _place(incoming: Incoming) -> _Place:
    return incoming.source, incoming.source_endpoint, incoming.cluster_id


def _cluster(admitted: Admitted) -> LocalCluster:
    cluster_id = admitted.frame.cluster_id
    cluster = admitted.endpoint.cluster(cluster_id, server=not admitted.header.from_server)
    if cluster is None:
        raise UnsupportedClusterError(f"no cluster 0x{cluster_id:04X}")
    return cluster


def _pairing(admitted: Admitted, cluster: LocalCluster) -> Pairing:
    local = admitted.endpoint.endpoint_id
    return Pairing(admitted.peer, local, cluster.cluster_id, cluster.server)


def _back(header: Frame, command_id: int, payload: bytes, cluster: LocalCluster) -> Frame:
    return Frame(
        command_id,
        header.sequence,
        payload,
        from_server=cluster.server,
        no_default_response=True,
        manufacturer_code=header.manufacturer_code,
    )
