"""What discovery takes of the directory."""

from msgspec.structs import replace
import pytest

from sebridge.homeassistant.discovered import discovered
from sebridge.model.values import ABSENT
from tests.homeassistant.house import METER, SILENT, known, simple


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
