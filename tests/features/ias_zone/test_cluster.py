"""Zones are taken, and what they notice counts as reported."""

from collections.abc import Iterable

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import UnsupportedCommandError
from sebridge.features.ias_zone.cluster import ZoneClient, ZoneServer, enrolled
from sebridge.features.ias_zone.records import (
    ZoneEnrollRequestRecord,
    ZoneEnrollResponseRecord,
    ZoneStatusChangeNotificationRecord,
)
from sebridge.features.ias_zone.simulated import Door
from sebridge.features.ias_zone.zone import ZONE_STATUS, kind_of, words_of
from sebridge.gateway.cluster import Command, LocalCluster, Outcome
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.model.record import Record
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import HA_PROFILE, IAS_ZONE

WHO = Peer(Eui64(1), 3, HA_PROFILE)


def command(record: Record) -> Command:
    return Command(WHO, 1, record, 0, 0)


def test_whoever_wants_to_be_taken_is() -> None:
    asked = ZoneEnrollRequestRecord(zone_type=0x15, manufacturer_code=0)

    assert ZoneClient().receive(command(asked)).answers == (enrolled(),)


@pytest.mark.parametrize("octets", ["210000", "2100000000 00".replace(" ", "")])
def test_what_a_zone_notices_is_told_as_its_attribute(octets: str) -> None:
    client = ZoneClient()
    record = client.read(0x00, bytes.fromhex(octets))

    (told,) = client.receive(command(record)).signals

    assert isinstance(told, AttributesReported)
    assert (told.device, told.endpoint, told.cluster_id) == (Eui64(1), 3, IAS_ZONE)
    assert [(one.attribute_id, one.value) for one in told.values] == [(ZONE_STATUS, 0x21)]
    assert told.is_standard


@pytest.mark.parametrize("cluster", [ZoneClient(), ZoneServer()])
def test_another_command_is_refused(cluster: LocalCluster) -> None:
    with pytest.raises(UnsupportedCommandError):
        cluster.receive(command(Record()))


def test_a_zone_tells_who_has_taken_it() -> None:
    told: list[Outcome] = []
    zone = ZoneServer(0x15)
    door = Door(zone, told.append)

    zone.receive(command(ZoneEnrollResponseRecord(enroll_response_code=1, zone_id=0)))
    door.move(is_open=True)
    alone = list(told), zone.attributes.read(0).value
    zone.receive(command(enrolled()))
    door.move(is_open=False)

    (sending,) = told[0].sendings
    assert alone == ([], 0)
    assert zone.attributes.read(0).value == 1
    assert sending.peer == WHO
    assert sending.record == ZoneStatusChangeNotificationRecord(
        zone_status=0, extended_status=0, zone_id=0, delay=0
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, []), (0x0009, ["alarm_1", "battery"]), (0xFC00, [])],
)
def test_a_status_has_words(status: int, words: Iterable[str]) -> None:
    assert words_of(status) == words


def test_a_zone_of_a_type_that_nobody_knows_is_some_zone() -> None:
    assert (kind_of(0x0028), kind_of(0x8000)) == ("smoke", "generic")
