"""The certificate authority's text form."""

import contextlib
import random

from hypothesis import given, strategies as st
import pytest

from sebridge.base.errors import ConfigError
from sebridge.crypto.certificate_text import (
    LONGEST_TEXT,
    read_certificate_text,
    write_certificate_text,
)
from sebridge.crypto.suite import SUITES, Suite
from tests.crypto.key_vectors import GATEWAY, METER, VECTORS, credentials

CERTIFICATE = VECTORS["implicit_certificates"][0]
AUTHORITY_KEY, PRIVATE_KEY = VECTORS["ca_public_key_suite1"], CERTIFICATE["private_key"]
TEXT = f"""\
CA Public Key: {AUTHORITY_KEY}
Device Implicit Cert: {CERTIFICATE["certificate"]}
Device Private Key: {PRIVATE_KEY}
Device Public Key: {CERTIFICATE["public_key"]}
"""
LINES = TEXT.splitlines()


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read_certificate_text(text)
    assert PRIVATE_KEY not in str(caught.value)
    return caught.value.problems


def test_the_published_form_is_read() -> None:
    read = read_certificate_text(TEXT)

    assert read.private_key.reveal().hex() == PRIVATE_KEY
    assert read.public_key.hex() == CERTIFICATE["public_key"]
    assert read.authority_key.hex() == AUTHORITY_KEY


@pytest.mark.parametrize("suite", SUITES)
def test_what_was_written_can_be_read(suite: Suite) -> None:
    own = credentials(suite, METER)

    assert read_certificate_text(write_certificate_text(own)) == own


@pytest.mark.parametrize("seed", range(5))
def test_the_lines_may_stand_in_any_order(seed: int) -> None:
    lines = random.Random(seed).sample(LINES, 4)

    assert read_certificate_text("\r\n".join(lines)) == read_certificate_text(TEXT)


@pytest.mark.parametrize("delimiter", [" ", ":", "-", ", ", ".", "_", "\t", "\n  ", ",\r\n"])
def test_any_delimiter_may_stand_between_the_octets(delimiter: str) -> None:
    lines = [line.partition(": ") for line in LINES]
    text = "\n".join(
        f"{name}: {bytes.fromhex(value).hex('|').replace('|', delimiter)}"
        for name, _, value in lines
    )

    assert read_certificate_text(text) == read_certificate_text(TEXT)


def test_octets_may_be_written_as_in_a_program() -> None:
    octets = ", ".join(f"0x{octet:02X}" for octet in bytes.fromhex(AUTHORITY_KEY))
    text = TEXT.replace(f": {AUTHORITY_KEY}", f" = {{ {octets} }}")

    assert read_certificate_text(text) == read_certificate_text(TEXT)


def test_comments_and_other_spellings_of_the_names_are_tolerated() -> None:
    text = (
        "# made on a rainy day: dead beef\n\n"
        "This certificate is for tests.\n"
        + TEXT.replace("CA Public Key: ", "* ca_public  KEY\n").replace(
            "Implicit Cert:", "Implicit Certificate ="
        )
        + "\nabcdef\n-- the end // of it"
    ).replace(f"{PRIVATE_KEY}\n", f"{PRIVATE_KEY} # keep it\n")

    assert read_certificate_text(text) == read_certificate_text(TEXT)


def test_the_public_key_may_be_left_off() -> None:
    assert read_certificate_text("\n".join(LINES[:3])) == read_certificate_text(TEXT)


def test_everything_that_is_missing_is_named_at_once() -> None:
    assert problems("") == (
        "CA Public Key is missing",
        "Device Implicit Cert is missing",
        "Device Private Key is missing",
    )


def test_every_wrong_line_is_named_at_once() -> None:
    text = f"""\
CA Public Key: 02zz
Device Implicit Cert:

Device Private Key: {PRIVATE_KEY[1:]}
Device Private Key: {PRIVATE_KEY}
"""

    assert problems(text) == (
        "line 5: Device Private Key stands there for the second time",
        "line 1: CA Public Key has characters that are no hex digits",
        "line 2: Device Implicit Cert has no digits",
    )
    assert problems(TEXT.replace(PRIVATE_KEY, PRIVATE_KEY[1:])) == (
        "line 3: Device Private Key has an odd number of hex digits",
    )


def test_a_wrong_length_is_named() -> None:
    assert problems(TEXT.replace(CERTIFICATE["certificate"], "0203")) == (
        "Device Implicit Cert: the certificate has 2 octets instead of 48 or 74",
    )
    assert problems(TEXT.replace(PRIVATE_KEY, PRIVATE_KEY[2:])) == (
        "the private key has 20 octets instead of 21 as suite 1 has",
    )


def test_keys_that_do_not_belong_together_are_refused() -> None:
    other = PRIVATE_KEY[:-2] + "f7"

    assert problems(TEXT.replace(PRIVATE_KEY, other)) == (
        "the private key does not belong to the certificate and the authority's public key",
    )
    assert problems(TEXT.replace(CERTIFICATE["public_key"], AUTHORITY_KEY)) == (
        "Device Public Key is not that of the certificate",
    )


def test_a_text_that_is_too_long_is_refused() -> None:
    assert read_certificate_text(TEXT.ljust(LONGEST_TEXT)) == read_certificate_text(TEXT)
    assert problems(TEXT.ljust(LONGEST_TEXT + 1)) == ("the text has more than 16384 characters",)


@given(
    st.text(max_size=300) | st.lists(st.sampled_from([*LINES, "CA", ": ", "0", "\n"])).map("".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert read_certificate_text(text) == read_certificate_text(TEXT)


def test_the_text_of_another_device_differs() -> None:
    one, two = (
        write_certificate_text(credentials(SUITES[0], device)) for device in (METER, GATEWAY)
    )

    assert one != two
    assert one.splitlines()[0] == two.splitlines()[0]
