"""The fields GF(2^163) and GF(2^283)."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import DecodeError
from sebridge.crypto.binary_field import BinaryField

FIELDS = {
    BinaryField(163, 7, 6, 3): 1 << 163 | 0b11001001,
    BinaryField(283, 12, 7, 5): 1 << 283 | 0b1000010100001,
}
elements = st.tuples(
    st.sampled_from(list(FIELDS)),
    *[st.one_of(st.integers(0, 2**163 - 1), st.integers(2**163 - 9, 2**163 - 1))] * 3,
)


def put_in(field: BinaryField, number: int) -> int:
    return field.element(number.to_bytes(field.octets, "big"))


def schoolbook(field: BinaryField, left: int, right: int) -> int:
    product = 0
    for place in range(right.bit_length()):
        if right >> place & 1:
            product ^= left << place
    for place in range(product.bit_length() - 1, field.degree - 1, -1):
        if product >> place & 1:
            product ^= FIELDS[field] << place - field.degree
    return product


@given(elements)
def test_a_product_is_that_of_the_schoolbook(sample: tuple[BinaryField, int, int, int]) -> None:
    field, left, right, _ = sample

    product = field.multiply(put_in(field, left), put_in(field, right))

    assert field.number(product) == schoolbook(field, left, right)


@pytest.mark.parametrize("field", FIELDS)
def test_the_fullest_elements_have_room_for_their_product(field: BinaryField) -> None:
    full = (1 << field.degree) - 1

    square = field.square(put_in(field, full))

    assert field.number(square) == schoolbook(field, full, full)
    assert square == field.multiply(put_in(field, full), put_in(field, full))


@given(elements)
def test_the_laws_of_a_field_hold(sample: tuple[BinaryField, int, int, int]) -> None:
    field = sample[0]
    a, b, c = (put_in(field, number) for number in sample[1:])

    assert field.multiply(a, b ^ c) == field.multiply(a, b) ^ field.multiply(a, c)
    assert field.multiply(field.multiply(a, b), c) == field.multiply(a, field.multiply(b, c))
    assert field.square(a ^ b) == field.square(a) ^ field.square(b)


@given(elements)
def test_an_element_times_its_inverse_is_one(sample: tuple[BinaryField, int, int, int]) -> None:
    field, number, _, _ = sample
    element = put_in(field, number)

    assert field.multiply(element, field.inverse(element)) == (1 if number else 0)
    assert field.inverse_public(element) == field.inverse(element)


@pytest.mark.parametrize("field", FIELDS)
def test_the_ends_of_a_field_have_their_inverses(field: BinaryField) -> None:
    for number in (0, 1, 2, 3, 1 << field.degree - 1, (1 << field.degree) - 1):
        element = put_in(field, number)

        assert field.inverse_public(element) == field.inverse(element)


def trace(field: BinaryField, element: int) -> int:
    """Return the sum of element^(2^i) for all i below the degree: 0 or 1."""
    result = element
    for _ in range(field.degree - 1):
        result = field.square(result) ^ element
    return result


@given(elements)
def test_a_quadratic_equation_is_solved_where_it_can_be(
    sample: tuple[BinaryField, int, int, int],
) -> None:
    field, number, _, _ = sample
    right = put_in(field, number)

    z = field.quadratic_root(right)

    if z is None:
        assert trace(field, right) == 1
    else:
        assert field.square(z) ^ z == right


@given(elements)
def test_of_an_element_and_the_next_one_is_a_square_and_its_root(
    sample: tuple[BinaryField, int, int, int],
) -> None:
    field, number, _, _ = sample
    z = put_in(field, number)
    right = field.square(z) ^ z

    assert field.quadratic_root(right) in {z, z ^ 1}
    assert field.quadratic_root(right ^ 1) is None


@given(elements)
def test_an_element_survives_its_octets(sample: tuple[BinaryField, int, int, int]) -> None:
    field, number, _, _ = sample
    octets = number.to_bytes(field.octets, "big")

    assert field.to_octets(field.element(octets)) == octets


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("extra", [-1, 1])
def test_octets_of_another_length_are_no_element(field: BinaryField, extra: int) -> None:
    with pytest.raises(DecodeError, match=f"the field of 2\\^{field.degree}"):
        field.element(bytes(field.octets + extra))


@pytest.mark.parametrize("field", FIELDS)
def test_a_number_beyond_the_field_is_no_element(field: BinaryField) -> None:
    with pytest.raises(DecodeError, match="not an element"):
        field.element((1 << field.degree).to_bytes(field.octets, "big"))
