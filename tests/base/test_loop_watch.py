"""How late the event loop is."""

from collections.abc import AsyncIterator

import pytest
from typing_extensions import override

from sebridge.base.clock import VirtualClock
from sebridge.base.loop_watch import LoopWatch


class BusyClock(VirtualClock):
    """A clock on a machine that is busy: whoever sleeps is woken so much later."""

    late = 0.0

    @override
    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds + self.late)


@pytest.fixture
def busy() -> BusyClock:
    return BusyClock()


@pytest.fixture
async def watch(busy: BusyClock) -> AsyncIterator[LoopWatch]:
    watch = LoopWatch(busy)
    await watch.start()
    yield watch
    await watch.stop()


async def test_a_loop_that_does_all_in_time_has_no_lag(busy: BusyClock, watch: LoopWatch) -> None:
    assert watch.lag == 0

    await busy.advance(10)

    assert watch.lag == pytest.approx(0.0, abs=1e-6)


async def test_the_worst_of_the_last_minute_counts(busy: BusyClock, watch: LoopWatch) -> None:
    await busy.advance(5)
    busy.late = 0.75
    await busy.advance(3)
    busy.late = 0.0

    await busy.advance(50)
    then = watch.lag
    await busy.advance(20)

    assert then == pytest.approx(0.75)
    assert watch.lag == pytest.approx(0.0, abs=1e-6)
