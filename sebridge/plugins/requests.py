"""What the code of a plug-in may ask for, with the limits and the scope of each request. Pure.

Who has the scope read hears, keeps and shows; who takes orders of others needs command.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

import msgspec

from sebridge.base.errors import ParameterError
from sebridge.plugin import words
from sebridge.rpc.message import Scope

_LEVEL: Final = "[A-Za-z0-9_-]{1,64}"
_PATH: Final = rf"^{_LEVEL}(/{_LEVEL}){{0,7}}$"

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""Of a method, a notification or an entity."""
Path = Annotated[str, msgspec.Meta(pattern=_PATH)]
"""Up to 8 levels of letters, digits, _ and -, of a topic or of HTTP."""
Filter = Annotated[str, msgspec.Meta(pattern=rf"(^#$)|({_PATH})")]
Key = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Template = Annotated[str, msgspec.Meta(max_length=2_000)]
_STATE_CLASSES: Final = "^(measurement|total|total_increasing)$"
_PLATFORMS: Final[Mapping[str, tuple[str, ...]]] = {
    "sensor": ("topic",),
    "binary_sensor": ("topic",),
    "event": ("topic", "event_types"),
    "switch": ("command",),
    "number": ("command",),
    "select": ("command", "options"),
    "text": ("command",),
    "button": ("command",),
}
"""Of Home Assistant, those with one topic for states and one for commands; what each needs."""
Scoped = Annotated[str, msgspec.Meta(pattern="^(read|command|admin)$")]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request; `needs` is the scope that a plug-in must have for it."""

    needs: ClassVar[Scope] = Scope.READ
    is_for_hooks: ClassVar[bool] = False
    """Whether it makes sense for a hook that runs in a process of its own, as `install` does."""


class Listen(Asked, frozen=True):
    """Be told of a notification."""

    notification: Annotated[str, msgspec.Meta(pattern="^[A-Za-z_][A-Za-z0-9_]{0,79}$")]


class Read(Asked, frozen=True):
    """Return what is kept."""

    is_for_hooks = True
    key: Key


class Keep(Asked, frozen=True):
    """Keep a value."""

    is_for_hooks = True
    key: Key
    value: Any


class Drop(Asked, frozen=True):
    """Keep nothing any more."""

    is_for_hooks = True
    key: Key


class Keys(Asked, frozen=True):
    """Return under which keys something is kept."""

    is_for_hooks = True


class Publish(Asked, frozen=True):
    """Publish on a topic."""

    topic: Path
    value: Any
    retain: bool


class Subscribe(Asked, frozen=True):
    """Be told of what others publish."""

    needs = Scope.COMMAND
    topic: Filter


class AddMethod(Asked, frozen=True):
    """Be asked for a method."""

    needs = Scope.COMMAND
    name: Name
    scope: Scoped
    description: Annotated[str, msgspec.Meta(max_length=2_000)]


class AddRoute(Asked, frozen=True):
    """Be asked by HTTP."""

    needs = Scope.COMMAND
    verb: Annotated[str, msgspec.Meta(pattern="^(GET|POST|PUT|DELETE)$")]
    path: Path
    scope: Scoped


class AddEntity(Asked, frozen=True):
    """Have Home Assistant show something.

    What it would not take is refused: it drops all of a device for one part that it cannot read.
    """

    platform: str
    key: Name
    name: Text
    topic: Path | None
    template: Template
    command: Path | None
    device_class: Text | None
    state_class: Annotated[str, msgspec.Meta(pattern=_STATE_CLASSES)] | None
    unit: Text | None
    icon: Annotated[str, msgspec.Meta(pattern="^mdi:[a-z0-9-]{1,64}$")] | None
    category: Annotated[str, msgspec.Meta(pattern="^(config|diagnostic)$")] | None
    options: tuple[Text, ...]
    event_types: tuple[Text, ...]
    minimum: float | None
    maximum: float | None
    step: float | None

    def __post_init__(self) -> None:
        needed = _PLATFORMS.get(self.platform)
        if needed is None:
            raise ValueError(f"platform is none of {', '.join(_PLATFORMS)}")
        for name in needed:
            if not getattr(self, name):
                raise ValueError(f"{name} is missing: a {self.platform} has it")


_KINDS: Final[Mapping[str, type[Asked]]] = {
    words.LISTEN: Listen,
    words.READ: Read,
    words.KEEP: Keep,
    words.DROP: Drop,
    words.KEYS: Keys,
    words.PUBLISH: Publish,
    words.SUBSCRIBE: Subscribe,
    words.ADD_METHOD: AddMethod,
    words.ADD_ROUTE: AddRoute,
    words.ADD_ENTITY: AddEntity,
}


def is_own(method: str) -> bool:
    """Say whether a request is for what a plug-in has of its own, and no RPC method."""
    return method in _KINDS


def read(method: str, params: Mapping[str, Any]) -> Asked:
    """Return a request; ParameterError says what is wrong with it."""
    try:
        return msgspec.convert(params, _KINDS[method])
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        raise ParameterError(path.strip("`$."), problem[:1].lower() + problem[1:]) from error
