"""What an endpoint class has by itself."""

from sebridge.modules.endpoint_class import EndpointClass


def test_a_class_has_no_defaults_and_no_clusters_by_itself() -> None:
    class Bare(EndpointClass):
        pass

    assert (Bare.profile_id, Bare.device_id, Bare.device_version) == (None, None, None)
    assert list(Bare().clusters()) == []
