"""Where a broker is: every way in which people write it."""

import pytest

from sebridge.base.errors import ParameterError
from sebridge.base.secret import Secret
from sebridge.settings.broker_address import EMBEDDED, BrokerAddress


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("broker.lan", "mqtt://broker.lan:1883"),
        ("broker.lan:1884", "mqtt://broker.lan:1884"),
        ("192.168.1.20", "mqtt://192.168.1.20:1883"),
        ("my_broker", "mqtt://my_broker:1883"),
        ("mqtt://host:1883", "mqtt://host:1883"),
        ("mqtt://host/", "mqtt://host:1883"),
        ("MQTT://Host", "mqtt://Host:1883"),
        ("mqtts://host", "mqtts://host:8883"),
        ("ws://host", "ws://host:80/mqtt"),
        ("ws://host:9001/", "ws://host:9001/"),
        ("wss://host/some/where?token=1234", "wss://host:443/some/where"),
        ("::1", "mqtt://[::1]:1883"),
        ("fe80::1%eth0", "mqtt://[fe80::1%eth0]:1883"),
        ("[::1]", "mqtt://[::1]:1883"),
        ("[::1]:1884", "mqtt://[::1]:1884"),
        ("mqtts://[fe80::1%25eth0]:9000", "mqtts://[fe80::1%eth0]:9000"),
        ("me:secret@host:1884", "mqtt://host:1884"),
        ("wss://me:secret@[::1]/mqtt", "wss://[::1]:443/mqtt"),
    ],
)
def test_a_broker_is_named_by_host_or_url(text: str, complete: str) -> None:
    address = BrokerAddress.parse(text)

    assert str(address.complete(encrypted=False)) == complete


def test_without_a_scheme_the_other_settings_say_whether_it_is_encrypted() -> None:
    address = BrokerAddress.parse("broker.lan")

    assert str(address.complete(encrypted=True)) == "mqtts://broker.lan:8883"


def test_user_and_password_are_decoded_and_never_shown() -> None:
    address = BrokerAddress.parse("wss://us%40er:p%2Fw%C3%A4@host/mqtt?signature=xyz")

    assert address.username == "us@er"
    assert address.password == Secret("p/wä".encode())
    assert address.query == "signature=xyz"
    for shown in (str(address), repr(address)):
        assert "us@er" not in shown
        assert "p/w" not in shown
        assert "xyz" not in shown


def test_the_last_at_sign_ends_the_password() -> None:
    assert BrokerAddress.parse("mqtt://me:p@ss@host").password == Secret(b"p@ss")


def test_a_user_alone_needs_no_password() -> None:
    address = BrokerAddress.parse("mqtt://me@host")

    assert (address.username, address.password) == ("me", None)


def test_embedded_is_a_mosquitto_of_our_own_unless_it_is_a_host() -> None:
    assert BrokerAddress.parse("embedded") == EMBEDDED
    assert BrokerAddress.parse("embedded:1884").is_embedded
    assert not BrokerAddress.parse("mqtt://embedded").is_embedded


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "names no host"),
        ("mqtt://", "names no host"),
        (":1883", "names no host"),
        ("hunter2://host", "begins with none of mqtt://, mqtts://, ws:// and wss://"),
        ("http://hunter2@host", "begins with none of"),
        ("mqtt://me:hunter2 @host", "a space"),
        ("mqtt://host\n", "a control character"),
        ("mqtt://me:hunter2", "no port from 1 to 65535"),
        ("mqtt://host:", "no port from 1 to 65535"),
        ("mqtt://host:0", "no port from 1 to 65535"),
        ("mqtt://host:65536", "no port from 1 to 65535"),
        ("mqtt://host:١٢", "no port from 1 to 65535"),
        ("mqtt://me:hunt/er2@host", "/ is written %2F"),
        ("ws://me:12/hunter2@host", "@ %40"),
        ("wss://me:hunt#er2@host", "# %23"),
        ("mqtt://me:hunt?er2@host", "/ is written %2F|in a password it is %3F"),
        ("mqtt://host?hunter2", "in a password it is %3F"),
        ("mqtt://host/hunter2", "only ws:// and wss:// have a path"),
        ("mqtt://[::1", "lacks the ]"),
        ("mqtt://[hunter2]", "no IPv6 address between"),
        ("mqtt://[::1]hunter2", "something other than :port behind the ]"),
        ("mqtt://::1", "an IPv6 address stands in [ and ]|names no host"),
        ("fe80:hunter2:1", "an IPv6 address stands in [ and ]"),
        ("mqtt://ho<st", "a sign in its host"),
        ("mqtt://%ff:hunter2@host", "a user that is no text"),
        ("mqtt://me:hunter2%00@host", "a password that is no text"),
    ],
)
def test_what_is_wrong_is_told_without_what_might_be_a_password(text: str, problem: str) -> None:
    with pytest.raises(ParameterError) as raised:
        BrokerAddress.parse(text)

    assert any(words in raised.value.problem for words in problem.split("|"))
    assert "hunter2" not in str(raised.value)
