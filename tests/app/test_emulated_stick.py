"""The module within a bridge; tests/integration/test_own_module.py has it at work."""

import pytest

from sebridge.app.emulated_stick import own_model
from sebridge.settings.declaration import options_of
from sebridge.settings.options import ModuleOptions, RadioOptions
from sebridge.simulator.modules.ezsp.wording import USUAL_VERSION, VERSIONS
from sebridge.simulator.modules.xbee.firmware import FIRMWARE, ZIGBEE


def test_the_configuration_has_what_can_be_in_a_module_that_forms_a_network() -> None:
    allowed = {name: option.takes.allowed for name, option in options_of(ModuleOptions).items()}  # type: ignore[union-attr]  # both are single values

    forming = [firmware.name for firmware in FIRMWARE.values() if firmware.coordinates is not False]
    assert allowed == {
        "ezsp_version": ", ".join(map(str, VERSIONS)),
        "firmware": ", ".join(forming),
    }
    assert ModuleOptions() == ModuleOptions(ezsp_version=USUAL_VERSION, firmware=ZIGBEE.name)


@pytest.mark.parametrize(
    ("kind", "firmware", "expected"),
    [
        ("ezsp", "zb", (True, True)),
        ("znp", "zb", (True, True)),
        ("xbee", "zb", (False, False)),
        ("xbee", "se", (True, False)),
    ],
)
def test_who_establishes_keys_and_who_takes_them_is_known_before_a_module_runs(
    kind: str, firmware: str, expected: tuple[bool, bool]
) -> None:
    options = RadioOptions(type=kind, path="simulated", module=ModuleOptions(firmware=firmware))

    model = own_model(options)

    assert (model.establishes_keys, model.takes_keys) == expected
    assert options.takes_keys == model.takes_keys
