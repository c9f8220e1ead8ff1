"""Addresses of brokers, parameters on the command line, and the table of topics."""

from typing import Any

import pytest
from rich.console import Console

from sebridge.app.remote import BrokerAddress, parameters_of, table_of
from sebridge.base.secret import Secret


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("broker.lan", ("broker.lan", 1883, False)),
        ("broker.lan:1884", ("broker.lan", 1884, False)),
        ("mqtt://broker.lan", ("broker.lan", 1883, False)),
        ("mqtts://broker.lan", ("broker.lan", 8883, True)),
        ("mqtts://[::1]:9000", ("::1", 9000, True)),
    ],
)
def test_a_broker_is_named_by_its_url(text: str, expected: tuple[str, int, bool]) -> None:
    address = BrokerAddress.parse(text)

    assert (address.host, address.port, address.tls) == expected
    assert address.username is None
    assert address.options().password is None
    assert (address.options().tls is not None) == address.tls


def test_a_url_may_hold_user_and_password_and_never_shows_the_password() -> None:
    address = BrokerAddress.parse("mqtt://us%40er:p%2Fw@broker.lan")

    assert (address.username, address.password) == ("us@er", Secret(b"p/w"))
    assert "p/w" not in repr(address)
    assert address.options().password == Secret(b"p/w")


@pytest.mark.parametrize(
    "text",
    ["", "http://broker", "mqtt://", "mqtt://broker:99999", "mqtt://broker:port", "mqtt://[::1"],
)
def test_what_is_no_broker_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"broker|[Pp]ort|IPv6"):
        BrokerAddress.parse(text)


def test_every_visit_has_a_name_of_its_own() -> None:
    address = BrokerAddress.parse("broker")

    assert address.options().client_id != address.options().client_id


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], {}),
        (
            ["a=1", "b=text", "c=true", "d=null", "e="],
            {"a": 1, "b": "text", "c": True, "d": None, "e": ""},
        ),
        (["a=0x5E", 'b="7"', "c=1=2"], {"a": "0x5E", "b": "7", "c": "1=2"}),
        (["r.x=1", "r.y.z=[1,2]"], {"r": {"x": 1, "y": {"z": [1, 2]}}}),
        (['r={"x":1}', "r.y=2"], {"r": {"x": 1, "y": 2}}),
    ],
)
def test_pairs_become_parameters(pairs: list[str], expected: dict[str, Any]) -> None:
    assert parameters_of(pairs) == expected


@pytest.mark.parametrize("pairs", [["a"], ["=1"], ["a=1", "a.b=2"], ["a.b=1", "a.b.c=1"]])
def test_what_is_no_pair_is_told(pairs: list[str]) -> None:
    with pytest.raises(ValueError, match=r"KEY=VALUE|reaches below"):
        parameters_of(pairs)


@pytest.mark.parametrize("pairs", [["a=1", "a=2"], ["a.b=1", "a=2"]])
def test_a_key_that_is_given_twice_is_told(pairs: list[str]) -> None:
    with pytest.raises(ValueError, match="twice"):
        parameters_of(pairs)


def test_the_table_shows_topics_in_order_with_count_and_age() -> None:
    seen = {"home/b": ("x" * 500, 3, 90.0), "home/a": ("[red]1[/x]\x1b[2J", 1, 99.6)}
    console = Console(width=100)

    with console.capture() as capture:
        console.print(table_of(seen, 100.0))

    shown = capture.get()
    assert shown.index("home/a") < shown.index("home/b")
    assert "[red]1[/x] [2J" in shown
    assert "10 s" in shown
    assert shown.count("x") == 160
