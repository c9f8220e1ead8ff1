"""Questions to prepayment meters that are not put."""

import pytest

from sebridge.base.errors import TimeNotSetError
from sebridge.features.prepayment.client import PrepaymentClient
from sebridge.features.prepayment.queries import PrepaymentQueries
from sebridge.gateway.exchange import Exchange
from tests.gateway.radio_side import NOW, RecordingSender, peer


async def test_emergency_credit_is_not_asked_for_while_the_time_is_not_known(
    exchange: Exchange, sender: RecordingSender
) -> None:
    queries = PrepaymentQueries(
        PrepaymentClient(9), exchange, now=lambda: NOW, time_is_known=lambda: False
    )

    with pytest.raises(TimeNotSetError, match="the time is not known"):
        await queries.select_emergency_credit(peer())

    assert sender.sent == []
