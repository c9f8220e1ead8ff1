"""Local attributes."""

import pytest

from sebridge.base.errors import ParameterError, UnsupportedAttributeError
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.status import Status

FIXED = LocalAttribute(0x0300, 0x20, 7)
COUNTED = LocalAttribute(0x0001, 0x21, lambda: 0x1234)
WRITABLE = LocalAttribute(0x0002, 0x42, "home", writable=True)


def attributes() -> LocalAttributes:
    return LocalAttributes([FIXED, COUNTED, WRITABLE])


def test_a_value_is_read_with_its_type_and_octets() -> None:
    assert attributes().read(0x0300) == AttributeValue(0x0300, 0x20, 7, b"\x07")


def test_a_value_that_is_computed_is_computed_at_each_read() -> None:
    assert attributes().read(0x0001).raw == b"\x34\x12"


def test_an_attribute_that_is_not_there_is_not_supported() -> None:
    with pytest.raises(UnsupportedAttributeError, match="0x0007"):
        attributes().read(7)
    with pytest.raises(UnsupportedAttributeError):
        attributes().set(7, 1)


@pytest.mark.parametrize(
    ("attribute_id", "attribute_type", "status"),
    [
        (0x0002, 0x42, Status.SUCCESS),
        (0x0002, 0x41, Status.INVALID_DATA_TYPE),
        (0x0300, 0x20, Status.READ_ONLY),
        (0x0009, 0x20, Status.UNSUPPORTED_ATTRIBUTE),
    ],
)
def test_only_some_values_may_be_written_over_the_air(
    attribute_id: int, attribute_type: int, status: Status
) -> None:
    value = AttributeValue(attribute_id, attribute_type, "x", b"\x01x")

    assert attributes().check_write(value, over_the_air=True) == status


def test_what_is_set_is_kept_in_the_store() -> None:
    store: dict[int, object] = {}
    LocalAttributes([WRITABLE], store).set(0x0002, "cabin")

    assert LocalAttributes([WRITABLE], store).read(0x0002).value == "cabin"


def test_a_value_that_does_not_fit_cannot_be_read() -> None:
    with pytest.raises(ParameterError):
        LocalAttributes([LocalAttribute(0, 0x20, 256)]).read(0)


def test_types_come_in_the_order_of_their_ids() -> None:
    assert attributes().types() == [(0x0001, 0x21), (0x0002, 0x42), (0x0300, 0x20)]
