"""SignalBus: typed in-process news. A signal's class is its address."""

from collections.abc import Callable
import logging
from typing import Any, TypeVar

from typing_extensions import override

_LOGGER = logging.getLogger(__name__)

S = TypeVar("S")


class SignalBus:
    """Carry signals from those who know to those who listen.

    Listeners are called at once, in the order in which they began to listen. One that fails does
    not keep the others from hearing: it is logged with its trace. With `strict`, as tests have it,
    its error is raised instead.
    """

    def __init__(self, *, strict: bool = False) -> None:
        # tuples: who begins or ends to listen while a signal is sent does not change who hears it
        self._listeners: dict[type, tuple[Callable[[Any], None], ...]] = {}
        self._strict = strict

    def listen(self, signal: type[S], listener: Callable[[S], None]) -> Callable[[], None]:
        """Call `listener` with every signal of that class; return the way to stop it."""
        self._listeners[signal] = (*self._listeners.get(signal, ()), listener)
        return lambda: self._stop_listening(signal, listener)

    def _stop_listening(self, signal: type[S], listener: Callable[[S], None]) -> None:
        listeners = list(self._listeners[signal])
        listeners.remove(listener)
        self._listeners[signal] = tuple(listeners)

    def send(self, signal: object) -> None:
        """Tell all who listen to this class of signal."""
        kind = type(signal)
        if kind not in self._listeners:
            return
        for listener in self._listeners[kind]:
            try:
                listener(signal)
            except Exception:
                if self._strict:
                    raise
                _LOGGER.exception("a listener failed on %s", kind.__name__)


class SignalScope(SignalBus):
    """The same bus, for something that ends before it: `close` takes back all its listeners."""

    def __init__(self, bus: SignalBus) -> None:
        super().__init__()
        self._bus = bus
        self._ways_out: list[Callable[[], None]] = []

    @override
    def listen(self, signal: type[S], listener: Callable[[S], None]) -> Callable[[], None]:
        leave = self._bus.listen(signal, listener)

        def stop() -> None:
            self._ways_out.remove(stop)
            leave()

        self._ways_out.append(stop)
        return stop

    @override
    def send(self, signal: object) -> None:
        self._bus.send(signal)

    def close(self) -> None:
        """Let nobody hear any more who listens through this scope."""
        for stop in tuple(self._ways_out):
            stop()
