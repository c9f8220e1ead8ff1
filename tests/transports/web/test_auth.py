"""Who comes in, and why the others do not."""

import base64
from typing import Any

from hypothesis import given, strategies as st
import pytest

from sebridge.base.secret import Secret
from sebridge.rpc.message import Caller, Scope
from sebridge.transports.web.auth import (
    NO_ADMINISTRATOR,
    STRANGER,
    UNKNOWN_USER,
    Authenticator,
    Ingress,
    Refusal,
    RequestHead,
    Token,
    presented,
)
from sebridge.transports.web.tokens import hash_of

HOST = "limitedway.example:8480"
READER, OWNER = b"reader-token", b"owner-token"
TOKENS = (
    Token(name="reader", scope=Scope.READ, hash=hash_of(Secret(READER))),
    Token(name="owner", scope=Scope.ADMIN, hash=hash_of(Secret(OWNER))),
)


def authenticator(*tokens: Token, requests: int = 1000, failures: int = 1000) -> Authenticator:
    return Authenticator(tokens, requests_per_minute=requests, failures_per_minute=failures)


def head(authorization: str | None = None, **more: Any) -> RequestHead:
    fields = {"address": "192.0.2.1", "host": HOST, "authorization": authorization} | more
    return RequestHead(**fields)


def bearer(token: bytes) -> str:
    return f"Bearer {token.decode()}"


def basic(user: bytes, password: bytes) -> str:
    return "Basic " + base64.b64encode(user + b":" + password).decode()


def status(admitted: Caller | Refusal | None) -> int:
    assert isinstance(admitted, Refusal)
    return admitted.status


# ------------------------------------------------------------------ tokens


@pytest.mark.parametrize(
    ("authorization", "scope"),
    [
        (bearer(READER), Scope.READ),
        (bearer(OWNER), Scope.ADMIN),
        ("bearer   " + OWNER.decode(), Scope.ADMIN),
        (basic(b"", OWNER), Scope.ADMIN),
        (basic(b"idigi", READER), Scope.READ),
    ],
)
def test_a_token_lets_in_with_its_scope(authorization: str, scope: Scope) -> None:
    caller = authenticator(*TOKENS).authenticate(head(authorization), 0.0)

    assert isinstance(caller, Caller)
    assert (caller.interface, caller.scope) == ("http", scope)
    assert caller.name in {token.name for token in TOKENS}


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        bearer(READER + b"x"),
        bearer(READER[:-1]),
        READER.decode(),
        f"Digest {READER.decode()}",
        "Basic !!!",
        "Basic é",
        basic(READER, b""),
        basic(b"reader", b"reader"),
        f"Bearer {hash_of(Secret(READER)).reveal().hex()}",
    ],
)
def test_anything_else_does_not(authorization: str) -> None:
    assert status(authenticator(*TOKENS).authenticate(head(authorization), 0.0)) == 401
    assert status(authenticator().authenticate(head(authorization, host="localhost"), 0.0)) == 401


def test_without_a_token_nobody_comes_in_where_there_are_tokens() -> None:
    assert status(authenticator(*TOKENS).authenticate(head(host="localhost"), 0.0)) == 401


@given(st.text())
def test_no_header_breaks_the_guard(header: str) -> None:
    assert status(authenticator(*TOKENS).authenticate(head(header), 0.0)) == 401


@given(user=st.binary().filter(lambda user: b":" not in user), password=st.binary())
def test_the_password_of_any_user_is_the_token(user: bytes, password: bytes) -> None:
    assert presented(basic(user, password)) == Secret(password)


def test_no_refusal_names_what_was_shown() -> None:
    assert "hunter2" not in repr(authenticator(*TOKENS).authenticate(head("Bearer hunter2"), 0.0))


# ------------------------------------------------------------------ without any tokens


@pytest.mark.parametrize("host", ["localhost:8480", "127.0.0.1", "[::1]:8480", "LOCALHOST"])
def test_this_machine_may_read_where_there_are_no_tokens(host: str) -> None:
    caller = authenticator().authenticate(head(host=host), 0.0)

    assert caller == Caller("http", Scope.READ, name=head().address)


@pytest.mark.parametrize("host", ["attacker.example", "", "localhost.attacker.example", "10.0.0.1"])
def test_a_name_that_somebody_pointed_at_us_reads_nothing(host: str) -> None:
    assert status(authenticator().authenticate(head(host=host), 0.0)) == 403
    assert status(authenticator().authenticate(head(host=host, is_open=True), 0.0)) == 403


# ------------------------------------------------------------------ pages in browsers


@pytest.mark.parametrize(
    "origin", ["null", "https://attacker.example", "http://limitedway.example", "http://[", ""]
)
def test_a_page_of_another_origin_is_refused_even_with_a_token(origin: str) -> None:
    assert (
        status(authenticator(*TOKENS).authenticate(head(bearer(OWNER), origin=origin), 0.0)) == 403
    )


def test_a_page_of_our_own_is_let_in() -> None:
    admitted = authenticator(*TOKENS).authenticate(
        head(bearer(OWNER), origin=f"https://{HOST}"), 0.0
    )

    assert isinstance(admitted, Caller)


# ------------------------------------------------------------------ strangers


def test_a_stranger_sees_what_is_open_and_no_more() -> None:
    limited = authenticator(*TOKENS)

    assert limited.authenticate(head(is_open=True), 0.0) is STRANGER
    assert status(limited.authenticate(head(), 0.0)) == 401


def test_a_wrong_token_is_wrong_at_what_is_open_too() -> None:
    assert status(authenticator(*TOKENS).authenticate(head("Bearer x", is_open=True), 0.0)) == 401


# ------------------------------------------------------------------ how often


def test_each_token_has_its_own_share() -> None:
    limited = authenticator(*TOKENS, requests=2)
    answers = [limited.authenticate(head(bearer(READER)), 0.0) for _ in range(3)]

    assert answers[2] == Refusal(429, "too many requests", 30)
    assert isinstance(answers[1], Caller)
    assert isinstance(limited.authenticate(head(bearer(OWNER)), 0.0), Caller)
    assert isinstance(limited.authenticate(head(bearer(READER)), 30.0), Caller)


def test_without_tokens_each_address_has_its_own_share() -> None:
    limited = authenticator(requests=1)

    first = limited.authenticate(head(host="localhost", address="127.0.0.1"), 0.0)
    again = limited.authenticate(head(host="localhost", address="127.0.0.1"), 0.0)
    other = limited.authenticate(head(host="localhost", address="::1"), 0.0)

    assert isinstance(first, Caller)
    assert status(again) == 429
    assert isinstance(other, Caller)


def test_wrong_tokens_are_soon_refused_without_a_look() -> None:
    limited = authenticator(*TOKENS, failures=2)

    statuses = [status(limited.authenticate(head(f"Bearer {n}"), 0.0)) for n in range(4)]

    assert statuses == [401, 401, 429, 429]
    assert status(limited.authenticate(head("Bearer x", address="192.0.2.2"), 0.0)) == 401


def test_nobody_can_lock_the_owner_of_a_right_token_out() -> None:
    limited = authenticator(*TOKENS, failures=1)
    for n in range(50):
        limited.authenticate(head(f"Bearer {n}"), 0.0)

    assert isinstance(limited.authenticate(head(bearer(OWNER)), 0.0), Caller)


def test_a_client_has_one_share_with_all_its_ipv6_addresses() -> None:
    limited = authenticator(*TOKENS, failures=1)

    statuses = [
        status(limited.authenticate(head("Bearer x", address=address), 0.0))
        for address in ("2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1")
    ]

    assert statuses == [401, 429, 401]


def test_an_address_that_is_none_is_a_client_of_its_own() -> None:
    assert status(authenticator(*TOKENS).authenticate(head("Bearer x", address=""), 0.0)) == 401


# ------------------------------------------------------------------ browsers

SUPERVISOR = "172.30.32.2"
INGRESS = Ingress(address=SUPERVISOR, scope=Scope.COMMAND)


def with_ingress(*tokens: Token) -> Authenticator:
    return Authenticator(tokens, requests_per_minute=2, failures_per_minute=1000, ingress=INGRESS)


def test_a_cookie_signs_in_as_its_token_and_as_often() -> None:
    signed_in = head(signed_in=TOKENS[1])
    one = authenticator(*TOKENS, requests=2)

    assert one.authenticate(signed_in, 0.0) == Caller("http", Scope.ADMIN, name="owner")
    assert one.authenticate(head(bearer(OWNER)), 0.0) == Caller("http", Scope.ADMIN, name="owner")
    assert status(one.authenticate(signed_in, 0.0)) == 429


def test_a_page_of_another_origin_is_not_let_in_by_a_cookie() -> None:
    foreign = head(signed_in=TOKENS[1], origin="https://elsewhere.example")

    assert status(authenticator(*TOKENS).authenticate(foreign, 0.0)) == 403


def test_a_user_of_home_assistant_comes_through_its_supervisor_alone() -> None:
    user = head(ingress_user="anna", address=SUPERVISOR)

    assert with_ingress().authenticate(user, 0.0) == Caller("ingress", Scope.COMMAND, name="anna")
    for address in ("172.30.32.3", "127.0.0.1", "192.0.2.1"):
        spoofed = head(ingress_user="anna", address=address)
        assert status(with_ingress(*TOKENS).authenticate(spoofed, 0.0)) == 403
    assert status(authenticator(*TOKENS).authenticate(user, 0.0)) == 403


def test_a_user_of_home_assistant_comes_not_too_often() -> None:
    one = with_ingress()
    user = head(ingress_user="anna", address=SUPERVISOR)

    admitted = [one.authenticate(user, 0.0) for _ in range(3)]

    assert status(admitted[2]) == 429
    assert isinstance(one.authenticate(head(ingress_user="ben", address=SUPERVISOR), 0.0), Caller)


@pytest.mark.parametrize(
    ("is_administrator", "others_scope", "expected"),
    [
        (True, None, Scope.ADMIN),
        (True, Scope.READ, Scope.ADMIN),
        (False, Scope.READ, Scope.READ),
        (False, Scope.COMMAND, Scope.COMMAND),
        (False, None, NO_ADMINISTRATOR),
        (None, Scope.ADMIN, UNKNOWN_USER),
        (None, None, UNKNOWN_USER),
    ],
)
def test_home_assistant_says_who_its_administrators_are(
    *, is_administrator: bool | None, others_scope: Scope | None, expected: Scope | str
) -> None:
    asked: list[str] = []

    def answer(user: str) -> bool | None:
        asked.append(user)
        return is_administrator

    ingress = Ingress(
        address=SUPERVISOR,
        scope=Scope.ADMIN,
        others_scope=others_scope,
        is_administrator=answer,
    )
    one = Authenticator((), requests_per_minute=2, failures_per_minute=1, ingress=ingress)
    user = head(ingress_user="4f1c", address=SUPERVISOR)

    admitted = [one.authenticate(user, 0.0) for _ in range(3)]

    if isinstance(expected, Scope):
        assert admitted[0] == Caller("ingress", expected, name="4f1c")
    else:
        assert admitted[0] == Refusal(403, expected)
    assert status(admitted[2]) == 429
    assert asked == ["4f1c"] * 2  # of nobody who comes too often, nor from elsewhere
    assert status(one.authenticate(head(ingress_user="4f1c"), 0.0)) == 403
    assert len(asked) == 2


def test_where_home_assistant_signs_in_others_need_a_token() -> None:
    assert status(with_ingress().authenticate(head(host="localhost"), 0.0)) == 401
    assert with_ingress().authenticate(head(is_open=True), 0.0) is STRANGER
