"""Addresses are numbers that print as people know them."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.addresses import Broadcast, Eui64, NetworkAddress, broadcast_of, is_unicast
from sebridge.base.errors import DecodeError

NUMBERS = st.integers(0, (1 << 64) - 1)
DEVICE = Eui64(0x000D6F000A000001)


def test_a_device_address_prints_its_most_significant_octet_first() -> None:
    shown = [str(DEVICE), repr(DEVICE), f"{DEVICE}", f"{[DEVICE]}", "%s" % DEVICE]  # noqa: UP031

    assert set(shown) == {"00:0d:6f:00:0a:00:00:01", "[00:0d:6f:00:0a:00:00:01]"}


@pytest.mark.parametrize(
    "text",
    [
        "00:0d:6f:00:0a:00:00:01",
        "00-0D-6F-00-0A-00-00-01",
        "000d6f000a000001",
        "0x000d6f000a000001",
        " 000D6F00 0A000001\n",
        "[00.0d.6f.00]![0a.00.00.01]!",
    ],
)
def test_a_device_address_is_read_with_any_delimiters(text: str) -> None:
    assert Eui64.parse(text) == DEVICE


@pytest.mark.parametrize("text", ["", "00:0d", "00:0d:6f:00:0a:00:00:01:02", "x" * 16, "0" * 1000])
def test_what_has_not_sixteen_digits_is_no_device_address(text: str) -> None:
    with pytest.raises(DecodeError, match="is not a 64-bit address of 16 hex digits") as caught:
        Eui64.parse(text)

    assert len(str(caught.value)) < 100


@given(number=NUMBERS, delimiter=st.sampled_from([":", "-", " ", "", "."]))
def test_a_device_address_comes_back_from_its_text(number: int, delimiter: str) -> None:
    address = Eui64(number)

    assert Eui64.parse(str(address).replace(":", delimiter)) == address


@given(number=NUMBERS)
def test_a_device_address_is_on_the_air_least_significant_octet_first(number: int) -> None:
    octets = bytes(Eui64(number))

    assert octets == number.to_bytes(8, "little")
    assert Eui64.from_octets(octets) == number


@pytest.mark.parametrize("octets", [b"", bytes(7), bytes(9)])
def test_other_than_eight_octets_are_no_device_address(octets: bytes) -> None:
    with pytest.raises(DecodeError, match="octets are not a 64-bit address of 8"):
        Eui64.from_octets(octets)


@given(number=NUMBERS, other=NUMBERS)
def test_device_addresses_hash_and_compare_as_numbers_do(number: int, other: int) -> None:
    address = Eui64(number)

    assert hash(address) == hash(number)
    assert (address == Eui64(other)) == (number == other)
    assert (address < Eui64(other)) == (number < other)
    assert {address: "found"}[Eui64(number)] == "found"


@pytest.mark.parametrize("number", [-1, 1 << 64])
def test_a_device_address_has_at_most_64_bits(number: int) -> None:
    with pytest.raises(ValueError, match="is not a 64-bit address"):
        Eui64(number)


def test_a_network_address_prints_as_four_digits() -> None:
    address = NetworkAddress(0xAB)

    assert [str(address), repr(address), f"{address}"] == ["00ab"] * 3


@pytest.mark.parametrize("text", ["00ab", "ab", "AB", "0xab"])
def test_a_network_address_is_read_from_up_to_four_digits(text: str) -> None:
    assert NetworkAddress.parse(text) == NetworkAddress(0xAB)


@pytest.mark.parametrize("text", ["", "12345", "xyz", "-1", "ab ", "\u0660"])
def test_other_text_is_no_network_address(text: str) -> None:
    with pytest.raises(DecodeError, match="is not a 16-bit address of 4 hex digits"):
        NetworkAddress.parse(text)


@pytest.mark.parametrize("number", [-1, 1 << 16])
def test_a_network_address_has_at_most_16_bits(number: int) -> None:
    with pytest.raises(ValueError, match="is not a 16-bit address"):
        NetworkAddress(number)


def test_broadcast_addresses_are_nobodys() -> None:
    assert [is_unicast(nwk) for nwk in (0, 0xFFF7, 0xFFF8, 0xFFFD, 0xFFFF, -1)] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("00:00:00:00:00:00:FF:FF", Broadcast.ALL),  # the one of the RPC reference
        ("00:00:00:00:00:00:FF:FD", Broadcast.LISTENING),
        ("00:00:00:00:00:00:FF:FC", Broadcast.ROUTERS),
        ("00:00:00:00:00:00:FF:FE", None),
        ("00:00:00:00:00:00:00:00", None),
        ("FF:FF:FF:FF:FF:FF:FF:FF", None),
    ],
)
def test_an_address_of_many_is_written_like_that_of_a_device(
    address: str, meant: Broadcast | None
) -> None:
    assert broadcast_of(Eui64.parse(address)) is meant
