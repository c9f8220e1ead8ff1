"""The gateway as one interface of the user sees it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, MutableMapping
from typing import Any, Final, Protocol

import msgspec
from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import ParameterError
from sebridge.base.service import Service
from sebridge.model.plain import to_plain
from sebridge.rpc.message import Caller, Notification, Scope
from sebridge.settings.additions import is_plain_name

CALLER: Final = Caller("module", Scope.ADMIN)
"""Code of the user may call everything, as far as the gateway is not read-only."""

Store = MutableMapping[tuple[str, str], Any]
"""What interfaces keep: by the class of the interface, and by its own key."""


class Call(Protocol):
    """The way to call an RPC method."""

    def __call__(
        self, method: str, params: Mapping[str, Any], caller: Caller, /
    ) -> Awaitable[object]:
        """Return its result as it is declared; raise what it raises."""


class ModuleHost(msgspec.Struct, frozen=True, kw_only=True):
    """What all interfaces share: the gateway's methods, its voice, its clock and its memory."""

    call: Call
    notify: Callable[[Notification], object]
    clock: Clock
    store: Store


def notification(name: str, parameters: object, now: float) -> Notification:
    """Return a notification of the user's own; ParameterError when it cannot be told."""
    if not is_plain_name(name):
        raise ParameterError("name", "is not an identifier of up to 64 characters")
    try:
        told = to_plain(parameters)
    except TypeError as error:
        raise ParameterError("parameters", str(error)) from error
    if not isinstance(told, dict):
        raise ParameterError("parameters", "are neither a dataclass nor a dict")
    return Notification(name, parameters, now)


class InterfaceContext(Service):
    """Implements `Context` for an interface class of this name."""

    def __init__(self, name: str, host: ModuleHost) -> None:
        super().__init__()
        self.clock = host.clock
        self.store: MutableMapping[str, Any] = _Shelf(host.store, name)
        self._name = name
        self._call = host.call
        self._notify = host.notify

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    def spawn(self, work: Coroutine[Any, Any, object], name: str) -> asyncio.Task[Any]:
        """Do something beside the methods; an error in it is logged with its trace."""
        return super().spawn(_contained(work), name)

    async def call(self, method: str, /, **parameters: Any) -> dict[str, Any]:
        """Call an RPC method, and return its result in plain values."""
        result = await self._call(method, parameters, CALLER)
        told: dict[str, Any] = {} if result is None else to_plain(result)
        return told

    def notify(self, name: str, parameters: object, /) -> None:
        """Tell all who listen to the gateway."""
        self._notify(notification(name, parameters, self.clock.utc()))


async def _contained(work: Coroutine[Any, Any, object]) -> object:
    """Do the work; what would end the process, as a task raises it, is an error like others."""
    try:
        return await work
    except (KeyboardInterrupt, SystemExit) as error:
        raise RuntimeError(f"code of the user raised {type(error).__name__}") from error


class _Shelf(MutableMapping[str, Any]):
    """The part of the common store that belongs to one interface class."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner

    @override
    def __getitem__(self, key: str) -> Any:
        try:
            return self._store[self._owner, key]
        except KeyError:
            raise KeyError(key) from None

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise TypeError("what is kept is kept under text")
        self._store[self._owner, key] = to_plain(value)

    @override
    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        del self._store[self._owner, key]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter([key for owner, key in self._store if owner == self._owner])

    @override
    def __len__(self) -> int:
        return sum(owner == self._owner for owner, _ in self._store)
