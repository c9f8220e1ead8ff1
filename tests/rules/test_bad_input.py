"""What no cluster may take: each kind of bad input, for every cluster and every command.

The answer is the ZCL status of the rules, and the cluster is afterwards as it was before.
"""

from collections.abc import Callable, Iterator
import logging
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.clock import VirtualClock, unix_time
from sebridge.base.signals import SignalBus
from sebridge.features.messaging.client import MessagingClient
from sebridge.features.metering.mirror_server import MirrorServer
from sebridge.features.tunneling.server import TunnelingServer
from sebridge.gateway.cluster import LocalCluster
from sebridge.gateway.endpoint import Endpoint
from sebridge.gateway.events.event_client import EventClient
from sebridge.gateway.events.event_cluster import EventCluster
from sebridge.gateway.events.signals import EventReceived
from sebridge.model.record import Record
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE, needs_link_key
from sebridge.zcl.status import Status
from tests.examples import one_fixture_for_all_examples
from tests.gateway.radio_side import NOW, RecordingSender, Trust, address, heard
from tests.rules.conftest import MakeHouse
from tests.rules.every_cluster import (
    EVERY,
    commands,
    concrete,
    refuses_by_session,
    shortest,
    state_of,
    whole,
)
from tests.rules.parts import House, message
from tests.zcl.wire import records

ONE_OF_EACH = [make() for make in EVERY.values()]
Case = tuple[type[LocalCluster], int, type[Record]]
EVERY_COMMAND: list[Case] = [
    (type(cluster), number, schema)
    for cluster in ONE_OF_EACH
    for number, schema in commands(cluster).items()
]
JUNK = b"\xaa" * 7


def names(cases: list[Case]) -> list[str]:
    return [f"{kind.__name__}-{schema.__name__}" for kind, _, schema in cases]


each_command = pytest.mark.parametrize(
    ("kind", "number", "schema"),
    EVERY_COMMAND,
    ids=names(EVERY_COMMAND),
)


class Tried:
    """A cluster in a house, and what comes of one frame."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.before = state_of(house.cluster)

    async def hears(self, number: int, payload: bytes = b"", **more: Any) -> list[Status]:
        """Return the statuses of the default responses."""
        header: dict[str, Any] = {"from_server": not self.house.cluster.server}
        outside = {name: more.pop(name) for name in ("encrypted",) if name in more}
        frame = Frame(number, 0x21, payload, cluster_specific=True, **header | more)
        await self.house.hears(frame, **outside)
        return self.house.refusals()

    @property
    def unchanged(self) -> bool:
        return bool(state_of(self.house.cluster) == self.before)


Try = Callable[[type[LocalCluster]], Tried]


@pytest.fixture
def clock() -> VirtualClock:
    """Return a clock at the moment at which the clusters got what they have."""
    return VirtualClock(unix_time(NOW))


@pytest.fixture
def tried(house_of: MakeHouse) -> Try:
    return lambda kind: Tried(house_of(EVERY[kind]()))


def test_every_cluster_of_the_project_is_tried() -> None:
    assert set(concrete()) == set(EVERY)


async def test_what_is_right_is_told_from_what_changes_nothing(tried: Try) -> None:
    """Otherwise the tests below would say nothing."""
    one = tried(MessagingClient)

    statuses = await one.hears(0x00, message(2).serialize())

    assert statuses == [Status.SUCCESS]
    assert not one.unchanged


@each_command
async def test_a_truncated_command_is_malformed_and_changes_nothing(
    tried: Try, kind: type[LocalCluster], number: int, schema: type[Record]
) -> None:
    one = tried(kind)
    lengths = range(shortest(schema))

    for length in lengths:
        await one.hears(number, bytes(length))

    expected = [] if refuses_by_session(one.house.cluster) else [Status.MALFORMED_COMMAND]
    assert one.house.refusals() == expected * len(lengths)
    assert one.unchanged


LIMITED = [case for case in EVERY_COMMAND if whole(case[2]) is not None]
"""Where an octet more is not one more of what the command carries."""


@pytest.mark.parametrize(("kind", "number", "schema"), LIMITED, ids=names(LIMITED))
async def test_an_over_long_command_is_taken_like_one_of_the_right_length_gen_11(
    tried: Try, kind: type[LocalCluster], number: int, schema: type[Record]
) -> None:
    exact, longer, payload = tried(kind), tried(kind), whole(schema)
    assert payload is not None

    statuses = await exact.hears(number, payload)
    same = await longer.hears(number, payload + JUNK)

    assert same == statuses
    assert longer.house.sender.sent == exact.house.sender.sent
    assert state_of(longer.house.cluster) == state_of(exact.house.cluster)


@each_command
async def test_a_command_in_the_wrong_direction_finds_no_cluster(
    tried: Try, kind: type[LocalCluster], number: int, schema: type[Record]
) -> None:
    one = tried(kind)

    statuses = await one.hears(number, bytes(200), from_server=kind.server)

    assert statuses == [Status.UNSUPPORTED_CLUSTER]
    assert one.unchanged


@each_command
async def test_a_command_of_a_manufacturer_is_unknown(
    tried: Try, kind: type[LocalCluster], number: int, schema: type[Record]
) -> None:
    one = tried(kind)

    statuses = await one.hears(number, bytes(200), manufacturer_code=0x101E)

    assert statuses == [Status.UNSUP_CLUSTER_COMMAND]
    assert one.unchanged


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
async def test_an_unknown_command_is_unknown(tried: Try, kind: type[LocalCluster]) -> None:
    one = tried(kind)

    statuses = await one.hears(0xEE, bytes(20))

    expected = [] if refuses_by_session(one.house.cluster) else [Status.UNSUP_CLUSTER_COMMAND]
    assert statuses == expected
    assert one.unchanged


SECURED = [c for c in EVERY_COMMAND if needs_link_key(SE_PROFILE, EVERY[c[0]]().cluster_id)]


@pytest.mark.parametrize(
    ("kind", "number", "schema"),
    SECURED,
    ids=names(SECURED),
)
async def test_a_command_in_the_clear_is_refused_sec_2(
    tried: Try, kind: type[LocalCluster], number: int, schema: type[Record]
) -> None:
    one = tried(kind)

    statuses = await one.hears(number, whole(schema) or bytes(20), encrypted=False)

    assert statuses == [Status.FAILURE]
    assert [outgoing.encrypted for outgoing in one.house.sender.sent] == [False]
    assert one.unchanged


def test_only_identification_and_key_establishment_may_be_in_the_clear() -> None:
    secured = {kind for kind, _, _ in SECURED}

    open_to_all = {c.cluster_id for c in ONE_OF_EACH if commands(c) and type(c) not in secured}

    assert open_to_all == {0x0000, 0x0003, 0x0800}


# ------------------------------------------------------------------ anything at all


class WholeHouse:
    """All clusters on one router: the mirror has an endpoint of its own."""

    def __init__(self) -> None:
        self.clock, self.bus, self.sender = (
            VirtualClock(unix_time(NOW)),
            SignalBus(strict=True),
            RecordingSender(),
        )
        made = [make() for make in EVERY.values()]
        mirrors = tuple(c for c in made if isinstance(c, MirrorServer))
        others = tuple(c for c in made if not isinstance(c, MirrorServer))
        endpoints = [
            Endpoint(SE_ENDPOINT, SE_PROFILE, 0x0500, others),
            Endpoint(0xC0, SE_PROFILE, 0x0500, mirrors),
        ]
        trust = Trust()
        exchange = trust.exchange(self.sender, self.clock)
        self.router = trust.router(endpoints, exchange, self.clock, self.bus)
        self.gate = trust.gate(self.router, self.clock, self.bus)
        self.clusters = made
        self.received: list[EventReceived] = []
        self.bus.listen(EventReceived, self.received.append)

    def events(self) -> Iterator[tuple[EventCluster[Record], int]]:
        for cluster in self.clusters:
            if isinstance(cluster, EventCluster):
                yield cluster, len(cluster.schedule)


def _damaged(record: Any, cut: int, more: bytes) -> bytes:
    octets = bytes(record.serialize())
    return octets[: max(len(octets) - cut, 0)] + more


_OURS = [(k, n, s) for k, n, s in EVERY_COMMAND if issubclass(s, Record)]


@st.composite
def damaged_frames(draw: st.DrawFn) -> tuple[int, bytes]:
    """Give a command that was right once: cut, lengthened, or left as it is."""
    kind, number, schema = draw(st.sampled_from(_OURS))
    record = draw(records(schema))
    payload = _damaged(record, draw(st.integers(0, 3)), draw(st.binary(max_size=3)))
    frame = Frame(number, 1, payload, cluster_specific=True, from_server=not kind.server)
    return int(kind.definition.cluster_id), frame.serialize()


CLUSTER_IDS = sorted({cluster.cluster_id for cluster in ONE_OF_EACH})
random_frames = st.tuples(
    st.sampled_from(CLUSTER_IDS),
    st.builds(
        Frame,
        st.integers(0, 0x10),
        st.integers(0, 255),
        st.binary(max_size=60),
        cluster_specific=st.booleans(),
        from_server=st.booleans(),
    ).map(lambda frame: frame.serialize())
    | st.binary(max_size=60),
)


@one_fixture_for_all_examples()
@given(
    frames=st.lists(
        st.tuples(
            damaged_frames() | random_frames,
            st.sampled_from([int(SE_ENDPOINT), 0xC0]),
            st.integers(1, 2),
            st.booleans(),
        ),
        max_size=6,
    )
)
async def test_no_octets_break_a_handler_or_make_an_event(
    caplog: pytest.LogCaptureFixture, frames: list[tuple[tuple[int, bytes], int, int, bool]]
) -> None:
    """Only a server that we listen to makes events, and we say so; what we serve stays."""
    house = WholeHouse()
    before = dict(house.events())

    for (cluster_id, octets), endpoint, source, encrypted in frames:
        house.gate.received(
            heard(
                octets,
                cluster_id,
                source=address(source),
                destination_endpoint=endpoint,
                encrypted=encrypted,
            )
        )
        await house.clock.settle()
    for cluster in house.clusters:
        advance = getattr(cluster, "advance", None)
        if advance is not None:
            advance(NOW)
    await house.router.stop()

    told = {news.cluster_id for news in house.received}
    changed = {cluster for cluster, count in house.events() if count != before[cluster]}
    assert all(isinstance(c, EventClient) and c.cluster_id in told for c in changed)
    assert house.gate.statistics.received == len(frames)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    tunnels = next(c for c in house.clusters if isinstance(c, TunnelingServer))
    assert len(tunnels.tunnels) <= 1 + len(frames)
