"""Requests for what devices made of events; what they answer is in the scenarios."""

import pytest

from sebridge.api.event_deliveries import EventDeliveryMethods
from sebridge.base.errors import ParameterError
from sebridge.zcl.identifiers import DRLC


async def test_a_cluster_that_is_not_served_has_none() -> None:
    methods = EventDeliveryMethods({})

    with pytest.raises(ParameterError, match="0x5F serves no events of cluster 0x0701"):
        await methods.get_event_deliveries(DRLC, endpoint_id=0x5F)
