"""What an interface is promised, it gets."""

import inspect

from sebridge.modules.context import Context
from sebridge.modules.interface_context import InterfaceContext
from tests.modules.user_code import Neighbours


def test_everything_that_is_promised_is_given(neighbours: Neighbours) -> None:
    promised = [name for name in vars(Context) if not name.startswith("_")]

    given: Context = InterfaceContext("Garden", neighbours.host)

    assert {"clock", "store", "call", "notify", "spawn"} <= set(promised)
    assert all(hasattr(given, name) for name in promised)


def test_everything_that_is_promised_is_explained() -> None:
    for name, item in vars(Context).items():
        if not name.startswith("_"):
            assert inspect.getdoc(item), name
