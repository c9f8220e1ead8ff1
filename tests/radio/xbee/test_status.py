"""Transmit statuses of an XBee by kind: ours, the network's, the device's."""

import pytest

from sebridge.radio.radio import NOT_OF_THE_DEVICE, TxStatus
from sebridge.radio.xbee.status import failure_of


@pytest.mark.parametrize("status", [0x00, 0x23, 0x2D])
def test_what_was_delivered_is_no_failure(status: int) -> None:
    assert failure_of(status) is None


@pytest.mark.parametrize("status", [0x01, 0x03, 0x21, 0x24, 0x25, 0x75])
def test_a_device_that_is_not_reached_may_be_the_one_to_blame(status: int) -> None:
    failure = failure_of(status)

    assert failure is not None
    assert failure.status not in NOT_OF_THE_DEVICE
    assert not failure.may_try_again


@pytest.mark.parametrize("status", [0x02, 0x18, 0x2C, 0x31, 0x32])
def test_a_module_that_is_busy_may_be_asked_again(status: int) -> None:
    failure = failure_of(status)

    assert failure is not None
    assert failure.status in NOT_OF_THE_DEVICE
    assert failure.may_try_again


@pytest.mark.parametrize("status", [0x15, 0x22, 0x2B, 0x2E, 0x35, 0x74])
def test_what_is_wrong_with_us_stays_so(status: int) -> None:
    failure = failure_of(status)

    assert failure is not None
    assert failure.status in NOT_OF_THE_DEVICE
    assert not failure.may_try_again


def test_a_status_of_the_future_is_told_by_its_number() -> None:
    assert failure_of(0xBB) == (TxStatus.NO_ACK, "transmit status 0xBB", False)
