"""The news of meters."""

from msgspec import structs

from sebridge.features.metering.signals import MeterRead, Reading


def test_what_a_meter_does_not_know_is_none_in_its_reading() -> None:
    kinds = {field.name: str(field.type) for field in structs.fields(Reading)}

    assert {name for name, kind in kinds.items() if "None" in kind} >= {
        "energy_in",
        "energy_out",
        "power",
        "status",
    }
    assert next(field.name for field in structs.fields(MeterRead)) == "device"
