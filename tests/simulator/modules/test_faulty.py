"""A module with faults, as its host sees it."""

from collections.abc import Callable, Sequence
from random import Random

from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.simulator.modules.faults import NO_FAULTS, Fault, read_faults
from sebridge.simulator.modules.faulty import FULL_FOR, FaultyModule
from sebridge.simulator.modules.signals import HostSpoke


class Echo:
    """A module whose frames are single octets, which it gives back."""

    def __init__(self, bus: SignalBus) -> None:
        self._bus = bus
        self._write: Callable[[bytes], object] | None = None
        self.is_full = False
        self.heard = b""

    def plug_in(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def unplug(self) -> None:
        self._write = None

    def take(self, octets: bytes) -> None:
        for octet in octets:
            self._bus.send(HostSpoke())
            self.heard += bytes((octet,))
            self.say(b"?" if self.is_full else bytes((octet,)))

    def say(self, octets: bytes) -> None:
        if self._write is not None:
            self._write(octets)

    def restart(self) -> None:
        self.is_full = False
        self.say(b"!")

    def set_full(self, *, is_full: bool) -> None:
        self.is_full = is_full


class Bench:
    """A module with faults, and its host."""

    def __init__(self, faults: Sequence[str]) -> None:
        bus = SignalBus(strict=True)
        self.clock = VirtualClock()
        self.heard = b""
        self.hang_ups = 0
        self.echo = Echo(bus)
        self.module = FaultyModule(
            self.echo,
            read_faults(faults)[0],
            seed=Random(1),
            bus=bus,
            clock=self.clock,
            hang_up=self.on_hang_up,
        )
        self.module.plug_in(self.hear)

    def hear(self, octets: bytes) -> None:
        assert octets
        self.heard += octets

    def on_hang_up(self) -> None:
        self.hang_ups += 1
        self.module.unplug()


def test_a_module_without_faults_is_as_if_nothing_were_between() -> None:
    bench = Bench([])

    bench.module.take(b"abc")
    bench.echo.say(b"news")

    assert bench.heard == b"abcnews"


def test_faults_may_change_and_are_counted_anew() -> None:
    bench = Bench(["hang-after=5", "baud=300"])

    bench.module.take(b"abc")
    bench.module.suffer(*read_faults(["lose-every=2"]))
    bench.module.take(b"defg")
    bench.module.suffer(NO_FAULTS)
    bench.module.take(b"hi")

    assert bench.heard == b"abcdfhi"


def test_each_fault_of_a_moment_may_happen_now() -> None:
    bench = Bench([])

    for fault, octets in ((Fault.FULL, b"a"), (Fault.RESET, b"b"), (Fault.HANG, b"c")):
        bench.module.befall(fault)
        bench.module.take(octets)
    bench.module.plug_in(bench.hear)
    bench.module.take(b"d")
    bench.module.befall(Fault.HANG_UP)

    assert bench.heard == b"?!bd"
    assert bench.hang_ups == 1


def test_a_module_that_hangs_neither_speaks_nor_hears_until_somebody_plugs_in_again() -> None:
    bench = Bench(["hang-after=3"])

    bench.module.take(b"abcdef")
    bench.module.take(b"ghi")
    bench.echo.say(b"news")

    assert bench.heard == b"abc"
    assert b"g" not in bench.echo.heard
    bench.module.plug_in(bench.hear)
    bench.module.take(b"jkl")
    assert bench.heard == b"abcjkl"


def test_a_module_that_resets_says_so_instead_of_an_answer() -> None:
    bench = Bench(["reset-after=2", "reset-after=4"])

    for octet in b"abcdef":
        bench.module.take(bytes((octet,)))

    assert bench.heard == b"ab!d!f"


async def test_a_module_that_is_full_has_room_again_after_some_time() -> None:
    bench = Bench(["full-after=1", "full-after=3"])

    bench.module.take(b"ab")
    await bench.clock.advance(FULL_FOR - 1)
    bench.module.take(b"cd")  # full once more
    await bench.clock.advance(FULL_FOR - 1)
    bench.module.take(b"e")
    await bench.clock.advance(2)
    bench.module.take(b"f")

    assert bench.heard == b"a????f"


def test_a_connection_that_is_dropped_may_come_back() -> None:
    bench = Bench(["hang-up-after=2"])

    bench.module.take(b"abc")
    bench.echo.say(b"news")

    assert (bench.heard, bench.hang_ups) == (b"ab", 1)
    bench.module.plug_in(bench.hear)
    bench.module.take(b"d")
    assert bench.heard == b"abd"


def test_what_is_lost_and_what_is_noise_counts_over_all_connections() -> None:
    bench = Bench(["lose-every=3", "garbage-every=2"])

    bench.module.take(b"a")
    bench.module.plug_in(bench.hear)
    bench.module.take(b"bcd")

    assert b"c" not in bench.heard
    assert bench.heard.startswith(b"a")
    assert bench.heard.endswith(b"d")
    assert len(bench.heard) > len(b"abd")


async def test_a_slow_line_is_slow_in_both_directions_and_forgets_who_has_gone() -> None:
    bench = Bench(["baud=300"])  # 30 octets in a second

    bench.module.take(bytes(30))
    await bench.clock.advance(0.9)
    between = len(bench.echo.heard)
    await bench.clock.advance(1)

    assert between < 30
    assert len(bench.echo.heard) == 30
    assert len(bench.heard) >= 30
    bench.module.take(b"x")
    bench.module.unplug()
    await bench.clock.advance(10)
    assert b"x" not in bench.echo.heard
