"""A slow line: octets arrive in order, no faster than the baud rate, and not without end."""

from sebridge.base.clock import VirtualClock
from sebridge.simulator.modules.slow_line import MOST_WAITING, SlowLine


class End:
    """The end of a line of 9600 bits per second, which brings 960 octets in a second."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.heard = b""
        self.line = SlowLine(9600, self.clock, self.hear)

    def hear(self, octets: bytes) -> None:
        self.heard += octets


async def test_octets_arrive_no_faster_than_the_line_lets_them() -> None:
    end = End()
    octets = bytes(range(240)) * 4

    end.line.put(octets[:500])
    end.line.put(octets[500:])
    arrived = []
    for _ in range(5):
        await end.clock.advance(0.25)
        arrived.append(len(end.heard))

    assert arrived == [240, 480, 720, 960, 960]
    assert end.heard == octets


async def test_a_few_octets_take_the_time_of_a_few() -> None:
    end = End()

    end.line.put(b"abc")
    await end.clock.advance(0.003)
    before = end.heard
    await end.clock.advance(0.0002)

    assert (before, end.heard) == (b"", b"abc")
    end.line.put(b"d")
    await end.clock.advance(0.002)
    assert end.heard == b"abcd"


async def test_what_is_under_way_is_lost_with_the_connection() -> None:
    end = End()
    end.line.put(bytes(100))
    await end.clock.advance(0.05)

    end.line.clear()
    heard = len(end.heard)
    await end.clock.advance(10)

    assert heard < 100
    assert len(end.heard) == heard
    end.line.clear()
    end.line.put(b"new")
    await end.clock.advance(1)
    assert end.heard.endswith(b"new")
    assert len(end.heard) == heard + 3


async def test_a_flood_finds_no_room() -> None:
    end = End()

    end.line.put(bytes(MOST_WAITING + 5))
    end.line.put(b"more")
    await end.clock.advance(100)

    assert len(end.heard) == MOST_WAITING


async def test_what_is_under_way_comes_at_once_where_the_line_is_slow_no_more() -> None:
    end = End()
    end.line.put(b"several octets, which take their time")

    end.line.hurry()

    assert end.heard == b"several octets, which take their time"
    end.line.hurry()
    await end.clock.advance(1)
    assert end.heard == b"several octets, which take their time"
