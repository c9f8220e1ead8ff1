"""The attributes of the Price cluster; test_cluster lays them beside the reference."""

from sebridge.features.price.attributes import CLIENT, SERVER
from sebridge.zcl.attribute_table import AttributeTable


def test_no_two_attributes_of_a_side_have_one_identifier_or_name() -> None:
    for table, count in ((SERVER, 1028), (CLIENT, 3)):
        attributes = AttributeTable(table)

        assert len(attributes) == count
        assert len({item.name for item in attributes.values()}) == count


def test_both_sides_use_the_same_identifiers_for_their_own() -> None:
    assert AttributeTable(SERVER)[0x0000].name == "tier1_price_label"
    assert AttributeTable(CLIENT)[0x0000].name == "price_increase_randomize_minutes"
