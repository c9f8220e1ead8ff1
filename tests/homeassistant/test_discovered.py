"""What discovery takes of the directory and of readings."""

from dataclasses import replace

import pytest

from sebridge.homeassistant.discovered import discovered, shape_of
from sebridge.model.values import ABSENT
from tests.homeassistant.house import METER, SILENT, known, reading, simple


def test_a_device_has_its_clusters_by_side() -> None:
    device = discovered(known(1, "x", simple(3, (0x0702,), (0x0700, 0x0701))))

    assert device is not None
    (endpoint,) = device.endpoints
    assert endpoint.number == 3
    assert endpoint.servers == {0x0702}
    assert endpoint.clients == {0x0700, 0x0701}


def test_a_device_that_told_of_no_endpoint_is_not_discovered() -> None:
    refusing = replace(simple(1), profile_id=ABSENT, input_clusters=ABSENT, output_clusters=ABSENT)

    assert discovered(SILENT) is None
    assert discovered(known(1, "x", refusing)) is None


@pytest.mark.parametrize(
    ("device_id", "profile_id", "name"),
    [
        pytest.param(0x0501, 0x0109, "Meter", id="a meter"),
        pytest.param(0x0502, 0x0109, "In-premise display", id="a display"),
        pytest.param(0x0501, 0x0104, "Device", id="the same number in another profile"),
        pytest.param(0x7777, 0x0109, "Device", id="nobody knows"),
    ],
)
def test_a_device_without_a_name_is_called_by_its_kind(
    device_id: int, profile_id: int, name: str
) -> None:
    nameless = known(1, "", simple(1, device_id=device_id, profile_id=profile_id))

    device = discovered(nameless)

    assert device is not None
    assert device.name == name


def test_texts_from_the_air_are_cleaned_and_cut() -> None:
    device = discovered(replace(METER, manufacturer=" Ac\x00me\n ", model="m" * 200))

    assert device is not None
    assert device.manufacturer == "Acme"
    assert device.model == "m" * 64


def test_a_shape_grows_with_what_the_meter_shows_and_never_shrinks() -> None:
    shape = shape_of(reading(energy_in=None, power=None, status=None))

    grown = shape.with_reading(reading(energy_out=1.0, tiers_in={2: 5.0, 3: None}))
    later = grown.with_reading(reading(energy_in=None, energy_out=None, tiers_in={1: 1.0}))

    assert not any((shape.energy_in, shape.energy_out, shape.power, shape.status))
    assert grown.energy_in
    assert grown.energy_out
    assert grown.tiers_in == (2,)
    assert later.energy_out
    assert later.tiers_in == (1, 2)


def test_a_shape_takes_the_units_of_the_newest_reading() -> None:
    shape = shape_of(reading()).with_reading(reading(unit="m³", commodity="gas"))

    assert (shape.unit, shape.commodity) == ("m³", "gas")
