"""The server's side of the cluster: which command is answered by what."""

import pytest

from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.ota.records import (
    ImagePageRequestRecord,
    OtaStatus,
    QuerySpecificFileRequestRecord,
    QuerySpecificFileResponseRecord,
)
from sebridge.features.ota.server import OtaServer
from sebridge.model.record import Record
from tests.features.ota.parts import begun, block, end, query, updates_of
from tests.gateway.radio_side import NOW, command


@pytest.mark.parametrize(
    ("record", "status"),
    [(query()[1], 0), (block()[1], 0), (end()[1], None)],
)
def test_a_question_is_answered_as_it_was_decided(record: Record, status: int | None) -> None:
    updates = updates_of()
    begun(updates, NOW)

    [answer] = OtaServer(updates).receive(command(record)).answers

    assert getattr(answer, "status", None) == status


def test_no_file_is_for_one_device_alone() -> None:
    asked = QuerySpecificFileRequestRecord(
        request_node_address=1,
        manufacturer_code=0x1234,
        image_type=7,
        file_version=2,
        stack_version=2,
    )

    [answer] = OtaServer(updates_of()).receive(command(asked)).answers

    assert answer == QuerySpecificFileResponseRecord(status=OtaStatus.NO_IMAGE_AVAILABLE)


def test_a_whole_page_is_not_sent() -> None:
    asked = ImagePageRequestRecord(
        manufacturer_code=0x1234,
        image_type=7,
        file_version=2,
        file_offset=0,
        maximum_data_size=48,
        page_size=1_024,
        response_spacing=100,
    )

    with pytest.raises(UnsupportedCommandError):
        OtaServer(updates_of()).receive(command(asked))
