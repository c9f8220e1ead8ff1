"""A local cluster that only has attributes."""

import pytest

from sebridge.base.errors import DecodeError, UnsupportedCommandError
from sebridge.features.basic.cluster import BasicClient, BasicServer
from sebridge.features.price.records import PRICE_CLUSTER, GetCurrentPriceRecord, PublishPriceRecord
from sebridge.gateway.cluster import LocalCluster, Outcome
from sebridge.zcl.status import Status
from tests.gateway.radio_side import command


class PriceHere(LocalCluster):
    definition = PRICE_CLUSTER
    server = True


class PriceThere(LocalCluster):
    definition = PRICE_CLUSTER
    server = False


def test_each_side_knows_the_commands_that_come_to_it() -> None:
    assert PriceHere().payload(0) is GetCurrentPriceRecord
    assert PriceThere().payload(0) is PublishPriceRecord
    assert PriceHere().cluster_id == 0x0700


def test_an_unknown_command_is_not_supported() -> None:
    with pytest.raises(UnsupportedCommandError, match="0x63"):
        PriceHere().payload(0x63)


def test_without_handlers_no_command_is_supported() -> None:
    with pytest.raises(UnsupportedCommandError, match="GetCurrentPriceRecord"):
        PriceHere().receive(command(GetCurrentPriceRecord()))


def test_an_outcome_is_success_and_nothing_else() -> None:
    assert Outcome() == Outcome((), Status.SUCCESS, (), ())


def test_a_cluster_without_attributes_has_none() -> None:
    assert BasicClient().attributes.types() == []
    assert BasicServer("a", "b").server


def test_a_payload_is_read_as_its_commands_record() -> None:
    record = GetCurrentPriceRecord()

    assert OnlyCommands().read(0x00, record.serialize()) == record
    with pytest.raises(UnsupportedCommandError):
        OnlyCommands().read(0x7F, b"")
    with pytest.raises(DecodeError):
        OnlyCommands().read(0x00, b"")


def test_a_record_goes_out_as_it_is() -> None:
    record = PublishPriceRecord(issuer_event_id=1, duration_in_minutes=1, price=1)

    assert OnlyCommands().outgoing(record) is record


class OnlyCommands(LocalCluster):
    definition = PRICE_CLUSTER
    server = True


def test_a_cluster_may_appear_as_another_than_its_class_says() -> None:
    here, other = PriceHere(), PriceHere()

    here.appear_as(0xFC00, server=False)

    assert (here.cluster_id, here.server) == (0xFC00, False)
    assert here.payload(0) is PublishPriceRecord
    assert (other.cluster_id, other.server) == (0x0700, True)
