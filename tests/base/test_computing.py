"""Where arithmetic is done."""

import threading

import pytest

from sebridge.base.computing import Compute, at_once, in_thread


@pytest.mark.parametrize("compute", [at_once, in_thread])
async def test_the_result_is_returned_and_an_error_raised(compute: Compute) -> None:
    assert await compute(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await compute(divmod, 7, 0)


async def test_one_computes_here_and_the_other_beside() -> None:
    assert await at_once(threading.get_ident) == threading.get_ident()
    assert await in_thread(threading.get_ident) != threading.get_ident()
