"""What leaves, when, and what leaves again after the link broke."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
import pytest
from typing_extensions import override

from sebridge.base.clock import Instant
from sebridge.transports.mqtt.flow import LAST_IDENTIFIER, Flow, PutAside
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from sebridge.transports.mqtt.unproven import MOST_IN_A_ROW
from tests.transports.mqtt.paper import outbox


class Link:
    """Takes what is sent, as a link does. `packets` are the identifiers it was given."""

    def __init__(self, largest: int = 1000) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.shown: list[tuple[str, bytes]] = []
        self.said: list[tuple[str, bytes]] = []
        self.packets: list[int] = []
        self.is_congested = False
        self.retained: list[bool] = []
        self.correlations: list[bytes | None] = []
        self.lifetimes: list[int | None] = []
        self.largest = largest
        self.allowed: list[int] = []

    def allow(self, under_way: int) -> None:
        self.allowed.append(under_way)

    def publish(
        self,
        packet: int,
        topic: str,
        payload: bytes,
        *,
        retain: bool,
        correlation: bytes | None,
        lifetime: int | None = None,
    ) -> bool:
        if len(payload) > self.largest:
            return False
        self.packets.append(packet)
        self.sent.append((topic, payload))
        self.retained.append(retain)
        self.correlations.append(correlation)
        self.lifetimes.append(lifetime)
        return True

    def show(self, topic: str, payload: bytes, lifetime: int | None) -> bool:
        if len(payload) > self.largest:
            return False
        self.shown.append((topic, payload))
        self.lifetimes.append(lifetime)
        return True

    def pass_on(self, topic: str, payload: bytes) -> bool:
        if not self.is_congested:
            self.said.append((topic, payload))
        return not self.is_congested


NOW = Instant(1000.0, 50.0)


def steady_flow(box: Outbox, names: dict[str, bool] | None = None) -> Flow:
    """Return a flow whose topics are on the disk as soon as they are named."""
    flow = Flow(box, {} if names is None else names, lambda: flow.noted(flow.held))
    return flow


def message(payload: bytes, correlation: bytes | None = None) -> OutboxMessage:
    return OutboxMessage("stream", payload, 1000.0, correlation)


def all_acknowledged(flow: Flow, link: Link) -> list[tuple[str, bytes]]:
    """Take everything that comes; return it in order."""
    for packet, _ in enumerate(link.sent, start=1):  # grows while we go
        flow.acknowledged(packet)
        flow.pump()
    return link.sent


def opened(flow: Flow, window: int = 10) -> Link:
    link = Link()
    flow.open(link, window, now=NOW)
    return link


def test_while_the_link_is_up_every_payload_leaves_in_order() -> None:
    flow = steady_flow(outbox())
    link = opened(flow)

    for payload in (b"1", b"2", b"2"):
        flow.publish("a", payload, retain=True)

    assert link.sent == [("a", b"1"), ("a", b"2"), ("a", b"2")]
    assert link.retained == [True, True, True]


def test_an_identifier_is_not_used_again_while_its_message_is_under_way() -> None:
    flow = steady_flow(outbox())
    link = opened(flow, window=2)
    flow.publish("slow", b"x", retain=True)

    for _ in range(LAST_IDENTIFIER):
        flow.stream(message(b"x"), NOW)
        flow.acknowledged(link.packets[-1])

    assert link.packets[0] == 1
    assert link.packets[-2:] == [LAST_IDENTIFIER, 2]
    assert flow.published == LAST_IDENTIFIER
    flow.acknowledged(1)
    assert flow.idle


def test_what_is_said_once_leaves_at_once_or_is_counted() -> None:
    flow = steady_flow(outbox())
    flow.publish("a", b"too soon", retain=False)
    link = opened(flow)

    flow.publish("a", b"x", retain=False)
    link.is_congested = True
    flow.publish("a", b"too much", retain=False)

    assert link.said == [("a", b"x")]
    assert link.sent == []
    assert flow.not_passed_on == 2
    assert flow.idle


def test_an_unchanged_payload_need_not_leave() -> None:
    flow = steady_flow(outbox())
    link = opened(flow)

    flow.publish("a", b"1", retain=True, only_if_changed=True)
    flow.publish("a", b"1", retain=True, only_if_changed=True)

    assert link.sent == [("a", b"1")]


def test_while_the_link_is_down_the_last_payload_of_a_topic_will_do() -> None:
    flow = steady_flow(outbox())
    for topic, payload in (("a", b"1"), ("b", b"1"), ("a", b"2")):
        flow.publish(topic, payload, retain=True)

    link = opened(flow)

    assert link.sent == [("a", b"2"), ("b", b"1")]


def test_no_more_leaves_than_the_window_allows_and_the_rest_follows_in_order() -> None:
    flow = steady_flow(outbox())
    link = opened(flow, window=2)

    for number in range(5):
        flow.publish("a", b"%d" % number, retain=True)
    under_way = len(link.sent)
    for packet in range(1, 6):
        flow.acknowledged(packet)
        flow.pump()

    assert under_way == 2
    assert [payload for _, payload in link.sent] == [b"0", b"1", b"2", b"3", b"4"]
    assert flow.idle
    assert flow.published == 5


def test_streamed_and_retained_messages_take_turns() -> None:
    flow = steady_flow(outbox())
    for number in range(3):
        flow.stream(message(b"%d" % number, b"c"), NOW)
        flow.publish(f"kept/{number}", b"x", retain=True)

    link = opened(flow, window=4)

    assert [topic for topic, _ in link.sent] == ["stream", "kept/0", "stream", "kept/1"]
    assert link.retained == [False, True, False, True]
    assert link.correlations == [b"c", None, b"c", None]


def flow_of(*topics: str) -> Flow:
    """Return one whose broker has acknowledged a payload on each topic, and is gone."""
    flow = steady_flow(outbox())
    link = opened(flow)
    for topic in topics:
        flow.publish(topic, b"x", retain=True)
        flow.acknowledged(len(link.sent))
    flow.close()
    return flow


def test_after_the_end_of_a_link_every_retained_topic_is_published_again_a_few_at_a_time() -> None:
    flow = flow_of("a", "b", "c")

    link = opened(flow)
    at_once = list(link.sent)
    more = flow.repeat(2)
    sent_then = list(link.sent)
    rest = flow.repeat(2)

    assert at_once == []
    assert (more, rest) == (True, False)
    assert sent_then == [("a", b"x"), ("b", b"x")]
    assert link.sent == [*sent_then, ("c", b"x")]


def test_only_the_newest_payload_is_published_again_and_once() -> None:
    flow = flow_of("a", "b")
    link = opened(flow)

    flow.publish("b", b"new", retain=True)
    flow.repeat(10)

    assert link.sent == [("b", b"new"), ("a", b"x")]


def test_after_a_link_that_was_too_short_those_have_their_turn_to_which_it_did_not_come() -> None:
    flow = flow_of("a", "b", "c")
    link = opened(flow)
    flow.repeat(1)
    flow.acknowledged(1)
    flow.close()

    link = opened(flow)
    flow.repeat(3)

    assert [topic for topic, _ in link.sent] == ["b", "c", "a"]


def test_a_topic_that_was_emptied_is_emptied_again_as_the_broker_may_have_it_back() -> None:
    flow = flow_of("a", "b")
    link = opened(flow)
    flow.forget("a")
    flow.acknowledged(1)
    flow.close()

    link = opened(flow)
    flow.repeat(10)

    assert link.sent == [("b", b"x"), ("a", b"")]
    assert flow.kept_below("a") == []


def test_first_of_all_a_broker_gets_what_changed_or_may_be_lost() -> None:
    flow = steady_flow(outbox())
    opened(flow, window=3)
    for topic in ("arrived", "under way", "under way too", "waiting"):
        flow.publish(topic, b"x", retain=True)
    flow.acknowledged(1)
    flow.close()
    flow.publish("changed", b"y", retain=True)
    flow.stream(message(b"s"), NOW)

    link = opened(flow)

    assert sorted(all_acknowledged(flow, link)) == [
        ("changed", b"y"),
        ("stream", b"s"),
        ("under way", b"x"),
        ("under way too", b"x"),
        ("waiting", b"x"),
    ]


def test_what_was_streamed_but_not_acknowledged_leaves_again_in_order() -> None:
    flow = steady_flow(outbox())
    opened(flow, window=2)
    for number in range(3):
        flow.stream(message(b"%d" % number), NOW)
    flow.acknowledged(1)
    flow.close()

    link = opened(flow)
    queued = flow.queued

    assert all_acknowledged(flow, link) == [("stream", b"1"), ("stream", b"2")]
    assert queued == 2


# ------------------------------------------------------------------ without an acknowledgement


def taken(flow: Flow, *topics: str) -> Link:
    """Return a link on which the broker has acknowledged a payload of each topic."""
    link = opened(flow, window=1000)
    for topic in topics:
        flow.publish(topic, b"first", retain=True)
        flow.acknowledged(link.packets[-1])
    return link


def test_a_topic_that_the_broker_took_is_written_without_asking_it_again() -> None:
    flow = steady_flow(outbox())
    link = taken(flow, "a")

    flow.publish("a", b"2", retain=True)
    flow.publish("b", b"1", retain=True)

    assert link.shown == [("a", b"2")]
    assert link.sent == [("a", b"first"), ("b", b"1")]
    assert flow.published == 1
    flow.acknowledged(2)
    assert flow.published == 3


def test_a_topic_that_the_broker_refuses_is_asked_for_each_time() -> None:
    flow = steady_flow(outbox())
    link = taken(flow, "a")
    flow.stream(OutboxMessage("a", b"s", 1000.0), NOW)
    flow.acknowledged(2, refused=True)

    for payload in (b"2", b"3"):
        flow.publish("a", payload, retain=True)
        flow.acknowledged(link.packets[-1], refused=True)

    assert link.shown == []
    assert flow.refused == 3


def test_to_empty_a_topic_takes_an_acknowledgement() -> None:
    flow = steady_flow(outbox())
    link = taken(flow, "a")

    flow.publish("a", b"", retain=True)

    assert link.sent[-1] == ("a", b"")


def test_after_a_few_without_one_comes_one_with_an_acknowledgement() -> None:
    flow = steady_flow(outbox())
    link = taken(flow, "a")

    for number in range(MOST_IN_A_ROW + 1):
        flow.publish("a", b"%d" % number, retain=True)

    assert len(link.shown) == MOST_IN_A_ROW
    assert link.sent[-1] == ("a", b"%d" % MOST_IN_A_ROW)


def test_what_was_not_proven_when_the_link_ended_is_sent_again_with_an_acknowledgement() -> None:
    flow = steady_flow(outbox())
    link = taken(flow, "a", "b", "c")
    flow.publish("a", b"proven", retain=True)
    flow.stream(message(b"1"), NOW)
    flow.publish("b", b"doubtful", retain=True)
    flow.stream(message(b"2"), NOW)
    flow.publish("c", b"last", retain=True)
    flow.acknowledged(link.packets[-2])

    flow.close()
    again = Link()
    flow.open(again, 10, now=NOW, was_away=True)

    assert [topic for topic, _ in link.shown] == ["a", "b", "c"]
    assert again.sent == [("stream", b"2"), ("b", b"doubtful"), ("c", b"last")]
    assert again.shown == []


def test_an_acknowledgement_proves_all_that_was_sent_before() -> None:
    flow = steady_flow(outbox())
    link = taken(flow, "a", "b")
    flow.publish("a", b"2", retain=True)
    flow.stream(message(b"1"), NOW)
    flow.publish("b", b"2", retain=True)
    flow.stream(message(b"2"), NOW)

    flow.acknowledged(link.packets[-1])
    proven = flow.published
    flow.acknowledged(link.packets[-2])

    assert proven == 2 + 2 + 1
    assert flow.published == proven + 1


def test_what_is_too_large_without_an_acknowledgement_is_counted_too() -> None:
    flow = steady_flow(outbox())
    link = taken(flow, "a")

    flow.publish("a", bytes(1001), retain=True)

    assert link.shown == []
    assert flow.refused == 1


def test_each_link_is_told_how_many_may_be_under_way() -> None:
    flow = steady_flow(outbox())
    first = opened(flow, 10)
    flow.stream(message(b"1"), NOW)
    flow.stream(message(b"2"), NOW)
    flow.close()

    second = opened(flow, 10)  # what was under way goes alone: it may have ended the link
    suspected = list(second.allowed)
    all_acknowledged(flow, second)
    flow.close()
    third = opened(flow, 10)

    assert first.allowed == [10]
    assert suspected == [1]
    assert second.allowed == [1, 10]
    assert third.allowed == [10]


# ------------------------------------------------------------------ what ends links


class PickyBroker:
    """Acknowledges all before the message that it does not like, and ends the link at that."""

    def __init__(self, flow: Flow, *disliked: bytes) -> None:
        self.flow = flow
        self.disliked = disliked
        self.taken: list[bytes] = []
        self.links = 0
        self.aside: list[PutAside] = []

    def one_link(self, *, was_away: bool = False) -> bool:
        """Take what comes; tell whether the link lives on."""
        self.links += 1
        link = Link()
        self.aside += self.flow.open(link, 10, now=NOW, was_away=was_away)
        for packet, (_, payload) in enumerate(link.sent, start=1):  # grows while we go
            if payload in self.disliked:
                self.flow.close()
                return False
            self.taken.append(payload)
            self.flow.acknowledged(packet)
            self.flow.pump()
        return True

    def until_it_lives(self) -> int:
        links = 1
        while not self.one_link():
            links += 1
            assert links < 30
        return links


def test_a_message_that_ends_three_links_is_put_aside_and_all_others_arrive() -> None:
    flow = steady_flow(outbox())
    for number in range(5):
        flow.stream(message(b"%d" % number), NOW)
        flow.publish(f"kept/{number}", b"k%d" % number, retain=True)
    broker = PickyBroker(flow, b"2")

    links = broker.until_it_lives()

    assert links == 4
    assert broker.aside == [PutAside("stream", 1)]
    assert flow.put_aside == 1
    assert set(broker.taken) == {b"0", b"1", b"3", b"4", b"k0", b"k1", b"k2", b"k3", b"k4"}
    assert flow.idle


def test_a_retained_topic_that_ends_links_waits_for_a_shorter_payload() -> None:
    flow = steady_flow(outbox())
    flow.publish("large", b"too large", retain=True)
    flow.publish("small", b"s", retain=True)
    broker = PickyBroker(flow, b"too large", b"far too large")
    broker.until_it_lives()

    flow.publish("large", b"far too large", retain=True)
    flow.close()
    forgotten = broker.one_link()
    flow.publish("large", b"shorter", retain=True)
    flow.close()
    broker.one_link()

    assert forgotten
    assert broker.aside == [PutAside("large", 9)]
    assert broker.taken[-1] == b"shorter"
    assert flow.idle


def test_one_that_ends_links_without_having_been_asked_for_is_found_too() -> None:
    flow = steady_flow(outbox())
    broker = PickyBroker(flow, b"too large")
    flow.publish("large", b"small", retain=True)
    broker.one_link()
    flow.publish("other", b"x", retain=True)

    flow.publish("large", b"too large", retain=True)
    flow.close()
    links = broker.until_it_lives()

    assert links <= 4
    assert broker.aside == [PutAside("large", 9)]
    assert broker.taken == [b"small", b"x"]


def test_several_such_messages_go_one_after_the_other() -> None:
    flow = steady_flow(outbox())
    for payload in (b"a", b"b", b"c", b"d"):
        flow.stream(message(payload), NOW)
    broker = PickyBroker(flow, b"b", b"d")

    links = broker.until_it_lives()

    assert links <= 2 * 3 + 1
    assert len(broker.aside) == 2
    assert broker.taken == [b"a", b"c"]


def test_a_broker_that_was_away_is_no_reason_to_suspect_a_message() -> None:
    flow = steady_flow(outbox())
    flow.stream(message(b"x"), NOW)
    broker = PickyBroker(flow, b"x")

    for _ in range(10):
        broker.one_link(was_away=True)

    assert broker.aside == []
    assert flow.queued == 1


def test_what_was_under_way_goes_alone_and_then_all_flows_again() -> None:
    flow = steady_flow(outbox())
    opened(flow)
    for number in range(3):
        flow.stream(message(b"%d" % number), NOW)
    flow.close()
    for number in range(3, 6):
        flow.stream(message(b"%d" % number), NOW)

    link = opened(flow)
    alone = len(link.sent)
    for packet in (1, 2, 3):
        flow.acknowledged(packet)
        flow.pump()

    assert alone == 1
    assert [payload for _, payload in link.sent] == [b"0", b"1", b"2", b"3", b"4", b"5"]


def test_what_is_dropped_or_emptied_meanwhile_is_suspected_no_more() -> None:
    flow = steady_flow(outbox(max_messages=2))
    opened(flow)
    flow.stream(message(b"0"), NOW)
    flow.stream(message(b"1"), NOW)
    flow.close()
    link = opened(flow)

    for number in range(2, 4):
        flow.stream(message(b"%d" % number), NOW)

    assert [payload for _, payload in link.sent] == [b"0", b"2", b"3"]


def test_a_forgotten_branch_is_emptied_and_its_names_go_when_the_broker_has_it() -> None:
    names: dict[str, bool] = {"device/1/old": True}
    flow = steady_flow(outbox(), names)
    flow.publish("device/1", b"x", retain=True)
    flow.publish("device/2", b"x", retain=True)

    flow.forget("device/1")
    link = opened(flow)
    for packet in range(len(link.sent)):
        flow.acknowledged(packet + 1)

    assert link.sent == [("device/1", b""), ("device/2", b"x"), ("device/1/old", b"")]
    assert names == {"device/2": True}


def test_the_name_of_an_emptied_topic_stays_until_the_empty_payload_has_arrived() -> None:
    names: dict[str, bool] = {}
    flow = steady_flow(outbox(), names)
    opened(flow)
    flow.publish("a", b"x", retain=True)
    flow.publish("a", b"", retain=True)

    flow.acknowledged(1)
    after_first = dict(names)
    flow.acknowledged(2)

    assert after_first == {"a": False}
    assert names == {}


def test_what_the_broker_refuses_is_counted_and_gone() -> None:
    flow = steady_flow(outbox())
    opened(flow)
    flow.publish("a", b"x", retain=True)
    flow.stream(message(b"s"), NOW)

    refused = [flow.acknowledged(1, refused=True), flow.acknowledged(2, refused=True)]

    assert refused == ["a", "stream"]
    assert flow.refused == 2
    assert flow.published == 0
    assert flow.idle


def test_what_is_too_large_for_the_broker_is_counted_and_stops_nothing() -> None:
    flow = steady_flow(outbox())
    link = opened(flow)

    flow.publish("a", bytes(1001), retain=True)
    flow.stream(message(bytes(1001)), NOW)
    flow.stream(message(b"s"), NOW)

    assert link.sent == [("stream", b"s")]
    assert flow.refused == 2


def test_a_topic_that_cannot_be_is_refused_at_once() -> None:
    flow = steady_flow(outbox())

    with pytest.raises(ValueError, match="no topic"):
        flow.stream(OutboxMessage("a/#", b"", 0.0), NOW)
    with pytest.raises(ValueError, match="no topic"):
        flow.publish("a/+", b"x", retain=True)

    assert flow.idle


def test_when_too_many_wait_the_last_payload_of_a_topic_will_do() -> None:
    flow = steady_flow(outbox())
    link = opened(flow, window=1)

    for number in range(20_010):
        flow.publish("a", b"%d" % number, retain=True)
    packet = 0
    while len(link.sent) > packet:
        packet += 1
        flow.acknowledged(packet)
        flow.pump()

    assert len(link.sent) == 20_002
    assert link.sent[-1] == ("a", b"20009")


def test_a_topic_has_its_lifetime_each_time_that_it_is_published() -> None:
    flow, link = steady_flow(outbox()), Link()
    flow.open(link, 10, now=NOW)
    flow.expire("a", 1200)

    flow.publish("a", b"1", retain=True)
    flow.acknowledged(link.packets[-1])
    flow.publish("a", b"2", retain=True)
    flow.publish("b", b"1", retain=True)
    flow.publish("a", b"", retain=True)
    flow.expire("a", None)
    flow.publish("a", b"3", retain=True)

    assert link.shown == [("a", b"2")]
    assert link.lifetimes == [1200, 1200, None, None, None]


class Taker(Link):
    """A link that hands on what it is given."""

    def __init__(self, publish: Callable[..., bool], show: Callable[[str, bytes], bool]) -> None:
        super().__init__()
        self.publish = publish  # type: ignore[method-assign]  # it takes the same
        self._show = show

    @override
    def show(self, topic: str, payload: bytes, lifetime: int | None) -> bool:
        assert lifetime is None
        return self._show(topic, payload)


class FlowLife(RuleBasedStateMachine):
    """Random traffic and outages: a broker that keeps its state ends with the right picture."""

    def __init__(self) -> None:
        super().__init__()
        self.flow = steady_flow(outbox())
        self.wanted: dict[str, bytes] = {}
        self.streamed: list[bytes] = []
        self.kept: dict[str, bytes] = {}  # what the broker has
        self.saved: dict[str, bytes] = {}  # what it has after it was killed
        self.repeating = False
        self.arrived: list[bytes] = []
        self.under_way: dict[int, tuple[str, bytes]] = {}  # those at QoS 0 below 0
        self.number_shown = 0
        self.up = False

    def take(
        self,
        packet: int,
        topic: str,
        payload: bytes,
        *,
        retain: bool,
        correlation: bytes | None,
        lifetime: int | None = None,
    ) -> bool:
        assert lifetime is None
        assert retain is (topic != "stream")
        assert correlation is None
        assert packet not in self.under_way
        self.under_way[packet] = (topic, payload)
        return True

    def show(self, topic: str, payload: bytes) -> bool:
        self.number_shown += 1
        self.under_way[-self.number_shown] = (topic, payload)
        return True

    @rule(topic=st.sampled_from("abc"), payload=st.binary(max_size=1), only=st.booleans())
    def publish(self, topic: str, payload: bytes, *, only: bool) -> None:
        self.flow.publish(topic, payload, retain=True, only_if_changed=only)
        self.wanted[topic] = payload

    @rule()
    def stream(self) -> None:
        payload = b"%d" % len(self.streamed)
        self.flow.stream(message(payload), NOW)
        self.streamed.append(payload)

    @rule()
    def save(self) -> None:
        self.saved = dict(self.kept)

    @rule(was_killed=st.booleans(), window=st.integers(1, 4))
    def connect(self, window: int, *, was_killed: bool) -> None:
        if self.up:
            return
        if was_killed:
            self.kept = dict(self.saved)
        self.up = self.repeating = True
        assert self.flow.open(Taker(self.take, self.show), window, now=NOW, was_away=True) == []

    @rule()
    def repeat(self) -> None:
        if self.up:
            self.repeating = self.flow.repeat(1)

    @rule(many=st.integers(1, 5))
    def acknowledge(self, many: int) -> None:
        for packet in list(self.under_way)[:many]:
            self.arrive(packet)
            if packet > 0:
                self.flow.acknowledged(packet)
        self.flow.pump()

    def arrive(self, packet: int) -> None:
        topic, payload = self.under_way.pop(packet)
        if topic == "stream":
            self.arrived.append(payload)
        else:
            self.kept[topic] = payload

    @rule(many=st.integers(0, 5))
    def lose_the_link(self, many: int) -> None:
        for packet in list(self.under_way)[:many]:  # these arrive, but we never learn
            self.arrive(packet)
        self.under_way.clear()
        self.up = False
        self.flow.close()

    @invariant()
    def when_idle_the_broker_has_everything_or_gets_it_before_anything_else(self) -> None:
        if self.repeating or not (self.up and self.flow.idle):
            return
        for packet in tuple(self.under_way):
            self.arrive(packet)
        kept = {topic: payload for topic, payload in self.kept.items() if payload}
        assert kept == {topic: payload for topic, payload in self.wanted.items() if payload}
        assert list(dict.fromkeys(self.arrived)) == self.streamed

    @invariant()
    def something_is_under_way_unless_idle(self) -> None:
        asked = any(packet > 0 for packet in self.under_way)
        assert asked != (not self.up or self.flow.idle)


TestFlowLife = FlowLife.TestCase


# ------------------------------------------------------------------ new topics


@pytest.fixture
def slow() -> Flow:
    """Return a flow whose new topics reach the disk when a test says so."""
    return Flow(outbox(), {"known": True}, lambda: None)


def test_the_first_payload_of_a_new_topic_waits_until_its_name_is_on_the_disk(slow: Flow) -> None:
    link = opened(slow)
    slow.publish("known", b"1", retain=True)
    slow.publish("new", b"1", retain=True)
    slow.publish("new", b"2", retain=True)
    held, before = slow.held, list(link.sent)

    slow.noted(held)
    slow.publish("new", b"3", retain=True)

    assert (held, before) == (("new",), [("known", b"1")])
    assert link.sent[1:] == [("new", b"2"), ("new", b"3")]


def test_a_topic_that_is_emptied_before_its_name_is_on_the_disk_is_sent_empty(slow: Flow) -> None:
    link = opened(slow)
    slow.publish("new", b"1", retain=True)

    slow.forget("new")
    slow.noted(["new"])

    assert link.sent == [("new", b"")]


def test_a_topic_that_was_emptied_is_new_again(slow: Flow) -> None:
    link = opened(slow)
    for payload in (b"1", b""):
        slow.publish("known", payload, retain=True)
    all_acknowledged(slow, link)

    slow.publish("known", b"2", retain=True)

    assert slow.held == ("known",)


def test_whoever_brings_a_name_to_the_disk_by_himself_need_not_wait(slow: Flow) -> None:
    link = opened(slow)

    known, new = slow.note("known"), slow.note("new")
    slow.publish("new", b"1", retain=True)

    assert (known, new) == (False, True)
    assert link.sent == [("new", b"1")]
