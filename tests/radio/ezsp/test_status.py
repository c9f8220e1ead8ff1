"""Why an EZSP stick did not deliver a frame."""

import bellows.types as bt
import pytest

from sebridge.radio.ezsp.status import failure_of
from sebridge.radio.radio import NOT_OF_THE_DEVICE, TxStatus

OURS = ("ZIGBEE_APS_ENCRYPTION_ERROR", "MESSAGE_TOO_LONG", "NOT_JOINED", "INVALID_STATE")
ROOM = ("ZIGBEE_MAX_MESSAGE_LIMIT_REACHED", "ALLOCATION_FAILED", "NO_MORE_RESOURCE", "BUSY")
AIR = ("CCA_FAILURE", "TRANSMIT_BLOCKED")
DEVICE = ("ZIGBEE_DELIVERY_FAILED", "ZIGBEE_NO_APS_ACK", "MAC_INDIRECT_TIMEOUT")


@pytest.mark.parametrize("name", [*OURS, *ROOM, *AIR])
def test_what_is_not_the_device_s_fault_is_told_as_that(name: str) -> None:
    failure = failure_of(bt.sl_Status[name])

    assert failure.status in NOT_OF_THE_DEVICE
    assert failure.may_try_again == (name not in OURS)


@pytest.mark.parametrize("name", DEVICE)
def test_a_silent_device_is_one(name: str) -> None:
    failure = failure_of(bt.sl_Status[name])

    assert failure.status is TxStatus.NO_ACK
    assert not failure.may_try_again


def test_what_nobody_knows_is_told_as_its_number() -> None:
    assert failure_of(0x0C99).words == "status 0x0C99"
    assert failure_of(bt.sl_Status.ZIGBEE_SEND_UNICAST_NO_ROUTE).status is TxStatus.NO_ROUTE
