"""A stick that is none for whole bridges: the product's own module, which a stranger drives."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from sebridge.app.certificate_store import install
from sebridge.app.emulated_stick import EmulatedSticks, Plug
from sebridge.app.features import FEATURES
from sebridge.app.house_security import secure_house
from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.crypto.suite import SUITE_1
from sebridge.settings.simulator_options import SimulatedDeviceOptions, SimulatorOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.emulated import EZSP, XBEE, Model
from sebridge.simulator.modules.faults import NO_FAULTS, Faults
from tests.integration.steady_clock import SteadyClock


class Drawers:
    """Collections in memory, as a database would keep them."""

    def __init__(self) -> None:
        self._drawers: dict[str, MutableMapping[Any, Any]] = {}

    def __call__(self, name: str, _key: Any, _value: Any) -> MutableMapping[Any, Any]:
        return self._drawers.setdefault(name, {})

    def copy(self) -> "Drawers":
        """Return others with the same in them."""
        other = Drawers()
        for name, drawer in self._drawers.items():
            other(name, None, None).update(drawer)
        return other


def drawers_of_used() -> Drawers:
    """Return those of two sticks that were used before: an XBee has been told to speak frames."""
    drawers = Drawers()
    for name in ("xbee_registers", "xbee_registers_2"):
        drawers(name, str, Secret)["AP"] = Secret(b"\x02")
    return drawers


def proves(module: str) -> bool:
    """Say whether devices behind a kind of module can prove who they are."""
    return model_of(module).establishes_keys


def model_of(module: str) -> Model:
    """Return which module it is, of its kind and what stands behind a space."""
    kind, _, variant = module.partition(" ")
    if kind == EZSP and variant:
        return Model(kind, ezsp_version=int(variant))
    if kind == XBEE and variant:
        return Model(kind, firmware=variant)
    return Model(kind)


def make_stick(
    module: str,
    clock: SteadyClock,
    devices: dict[str, tuple[str, Eui64]],
    certificates: Path,
    drawers: Drawers,
    port: int,
    faults: Faults = NO_FAULTS,
) -> EmulatedSticks:
    """Return a stick with devices, their kind and address by name; write the gateway's certificate.

    `module` is its kind, and behind a space the version of EZSP that it speaks, or the firmware of
    an XBee. What is in the drawers is that of the stick and of the house, from before. Behind an
    XBee without key establishment neither the devices nor the gateway have certificates.
    """
    security = secure_house([1], drawers, clock.compute) if proves(module) else None
    if security is not None:
        install(certificates, security.certificates.of(CHIP).find(SUITE_1))
    options = SimulatorOptions(
        devices=tuple(
            SimulatedDeviceOptions(kind=kind, name=name, eui64=address)
            for name, (kind, address) in devices.items()
        )
    )
    return EmulatedSticks(
        [Plug(model_of(module), "127.0.0.1", port, faults)],
        options,
        features=FEATURES,
        open_collection=drawers,
        clock=clock,
        line_clock=clock,
        security=security,
    )
