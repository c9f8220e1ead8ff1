"""Looks for the trust centre, against real attributes behind a seam that can fail."""

from collections.abc import AsyncIterator, Sequence
from random import Random
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError, SebridgeError
from sebridge.features.keep_alive.cluster import KeepAliveServer
from sebridge.features.keep_alive.trust_center_watch import TrustCenterWatch
from sebridge.features.time.server import TimeServer
from sebridge.network.peer import Peer
from sebridge.radio.radio import NOT_OF_THE_DEVICE, TxStatus
from sebridge.zcl.identifiers import KEEP_ALIVE, SE_ENDPOINT, TIME
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW, peer


class TrustCenter:
    """What the watch sees of it: clusters, and whether it answers."""

    def __init__(self) -> None:
        self.clusters: dict[int, Any] = {KEEP_ALIVE: KeepAliveServer(5, 0)}
        self.failure: SebridgeError | None = None
        self.finds = 0
        self.reads: list[int] = []
        self.given_up = 0

    async def find(self, cluster_id: int) -> Peer | None:
        self.finds += 1
        if self.failure is not None:
            raise self.failure
        return peer() if cluster_id in self.clusters else None

    async def read(
        self, peer: Peer, cluster_id: int, local_endpoint: int, attribute_ids: Sequence[int]
    ) -> list[Any]:
        assert local_endpoint == SE_ENDPOINT
        assert peer.endpoint == 9
        self.reads.append(cluster_id)
        if self.failure is not None:
            raise self.failure
        attributes = self.clusters[cluster_id].attributes
        return [(a, Status.SUCCESS, attributes.read(a)) for a in attribute_ids]

    def lost(self) -> None:
        self.given_up += 1


@pytest.fixture
def center() -> TrustCenter:
    return TrustCenter()


@pytest.fixture
async def watch(center: TrustCenter, clock: VirtualClock) -> AsyncIterator[TrustCenterWatch]:
    watch = TrustCenterWatch(center, center, center.lost, clock, Random(1))
    yield watch
    await watch.stop()


async def test_it_looks_as_often_as_the_trust_centre_asks_for(
    watch: TrustCenterWatch, center: TrustCenter, clock: VirtualClock
) -> None:
    await watch.start()
    await clock.advance(minutes=15)
    center.reads.clear()

    await clock.advance(minutes=50)

    assert center.reads == [KEEP_ALIVE] * 10
    assert (watch.lifeline.base, watch.lifeline.jitter) == (5, 0)
    assert center.finds == 1


async def test_an_older_trust_centre_is_asked_for_the_time(
    watch: TrustCenterWatch, center: TrustCenter, clock: VirtualClock
) -> None:
    center.clusters = {TIME: TimeServer(lambda: NOW)}
    await watch.start()

    await clock.advance(minutes=16)

    assert center.reads == [TIME]
    assert (watch.lifeline.base, watch.lifeline.jitter) == (10, 300)


async def test_one_with_neither_cluster_is_there_if_it_says_so(
    watch: TrustCenterWatch, center: TrustCenter, clock: VirtualClock
) -> None:
    center.clusters = {}
    await watch.start()

    await clock.advance(hours=2)

    assert center.reads == []
    assert center.given_up == 0
    assert center.finds >= 2 * 8


async def test_what_it_leaves_open_is_our_default(
    watch: TrustCenterWatch, center: TrustCenter, clock: VirtualClock
) -> None:
    center.clusters = {KEEP_ALIVE: KeepAliveServer(0xFF, 0xFFFF)}
    await watch.start()

    await clock.advance(minutes=16)

    assert (watch.lifeline.base, watch.lifeline.jitter) == (10, 300)


async def test_after_three_failures_it_is_given_up(
    watch: TrustCenterWatch, center: TrustCenter, clock: VirtualClock
) -> None:
    await watch.start()
    await clock.advance(minutes=15)
    center.failure = AnswerTimeoutError("silent")

    await clock.advance(minutes=10)
    before = center.given_up
    await clock.advance(minutes=5)

    assert (before, center.given_up) == (0, 1)


async def test_one_that_refuses_is_looked_up_anew_and_not_given_up(
    watch: TrustCenterWatch, center: TrustCenter, clock: VirtualClock
) -> None:
    await watch.start()
    await clock.advance(minutes=15)
    center.failure = DeliveryError("unsupported", Status.UNSUPPORTED_CLUSTER)
    await clock.advance(minutes=5)
    center.clusters, center.failure = {TIME: TimeServer(lambda: NOW)}, None

    await clock.advance(minutes=30)

    assert center.reads[-1] == TIME
    assert center.given_up == 0


@pytest.mark.parametrize("status", sorted(NOT_OF_THE_DEVICE))
async def test_our_own_affairs_are_not_blamed_on_it(
    watch: TrustCenterWatch, center: TrustCenter, clock: VirtualClock, status: TxStatus
) -> None:
    center.failure = DeliveryError("it is us", status)
    await watch.start()

    await clock.advance(hours=5)

    assert center.given_up == 0
    assert watch.lifeline.failures == 0
