"""News inside the ZNP module that other modules have not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The stack is in another state: a `stack.State`."""

    state: int
