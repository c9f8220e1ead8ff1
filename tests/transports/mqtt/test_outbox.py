"""The outbox loses nothing it promised to keep, and keeps order."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
import pytest

from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage


def message(text: str, created: float = 1000.0) -> OutboxMessage:
    return OutboxMessage("sebridge/home/notification/message", text.encode(), created)


def texts_in_turn(outbox: Outbox) -> list[str]:
    texts = []
    while outbox.unsent:
        _, waiting = outbox.send_next()
        texts.append(waiting.payload.decode())
    return texts


def test_messages_take_their_turns_in_order() -> None:
    outbox = Outbox({})

    for text in ("one", "two", "three"):
        outbox.add(message(text), 1000.0)

    assert texts_in_turn(outbox) == ["one", "two", "three"]
    assert not outbox.unsent
    assert len(outbox) == 3


def test_an_acknowledged_message_is_forgotten() -> None:
    store: dict[int, OutboxMessage] = {}
    outbox = Outbox(store)
    outbox.add(message("one"), 1000.0)
    identifier, _ = outbox.send_next()

    outbox.acknowledged(identifier)

    assert identifier not in outbox
    assert outbox.get(identifier) is None
    assert len(outbox) == 0
    assert store == {}


def test_an_acknowledgement_of_an_unknown_message_is_no_news() -> None:
    outbox = Outbox({})
    waiting = outbox.add(message("one"), 1000.0)

    outbox.acknowledged(7)
    outbox.acknowledged(waiting)  # which was never sent

    assert outbox.get(waiting) == message("one")


def test_what_was_under_way_is_sent_again_before_the_rest() -> None:
    outbox = Outbox({})
    for text in ("one", "two", "three"):
        outbox.add(message(text), 1000.0)
    for _ in range(2):
        outbox.send_next()

    outbox.all_unsent_again()

    assert texts_in_turn(outbox) == ["one", "two", "three"]


def test_messages_survive_a_restart_with_their_order_and_their_store() -> None:
    store: dict[int, OutboxMessage] = {}
    before = Outbox(store)
    for number in range(12):
        before.add(message(str(number)), 1000.0)
    before.send_next()

    after = Outbox(dict(sorted(store.items(), key=lambda item: str(item[0]))))
    after.add(message("new"), 1000.0)

    assert texts_in_turn(after) == [*(str(number) for number in range(12)), "new"]


def test_beyond_the_number_the_oldest_are_dropped_and_counted() -> None:
    outbox = Outbox({}, max_messages=2)

    for text in ("one", "two", "three"):
        outbox.add(message(text), 1000.0)

    assert texts_in_turn(outbox) == ["two", "three"]
    assert outbox.dropped == 1


def test_beyond_the_age_messages_are_dropped_and_counted_even_under_way() -> None:
    outbox = Outbox({}, max_age=60.0)
    outbox.add(message("old", created=1000.0), 1000.0)
    outbox.send_next()

    outbox.expire(1060.0)
    kept = len(outbox)
    outbox.expire(1060.1)

    assert kept == 1
    assert len(outbox) == 0
    assert outbox.dropped == 1


def test_an_outbox_for_no_messages_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Outbox({}, max_messages=0)


class OutboxLife(RuleBasedStateMachine):
    """Random lives, with restarts, beside a list that is obviously right."""

    MOST, AGE = 5, 50.0

    def __init__(self) -> None:
        super().__init__()
        self.store: dict[int, OutboxMessage] = {}
        self.outbox = Outbox(self.store, self.MOST, self.AGE)
        self.expected: list[tuple[int, OutboxMessage]] = []
        self.under_way = 0  # how many of the first are sent
        self.dropped = 0
        self.now = 0.0

    def drop_first(self) -> None:
        self.expected.pop(0)
        self.under_way = max(self.under_way - 1, 0)
        self.dropped += 1

    def drop_old(self) -> None:
        while self.expected and self.expected[0][1].created < self.now - self.AGE:
            self.drop_first()

    @rule(payload=st.binary(max_size=3), correlation=st.none() | st.binary(max_size=2))
    def add(self, payload: bytes, correlation: bytes | None) -> None:
        new = OutboxMessage("a", payload, self.now, correlation)
        identifier = self.outbox.add(new, self.now)
        self.drop_old()
        self.expected.append((identifier, new))
        if len(self.expected) > self.MOST:
            self.drop_first()

    @rule(seconds=st.floats(0, 40))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.outbox.expire(self.now)
        self.drop_old()

    @precondition(lambda self: self.under_way < len(self.expected))
    @rule()
    def send(self) -> None:
        assert self.outbox.send_next() == self.expected[self.under_way]
        self.under_way += 1

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, self.under_way - 1))
        identifier, sent = self.expected.pop(index)
        self.under_way -= 1
        assert self.outbox.get(identifier) == sent
        self.outbox.acknowledged(identifier)

    @rule()
    def break_link(self) -> None:
        self.outbox.all_unsent_again()
        self.under_way = 0

    @rule()
    def restart(self) -> None:
        self.outbox = Outbox(self.store, self.MOST, self.AGE)
        self.under_way = 0
        self.dropped = 0

    @invariant()
    def nothing_is_lost_and_order_is_kept(self) -> None:
        assert list(self.outbox.unsent) == [number for number, _ in self.expected[self.under_way :]]
        assert sorted(self.store.items()) == self.expected
        assert len(self.outbox) == len(self.expected)
        assert self.outbox.dropped == self.dropped


TestOutboxLife = OutboxLife.TestCase
