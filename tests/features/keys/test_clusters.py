"""The clusters themselves: an attribute, and everything handed on."""

from collections.abc import Callable

import pytest

from sebridge.base.errors import UnsupportedAttributeError
from sebridge.features.keys.clusters import KeyClusters, UnreadableRecord
from sebridge.features.keys.records import EphemeralDataRequestRecord
from sebridge.gateway.cluster import Command, Outcome
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.status import Status
from tests.gateway.radio_side import command


def clusters(suites: int, heard: Callable[[Command], object] | None = None) -> KeyClusters:
    told: list[Command] = []
    return KeyClusters(
        suites, heard_by_server=heard or told.append, heard_by_client=heard or told.append
    )


def test_both_sides_show_the_suites_which_cannot_be_written() -> None:
    for cluster in clusters(3).both:
        shown = cluster.attributes.read(0x0000)

        assert (shown.attribute_type, shown.value, shown.raw) == (0x31, 3, b"\x03\x00")
        assert cluster.attributes.check_write(shown, over_the_air=True) is Status.READ_ONLY
        other = AttributeValue(1, 0x31, 1, b"\x01\x00")
        assert (
            cluster.attributes.check_write(other, over_the_air=True) is Status.UNSUPPORTED_ATTRIBUTE
        )
        with pytest.raises(UnsupportedAttributeError):
            cluster.attributes.read(1)


def test_without_a_certificate_there_is_no_cluster() -> None:
    assert clusters(0).both == ()
    assert [cluster.server for cluster in clusters(1).both] == [True, False]


def test_a_frame_is_handed_on_and_answered_later() -> None:
    heard: list[object] = []
    server = clusters(1, heard.append).server
    given = command(EphemeralDataRequestRecord(ephemeral_data=b"\x02"))

    outcome = server.receive(given)

    assert outcome == Outcome(answered_later=True)
    assert heard == [given]


@pytest.mark.parametrize(("number", "payload"), [(0x00, b"\x01"), (0x01, b""), (0x77, b"\x00")])
def test_what_cannot_be_read_is_handed_on_too(number: int, payload: bytes) -> None:
    record = clusters(1).server.read(number, payload)

    assert isinstance(record, UnreadableRecord)
    assert record.why
