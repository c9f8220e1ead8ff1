"""The news of attribute values."""

from msgspec import structs

from sebridge.gateway.reporting.signals import AttributesReported


def test_a_report_says_from_where_to_where_and_whether_it_was_asked_for() -> None:
    names = [field.name for field in structs.fields(AttributesReported)]

    assert names[:5] == ["device", "endpoint", "local_endpoint", "profile_id", "cluster_id"]
    assert names[-3:] == ["values", "reported", "time"]
