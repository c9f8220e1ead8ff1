"""AT commands: registers, and what they have the stack do.

Source: Digi, XBee 3 Zigbee RF Module User Guide, AT commands.
"""

from collections.abc import Callable, Mapping
from typing import Final

from sebridge.base.clock import Clock, Timer
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.radio.radio import NetworkPlan
from sebridge.simulator.modules.signals import ChannelChanged, NetworkCameUp, StackRestarted
from sebridge.simulator.modules.xbee.firmware import (
    AUTHENTICATION,
    CERTIFICATE,
    NOT_JOINED,
    TRUST_CENTER,
    Firmware,
    room,
)
from sebridge.simulator.modules.xbee.frame import ApiMode, ModemStatus
from sebridge.simulator.modules.xbee.lines import sampled
from sebridge.simulator.modules.xbee.registers import AtStatus, Registers
from sebridge.simulator.modules.xbee.signals import (
    Associated,
    IdentificationWanted,
    NetworkKeyUpdated,
    NetworkLost,
)
from sebridge.simulator.modules.xbee.stack import Setup, Stack

_DECISIVE: Final = ("ZS", "EE", "EO", "KY", "II", "CE")
"""Registers with which the network is another."""
_OF_NETWORK: Final = frozenset({"ID", "SC", *_DECISIVE})
"""The same, and those which may change for as long as they allow the network."""
_OPENED_BY_BUTTON: Final = 60  # seconds
_RESTARTING: Final = 0.2  # seconds from the answer to FR until it is gone
_QUIET: Final = 0x5F  # -95 dBm
_CHANNELS: Final = 16
_LONGEST_SCAN: Final = 6
_KEY_LIFETIME: Final = 300  # seconds, where no register says it

Answer = tuple[AtStatus, bytes]
_OK: Final[Answer] = (AtStatus.OK, b"")
_REFUSED: Final[Answer] = (AtStatus.INVALID_PARAMETER, b"")


def key_lifetime(registers: Registers) -> int:
    """Return the seconds for which a registered key waits for its device."""
    return registers["KT"] or _KEY_LIFETIME


class Control:
    """Carries out commands. `tell` says to the host what happens to the module.

    One that `was_made_certified` has a certificate also while none is in its registers.
    """

    def __init__(
        self,
        firmware: Firmware,
        registers: Registers,
        stack: Stack,
        tell: Callable[[ModemStatus], object],
        clock: Clock,
        bus: SignalBus,
        *,
        was_made_certified: bool,
    ) -> None:
        self._firmware = firmware
        self._registers = registers
        self._stack = stack
        self._tell = tell
        self._was_made_certified = was_made_certified
        self._clock = clock
        self._bus = bus
        self._restarting: Timer | None = None
        self._commands: Mapping[str, Callable[[bytes], Answer]] = {
            "AC": self._apply_all,
            "WR": self._write,
            "RE": self._restore,
            "FR": self._restart_soon,
            "NR": self._reset_network,
            "CB": self._press_button,
            "ED": self._measure_energy,
            "IS": self._sample,
            **({"VC": self._check_certificate} if firmware.establishes_keys else {}),
        }
        bus.listen(NetworkCameUp, self._on_network)
        bus.listen(Associated, self._on_association)
        bus.listen(NetworkLost, self._on_loss)
        bus.listen(ChannelChanged, self._on_channel)
        bus.listen(NetworkKeyUpdated, self._on_network_key)

    # ------------------------------------------------------------------ life

    def power_on(self, reason: ModemStatus = ModemStatus.HARDWARE_RESET) -> None:
        """Begin as after a power cut."""
        self._registers.restart()
        self._stack.start(self._setup())
        self._tell(reason)

    def power_off(self) -> None:
        """End as in a power cut."""
        if self._restarting is not None:
            self._restarting.cancel()
        self._stack.switch_off()

    def _on_network(self, _signal: NetworkCameUp) -> None:
        """Say so, and be open for as long as NJ says, also after a power cut."""
        if not self._stack.is_router:  # whose network it is opens it
            self._tell(ModemStatus.COORDINATOR_STARTED)
            self._stack.open_joining(self._registers["NJ"])

    def _on_association(self, _signal: Associated) -> None:
        self._tell(ModemStatus.JOINED)

    def _on_loss(self, _signal: NetworkLost) -> None:
        self._tell(ModemStatus.DISASSOCIATED)

    def _on_network_key(self, _signal: NetworkKeyUpdated) -> None:
        self._tell(ModemStatus.NETWORK_KEY_UPDATED)

    def _on_channel(self, _signal: ChannelChanged) -> None:
        if not self._firmware.establishes_keys:  # which is older than that status
            self._tell(ModemStatus.CHANNEL_CHANGED)

    def _setup(self) -> Setup:
        registers = self._registers
        decides = b"".join(registers.octets(name) for name in _DECISIVE)
        firmware = self._firmware
        coordinates = firmware.coordinates
        return Setup(
            is_coordinator=registers["CE"] == 1 if coordinates is None else coordinates,
            is_encrypted=registers["EE"] == 1,
            proves_itself=firmware.establishes_keys and bool(registers["EO"] & AUTHENTICATION),
            plan=NetworkPlan(
                extended_pan_id=registers["ID"],
                channel_mask=registers["SC"],
                link_key=Secret(registers.octets("KY")),
            ),
            pan_id=registers["II"] or 0xFFFF,
            network_key=Secret(registers.octets("NK")),
            decides=Secret(decides),
        )

    # ------------------------------------------------------------------ commands

    def carry_out(self, name: str, value: bytes) -> Answer:
        """Read a register, or set it or carry out a command, and apply all that waits."""
        command = self._commands.get(name)
        if command is not None:
            self._apply()
            return command(value)
        if not value:
            self._show()
            return self._registers.read(name)
        status = self._registers.queue(name, value)
        if status is AtStatus.OK:
            self._apply()
        return status, b""

    def queue(self, name: str, value: bytes) -> Answer:
        """Take a value that is applied later; a question or a command waits for nothing."""
        command = self._commands.get(name)
        if command is not None:
            return command(value)
        if not value:
            return self.carry_out(name, value)
        return self._registers.queue(name, value), b""

    def apply(self) -> None:
        """Apply all that waits."""
        self._apply()

    def _show(self) -> None:
        """Have in the registers what the stack alone knows."""
        stack, registers = self._stack, self._registers
        network = stack.kept
        registers.show("SH", stack.address >> 32)
        registers.show("SL", stack.address & 0xFFFFFFFF)
        registers.show("AI", stack.indication)
        registers.show("MY", stack.nwk if stack.is_up else NOT_JOINED)
        registers.show("OP", 0 if network is None else network.extended_pan_id)
        registers.show("OI", 0xFFFF if network is None else network.pan_id)
        registers.show("CH", 0 if network is None else network.channel)
        is_transparent = registers["AP"] == ApiMode.TRANSPARENT
        registers.show("NP", room(registers) if is_transparent else self._firmware.longest)

    def _apply(self) -> None:
        changed = self._registers.apply()
        if self._is_over(changed):
            self._begin_anew()
        elif self._stack.is_up and not self._stack.is_router:
            self._change_network(changed)

    def _change_network(self, changed: frozenset[str]) -> None:
        """Have the network that it formed be as the registers say."""
        registers = self._registers
        if "NJ" in changed:
            self._stack.open_joining(registers["NJ"])
        if "NK" in changed and registers["EO"] & TRUST_CENTER:
            self._stack.update_network_key(Secret(registers.octets("NK")))

    def _is_over(self, changed: frozenset[str]) -> bool:
        """Say whether the network is none any more as the registers want it."""
        kept = self._stack.kept
        return bool(changed & _OF_NETWORK) and not (kept and self._setup().fits(kept))

    def _begin_anew(self) -> None:
        """Leave the network, and have one as the registers say now."""
        was_up = self._stack.is_up
        self._stack.dissolve()
        if was_up:
            self._tell(ModemStatus.DISASSOCIATED)
        self._bus.send(StackRestarted())
        self._stack.start(self._setup())

    def _apply_all(self, _value: bytes) -> Answer:
        self._apply()
        return _OK

    def _write(self, _value: bytes) -> Answer:
        self._registers.write()
        return _OK

    def _restore(self, _value: bytes) -> Answer:
        if self._is_over(self._registers.restore_defaults()):
            self._begin_anew()
        return _OK

    def _restart_soon(self, _value: bytes) -> Answer:
        if self._restarting is None:
            self._restarting = self._clock.call_later(_RESTARTING, self._restart)
        return _OK

    def _restart(self) -> None:
        self._restarting = None
        self.restart(ModemStatus.HARDWARE_RESET)

    def restart(self, reason: ModemStatus) -> None:
        """Begin anew without a power cut, and tell the host why."""
        self._stack.switch_off()
        self._bus.send(StackRestarted())
        self.power_on(reason)

    def _reset_network(self, value: bytes) -> Answer:
        if value not in {b"", b"\0", b"\1"}:
            return _REFUSED
        self._begin_anew()
        return _OK

    def _press_button(self, value: bytes) -> Answer:
        """Do as if the commissioning button was pressed so often."""
        if value == b"\2" and self._stack.is_up and not self._stack.is_router:
            self._stack.open_joining(_OPENED_BY_BUTTON)
        elif value == b"\4":
            self._registers.restore_defaults()
            self._begin_anew()
        elif value == b"\1" and self._stack.is_up:
            self._bus.send(IdentificationWanted())
        elif value not in {b"\1", b"\2"}:
            return _REFUSED
        return _OK

    def _sample(self, _value: bytes) -> Answer:
        sample = sampled(self._registers)
        return (AtStatus.OK, b"".join(sample)) if sample else (AtStatus.ERROR, b"")

    def _measure_energy(self, value: bytes) -> Answer:
        if value and int.from_bytes(value, "big") > _LONGEST_SCAN:
            return _REFUSED
        return AtStatus.OK, bytes((_QUIET,)) * _CHANNELS

    def _check_certificate(self, _value: bytes) -> Answer:
        is_written = all(self._registers.octets(name) for name in CERTIFICATE)
        return AtStatus.OK, bytes((is_written or self._was_made_certified,))
