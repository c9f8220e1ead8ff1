"""The subcommands that read and write frames."""

import json
from pathlib import Path

from click.testing import CliRunner, Result
import pytest

from sebridge.cli.main import main

CANCEL = "09ce01eeffc00000"
DOCUMENT = {
    "frame": {
        "profile_id": 0x0109,
        "cluster_id": 0x0703,
        "type": "cluster",
        "direction": "server_to_client",
        "disable_default_response": False,
        "manufacturer_code": None,
        "sequence": 206,
        "command_id": 1,
    },
    "command": "cancel_message",
    "fields": {"message_id": 12648430, "message_control": 0},
}


def run(*words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, words, input=text)


def test_a_frame_is_printed_for_people() -> None:
    result = run("decode", "0x0109", "0x0703", CANCEL)

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "messaging cancel_message (server -> client, sequence 206)",
        "  message_id       12648430",
        "  message_control  0 (transmission normal, importance low)",
    ]


def test_a_frame_is_printed_as_json() -> None:
    result = run("decode", "265", "1795", CANCEL, "--json")

    assert result.exit_code == 0
    assert json.loads(result.output) == DOCUMENT


@pytest.mark.parametrize(
    "octets",
    [
        ["09CE01EEFFC00000"],
        ["0x09ce01eeffc00000"],
        ["09:ce:01:ee:ff:c0:00:00"],
        ["09", "ce01", "eeff", "c0 00 00"],
    ],
)
def test_hex_may_be_written_in_any_way(octets: list[str]) -> None:
    result = run("decode", "0x109", "0x703", *octets, "--json")

    assert json.loads(result.output) == DOCUMENT


@pytest.mark.parametrize(
    ("sender", "command"),
    [(None, "publish_price"), ("server", "publish_price"), ("client", "get_current_price")],
)
def test_the_sender_may_be_told(sender: str | None, command: str) -> None:
    octets = "0907" + "00" + "bc0a0000045065616bc4b3a214c247ff140048032131000000003c00fb040000"
    octets += "ffffffffffff"
    more = [] if sender is None else ["--from", sender]

    result = run("decode", "0x109", "0x700", octets, "--json", *more)

    assert json.loads(result.output)["command"] == command


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        ("0107", "octet 2: the ZCL header is cut off"),
        ("01zz0001", "octet 1: 'z' is no hex digit"),
        ("01070", "octet 2: a hex digit is missing"),
        ("010777", "octet 2: no client of cluster messaging sends a command 0x77"),
        ("09ce01ee", "octet 3: CancelMessageRecord: message_id: Data is too short"),
        (":", "octet 0: the ZCL header is cut off"),
    ],
)
def test_junk_ends_with_status_1_and_one_line(octets: str, problem: str) -> None:
    result = run("decode", "0x0109", "0x0703", octets)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"sebridge: {problem}")


@pytest.mark.parametrize("identifier", ["price", "0x10000", "-1"])
def test_an_identifier_that_is_none_is_wrong_use(identifier: str) -> None:
    assert run("decode", "--", "0x0109", identifier, CANCEL).exit_code == 2


def test_json_becomes_a_frame() -> None:
    result = run("encode", text=json.dumps(DOCUMENT))

    assert (result.exit_code, result.output) == (0, f"{CANCEL}\n")


def test_json_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "frame.json"
    file.write_text(json.dumps(DOCUMENT), "utf-8")

    result = run("encode", str(file))

    assert (result.exit_code, result.output) == (0, f"{CANCEL}\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[1", "character 2: not JSON"),
        ("{}", "frame: is not an object"),
        (json.dumps(DOCUMENT | {"command": "cancel"}), "command: no server of cluster messaging"),
        (json.dumps(DOCUMENT | {"fields": {}}), "fields.message_id: is missing"),
        ("[" * 300_000, "262145 octets are more than the 262144 allowed"),
    ],
)
def test_wrong_json_ends_with_status_1_and_one_line(text: str, problem: str) -> None:
    result = run("encode", text=text)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"sebridge: {problem}")


def test_the_examples_stand_on_lines_of_their_own() -> None:
    for name in ("decode", "encode"):
        assert "\n    sebridge decode 0x0109 0x0700 01070001" in run(name, "--help").output
