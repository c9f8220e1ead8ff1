"""Who wants to hear which topics."""

import asyncio
from collections.abc import Callable, Sequence
import logging

from sebridge.transports.mqtt.messages import Message, matches

_LOGGER = logging.getLogger(__name__)

Handler = Callable[[Message], object]
"""Takes a message. Who returns a future has the message acknowledged when that is done, and others
when they return."""


class Subscriptions:
    """Filters, their handlers, and what the broker said to them."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[Handler]] = {}
        self._asked: list[tuple[str, ...]] = []  # in this order the broker answers
        self._refused: set[str] = set()

    @property
    def filters(self) -> tuple[str, ...]:
        """Return all that is to be asked for after a new connection."""
        return tuple(self._handlers)

    def add(self, topic_filter: str, handler: Handler) -> bool:
        """Remember a handler; tell whether the broker must be asked for the filter."""
        handlers = self._handlers.setdefault(topic_filter, [])
        handlers.append(handler)
        return len(handlers) == 1

    def asked(self, filters: Sequence[str]) -> None:
        """Note that the broker was asked for these."""
        self._asked.append(tuple(filters))

    def answered(self, refusals: Sequence[str | None]) -> None:
        """Take the broker's answer to the oldest question; say once what it refuses."""
        filters = self._asked.pop(0) if self._asked else ()
        for topic_filter, refusal in zip(filters, refusals, strict=False):
            if refusal is None:
                self._refused.discard(topic_filter)
            elif topic_filter not in self._refused:
                self._refused.add(topic_filter)
                _LOGGER.warning("the broker refuses %s to us: %s", topic_filter, refusal)

    def none_asked(self) -> None:
        """Note that the link is gone, and the answers with it."""
        self._asked.clear()

    def deliver(self, message: Message) -> list[asyncio.Future[None]]:
        """Hand a message to those who want it; an error of theirs is logged with its trace.

        Returns what is to be waited for before the message is acknowledged.
        """
        waited_for = []
        for topic_filter, handlers in tuple(self._handlers.items()):
            if not matches(topic_filter, message.topic):
                continue
            for handler in tuple(handlers):
                try:
                    handled = handler(message)
                except Exception:
                    _LOGGER.exception("a message on %s was not handled", message.topic)
                else:
                    if isinstance(handled, asyncio.Future):
                        waited_for.append(handled)
        return waited_for
