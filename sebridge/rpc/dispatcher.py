"""Call methods by name; map errors to responses. The only place that does."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
import logging
from typing import Any, Final

import msgspec

from sebridge.base.errors import (
    NotStoredError,
    Reason,
    RequestError,
    SebridgeError,
    StorageError,
    UnknownMethodError,
)
from sebridge.base.redaction import redacted, shown
from sebridge.base.suggestion import suggestion
from sebridge.rpc.message import (
    IDENTIFIER,
    OURSELVES,
    Caller,
    Request,
    Response,
    RpcError,
    Scope,
)
from sebridge.rpc.method import Method, methods_of
from sebridge.rpc.policy import Policy

_LOGGER = logging.getLogger(__name__)


class Witness:
    """Hears of each call that may change something. This one keeps nothing of it."""

    def begins(self) -> None:
        """Hear that it is about to be carried out.

        What is kept now in collections gets to the disk before anything that the call changes, or
        together with it.
        """

    def ends(self, response: Response) -> None:
        """Hear its response, before the disk is waited for.

        What is kept of it in collections gets to the disk together with what the call changed, or
        not at all.
        """


NOBODY: Final = Witness()


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What became of a call: `ok`, `refused` by a rule, or `error`.

    The method is empty where there is none of the name that was asked for.
    """

    interface: str
    method: str
    word: str


class Dispatcher:
    """All methods there are, and the way to call them.

    `durable` is awaited after a call that may have changed something and before its answer, so that
    what is acknowledged survives a power cut; calls of the scope read do not wait for the disk.
    `policy` says who may call what. `outcomes` counts what became of all calls.
    """

    def __init__(
        self, durable: Callable[[], Awaitable[None]], policy: Policy | None = None
    ) -> None:
        self._methods: dict[str, Method] = {}
        self._durable = durable
        self._policy = Policy() if policy is None else policy
        self.outcomes: Counter[Outcome] = Counter()

    def register(self, groups: Iterable[object]) -> None:
        """Make the marked methods of these objects callable."""
        for group in groups:
            for item in methods_of(group):
                if item.name in self._methods:
                    raise ValueError(f"two methods are called {item.name}")
                self._methods[item.name] = item

    def add(self, method: Method) -> Callable[[], object]:
        """Make a method callable until what is returned is called; RequestError for a second."""
        if method.name in self._methods:
            raise RequestError(f"there is a method {method.name} already")
        self._methods[method.name] = method
        return lambda: self._methods.pop(method.name)

    def unregister(self, group: object) -> None:
        """Make the methods of an object unavailable again."""
        for item in methods_of(group):
            del self._methods[item.name]

    @property
    def methods(self) -> Mapping[str, Method]:
        """All methods by name."""
        return self._methods

    def check(self, what: str, needed: Scope, caller: Caller) -> None:
        """Raise RefusedError where the caller may not do something that is no method."""
        self._policy.check(what, needed, caller)

    async def answer(
        self, request: Request, caller: Caller = OURSELVES, witness: Witness = NOBODY
    ) -> Response:
        """Carry the request out; an error becomes the answer.

        What was changed and could not be written stays in force and is written as soon as the disk
        takes it; the answer is a StorageError that says so.
        """
        response = await self._carry_out(request, caller, witness)
        method = request.method if request.method in self._methods else ""
        self.outcomes[Outcome(caller.interface, method, _word(response))] += 1
        return response

    async def _carry_out(self, request: Request, caller: Caller, witness: Witness) -> Response:
        params = {name: v for name, v in request.params.items() if name != IDENTIFIER}
        called: Method | None = None
        try:
            wanted, arguments = self._prepare(request.method, params, caller)
            called = wanted
            if wanted.scope is not Scope.READ:
                witness.begins()
            result = await wanted.call(**arguments)
        except SebridgeError as error:
            response = _refused(request, error)
        except (Exception, KeyboardInterrupt, SystemExit):
            # code of the user may raise these two as well; nobody else does within a call
            _LOGGER.exception("%s failed", redacted(request.method))
            internal = RpcError(Reason.INTERNAL, Reason.INTERNAL.value)
            response = Response(request.method, None, internal, request.identifier)
        else:
            response = Response(request.method, result, None, request.identifier)
        if called is None or called.scope is Scope.READ:
            return response
        witness.ends(response)
        if response.error is None:
            try:
                await self._until_durable()
            except NotStoredError as error:
                return _refused(request, error)
        return response

    async def call(
        self, method: str, params: Mapping[str, Any], caller: Caller = OURSELVES
    ) -> object:
        """Return the result of a method as it is declared; raise what the method raises.

        Raises NotStoredError where the call was carried out, and the disk refuses what it changed.
        """
        wanted, arguments = self._prepare(method, params, caller)
        result = await wanted.call(**arguments)
        if wanted.scope is not Scope.READ:
            await self._until_durable()
        return result

    def _prepare(
        self, method: str, params: Mapping[str, Any], caller: Caller
    ) -> tuple[Method, dict[str, Any]]:
        """Return the method and what it is called with; raise where that may not be."""
        wanted = self._find(method)
        self._policy.check(wanted.name, wanted.scope, caller)
        arguments = wanted.arguments(params)
        if wanted.needs is not None:
            self._policy.check(wanted.name, wanted.needs(arguments), caller)
        if wanted.told_caller is not None:
            arguments[wanted.told_caller] = caller
        return wanted, arguments

    async def _until_durable(self) -> None:
        try:
            await self._durable()
        except StorageError as error:
            raise NotStoredError(error) from error

    def _find(self, name: str) -> Method:
        try:
            return self._methods[name]
        except KeyError:
            meant = suggestion(name, self._methods)
            raise UnknownMethodError(f"there is no method {shown(name)}{meant}") from None


def _refused(request: Request, error: SebridgeError) -> Response:
    told = RpcError.of(error)
    _LOGGER.info("%s: %s", redacted(request.method), told.message)
    return Response(request.method, None, told, request.identifier)


def _word(response: Response) -> str:
    if response.error is None:
        return "ok"
    return "refused" if response.error.reason is Reason.REFUSED else "error"
