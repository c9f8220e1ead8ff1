"""News inside the ZNP module that other modules have not."""

import msgspec


class StateChanged(msgspec.Struct, frozen=True):
    """The stack is in another state: a `stack.State`."""

    state: int
