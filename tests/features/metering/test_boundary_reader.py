"""Meters are read a moment before the price changes."""

from sebridge.base.clock import VirtualClock
from sebridge.features.metering.boundary_reader import BoundaryReader


async def test_meters_are_read_a_moment_before_the_price_changes(clock: VirtualClock) -> None:
    read: list[float] = []
    begin = clock.utc()
    boundary = begin + 65
    boundaries = BoundaryReader(
        read_meters=lambda: read.append(clock.utc() - begin),
        next_change=lambda: boundary,
        clock=clock,
    )
    await boundaries.start()

    await clock.advance(61)
    assert read == []
    await clock.advance(1)
    assert read == [62.0]
    await clock.advance(60)
    assert read == [62.0]

    boundary = clock.utc() + 30
    await clock.advance(30)
    assert len(read) == 2

    clock.jump(-10)
    await clock.advance(15)
    assert len(read) == 3
    await boundaries.stop()


async def test_without_price_changes_no_meter_is_read(clock: VirtualClock) -> None:
    read: list[float] = []
    boundaries = BoundaryReader(
        read_meters=lambda: read.append(clock.utc()), next_change=lambda: None, clock=clock
    )
    await boundaries.start()

    await clock.advance(25)

    assert read == []
    await boundaries.stop()
