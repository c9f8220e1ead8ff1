"""Tokens and the hashes that are kept of them."""

import hashlib
import re

from sebridge.base.secret import Secret
from sebridge.transports.web.tokens import hash_of, new_token


def test_a_token_is_text_that_every_header_takes() -> None:
    text = new_token().reveal().decode()

    assert re.fullmatch(r"sebridge_[A-Za-z0-9_-]{43}", text)


def test_no_two_tokens_are_alike() -> None:
    assert len({new_token() for _ in range(100)}) == 100


def test_the_hash_is_the_plain_sha256_that_other_programs_make() -> None:
    assert hash_of(Secret(b"abc")).reveal() == hashlib.sha256(b"abc").digest()


def test_neither_prints_itself() -> None:
    token = new_token()

    assert f"{token} {hash_of(token)}" == "******** ********"
