"""The status bits of meters as words."""

import pytest

from sebridge.features.metering.status import alarms_of


@pytest.mark.parametrize(
    ("status", "device_type", "words"),
    [
        (0x00, 0x00, ()),
        (None, 0x00, ()),
        (0x0A, 0x00, ("low_battery", "power_failure")),
        (0x0A, None, ("low_battery", "power_failure")),
        (0x80, 0x00, ()),
        (0x18, 0x01, ("low_pressure",)),
        (0x08, 0x02, ("pipe_empty",)),
        (0x98, 0x05, ("temperature_sensor", "burst_detect", "reverse_flow")),
        (0x88, 0x81, ("pipe_empty", "reverse_flow")),
        (0x40, 0xFE, ("service_disconnect_open",)),
    ],
    ids=[
        "none",
        "unknown",
        "electric",
        "no type",
        "reserved",
        "gas",
        "water",
        "heat",
        "mirror",
        "?",
    ],
)
def test_bits_are_words_by_device_type(
    status: int | None, device_type: int | None, words: tuple[str, ...]
) -> None:
    assert alarms_of(status, device_type) == words
