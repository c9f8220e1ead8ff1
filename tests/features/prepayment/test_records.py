"""The table of the Prepayment cluster."""

from sebridge.features.prepayment.records import PREPAYMENT_CLUSTER
from sebridge.zcl.identifiers import SE_PROFILE, needs_link_key


def test_the_cluster_needs_a_link_key() -> None:
    assert PREPAYMENT_CLUSTER.cluster_id == 0x0705
    assert needs_link_key(SE_PROFILE, PREPAYMENT_CLUSTER.cluster_id)


def test_every_command_has_its_identifier_once_for_each_side() -> None:
    sides = {
        from_server: [
            command.command_id
            for command in PREPAYMENT_CLUSTER.commands
            if command.from_server == from_server
        ]
        for from_server in (False, True)
    }

    assert sides == {False: [0x00, *range(0x02, 0x0D)], True: [0x01, 0x02, 0x03, 0x05, 0x06]}


def test_the_one_mandatory_attribute_is_there_by_pre_1() -> None:
    attributes = PREPAYMENT_CLUSTER.attributes(of_server=True)

    assert attributes[0x0000].name == "payment_control_configuration"
