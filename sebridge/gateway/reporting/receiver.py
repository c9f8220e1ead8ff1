"""Take the reports that come from devices, and tell of them."""

from collections.abc import Collection, Sequence
from typing import Protocol

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import RefusedError
from sebridge.base.signals import SignalBus
from sebridge.gateway.reporting.expectations import Expectations
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import Frame


class Servers(Protocol):
    """Which remote endpoints have the server side of a cluster, on devices that are there."""

    def servers(self, cluster_id: int) -> Sequence[Peer]:
        """Return them."""


class ReportReceiver:
    """Turns reports into signals, and lets the expectations know. `reports` counts them."""

    def __init__(
        self, *, expectations: Expectations, servers: Servers, clock: Clock, bus: SignalBus
    ) -> None:
        self.reports = 0
        self._expectations = expectations
        self._servers = servers
        self._clock = clock
        self._bus = bus
        # cluster -> the peers at the time, and the profiles of each of their places
        self._places: dict[int, tuple[Sequence[Peer], dict[tuple[Eui64, int], set[int]]]] = {}

    def reported(self, frame: Incoming, header: Frame, values: Sequence[AttributeValue]) -> None:
        """Take the values of a report; one under another profile than its sender's is no report.

        Else a Smart Energy meter's values could be given out in the clear, under the profile that
        needs no link key (SEC-2).
        """
        if frame.profile_id not in self._profiles(frame):
            raise RefusedError(f"{frame.source} does not speak profile 0x{frame.profile_id:04X}")
        self.reports += 1
        report = AttributesReported(
            frame.source,
            frame.source_endpoint,
            frame.destination_endpoint,
            frame.profile_id,
            frame.cluster_id,
            0 if header.from_server else 1,
            header.manufacturer_code,
            values,
            reported=True,
            time=self._clock.utc(),
        )
        self._expectations.heard(report, self._clock.monotonic())
        self._bus.send(report)

    def _profiles(self, frame: Incoming) -> Collection[int]:
        """Return the profiles under which a place that is known to report may do so.

        A walk through all peers for each frame would make every meter dearer than the last.
        """
        peers = self._servers.servers(frame.cluster_id)
        known = self._places.get(frame.cluster_id)
        if known is None or known[0] is not peers or not isinstance(peers, tuple):
            places: dict[tuple[Eui64, int], set[int]] = {}
            for peer in peers:
                places.setdefault((peer.device, peer.endpoint), set()).add(peer.profile_id)
            known = self._places[frame.cluster_id] = (peers, places)
        return known[1].get((frame.source, frame.source_endpoint), (frame.profile_id,))
