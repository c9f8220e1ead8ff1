"""The news of attribute values."""

import dataclasses

from sebridge.gateway.reporting.signals import AttributesReported, MeterRead, Reading


def test_a_report_says_from_where_to_where_and_whether_it_was_asked_for() -> None:
    names = [field.name for field in dataclasses.fields(AttributesReported)]

    assert names[:5] == ["device", "endpoint", "local_endpoint", "profile_id", "cluster_id"]
    assert names[-3:] == ["values", "reported", "time"]


def test_what_a_meter_does_not_know_is_none_in_its_reading() -> None:
    kinds = {field.name: str(field.type) for field in dataclasses.fields(Reading)}

    assert {name for name, kind in kinds.items() if "None" in kind} >= {
        "energy_in",
        "energy_out",
        "power",
        "status",
    }
    assert next(field.name for field in dataclasses.fields(MeterRead)) == "device"
