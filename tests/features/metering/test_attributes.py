"""The attributes of the Metering cluster that are declared here, beside those of zigpy."""

from sebridge.features.metering.attributes import CLIENT, SERVER
from sebridge.zcl.attribute_table import AttributeTable
from sebridge.zcl.identifiers import METERING
from sebridge.zcl.known_clusters import known_attributes

ZIGPY = known_attributes(METERING)


def test_nothing_is_declared_again_that_zigpy_has_right() -> None:
    families = {"current_tier", "previous_"}  # one line for all their members
    again = [
        item.name
        for number, item in AttributeTable(SERVER).items()
        if number in ZIGPY
        and (item.name, item.data_type) == (ZIGPY[number].name, ZIGPY[number].data_type)
        and not any(item.name.startswith(family) for family in families)
    ]

    assert again == []


def test_a_tier_has_its_own_register_in_both_directions() -> None:
    attributes = AttributeTable(SERVER)

    assert attributes[0x015E].name == "current_tier48_summation_delivered"
    assert attributes[0x09FF].name == "current_tier15_block16_summation_received"


def test_a_client_has_flags_for_its_mirror() -> None:
    assert AttributeTable(CLIENT)[0x0007].name == "notification_flags_8"
