"""A simulated blind is where it is told to be."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError, UnsupportedCommandError
from sebridge.features.cover.cluster import CoverServer
from sebridge.features.cover.records import GoToLiftPercentageRecord
from sebridge.gateway.cluster import Command
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import HA_PROFILE

WHO = Peer(Eui64(1), 1, HA_PROFILE)


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (GoToLiftPercentageRecord(percentage=101), ParameterError),
        (Record(), UnsupportedCommandError),
    ],
)
def test_what_cannot_be_is_refused(record: Record, error: type[Exception]) -> None:
    with pytest.raises(error):
        CoverServer().receive(Command(WHO, 1, record, 0, 0))
