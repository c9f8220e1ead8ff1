"""Each key: what it takes, and what is said of what it does not take."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import voluptuous as vol

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.settings.declaration import option, section as declared
from sebridge.settings.document import dotted, parse
from sebridge.settings.kinds import TEXT, ListOf, SectionsBy, whole
from sebridge.settings.options import Options, TlsOptions
from sebridge.settings.scalar import Scalar
from sebridge.settings.schema import section

REGISTRY = """
registry:
  RPC_Manager.use_push: true
  RPC_Manager.pushed_file_extension: 010
  RPC_Manager.pushed_file_prefix:
  RPC_Manager.max_buffer_items:
"""


def right(text: str) -> Options:
    document = parse(text, {})
    assert document.problems == []
    options: Options = section(Options, Options)(document.tree)
    return options


def wrong(text: str) -> list[str]:
    document = parse(text, {"!hidden": lambda word: Scalar(word, word, hidden=True)})
    with pytest.raises(vol.MultipleInvalid) as caught:
        section(Options, Options)(document.tree)
    errors: list[Any] = caught.value.errors
    return [f"{dotted(tuple(error.path))}: {error.msg}" for error in errors]


def test_nothing_at_all_is_all_defaults() -> None:
    assert right("") == Options()
    assert right("gateway:\nmqtt:\n  port:\n  outbox:\nsimulator:\n  devices: ~\n") == Options()


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("gateway: {name: flat_2-b}", "gateway.name", "flat_2-b"),
        ("gateway: {name: 12}", "gateway.name", "12"),
        ("gateway: {message_pin: 0042}", "gateway.message_pin", Secret(b"0042")),
        ("radio: {type: ezsp, path: /dev/ttyUSB0}", "radio.path", "/dev/ttyUSB0"),
        ("radio: {baudrate: '57600'}", "radio.baudrate", 57600),
        ("radio: {flow_control: none}", "radio.flow_control", "none"),
        ("radio: {channel: 11}", "radio.channel", 11),
        ("radio: {pan_id: 0x1A2B}", "radio.pan_id", 0x1A2B),
        (
            "radio: {extended_pan_id: 10:20:30:40:50:00:00:01}",
            "radio.extended_pan_id",
            Eui64.parse("10:20:30:40:50:00:00:01"),
        ),
        (
            "radio: {network_key: 00112233445566778899001122334455}",
            "radio.network_key",
            Secret(bytes.fromhex("00112233445566778899001122334455")),
        ),
        ("security: {certificate_store: c.txt}", "security.certificate_store", Path("c.txt")),
        ("security: {require_key_establishment: no}", "security.require_key_establishment", False),
        ("security: {require_key_establishment: auto}", "security.require_key_establishment", None),
        ("mqtt: {broker: 192.168.1.2}", "mqtt.broker.host", "192.168.1.2"),
        ("mqtt: {password: 0123}", "mqtt.password", Secret(b"0123")),
        ("mqtt: {password: yes}", "mqtt.password", Secret(b"yes")),
        ("mqtt: {password: ''}", "mqtt.password", Secret(b"")),
        ("mqtt: {version: 3.1.1}", "mqtt.version", 311),
        ("mqtt: {version: 5}", "mqtt.version", 5),
        ("mqtt: {base_topic: house/energy}", "mqtt.base_topic", "house/energy"),
        ("mqtt: {tls: true}", "mqtt.tls", TlsOptions()),
        ("mqtt: {tls: false}", "mqtt.tls", None),
        ("mqtt: {tls: {ca: ca.pem}}", "mqtt.tls.ca", Path("ca.pem")),
        ("mqtt: {tls: {certificate: a, key: b}}", "mqtt.tls.key", Path("b")),
        ("mqtt: {outbox: {max_age: 60}}", "mqtt.outbox.max_age", 60.0),
        ("mqtt: {attribute_interval: off}", "mqtt.attribute_interval", None),
        ("mqtt: {attribute_interval: false}", "mqtt.attribute_interval", None),
        ("mqtt: {attribute_interval: 0}", "mqtt.attribute_interval", 0.0),
        ("mqtt: {attribute_interval: 0.5}", "mqtt.attribute_interval", 0.5),
        ("homeassistant: {enabled: no}", "homeassistant.enabled", False),
        ("simulator: {air: {loss: .5}}", "simulator.air.loss", 0.5),
        ("simulator: {speed: 1e3}", "simulator.speed", 1000.0),
        ("simulator: {suites: [2, 1, 2]}", "simulator.suites", (1, 2)),
        (
            "radio: {type: ezsp, path: x}\nsecurity: {key_establishment: module}",
            "security.key_establishment",
            "module",
        ),
        ("security: {forced_suite: 2}", "security.forced_suite", 2),
        ("radio: {type: ezsp, path: simulated}", "radio.is_emulated", True),
        ("radio: {type: znp, path: simulated}", "radio.on_simulated_air", True),
        ("radio: {type: znp, path: x}", "radio.on_simulated_air", False),
        ("radio: {path: simulated}", "radio.is_emulated", False),
        ("radio: {module: {ezsp_version: 19}}", "radio.module.ezsp_version", 19),
        (
            "radio: {type: ezsp, path: simulated}\nsecurity: {require_key_establishment: true}",
            "security.require_key_establishment",
            True,
        ),
        ("log: {levels: {sebridge.radio: debug}}", "log.levels", {"sebridge.radio": "debug"}),
        (
            REGISTRY,
            "registry",
            {
                "RPC_Manager.use_push": True,
                "RPC_Manager.pushed_file_extension": "010",
                "RPC_Manager.pushed_file_prefix": "RPC_Response",
                "RPC_Manager.max_buffer_items": 250,
            },
        ),
    ],
)
def test_a_value_that_is_right_is_taken(text: str, path: str, expected: object) -> None:
    value: Any = right(text)
    for name in path.split("."):
        value = getattr(value, name)

    assert value == expected
    assert type(value) is type(expected) or isinstance(expected, Path)


def test_devices_are_taken_with_their_options_as_they_are() -> None:
    devices = right(
        "simulator:\n"
        "  devices:\n"
        "  - {kind: meter, name: Main, eui64: 000d6f000a000001,"
        " options: {load: [1, 2.5, high], at: {x: 1}, seed:}}\n"
    ).simulator.devices

    assert len(devices) == 1
    assert devices[0].eui64 == Eui64.parse("00:0d:6f:00:0a:00:00:01")
    assert devices[0].options == {"load": [1, 2.5, "high"], "at": {"x": 1}, "seed": None}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("colour: red", "colour: is unknown"),
        ("mqt: {}", "mqt: is unknown; is mqtt meant?"),
        ("mqtt: {pasword:}", "mqtt.pasword: is unknown; is password meant?"),
        ("mqtt: {5: 1}", "mqtt.5: is unknown"),
        ("mqtt: 5", "mqtt: must be a mapping of keys"),
        ("mqtt: [5]", "mqtt: must be a mapping of keys"),
        ("gateway: {name: Big House}", "gateway.name: the text must be 1 to 64 of a-z 0-9 _ -"),
        ("gateway: {name: all}", "gateway.name: 'all' means every gateway and cannot be"),
        ("gateway: {name: [a]}", "gateway.name: must be a single value"),
        ("gateway: {role: king}", "gateway.role: the text is none of coordinator, router, display"),
        (
            "security: {require_key_establishment: perhaps}",
            "security.require_key_establishment: the text is none of true, false, auto",
        ),
        (
            "radio: {type: znp, path: x}\ngateway: {role: router}",
            "gateway.role: a router joins a network, and a radio of type znp can only form one",
        ),
        (
            f"radio: {{link_key: {'00' * 16}, installation_code: {'00' * 8}}}",
            "radio.installation_code: makes a link key: with it, link_key is not needed",
        ),
        (
            "radio: {type: xbee, path: x}\nsecurity: {certificate_store: y}",
            "security.certificate_store: a radio of type xbee takes no keys that the gateway",
        ),
        (
            "radio: {type: ezsp, path: x}\nsecurity: {require_key_establishment: true}",
            "security.certificate_store: is needed where key establishment is required",
        ),
        (
            "radio: {type: znp, path: x}\nsecurity: {key_establishment: module}",
            "security.key_establishment: a radio of type znp computes no keys for us",
        ),
        (
            "radio: {type: xbee, path: simulated}\nsecurity: {require_key_establishment: true}",
            "security.certificate_store: is needed where key establishment is required",
        ),
        (
            "radio: {type: ezsp, path: simulated}\ngateway: {role: display}",
            "radio.path: a display joins a network, and on the air of an emulated module",
        ),
        (
            "radio: {type: ezsp, path: simulated}\nsimulator: {speed: 20.5}",
            "simulator.speed: is at most 20 with an emulated module",
        ),
        ("radio: {module: {ezsp_version: 9}}", "radio.module.ezsp_version: '9' is none of 8, 13"),
        ("radio: {module: {ezsp_version: 20}}", "radio.module.ezsp_version: '20' is not in 8..19"),
        ("radio: {module: {firmware: se-router}}", "radio.module.firmware: the text is none of"),
        ("radio: {type: lora}", "radio.type: the text is none of ezsp, xbee, znp, simulated"),
        ("radio: {type: xbee}", "radio.path: is needed with type xbee: a serial port, socket://"),
        ("radio: {baudrate: fast}", "radio.baudrate: the text is not a whole number"),
        ("radio: {baudrate: true}", "radio.baudrate: 'true' is not a whole number"),
        ("radio: {channel: 27}", "radio.channel: '27' is not in 11..26"),
        ("radio: {pan_id: 0xFFFF}", "radio.pan_id: '0xFFFF' is not in 0..65534"),
        ("radio: {extended_pan_id: 12}", "radio.extended_pan_id: '12' is not a 64-bit address"),
        ("radio: {network_key: 0badc0de}", "radio.network_key: the key is not 32 hex digits"),
        ("radio: {network_key: 0badc}", "radio.network_key: the key is not 32 hex digits"),
        (
            "mqtt: {broker: 'http://x'}",
            "mqtt.broker: the address of the broker begins with none of",
        ),
        ("mqtt: {port: 0}", "mqtt.port: '0' is not in 1..65535"),
        ("mqtt: {port: !hidden hunter2}", "mqtt.port: the value is not a whole number"),
        ("mqtt: {username: ''}", "mqtt.username: the text is not allowed"),
        ("mqtt: {version: 4}", "mqtt.version: '4' is neither 5 nor 311"),
        ("mqtt: {tls: maybe}", "mqtt.tls: the text is neither true nor false"),
        ("mqtt: {tls: [a]}", "mqtt.tls: must be a mapping of keys"),
        ("mqtt: {tls: {certificate: a}}", "mqtt.tls.key: is needed with a certificate"),
        ("mqtt: {tls: {key: a}}", "mqtt.tls.certificate: is needed with a key"),
        ("mqtt: {outbox: {max_age: long}}", "mqtt.outbox.max_age: the text is not a number"),
        ("mqtt: {outbox: {max_age: true}}", "mqtt.outbox.max_age: 'true' is not a number"),
        (
            "mqtt: {attribute_interval: never}",
            "mqtt.attribute_interval: the text is neither a number nor off",
        ),
        (
            "mqtt: {attribute_interval: true}",
            "mqtt.attribute_interval: 'true' is neither a number nor off",
        ),
        ("mqtt: {attribute_interval: -1}", "mqtt.attribute_interval: '-1' is not in 0..86400"),
        ("simulator: {air: {loss: 1.1}}", "simulator.air.loss: '1.1' is not in 0..1"),
        ("simulator: {devices: {}}", "simulator.devices: must be a list"),
        ("simulator: {suites: []}", "simulator.suites: must name suite 1, 2 or both"),
        ("simulator: {suites: [3]}", "simulator.suites[0]: '3' is not in 1..2"),
        ("security: {forced_suite: 0}", "security.forced_suite: '0' is not in 1..2"),
        ("simulator: {devices: [1]}", "simulator.devices[0]: must be a mapping of keys"),
        ("log: {level: loud}", "log.level: the text is none of debug, info, warning, error"),
        (
            "log: {levels: {a: loud}}",
            "log.levels.a: the text is none of debug, info, warning, error",
        ),
        ("log: {levels: debug}", "log.levels: must be a mapping of keys"),
        ("registry: {no.such: 1}", "registry.no.such: is no registry entry"),
        (
            "registry: {Conversation.default_timeout: 0}",
            "registry.Conversation.default_timeout: 0 is not in 1..3600",
        ),
        (
            "registry: {Conversation.default_timeout: !hidden hunter2}",
            "registry.Conversation.default_timeout: the value is not allowed",
        ),
    ],
)
def test_a_value_that_is_wrong_is_named_with_the_reason(text: str, problem: str) -> None:
    found = wrong(text)

    assert len(found) == 1
    assert found[0].startswith(problem)


@pytest.mark.parametrize("topic", ["a+", "#", "a.b", "a b", "/a", "a/", "$SYS", "''", "a\\tb"])
def test_a_base_topic_must_suit_every_broker(topic: str) -> None:
    for part, key in (("mqtt", "base_topic"), ("homeassistant", "discovery_prefix")):
        quoted = topic if topic == "''" else f'"{topic}"'

        assert wrong(f"{part}:\n  {key}: {quoted}")[0].endswith("begin with $ or /, or end with /")


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = wrong(
        """
        radio: {type: ezsp, baudrate: fast, colour: red}
        mqtt: {port: 0, tls: {insecure: 5, certificate: a}}
        simulator:
          speed: 0
          devices:
          - {kind: toaster, name: A, eui64: 000d6f000a000001}
          - {kind: meter, name:, options: 5}
        """
    )

    assert sorted(problem.split(":")[0] for problem in found) == [
        "mqtt.port",
        "mqtt.tls.insecure",
        "mqtt.tls.key",
        "radio.baudrate",
        "radio.colour",
        "radio.path",
        "simulator.devices[0].kind",
        "simulator.devices[1].eui64",
        "simulator.devices[1].name",
        "simulator.devices[1].options",
        "simulator.speed",
    ]


def test_two_devices_cannot_share_a_name_or_an_address() -> None:
    found = wrong(
        """
        simulator:
          devices:
          - {kind: meter, name: A, eui64: 000d6f000a000001}
          - {kind: meter, name: A, eui64: 000d6f000a000002}
          - {kind: meter, name: C, eui64: "00:0d:6f:00:0a:00:00:01"}
        """
    )

    assert found == [
        "simulator.devices[1].name: is that of devices[0]",
        "simulator.devices[2].eui64: is that of devices[0]",
    ]


@pytest.mark.parametrize(
    "pin", ["123", "12345678901234567", "12a4", "-123", "\u0661\u0662\u0663\u0664"]
)
def test_a_pin_is_digits_and_is_not_shown(pin: str) -> None:
    assert wrong(f"gateway: {{message_pin: {pin}}}") == [
        "gateway.message_pin: the PIN is not 4 to 16 digits"
    ]


@declared
class Below:
    """A section that stands in a table."""

    size: int = option(whole(1, 9), "how large")


@declared
class Above:
    """A section with a word of Python, a list that may be one, and a table of sections."""

    class_: str = option(TEXT, "of what class")
    names: tuple[str, ...] = option(ListOf(TEXT, or_one=True), "what it is called", default=())
    sections: Mapping[int, Below] = option(SectionsBy(whole(1, 4), Below), "others", default={})


def above(text: str) -> Any:
    return section(Above, Above)(parse(text, {}).tree)


def test_a_key_may_be_a_word_of_python_and_a_list_may_be_one() -> None:
    one, several = above("{class: a, names: b}"), above("{class: a, names: [b, c]}")

    assert (one.class_, one.names, several.names) == ("a", ("b",), ("b", "c"))


def test_sections_stand_in_a_table() -> None:
    assert above("{class: a, sections: {2: {size: 3}}}").sections == {2: Below(size=3)}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{class: a, sections: {5: {size: 3}}}", "sections.5: '5' is not in 1..4"),
        ("{class: a, sections: {2: {size: 0}}}", "sections.2.size: '0' is not in 1..9"),
        ("{class: a, sections: [1]}", "sections: must be a mapping of keys"),
        ("{}", "class: is missing"),
    ],
)
def test_what_is_wrong_in_a_table_of_sections_is_said_with_its_place(
    text: str, problem: str
) -> None:
    with pytest.raises(vol.MultipleInvalid) as caught:
        above(text)

    errors: list[Any] = caught.value.errors
    assert [f"{dotted(tuple(one.path))}: {one.msg}" for one in errors] == [problem]
