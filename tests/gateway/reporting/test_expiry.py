"""Values expire later than their device counts as gone."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.gateway.pairing import PairedAttribute
from sebridge.gateway.reporting.expectations import Expectation, Expectations
from sebridge.gateway.reporting.expiry import Expiry, expiry_by
from sebridge.network.device_options import DEFAULT_OPTIONS, DeviceOptions
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.gateway.reporting.bookkeeping import FAR

ENERGY = 0x0000


def expiry(
    longest: int, *, sleepy: bool = False, options: DeviceOptions = DEFAULT_OPTIONS
) -> Expiry:
    record = AttributeReportingConfigurationRecord(ENERGY, 0, 0x25, 1, longest)
    expectations = Expectations(
        store={PairedAttribute(FAR, ENERGY): Expectation(record=record)},
        is_active=lambda _device: True,
        sleeps=lambda _pairing: False,
        changed=lambda: None,
        agreed_otherwise=lambda _device: None,
    )
    return expiry_by(expectations, lambda _device: sleepy, lambda _device: options)


def asked(of: Expiry, device: Eui64 = FAR.peer.device, attribute_id: int = ENERGY) -> int | None:
    return of(device, FAR.peer.endpoint, FAR.cluster_id, attribute_id)


@pytest.mark.parametrize(
    ("longest", "seconds"), [(0, None), (5, 300), (75, 300), (300, 1200), (3600, 14_400)]
)
def test_a_value_expires_after_four_times_and_no_sooner_than_five_minutes(
    longest: int, seconds: int | None
) -> None:
    assert asked(expiry(longest)) == seconds


def test_what_nobody_expects_never_expires() -> None:
    assert asked(expiry(300), attribute_id=1) is None


def test_nothing_of_a_device_that_sleeps_expires() -> None:
    assert asked(expiry(300, sleepy=True)) is None


def test_what_somebody_says_for_a_device_holds() -> None:
    chosen = DeviceOptions(retention=900)

    assert asked(expiry(600, options=chosen)) == 900
    assert asked(expiry(600, sleepy=True, options=chosen)) == 900


def test_nothing_expires_before_it_may_be_written_again() -> None:
    assert asked(expiry(60, options=DeviceOptions(throttle=3600))) == 7200
