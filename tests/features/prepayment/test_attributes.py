"""The attributes of the Prepayment cluster; test_cluster lays them beside the reference."""

from sebridge.features.prepayment.attributes import SERVER
from sebridge.zcl.attribute_table import AttributeTable


def test_the_logs_have_a_row_of_attributes_for_each_entry() -> None:
    attributes = AttributeTable(SERVER)

    assert attributes[0x0143].name == "top_up_code_5"
    assert attributes[0x0239].name == "debt_recovery_top_up_percentage_3"
