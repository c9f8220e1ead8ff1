"""A module with faults: what stands between its serial port and any kind of emulated module."""

from collections.abc import Callable
from random import Random
from typing import Final, Protocol

from sebridge.base.clock import Clock, Timer
from sebridge.base.signals import SignalBus
from sebridge.simulator.modules.faults import Fault, Faults, Misfortune
from sebridge.simulator.modules.serial_line import Write
from sebridge.simulator.modules.signals import HostSpoke
from sebridge.simulator.modules.slow_line import SlowLine
from sebridge.simulator.modules.tcp import Module

FULL_FOR: Final = 5.0
"""Seconds for which the module takes no frames for the air."""


class FailingModule(Module, Protocol):
    """An emulated module that can be made to fail."""

    def restart(self) -> None:
        """Reset by itself, and say what firmware says then."""

    def set_full(self, *, is_full: bool) -> None:
        """Have no room for frames to devices, or have it again."""


class FaultyModule:
    """Serves a host as the module does, until something goes wrong: by `faults`, or by `befall`.

    `seed` chooses the noise. `bus` is that of the module, which counts there what the host says.
    `clock` is that of the host. `hang_up` ends the host's connection.
    """

    def __init__(
        self,
        module: FailingModule,
        faults: Faults,
        *,
        seed: Random,
        bus: SignalBus,
        clock: Clock,
        hang_up: Callable[[], object],
    ) -> None:
        self._module = module
        self._seed = seed
        self._misfortune = Misfortune(faults, seed)
        self._clock = clock
        self._hang_up = hang_up
        self._write: Write | None = None
        self._due: tuple[Fault, ...] = ()
        self._is_hung = False
        self._emptying: Timer | None = None
        self._to_host: SlowLine | None = None
        self._to_module: SlowLine | None = None
        self.suffer(faults)
        bus.listen(HostSpoke, self._on_frame)

    def suffer(self, faults: Faults) -> None:
        """Have these faults in the place of those before, and begin to count frames for them.

        What is under way on a slow line arrives at once.
        """
        for line in (self._to_module, self._to_host):  # the one may bring something for the other
            if line is not None:
                line.hurry()
        self._misfortune = Misfortune(faults, self._seed)
        self._to_host = self._to_module = None
        if faults.baud is not None:
            self._to_host = SlowLine(faults.baud, self._clock, self._put)
            self._to_module = SlowLine(faults.baud, self._clock, self._hear)

    def plug_in(self, write: Write) -> None:
        """Serve this host from now on; a module that hangs is switched off and on for it."""
        self._clear_line()
        self._is_hung = False
        self._write = write
        self._module.plug_in(self._say)

    def unplug(self) -> None:
        """Serve nobody."""
        self._clear_line()
        self._write = None
        self._module.unplug()

    def take(self, octets: bytes) -> None:
        """Take octets of the host."""
        if self._to_module is None:
            self._hear(octets)
        else:
            self._to_module.put(octets)

    def _hear(self, octets: bytes) -> None:
        if self._is_hung:
            return
        self._module.take(octets)
        due, self._due = self._due, ()
        for fault in due:
            self.befall(fault)

    def _on_frame(self, _signal: HostSpoke) -> None:
        """Note what is to happen once the octets that just came are read; be full at once."""
        for fault in self._misfortune.hear():
            if fault is Fault.FULL:
                self._fill()
            else:
                self._due = (*self._due, fault)

    def befall(self, fault: Fault) -> None:
        """Have one of the faults happen now that come after some frames of the host."""
        if fault is Fault.RESET:
            self._module.restart()
        elif fault is Fault.FULL:
            self._fill()
        else:
            self._is_hung = True
            if fault is Fault.HANG_UP:
                self._hang_up()

    def _fill(self) -> None:
        self._module.set_full(is_full=True)
        if self._emptying is not None:
            self._emptying.cancel()
        self._emptying = self._clock.call_later(FULL_FOR, self._empty)

    def _empty(self) -> None:
        self._emptying = None
        self._module.set_full(is_full=False)

    # ------------------------------------------------------------------ to the host

    def _say(self, octets: bytes) -> None:
        if self._is_hung or self._due:
            return
        octets = self._misfortune.say(octets)
        if self._to_host is None:
            self._put(octets)
        else:
            self._to_host.put(octets)

    def _put(self, octets: bytes) -> None:
        if self._write is not None and octets and not self._is_hung:
            self._write(octets)

    def _clear_line(self) -> None:
        for line in (self._to_host, self._to_module):
            if line is not None:
                line.clear()
