"""Prepayment, rule by rule: PRE-1 and PRE-2, between two stations on the ether."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.clock import VirtualClock, zigbee_time
from sebridge.base.errors import RefusedError
from sebridge.base.secret import Secret
from sebridge.features.prepayment.account import Account, PrepaidAccount, Terms
from sebridge.features.prepayment.client import PrepaymentClient
from sebridge.features.prepayment.records import (
    ChangePaymentModeRecord,
    ChangePaymentModeResponseRecord,
    ConsumerTopUpResponseRecord,
    SelectAvailableEmergencyCreditRecord,
    TopUpResult,
)
from sebridge.features.prepayment.server import PrepaymentServer
from sebridge.features.prepayment.signals import PrepaymentAnswered
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.status import Status
from tests.gateway.radio_side import NOW
from tests.rules.pair import SERVER, Pair
from tests.rules.parts import hears

WORTH = {b"good": 500, b"better": 700, b"far too good": 5000}
TERMS = Terms(most_credit=1000, most_top_up=900, emergency_limit=300, emergency_threshold=50)
EMERGENCY = SelectAvailableEmergencyCreditRecord(command_issue_date_time=NOW, originating_device=2)


class Prepaid(Pair):
    """A meter with an account, a display, and what the display was told."""

    client: PrepaymentClient

    def __init__(self, clock: VirtualClock) -> None:
        self.accounts: dict[str, Account] = {}
        self.account = PrepaidAccount(
            "account", TERMS, lambda code: WORTH.get(code.reveal()), self.accounts, {}
        )
        super().__init__(clock, PrepaymentServer(self.account), PrepaymentClient(9))
        self.told = self.at_client(PrepaymentAnswered)


@pytest.fixture
async def prepaid(clock: VirtualClock) -> AsyncIterator[Prepaid]:
    prepaid = Prepaid(clock)
    await prepaid.start()
    yield prepaid
    await prepaid.stop()


def shown(prepaid: Prepaid, attribute_id: int) -> object:
    return prepaid.server.attributes.read(attribute_id).value


async def test_pre_01_the_payment_mode_is_shown_and_emergency_credit_can_be_had(
    prepaid: Prepaid,
) -> None:
    """One attribute is mandatory, and one command older than SE 1.2."""
    mode = shown(prepaid, 0x0000)

    await prepaid.client_does(prepaid.client.select_emergency_credit(SERVER, NOW))

    assert mode == 0x0002
    assert shown(prepaid, 0x0002) == TERMS.emergency_limit
    assert prepaid.encrypted


async def test_pre_01_emergency_credit_is_refused_where_it_is_not_needed(prepaid: Prepaid) -> None:
    """NOT_AUTHORIZED while there is credit, and while it is in use."""
    await prepaid.client_does(prepaid.client.top_up(SERVER, Secret(b"good")))

    with pytest.raises(RefusedError, match="not needed") as refused:
        hears(prepaid.server, EMERGENCY)

    assert zcl_status(refused.value) == Status.NOT_AUTHORIZED
    assert shown(prepaid, 0x0002) == 0


async def test_pre_02_a_top_up_is_answered_with_its_result_and_the_credit(prepaid: Prepaid) -> None:
    """Each code counts once; what is refused changes nothing."""
    for code in (b"good", b"good", b"bad", b"far too good", b"better"):
        await prepaid.client_does(prepaid.client.top_up(SERVER, Secret(code)))

    answers = [news.record for news in prepaid.told]
    results = [TopUpResult(answer.result_type) for answer in answers]
    assert results == [
        TopUpResult.ACCEPTED,
        TopUpResult.DUPLICATE,
        TopUpResult.INVALID,
        TopUpResult.TOO_LARGE,
        TopUpResult.MOST_CREDIT_REACHED,
    ]
    assert answers[0] == ConsumerTopUpResponseRecord(
        result_type=0, top_up_value=500, source_of_top_up=2, credit_remaining=500
    )
    assert {int(answer.credit_remaining) for answer in answers} == {500}
    assert shown(prepaid, 0x0001) == 500
    assert prepaid.commands == [(False, 0x04), (True, 0x03)] * 5
    assert prepaid.encrypted


async def test_pre_02_a_change_of_the_payment_mode_is_answered_and_waits_for_its_time(
    prepaid: Prepaid, clock: VirtualClock
) -> None:
    """The answer has the emergency credit that comes with it."""
    await prepaid.serve_time()
    change = ChangePaymentModeRecord(
        provider_id=1,
        issuer_event_id=7,
        implementation_date_time=zigbee_time(clock.utc()) + 600,
        proposed_payment_control_configuration=0x0001,
        cut_off_value=0xFFFFFF9C,
    )

    await prepaid.client_does(prepaid.client.change_mode(SERVER, change))
    before = (shown(prepaid, 0x0000), shown(prepaid, 0x0040))
    await clock.advance(600)

    [answer] = [news.record for news in prepaid.told]
    assert isinstance(answer, ChangePaymentModeResponseRecord)
    assert (answer.emergency_credit_limit, answer.emergency_credit_threshold) == (300, 50)
    assert before == (0x0002, 0)
    assert (shown(prepaid, 0x0000), shown(prepaid, 0x0040)) == (0x0001, -100)
