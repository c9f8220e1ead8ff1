"""Which interface, endpoint, cluster and record classes are known. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
import enum
import inspect
from typing import Any

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.base.redaction import shown


class Kind(enum.Enum):
    """What a class is of: the sections of `help`."""

    INTERFACE = "interface"
    ENDPOINT = "endpoint"
    CLUSTER = "cluster"
    RECORD = "record"


class KnownClass(msgspec.Struct, frozen=True):
    """A class that callers may name.

    `make` gives a new one of it; None is for those which are where they belong, and of which no
    further ones can be made. `owner` is the module of the user, empty for what is built in.
    """

    name: str
    module: str
    description: str
    subject: type | None = None
    make: Callable[..., Any] | None = None
    owner: str = ""

    @property
    def is_built_in(self) -> bool:
        """Whether it is part of the gateway, and can never go."""
        return not self.owner


def described(subject: type, module: str, **more: Any) -> KnownClass:
    """Return a class under its own name, with its docstring as `help` shows it."""
    about = inspect.cleandoc(subject.__dict__.get("__doc__") or "")
    return KnownClass(subject.__name__, module, about, subject, **more)


@dataclass(slots=True)
class ClassTable:
    """The classes of each kind by name: those that are built in, and those of modules."""

    built_in: Mapping[Kind, Iterable[KnownClass]]
    _known: dict[Kind, dict[str, KnownClass]] = field(init=False)

    def __post_init__(self) -> None:
        self._known = {
            kind: {known.name: known for known in self.built_in.get(kind, ())} for kind in Kind
        }

    def all(self, kind: Kind) -> Iterator[KnownClass]:
        """Yield the classes of a kind, those that are built in first."""
        yield from self._known[kind].values()

    def of(self, owner: str, kind: Kind) -> list[KnownClass]:
        """Return the classes of a kind that a module of the user has."""
        return [known for known in self._known[kind].values() if known.owner == owner]

    def get(self, kind: Kind, name: str) -> KnownClass | None:
        """Return a class, None when it is not known."""
        return self._known[kind].get(name)

    def find(self, kind: Kind, name: str) -> KnownClass:
        """Return a class; ParameterError when it is not known."""
        known = self._known[kind].get(name)
        if known is None:
            parameter = f"{kind.value}_class"
            raise ParameterError(parameter, f"there is no {kind.value} class {shown(name)}")
        return known

    def clashes(self, found: Mapping[Kind, Sequence[KnownClass]]) -> list[str]:
        """Return what of these classes has a name that another class has already."""
        return [
            f"the {kind.value} class {new.name} is there already"
            for kind, classes in found.items()
            for new in classes
            if new.name in self._known[kind]
        ]

    def add(self, found: Mapping[Kind, Sequence[KnownClass]]) -> None:
        """Know these classes, none of which clashes."""
        for kind, classes in found.items():
            self._known[kind] |= {new.name: new for new in classes}

    def remove(self, owner: str) -> None:
        """Forget the classes of a module."""
        for kind, known in self._known.items():
            self._known[kind] = {n: item for n, item in known.items() if item.owner != owner}
