"""The section openadr."""

from pathlib import Path

import pytest

from sebridge.base.errors import ConfigError
from sebridge.base.secret import Secret
from sebridge.settings.config import read
from sebridge.settings.openadr_options import OpenAdrOptions

HEAD = "openadr:\n  url: https://vtn.example/3.1.0\n"
SIGNED = f"{HEAD}  client_id: me\n  client_secret: s3cret\n"
OWN = "  client_id: me\n  client_secret: s3cret\n"


def found(text: str) -> OpenAdrOptions:
    options = read(text, Path(), {}).openadr
    assert options is not None
    return options


def test_an_address_is_enough() -> None:
    options = found(HEAD)

    assert (options.client_id, options.poll, options.device_class) == (None, 300, 0x0FFF)


def test_the_secret_is_one() -> None:
    assert found(SIGNED).client_secret == Secret(b"s3cret")


def test_the_levels_of_simple_may_be_others() -> None:
    text = f"{HEAD}  simple: {{duty_cycle: [90, 60, 30], criticality: [1, 2, 7]}}\n"

    simple = found(text).simple

    assert (simple.duty_cycle, simple.criticality) == ((90, 60, 30), (1, 2, 7))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]"])
def test_a_vtn_of_this_machine_needs_no_certificate(host: str) -> None:
    assert found(f"openadr:\n  url: http://{host}/3.1.0\n{OWN}").client_id == "me"


def test_a_public_vtn_may_be_in_the_clear() -> None:
    assert found("openadr:\n  url: http://vtn.example/3.1.0\n").client_id is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{HEAD}  client_id: me\n", "and client_secret stand together"),
        (f"{HEAD}  client_secret: s3cret\n", "and client_secret stand together"),
        (f"openadr:\n  url: http://vtn.example/3\n{OWN}", "must be https://"),
        (f"{SIGNED}  token_url: http://vtn.example/3\n", "must be https://"),
        ("openadr:\n  url: https://me:you@vtn.example/3\n", "must not hold credentials"),
        ("openadr:\n  url: https://vtn.example/3?a=b\n", "must not have a query"),
        ("openadr:\n  url: vtn.example\n", "begins with http"),
        (f"{HEAD}  scopes: ['a b']\n", "is no scope of OAuth2"),
        (f"{HEAD}  poll: 1\n", "10..86400"),
        (f"{HEAD}  simple: {{duty_cycle: [1, 2]}}\n", "must have 3 numbers"),
        (
            f"{HEAD}gateway: {{role: display}}\nradio: {{type: ezsp, path: /dev/x}}\n",
            "a display publishes no events",
        ),
        (
            "price_source:\n  price_unit: EUR/kWh\n  openadr: true\n",
            "needs the section openadr",
        ),
        (
            f"{HEAD}price_source:\n  price_unit: EUR/kWh\n  openadr: true\n  topic: a\n",
            "cannot stand beside topic",
        ),
    ],
)
def test_what_is_wrong_is_told(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        found(text)

    assert problem in str(raised.value)
    assert "s3cret" not in str(raised.value)
