"""Which methods may be called through which interface, and by whom. Pure."""

from collections.abc import Mapping

import msgspec

from sebridge.base.errors import RefusedError
from sebridge.rpc.message import Caller, Scope


class InterfacePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """What may come through one interface.

    `scope` is the most that it lets through, whatever a caller has proven. `allow` names methods
    of the admin scope that the command scope may call here, `deny` methods that nobody may.
    """

    scope: Scope = Scope.ADMIN
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()


_OPEN = InterfacePolicy()


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of all interfaces; an interface that is not named lets everything through.

    `read_only` leaves only methods that change nothing.
    """

    read_only: bool = False
    interfaces: Mapping[str, InterfacePolicy] = msgspec.field(default_factory=dict)

    def check(self, method: str, needed: Scope, caller: Caller) -> None:
        """Raise RefusedError, which says what is missing, where the caller may not call."""
        interface = self.interfaces.get(caller.interface, _OPEN)
        if method in interface.deny:
            raise RefusedError(f"{method} is denied at the interface {caller.interface}")
        if self.read_only and needed > Scope.READ:
            raise RefusedError(f"{method} changes something, and the gateway is read-only")
        if method in interface.allow:
            needed = min(needed, Scope.COMMAND)
        had = min(caller.scope, interface.scope)
        if had < needed:
            raise RefusedError(
                f"{method} needs the scope {needed.name.lower()};"
                f" this caller at the interface {caller.interface} has {had.name.lower()}"
            )
