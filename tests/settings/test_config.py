"""The configuration file, its secrets, and the environment."""

from pathlib import Path

import pytest

from sebridge.base.errors import ConfigError
from sebridge.base.secret import Secret
from sebridge.settings.config import load, read
from sebridge.settings.options import Options, TlsOptions


def problems(text: str, directory: Path, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text, directory, environment or {})
    return list(caught.value.problems)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def test_a_file_becomes_options(config: Path) -> None:
    config.write_text("gateway:\n  name: flat\nmqtt:\n  broker: embedded\n", encoding="utf-8")

    options = load(config, {})

    assert options.gateway.name == "flat"
    assert options.mqtt.broker.is_embedded
    assert options.radio == Options().radio


def test_optional_clusters_are_named_and_one_that_is_not_known_is_an_error(tmp_path: Path) -> None:
    named = read("gateway: {optional_clusters: [tunneling, prepayment]}", tmp_path, {})

    assert named.gateway.optional_clusters == ("tunneling", "prepayment")
    assert Options().gateway.optional_clusters == ()
    (problem,) = problems("gateway:\n  optional_clusters: [tunnelling]", tmp_path)
    assert problem.startswith("gateway.optional_clusters[0] (line 2): the text is none of")
    assert problem.endswith("is none of prepayment, tunneling; is tunneling meant?")


def test_the_environment_of_the_process_is_used(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("", encoding="utf-8")
    monkeypatch.setenv("SEBRIDGE_GATEWAY__NAME", "flat")

    assert load(config).gateway.name == "flat"


def test_relative_paths_are_below_the_directory(tmp_path: Path) -> None:
    options = read(
        "mqtt: {tls: {ca: certs/ca.pem, certificate: /a.pem, key: ~/b.pem}}", tmp_path, {}
    )

    assert options.storage.path == tmp_path / "data" / "sebridge.db"
    assert options.mqtt.tls == TlsOptions(
        ca=tmp_path / "certs" / "ca.pem", certificate=Path("/a.pem"), key=Path.home() / "b.pem"
    )


def test_all_problems_come_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = (
        "mqtt:\n  port: x\n  port: 1\nradio:\n  baudrate: fast\ngateway:\n  name: all\ncolour: red"
    )

    assert problems(text, tmp_path, {"SEBRIDGE_LOG__LEVEL": "loud"}) == [
        "mqtt.port (line 2): is given again in line 3; once is enough",
        "radio.baudrate (line 5): the text is not a whole number",
        "gateway.name (line 7): 'all' means every gateway and cannot be the name of one",
        "colour (line 8): is unknown",
        "log.level (SEBRIDGE_LOG__LEVEL): the value is none of debug, info, warning, error",
    ]


def test_what_is_missing_is_put_to_the_line_around_it(tmp_path: Path) -> None:
    (problem,) = problems("log: {}\nradio:\n  type: ezsp", tmp_path)

    assert problem.startswith("radio.path (line 2): is needed with type ezsp: a serial port,")


def test_secrets_come_from_the_file_beside(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("broker: hunter2\nport: 1884\n", encoding="utf-8")

    options = read("mqtt:\n  password: !secret broker\n  port: !secret port", tmp_path, {})

    assert options.mqtt.password == Secret(b"hunter2")
    assert options.mqtt.port == 1884


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "secrets.yaml is wrong: {}/secrets.yaml cannot be read: No such file or directory"),
        ("a: 1", "secrets.yaml has no value broker"),
        ("broker: [1]", "secrets.yaml has no value broker"),
        ("a: 1\na: 2", "secrets.yaml is wrong: a (line 1): is given again in line 2"),
        ("a: !secret b", "secrets.yaml is wrong: a (line 1): the tag !secret is unknown"),
    ],
)
def test_a_secret_that_is_not_there_is_a_problem(
    tmp_path: Path, content: str | None, problem: str
) -> None:
    if content is not None:
        (tmp_path / "secrets.yaml").write_text(content, encoding="utf-8")

    found = problems("mqtt:\n  username: !secret broker\n  password: !secret broker", tmp_path)

    assert len(found) == 2
    assert found[0].startswith(f"mqtt.username (line 2): {problem.format(tmp_path)}")


def test_no_problem_shows_a_secret(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("s: hunter2!\n", encoding="utf-8")
    keys = {
        "gateway": ["name", "role"],
        "radio": ["type", "baudrate", "flow_control", "extended_pan_id", "network_key", "link_key"],
        "mqtt": ["port", "version", "tls", "log"],
        "simulator": ["speed", "air"],
    }
    text = "".join(
        f"{section}:\n" + "".join(f"  {name}: !secret s\n" for name in names)
        for section, names in keys.items()
    )

    found = problems(text, tmp_path, {"SEBRIDGE_MQTT__KEEPALIVE": "hunter2!"})

    assert len(found) == 15
    assert "hunter2" not in "\n".join(found)


def test_a_variable_of_the_environment_can_be_asked_for(tmp_path: Path) -> None:
    text = (
        "mqtt:\n  broker: !env_var BROKER\n  port: !env_var PORT 1884\n"
        "  username: !env_var NAME a b\n"
    )

    options = read(text, tmp_path, {"BROKER": "broker.lan", "NAME": "bridge"})

    assert options.mqtt.broker.host == "broker.lan"
    assert options.mqtt.port == 1884
    assert options.mqtt.username == "bridge"


def test_a_variable_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert problems("mqtt:\n  broker: !env_var BROKER", tmp_path) == [
        "mqtt.broker (line 2): the environment has no variable BROKER, and no default is given"
    ]


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    text = "mqtt:\n  port: 1\n  password: x\n  tls: true\n  client_id: kept\nlog:\n"
    environment = {
        "SEBRIDGE_MQTT__PASSWORD": "hunter2",
        "SEBRIDGE_MQTT__PORT": "1884",
        "SEBRIDGE_MQTT__TLS__CA": "ca.pem",
        "SEBRIDGE_MQTT__CLIENT_ID": "",
        "SEBRIDGE_MQTT__OUTBOX__MAX_MESSAGES": "5",
        "SEBRIDGE_LOG__LEVEL": "debug",
        "SEBRIDGE_HOME": "/opt",
        "OTHER__THING": "1",
    }

    options = read(text, tmp_path, environment)

    assert options.mqtt.password == Secret(b"hunter2")
    assert options.mqtt.port == 1884
    assert options.mqtt.tls == TlsOptions(ca=tmp_path / "ca.pem")
    assert options.mqtt.client_id == "kept"
    assert options.mqtt.outbox.max_messages == 5
    assert options.log.level == "debug"


def test_a_variable_for_a_key_that_does_not_exist_is_a_problem(tmp_path: Path) -> None:
    environment = {"SEBRIDGE_MQTT__PASWORD": "hunter2", "SEBRIDGE_MQT__PORT": "1"}

    assert problems("", tmp_path, environment) == [
        "mqt (SEBRIDGE_MQT__PORT): is unknown; is mqtt meant?",
        "mqtt.pasword (SEBRIDGE_MQTT__PASWORD): is unknown; is password meant?",
    ]


def test_a_variable_does_not_hide_a_section_that_is_wrong(tmp_path: Path) -> None:
    assert problems("mqtt: 5", tmp_path, {"SEBRIDGE_MQTT__PORT": "1"}) == [
        "mqtt (line 1): must be a mapping of keys"
    ]


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"gateway: \xff", "is not UTF-8 text (octet 9)"),
        (b"# \xc3\xbc\n" * 60_000, "is longer than 256 KiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(
    config: Path, octets: bytes | None, problem: str
) -> None:
    if octets is not None:
        config.write_bytes(octets)

    with pytest.raises(ConfigError) as caught:
        load(config, {})

    assert caught.value.problems == (f"{config} {problem}",)


def test_a_byte_order_mark_does_no_harm(config: Path) -> None:
    config.write_bytes(b"\xef\xbb\xbfgateway: {name: flat}")

    assert load(config, {}).gateway.name == "flat"


HALF = "holds half of a surrogate pair, or octets that are no UTF-8"


def test_text_that_cannot_be_written_is_a_problem_wherever_it_stands(tmp_path: Path) -> None:
    text = 'mqtt:\n  username: "\\ud800"\n  password: "\\udfff"\n"\\ud800": 1\n'
    environment = {"SEBRIDGE_MQTT__CLIENT_ID": "\udcff"}

    found = problems(text, tmp_path, environment)

    assert found == [
        "line 1: the key in line 4 is not text",
        f"mqtt.username (line 2): {HALF}",
        f"mqtt.password (line 3): {HALF}",
        f"'SEBRIDGE_MQTT__CLIENT_ID': {HALF}",
    ]


@pytest.mark.parametrize("url", ["http://[::1", "http://[x]/", "https://x:99999/", "http:///a"])
def test_where_responses_are_pushed_is_a_host(url: str, tmp_path: Path) -> None:
    (problem,) = problems(f'rpc:\n  push:\n    url: "{url}"\n', tmp_path)

    assert problem == (
        "rpc.push.url (line 3): the text has no host, or a host or port that cannot be"
    )
