"""What may have been meant."""

import pytest

from sebridge.base.suggestion import suggestion

KNOWN = ("get_time", "get_version", "get_zigbee_network_configuration")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("get_tim", "; is get_time meant?"),
        ("get_versin", "; is get_version meant?"),
        ("get_zigbee_network_configuratio", "; is get_zigbee_network_configuration meant?"),
        ("nonsense", ""),
        ("", ""),
        ("x" * 1_000_000, ""),
    ],
)
def test_a_near_name_is_suggested(name: str, meant: str) -> None:
    assert suggestion(name, KNOWN) == meant
