"""The outbox loses nothing it promised to keep, and keeps order."""

from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
import pytest

from sebridge.base.clock import Instant, VirtualClock
from sebridge.storage.database import Database
from sebridge.transports.mqtt.outbox import Outbox, OutboxMessage
from tests.transports.mqtt import paper

NOW = Instant(1000.0, 50.0)


def after(seconds: float, *, step: float = 0.0) -> Instant:
    """Return the moment so long after NOW, the clock having been set by `step`."""
    return Instant(NOW.utc + seconds + step, NOW.monotonic + seconds)


def message(text: str, created: float = 1000.0) -> OutboxMessage:
    return OutboxMessage("sebridge/home/notification/message", text.encode(), created)


def texts_in_turn(outbox: Outbox) -> list[str]:
    texts = []
    while outbox.unsent:
        _, waiting = outbox.send_next()
        texts.append(waiting.payload.decode())
    return texts


def test_messages_take_their_turns_in_order() -> None:
    outbox = paper.outbox()

    for text in ("one", "two", "three"):
        outbox.add(message(text), NOW, is_answer=False)

    assert texts_in_turn(outbox) == ["one", "two", "three"]
    assert not outbox.unsent
    assert len(outbox) == 3


def test_an_acknowledged_message_is_forgotten() -> None:
    store: dict[int, OutboxMessage] = {}
    outbox = paper.outbox(store)
    outbox.add(message("one"), NOW, is_answer=False)
    identifier, _ = outbox.send_next()

    outbox.acknowledged(identifier)

    assert identifier not in outbox
    assert outbox.get(identifier) is None
    assert len(outbox) == 0
    assert store == {}


def test_an_acknowledgement_of_an_unknown_message_is_no_news() -> None:
    outbox = paper.outbox()
    waiting = outbox.add(message("one"), NOW, is_answer=False)

    outbox.acknowledged(7)
    outbox.acknowledged(waiting)  # which was never sent

    assert outbox.get(waiting) == message("one")


def test_what_was_under_way_is_sent_again_before_the_rest() -> None:
    outbox = paper.outbox()
    for text in ("one", "two", "three"):
        outbox.add(message(text), NOW, is_answer=False)
    for _ in range(2):
        outbox.send_next()

    outbox.all_unsent_again()

    assert texts_in_turn(outbox) == ["one", "two", "three"]


def test_messages_survive_a_restart_with_their_order_and_their_store() -> None:
    store: dict[int, OutboxMessage] = {}
    before = paper.outbox(store)
    for number in range(12):
        before.add(message(str(number)), NOW, is_answer=False)
    before.send_next()

    again = paper.outbox(dict(sorted(store.items(), key=lambda item: str(item[0]))))
    again.add(message("new"), NOW, is_answer=False)

    assert texts_in_turn(again) == [*(str(number) for number in range(12)), "new"]


def test_beyond_the_number_the_oldest_are_dropped_and_counted() -> None:
    outbox = paper.outbox(max_messages=2)

    for text in ("one", "two", "three"):
        outbox.add(message(text), NOW, is_answer=False)

    assert texts_in_turn(outbox) == ["two", "three"]
    assert outbox.dropped == 1


def test_beyond_the_age_messages_are_dropped_and_counted_even_under_way() -> None:
    outbox = paper.outbox(max_age=60.0)
    outbox.add(message("old", created=1000.0), NOW, is_answer=False)
    outbox.send_next()

    outbox.expire(after(60.0))
    kept = len(outbox)
    outbox.expire(after(60.1))

    assert kept == 1
    assert len(outbox) == 0
    assert outbox.dropped == 1


def test_an_outbox_for_no_messages_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        paper.outbox(max_messages=0)


# ------------------------------------------------------------------ quotas


def test_notifications_do_not_push_answers_out_nor_answers_notifications() -> None:
    outbox = paper.outbox(max_messages=2)
    outbox.add(message("answer"), NOW, is_answer=True)

    for number in range(20_000):
        outbox.add(message(str(number)), NOW, is_answer=False)

    assert outbox.answers == 1
    assert outbox.dropped == 19_998
    assert texts_in_turn(outbox) == ["answer", "19998", "19999"]


def test_answers_and_notifications_leave_in_the_order_in_which_they_came_also_after_a_restart() -> (
    None
):
    store: dict[int, OutboxMessage] = {}
    answers: dict[int, OutboxMessage] = {}
    before = paper.outbox(store, answers=answers)
    for number in range(6):
        before.add(message(str(number)), NOW, is_answer=number % 3 == 0)

    again = paper.outbox(store, answers=answers)

    assert [message.payload for message in answers.values()] == [b"0", b"3"]
    assert texts_in_turn(again) == ["0", "1", "2", "3", "4", "5"]


# ------------------------------------------------------------------ age


@pytest.mark.parametrize("step", [1e9, -1e9, 86_400.0 * 8])
def test_a_step_of_the_clock_makes_no_message_old(step: float) -> None:
    store: dict[int, OutboxMessage] = {}
    outbox = paper.outbox(store, max_age=604_800.0)
    outbox.add(message("waits"), NOW, is_answer=False)

    outbox.expire(after(10.0, step=step))
    outbox.add(message("new", 1010.0 + step), after(10.0, step=step), is_answer=False)

    assert texts_in_turn(outbox) == ["waits", "new"]
    assert store[1].created == 1000.0 + step


def test_what_was_created_before_the_clock_was_set_has_its_right_age_after_a_restart() -> None:
    store: dict[int, OutboxMessage] = {}
    before = paper.outbox(store, max_age=60.0, earliest=1e9)
    before.add(message("waits", 12.0), Instant(12.0, 12.0), is_answer=False)
    before.expire(Instant(2e9 + 5, 17.0))

    again = paper.outbox(store, max_age=60.0, earliest=1e9)
    again.expire(Instant(2e9 + 60, 3.0))
    kept = len(again)
    again.expire(Instant(2e9 + 61, 4.0))

    assert (kept, len(again)) == (1, 0)


def test_while_the_clock_is_not_set_nothing_of_an_earlier_run_is_too_old() -> None:
    store = {1: message("of last week", 2e9)}
    outbox = paper.outbox(store, max_age=60.0, earliest=1e9)

    outbox.expire(Instant(12.0, 12.0))
    outbox.expire(Instant(3_000.0, 3_000.0))
    before = len(outbox)
    outbox.expire(Instant(2e9 + 604_800.0, 3_001.0))

    assert (before, len(outbox)) == (1, 0)


def test_what_was_created_at_an_impossible_time_ages_from_the_start_of_the_next_run() -> None:
    store = {1: message("past", 12.0), 2: message("to come", 9e9)}
    outbox = paper.outbox(store, max_age=60.0, earliest=1e9)

    outbox.expire(Instant(2e9, 0.0))
    outbox.expire(Instant(2e9 + 60.0, 60.0))
    before = len(outbox)
    outbox.expire(Instant(2e9 + 61.0, 61.0))

    assert (before, len(outbox)) == (2, 0)


class OutboxLife(RuleBasedStateMachine):
    """Random lives, with restarts, beside a list that is obviously right."""

    MOST, AGE = 5, 50.0

    def __init__(self) -> None:
        super().__init__()
        self.store: dict[int, OutboxMessage] = {}
        self.outbox = paper.outbox(self.store, max_messages=self.MOST, max_age=self.AGE)
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
        identifier = self.outbox.add(new, Instant(self.now, self.now), is_answer=False)
        self.drop_old()
        self.expected.append((identifier, new))
        if len(self.expected) > self.MOST:
            self.drop_first()

    @rule(seconds=st.floats(0, 40))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.outbox.expire(Instant(self.now, self.now))
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
        self.outbox = paper.outbox(self.store, max_messages=self.MOST, max_age=self.AGE)
        self.under_way = 0
        self.dropped = 0

    @invariant()
    def nothing_is_lost_and_order_is_kept(self) -> None:
        assert list(self.outbox.unsent) == [number for number, _ in self.expected[self.under_way :]]
        assert sorted(self.store.items()) == self.expected
        assert len(self.outbox) == len(self.expected)
        assert self.outbox.dropped == self.dropped


TestOutboxLife = OutboxLife.TestCase


# ------------------------------------------------------------------ on the disk


async def test_what_the_broker_acknowledges_soon_is_never_written(tmp_path: Path) -> None:
    clock = VirtualClock()
    database = Database(tmp_path / "sebridge.db", clock)
    await database.open()
    box = paper.outbox(database.collection("outbox", int, OutboxMessage))

    for number in range(200):  # with always one of them under way
        moment = Instant(clock.utc(), clock.monotonic())
        box.add(message(str(number)), moment, is_answer=False)
        identifier, _ = box.send_next()
        await clock.advance(0.02)
        box.acknowledged(identifier - 1)
        await clock.settle()

    assert database.commits == 0
    assert len(box) == 1
    await database.close()
