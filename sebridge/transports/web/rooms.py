"""What there is behind the HTTP door, as far as the door knows it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sebridge.rpc.dispatcher import Outcome
from sebridge.rpc.message import Caller, Request, Response
from sebridge.rpc.method import Method


class XmlAnswerer(Protocol):
    """Answers documents of the old gateways: RCI and SCI."""

    async def answer(self, document: bytes, caller: Caller) -> bytes:
        """Return the answering document; what is wrong with the request stands in it."""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How the bridge is: the facts, and in words what is wrong."""

    facts: Mapping[str, Any]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Where the routes lead to. Without `xml` there are no documents of the old gateways."""

    version: str
    answer: Callable[[Request, Caller], Awaitable[Response]]
    methods: Callable[[], Mapping[str, Method]]
    calls: Callable[[], Mapping[Outcome, int]]
    health: Callable[[], HealthReport]
    xml: XmlAnswerer | None = None
