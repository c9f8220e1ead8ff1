"""What may be said of a device."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.network.device_options import DEFAULT_OPTIONS, DeviceOptions


@pytest.mark.parametrize(
    "options",
    [
        DEFAULT_OPTIONS,
        DeviceOptions(throttle=0, retention=120),
        DeviceOptions(throttle=86_400, retention=31_536_000, retain=False, disabled=True),
        DeviceOptions(throttle=60, retention=120),
    ],
)
def test_what_is_in_range_may_be_said(options: DeviceOptions) -> None:
    options.check()


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        (DeviceOptions(throttle=-1), "throttle"),
        (DeviceOptions(throttle=86_401), "throttle"),
        (DeviceOptions(throttle=float("nan")), "throttle"),
        (DeviceOptions(retention=119), "retention"),
        (DeviceOptions(retention=31_536_001), "retention"),
        (DeviceOptions(throttle=61, retention=120), "retention"),
    ],
)
def test_what_is_wrong_is_named(options: DeviceOptions, parameter: str) -> None:
    with pytest.raises(ParameterError) as caught:
        options.check()

    assert caught.value.path == parameter
