"""Which methods may be called through which door, and by whom. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sebridge.base.errors import RefusedError
from sebridge.rpc.message import Caller, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPolicy:
    """What may come through one door.

    `scope` is the most that it lets through, whatever a caller has proven. `allow` names methods
    of the admin scope that the command scope may call here, `deny` methods that nobody may.
    """

    scope: Scope = Scope.ADMIN
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()


_OPEN = DoorPolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of all doors; a door that is not named lets everything through.

    `read_only` leaves only methods that change nothing.
    """

    read_only: bool = False
    doors: Mapping[str, DoorPolicy] = field(default_factory=dict)

    def check(self, method: str, needed: Scope, caller: Caller) -> None:
        """Raise RefusedError, which says what is missing, where the caller may not call."""
        door = self.doors.get(caller.door, _OPEN)
        if method in door.deny:
            raise RefusedError(f"{method} is denied at the door {caller.door}")
        if self.read_only and needed > Scope.READ:
            raise RefusedError(f"{method} changes something, and the gateway is read-only")
        if method in door.allow:
            needed = min(needed, Scope.COMMAND)
        had = min(caller.scope, door.scope)
        if had < needed:
            raise RefusedError(
                f"{method} needs the scope {needed.name.lower()};"
                f" this caller at the door {caller.door} has {had.name.lower()}"
            )
