"""How far a device is that joins: on the network, interviewed, with the key that is due."""

from collections.abc import Callable
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.features.keys.signals import DeviceJoining, JoiningStep, KeyEstablishmentFailed
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceJoined,
    DeviceRemoved,
    KeyEstablished,
)

MOST_AT_ONCE: Final = 64
"""Devices that are followed at the same time; of more, those that began first are let go."""


class JoiningWatch:
    """Tells of each step by DeviceJoining, once.

    `is_active` says whether a device has been interviewed and answers, `must_establish` whether it
    still owes an established key. A device that only comes back has nothing to be told of.
    """

    def __init__(
        self,
        bus: SignalBus,
        is_active: Callable[[Eui64], bool],
        must_establish: Callable[[Eui64], bool],
    ) -> None:
        self._bus = bus
        self._is_active = is_active
        self._must_establish = must_establish
        self._steps: dict[Eui64, JoiningStep] = {}
        bus.listen(DeviceJoined, lambda signal: self._on_joined(signal.device))
        bus.listen(DeviceActive, lambda signal: self._go_on(signal.device))
        bus.listen(KeyEstablished, lambda signal: self._go_on(signal.device))
        bus.listen(KeyEstablishmentFailed, self._on_failure)
        bus.listen(DeviceRemoved, lambda signal: self._on_end(signal.device))
        bus.listen(DeviceInactive, lambda signal: self._on_end(signal.device))

    def _on_joined(self, device: Eui64) -> None:
        if device in self._steps or self._is_complete(device):
            return
        if len(self._steps) == MOST_AT_ONCE:
            del self._steps[next(iter(self._steps))]
        self._tell(device, JoiningStep.JOINED)
        self._go_on(device)

    def _go_on(self, device: Eui64) -> None:
        step = self._steps.get(device)
        if step is None:
            return
        if self._is_complete(device):
            self._tell(device, JoiningStep.COMPLETE)
            del self._steps[device]
        elif self._is_active(device) and step is JoiningStep.JOINED:
            self._tell(device, JoiningStep.INTERVIEWED)

    def _is_complete(self, device: Eui64) -> bool:
        return self._is_active(device) and not self._must_establish(device)

    def _tell(self, device: Eui64, step: JoiningStep) -> None:
        self._steps[device] = step
        self._bus.send(DeviceJoining(device, step))

    def _on_failure(self, signal: KeyEstablishmentFailed) -> None:
        """Tell why; the device may try again, and go on from where it is."""
        if signal.device in self._steps:
            self._bus.send(DeviceJoining(signal.device, JoiningStep.FAILED, signal.why))

    def _on_end(self, device: Eui64) -> None:
        if self._steps.pop(device, None) is not None:
            self._bus.send(DeviceJoining(device, JoiningStep.LEFT))
