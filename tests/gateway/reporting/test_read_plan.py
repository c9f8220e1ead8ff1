"""What is read when, and what of it is told."""

from sebridge.gateway.pairing import PairedAttribute, Pairing
from sebridge.gateway.reporting.read_plan import WITHOUT_MINIMUM, ReadPlan
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.gateway.radio_side import peer

PAIRING = Pairing(peer(), 0x5E, 0x0702, server=False)
KEY = PairedAttribute(PAIRING, 0)
OTHER = PairedAttribute(PAIRING, 1)
RECORD = AttributeReportingConfigurationRecord(0, 0, 0x25, 10, 60, 5)


def test_an_attribute_is_read_at_once_and_then_every_shortest_interval() -> None:
    plan = ReadPlan()

    due = [second for second in range(31) if plan.due({KEY: RECORD}, float(second))]

    assert due == [0, 10, 20, 30]


def test_without_a_shortest_interval_it_is_every_five_seconds() -> None:
    plan = ReadPlan()

    plan.due({KEY: AttributeReportingConfigurationRecord(0)}, 0.0)

    assert plan.pause(0.0) == WITHOUT_MINIMUM
    assert plan.pause(100.0) == 0.0


def test_what_is_due_of_a_cluster_is_read_together() -> None:
    assert ReadPlan().due({KEY: RECORD, OTHER: RECORD}, 0.0) == {PAIRING: [0, 1]}


def test_a_value_is_told_at_first_by_change_and_by_time() -> None:
    plan = ReadPlan()
    plan.due({KEY: RECORD}, 0.0)

    told = [plan.take(KEY, v, t) for v, t in ((100, 0.0), (104, 10.0), (105, 20.0), (105, 80.0))]

    assert told == [True, False, True, True]


def test_what_is_no_longer_wanted_is_neither_read_nor_told() -> None:
    plan = ReadPlan()
    plan.due({KEY: RECORD}, 0.0)

    assert plan.due({}, 20.0) == {}
    assert not plan.take(KEY, 7, 20.0)
    assert plan.pause(20.0) is None


def test_a_new_configuration_begins_anew() -> None:
    plan = ReadPlan()
    plan.due({KEY: RECORD}, 0.0)
    plan.take(KEY, 100, 0.0)
    slower = AttributeReportingConfigurationRecord(0, 0, 0x25, 100, 600, 5)

    assert plan.due({KEY: slower}, 1.0) == {PAIRING: [0]}
    assert plan.take(KEY, 100, 1.0)
