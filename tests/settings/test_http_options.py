"""The section `http`: off by default, safe by default."""

from pathlib import Path
from typing import Any

import pytest

from sebridge.base.errors import ConfigError
from sebridge.base.secret import Secret
from sebridge.settings.config import read
from sebridge.settings.http_options import HttpOptions, TokenOptions, WebLimits, WebTlsOptions

HASH = "ab" * 32
TOKEN = f"{{name: t, scope: read, hash: {HASH}}}"


def http(text: str) -> HttpOptions | None:
    return read(f"http:{text}", Path("/etc/sebridge"), {}).http


def wrong(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        http(text)
    return str(caught.value)


@pytest.mark.parametrize("text", ["", " false", " ~"])
def test_there_is_no_door_unless_it_is_asked_for(text: str) -> None:
    assert http(text) is None
    assert read("", Path(), {}).http is None


@pytest.mark.parametrize("text", [" true", " {}", " {port: }"])
def test_a_door_with_defaults_is_open_for_this_machine_alone(text: str) -> None:
    options = http(text)

    assert options == HttpOptions()
    assert options.host == "127.0.0.1"


def test_everything_can_be_set() -> None:
    options = http(
        f" {{host: 0.0.0.0, port: 443, tls: {{certificate: c.pem, key: /k.pem}}, tokens: [{TOKEN}],"
        " limits: {body: 2048, requests_per_minute: 5, failed_sign_ins_per_minute: 2,"
        " connections: 7, patience: 3.5}}"
    )

    assert options == HttpOptions(
        host="0.0.0.0",
        port=443,
        tls=WebTlsOptions(certificate=Path("/etc/sebridge/c.pem"), key=Path("/k.pem")),
        tokens=(TokenOptions(name="t", scope="read", hash=Secret(bytes.fromhex(HASH))),),
        limits=WebLimits(
            body=2048,
            requests_per_minute=5,
            failed_sign_ins_per_minute=2,
            connections=7,
            patience=3.5,
        ),
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "'::'", "192.168.1.2", "gateway.example"])
def test_nobody_listens_for_other_machines_without_tokens(host: str) -> None:
    assert "http.tokens" in wrong(f" {{host: {host}}}")
    assert http(f" {{host: {host}, tokens: [{TOKEN}]}}") is not None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "'::1'"])
def test_this_machine_needs_no_token(host: str) -> None:
    assert http(f" {{host: {host}}}") is not None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (" [1]", "http (line 1): must be a mapping of keys"),
        (" maybe", "is neither true nor false"),
        (" {port: 0}", "'0' is not in 1..65535"),
        (" {host: a/b}", "is not a host name or an address"),
        (" {tls: {certificate: c.pem}}", "http.tls.key"),
        (" {tokens: [{name: a, scope: read}]}", "hash"),
        (
            f" {{tokens: [{{name: a, scope: all, hash: {HASH}}}]}}",
            "is none of read, command, admin",
        ),
        (f" {{tokens: [{{name: a b, scope: read, hash: {HASH}}}]}}", "letters, digits"),
        (f" {{tokens: [{TOKEN}, {TOKEN}]}}", "is that of tokens[0]"),
        (" {limits: {body: 10}}", "'10' is not in 1024..16777216"),
        (" {limits: {patience: 0}}", "'0' is not in 1..3600"),
        (" {cors: '*'}", "is unknown"),
    ],
)
def test_what_is_wrong_is_named(text: str, problem: str) -> None:
    assert problem in wrong(text)


@pytest.mark.parametrize("given", ["sebridge_secret-token", "abcd", "'zz'", HASH + "00"])
def test_a_token_in_the_place_of_its_hash_is_not_shown(given: str) -> None:
    text = wrong(f" {{tokens: [{{name: a, scope: read, hash: {given}}}]}}")

    assert "is not the 64 hex digits" in text
    assert given.strip("'") not in text


def test_a_hash_may_stand_among_the_secrets(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text(f"door: {HASH}\n")

    options = read("http: {tokens: [{name: a, scope: read, hash: !secret door}]}", tmp_path, {})

    found: Any = options.http
    assert found.tokens[0].hash == Secret(bytes.fromhex(HASH))


def test_the_environment_opens_the_door_too() -> None:
    options = read("", Path(), {"SEBRIDGE_HTTP__PORT": "9000"}).http

    assert options == HttpOptions(port=9000)
