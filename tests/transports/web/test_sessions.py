"""Cookies that stand for a token."""

from hypothesis import given, strategies as st
import pytest

from sebridge.base.secret import Secret
from sebridge.rpc.message import Scope
from sebridge.transports.web.auth import Token
from sebridge.transports.web.sessions import LASTING, Sessions, cookie_of

NOW = 1_800_000_000.0
OWNER = Token(name="the.owner-1", scope=Scope.ADMIN, hash=Secret(bytes(32)))
READER = Token(name="reader", scope=Scope.READ, hash=Secret(b"\x01" * 32))


def sessions(*tokens: Token, key: bytes = b"k" * 32) -> Sessions:
    return Sessions(Secret(key), tokens or (OWNER, READER))


def test_a_cookie_stands_for_its_token_until_it_is_over() -> None:
    cookie = sessions().issued("the.owner-1", NOW)

    assert sessions().token(cookie, NOW) is OWNER
    assert sessions().token(cookie, NOW + LASTING - 1) is OWNER
    assert sessions().token(cookie, NOW + LASTING) is None


def test_a_cookie_of_the_future_is_none_of_ours() -> None:
    cookie = sessions().issued("reader", NOW + 10)

    assert sessions().token(cookie, NOW) is None


@pytest.mark.parametrize(
    "others",
    [
        sessions(READER),
        sessions(Token(name="the.owner-1", scope=Scope.ADMIN, hash=Secret(b"\x02" * 32))),
        sessions(key=b"l" * 32),
    ],
    ids=["the token was taken back", "the token is another", "the bridge is another"],
)
def test_a_cookie_is_worth_nothing(others: Sessions) -> None:
    cookie = sessions().issued("the.owner-1", NOW)

    assert others.token(cookie, NOW) is None


def test_nobody_makes_another_of_it() -> None:
    name, until, mac = sessions().issued("reader", NOW).rsplit(".", 2)

    for wrong in (
        f"the.owner-1.{until}.{mac}",
        f"{name}.{int(until) - 1}.{mac}",
        f"{name}.{until}.{mac[:-1]}",
        f"{name}.{until}.",
        f"{name}.²{until}.{mac}",
    ):
        assert sessions().token(wrong, NOW) is None


@given(st.text())
def test_whatever_comes_is_no_cookie_of_ours(text: str) -> None:
    assert sessions().token(text, NOW) is None


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (None, None),
        ("", None),
        ("a=b", None),
        ("mine=1", "1"),
        ("a=b; mine=x=y; mine=2", "x=y"),
        ("notmine=1;mine=", ""),
    ],
)
def test_a_cookie_is_found_in_its_header(header: str | None, value: str | None) -> None:
    assert cookie_of(header, "mine") == value
