"""Keys and codes print as asterisks."""

from hypothesis import given, strategies as st

from sebridge.base.secret import Secret


@given(octets=st.binary(min_size=1, max_size=40))
def test_a_secret_never_prints(octets: bytes) -> None:
    secret = Secret(octets)

    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r}", f"{[secret]}"]

    assert set(shown) == {"********", "[********]"}


def test_only_reveal_gives_the_octets() -> None:
    assert Secret(b"\x01\x02").reveal() == b"\x01\x02"


def test_secrets_compare_by_their_octets() -> None:
    assert Secret(b"a") == Secret(b"a")
    assert Secret(b"a") != Secret(b"b")
    assert Secret(b"a") != b"a"
    assert len({Secret(b"a"), Secret(b"a"), Secret(b"b")}) == 2


def test_the_length_may_be_known() -> None:
    assert len(Secret(bytes(16))) == 16
    assert not Secret(b"")


def test_a_secret_keeps_its_own_octets() -> None:
    octets = bytearray(b"abc")
    secret = Secret(memoryview(octets))  # type: ignore[arg-type]  # serial ports hand out such

    octets[0] = 0

    assert secret.reveal() == b"abc"
