"""The bus of typed in-process news."""

from dataclasses import dataclass
import logging

import pytest

from sebridge.base.signals import SignalBus, SignalScope


@dataclass(frozen=True)
class Rang:
    times: int


@dataclass(frozen=True)
class RangTwice(Rang):
    pass


def test_a_signal_reaches_its_listeners_in_their_order() -> None:
    bus = SignalBus(strict=True)
    heard: list[tuple[str, int]] = []
    bus.listen(Rang, lambda signal: heard.append(("first", signal.times)))
    bus.listen(Rang, lambda signal: heard.append(("second", signal.times)))

    bus.send(Rang(3))

    assert heard == [("first", 3), ("second", 3)]


def test_a_signal_reaches_only_those_who_listen_to_its_class() -> None:
    bus = SignalBus(strict=True)
    heard: list[object] = []
    bus.listen(Rang, heard.append)

    bus.send(RangTwice(2))
    bus.send("another thing")

    assert heard == []


def test_who_stopped_listening_hears_nothing() -> None:
    bus = SignalBus(strict=True)
    heard: list[object] = []
    stop = bus.listen(Rang, heard.append)

    stop()
    bus.send(Rang(1))

    assert heard == []


def test_a_listener_may_stop_listening_while_it_hears() -> None:
    bus = SignalBus(strict=True)
    heard: list[str] = []

    def once(_: Rang) -> None:
        heard.append("once")
        stop()

    stop = bus.listen(Rang, once)
    bus.listen(Rang, lambda _: heard.append("always"))

    bus.send(Rang(1))
    bus.send(Rang(1))

    assert heard == ["once", "always", "always"]


def test_a_failing_listener_does_not_keep_others_from_hearing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus = SignalBus()
    heard: list[object] = []

    def fail(_: Rang) -> None:
        raise LookupError("no")

    bus.listen(Rang, fail)
    bus.listen(Rang, heard.append)

    with caplog.at_level(logging.ERROR):
        bus.send(Rang(1))

    assert heard == [Rang(1)]
    assert caplog.messages == ["a listener failed on Rang"]
    assert caplog.records[0].exc_info is not None


def test_a_strict_bus_lets_the_error_out() -> None:
    bus = SignalBus(strict=True)

    def fail(_: Rang) -> None:
        raise LookupError("no")

    bus.listen(Rang, fail)

    with pytest.raises(LookupError):
        bus.send(Rang(1))


def test_a_scope_hears_and_tells_like_its_bus_until_it_is_closed() -> None:
    bus = SignalBus(strict=True)
    scope = SignalScope(bus)
    inside: list[int] = []
    outside: list[int] = []
    scope.listen(Rang, lambda signal: inside.append(signal.times))
    bus.listen(Rang, lambda signal: outside.append(signal.times))

    bus.send(Rang(1))
    scope.send(Rang(2))
    scope.close()
    bus.send(Rang(3))

    assert (inside, outside) == ([1, 2], [1, 2, 3])


def test_who_left_a_scope_by_itself_is_not_missed_when_it_closes() -> None:
    scope = SignalScope(SignalBus(strict=True))
    heard: list[Rang] = []
    stop = scope.listen(Rang, heard.append)

    stop()
    scope.close()
    scope.send(Rang(1))

    assert heard == []
