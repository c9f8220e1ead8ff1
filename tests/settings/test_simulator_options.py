"""The simulated household as it is without a configuration of its own."""

from sebridge.settings.simulator_options import HOUSEHOLD


def test_the_household_of_the_demonstration_has_one_of_each_kind() -> None:
    assert [device.kind for device in HOUSEHOLD] == [
        "meter",
        "sub_meter",
        "display",
        "thermostat",
        "load_control",
    ]
    assert HOUSEHOLD[0].name == "Main meter"
    assert str(HOUSEHOLD[0].eui64) == "00:0d:6f:00:0a:00:00:01"
    assert len({device.eui64 for device in HOUSEHOLD}) == 5
