"""Basic: who we are."""

import pytest

from sebridge.base.errors import RefusedError, UnsupportedCommandError
from sebridge.features.basic import cluster as basic
from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.basic.records import ResetToFactoryDefaultsRecord
from sebridge.features.basic.signals import FactoryReset
from sebridge.features.identify.records import IdentifyRecord
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.error_status import zcl_status
from sebridge.zcl.identifiers import SE_ENDPOINT
from sebridge.zcl.status import Status
from tests.gateway.radio_side import address, command, peer


@pytest.mark.parametrize(
    ("attribute_id", "value"),
    [(0x0000, 3), (0x0001, 1), (0x0004, "maker"), (0x0005, "model"), (0x0007, basic.BATTERY)],
)
def test_the_server_tells_who_it_is(attribute_id: int, value: object) -> None:
    server = BasicServer("maker", "model", basic.BATTERY)

    assert server.attributes.read(attribute_id).value == value


def test_a_name_of_many_octets_can_still_be_read() -> None:
    server = BasicServer("€" * 32, "m")

    assert server.attributes.read(basic.MANUFACTURER_NAME).raw == bytes((96,)) + "€".encode() * 32


RESET = command(ResetToFactoryDefaultsRecord())


def location(text: str) -> AttributeValue:
    return AttributeValue(basic.LOCATION_DESCRIPTION, 0x42, text, b"")


def test_a_peer_may_say_where_we_stand_in_sixteen_octets() -> None:
    attributes = BasicServer("maker", "model").attributes

    statuses = [
        attributes.check_write(location(text), over_the_air=True)
        for text in ("Küche", "€" * 6, "x" * 16)
    ]

    assert statuses == [Status.SUCCESS, Status.INVALID_VALUE, Status.SUCCESS]


def test_nobody_resets_us_to_factory_defaults_unless_allowed() -> None:
    server = BasicServer("maker", "model")
    server.attributes.set(basic.LOCATION_DESCRIPTION, "cellar")

    with pytest.raises(RefusedError) as refused:
        server.receive(RESET)

    assert zcl_status(refused.value) == Status.NOT_AUTHORIZED
    assert server.attributes.read(basic.LOCATION_DESCRIPTION).value == "cellar"


def test_who_may_resets_what_peers_wrote() -> None:
    server = BasicServer("maker", "model", may_reset=lambda asked: asked.source == peer())
    server.attributes.set(basic.LOCATION_DESCRIPTION, "cellar")

    outcome = server.receive(RESET)

    assert outcome.status == Status.SUCCESS
    assert outcome.signals == (FactoryReset(address(1), SE_ENDPOINT),)
    assert server.attributes.read(basic.LOCATION_DESCRIPTION).value == ""


def test_other_commands_are_not_supported() -> None:
    with pytest.raises(UnsupportedCommandError):
        BasicServer("maker", "model").receive(command(IdentifyRecord(identify_time=1)))


def test_there_is_a_side_that_asks() -> None:
    assert BasicClient().cluster_id == 0
    assert not BasicClient.server
