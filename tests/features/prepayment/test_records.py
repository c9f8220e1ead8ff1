"""The Prepayment cluster as zigpy and our table see it."""

from zigpy.zcl import Cluster

from sebridge.features.prepayment.records import Prepayment


def test_our_declaration_is_the_one_of_the_cluster() -> None:
    assert Cluster._registry[0x0705] is Prepayment
    assert Prepayment.aps_encryption


def test_every_command_has_its_identifier_once_for_each_side() -> None:
    assert sorted(Prepayment.server_commands) == [0x00, *range(0x02, 0x0D)]
    assert sorted(Prepayment.client_commands) == [0x01, 0x02, 0x03, 0x05, 0x06]


def test_the_one_mandatory_attribute_is_there_by_pre_1() -> None:
    names = {item.name for item in Prepayment.AttributeDefs if item.id == 0x0000}

    assert names == {"payment_control_configuration"}
