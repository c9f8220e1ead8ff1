"""Which reports the gateway asks of devices."""

from zigpy.zcl.clusters.smartenergy import Metering

from sebridge.gateway.reporting.configuration import INITIAL_READS, PATIENCE, WANTED
from sebridge.zcl.attributes import is_analog
from sebridge.zcl.reporting import write_configure_reporting


def test_what_is_wanted_of_a_cluster_is_also_read_at_first() -> None:
    for cluster_id, records in WANTED.items():
        assert {r.attribute_id for r in records} <= set(INITIAL_READS[cluster_id])


def test_every_configuration_fits_its_attribute_and_can_be_sent() -> None:
    for records in WANTED.values():
        for record in records:
            declared = Metering.find_attribute(record.attribute_id)
            assert record.attribute_type == declared.zcl_type
            assert 0 < record.min_interval < record.max_interval < 0xFFFF
            assert bool(record.reportable_change) == is_analog(record.attribute_type)
        assert write_configure_reporting(records)


def test_more_than_two_reports_must_stay_away_before_they_are_asked_for_again() -> None:
    assert PATIENCE > 2
