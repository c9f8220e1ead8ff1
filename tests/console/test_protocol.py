"""What a page and the bridge say to each other."""

import json
import re

import pytest

from sebridge.base.errors import DecodeError
from sebridge.console.protocol import Change, Command, changes, hello, no_command, read_command
from sebridge.rpc.message import Caller, Scope


def test_a_command_has_a_name_a_number_and_arguments() -> None:
    text = b'{"command": "get_time", "message_id": 7, "args": {"a": [1]}}'

    assert read_command(text) == Command("get_time", 7, {"a": [1]})
    assert read_command(b'{"command": "help", "message_id": "x"}') == Command("help", "x", {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "not JSON"),
        (b"[]", "no command: Expected `object`"),
        (b'{"command": 1, "message_id": 1}', "Expected `str`"),
        (b'{"command": "help"}', "missing required field `message_id`"),
        (b'{"command": "help", "message_id": null}', "Expected `int | str`"),
        (b'{"command": "help", "message_id": "%b"}' % (b"x" * 65), "at most 64 characters"),
        (b'{"command": "help", "message_id": 1, "args": []}', "Expected `object`"),
        (
            b'{"command": "help", "message_id": 1, "args": %b}'
            % (b'{"a":' * 40 + b"1" + b"}" * 40),
            "nested deeper",
        ),
    ],
)
def test_what_is_no_command_is_told(text: bytes, problem: str) -> None:
    with pytest.raises(DecodeError, match=re.escape(problem)) as raised:
        read_command(text)

    told = json.loads(no_command(raised.value))
    assert (told["message_id"], told["status"], told["error"]["code"]) == (None, "error", -32700)


def test_a_page_hears_first_who_the_bridge_is_and_as_whom_it_came() -> None:
    told = json.loads(hello("1.2", "sebridge/home", Caller("http", Scope.COMMAND, name="anna")))

    assert told["hello"] == {
        "protocol": 1,
        "version": "1.2",
        "topic": "sebridge/home",
        "name": "anna",
        "scope": "command",
    }


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b'{"a":1}', {"a": 1}),
        (b"[]", []),
        (b"-2.5", -2.5),
        (b"true", True),
        (b"null", None),
        (b"", None),
        (b"online", "online"),
        (b"\xff", "\ufffd"),
        (b'"text"', "text"),
    ],
)
def test_a_payload_is_told_as_json(payload: bytes, told: object) -> None:
    message = json.loads(changes([Change("a/b", payload, is_kept=True)], 3))

    assert message == {"changes": [{"topic": "a/b", "payload": told, "kept": True}], "lost": 3}
