"""Where a broker is, as it is told on the command line."""

import pytest

from sebridge.base.secret import Secret
from sebridge.cli.broker import BrokerAddress


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
