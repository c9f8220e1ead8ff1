"""A simulated household as text: the section `simulator` of a configuration, and nothing else."""

from typing import Any, Final

import yaml

from sebridge.base.errors import ConfigError
from sebridge.settings.declaration import option, section
from sebridge.settings.document import parse
from sebridge.settings.schema import read_section
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)

_HEADING: Final = "# A household of sebridge: the section `simulator` of a configuration.\n"
_LEFT_OFF: Final = "# Left off are the installation codes and link keys of: {}.\n"


@section
class _HouseholdFile:
    simulator: SimulatorOptions = option(SimulatorOptions, "the house", default=SimulatorOptions())


def read_household(text: str) -> SimulatorOptions:
    """Return the house that a text describes; ConfigError names all that is wrong, with lines."""
    document = parse(text, {})
    if "simulator" not in document.tree and not document.problems:
        document.complain((), "has no section simulator")
    found = None if document.problems else read_section(_HouseholdFile, document)
    if found is None:
        raise ConfigError([problem for _, problem in sorted(document.problems)])
    return found.simulator


def write_household(house: SimulatorOptions) -> str:
    """Return the text of a house, which does not end with a line break.

    Installation codes and link keys are left off, and it says so.
    """
    secret = ", ".join(device.name for device in house.devices if device.waits)
    tree = {
        "simulator": {
            "speed": house.speed,
            "suites": list(house.suites),
            "air": _air(house.air),
            "devices": [_device(device) for device in house.devices],
        }
    }
    dumped: str = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)
    return _HEADING + (_LEFT_OFF.format(secret) if secret else "") + dumped.rstrip("\n")


def _air(air: AirOptions) -> dict[str, Any]:
    return {
        "loss": air.loss,
        "duplicates": air.duplicates,
        "delay": air.delay,
        "seed": air.seed,
    }


def _device(device: SimulatedDeviceOptions) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": device.kind,
        "name": device.name,
        "eui64": str(device.eui64),
    }
    return told | ({"options": _plain(device.options)} if device.options else {})


def _plain(value: Any) -> Any:
    """Return plain dicts and lists, as YAML has them."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
