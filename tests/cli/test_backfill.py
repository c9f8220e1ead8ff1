"""`sebridge backfill`: how it is called, and what it says of what is wrong."""

from collections.abc import Iterator
from pathlib import Path
import time

import pytest

from sebridge.cli.backfill import moment
from sebridge.settings.homeassistant_address import websocket_url
from tests.cli.runner import run

METER = "00:0d:6f:00:0a:00:00:01"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://home.local:8123", "ws://home.local:8123/api/websocket"),
        ("https://home.local/", "wss://home.local/api/websocket"),
        ("ws://supervisor/core/websocket", "ws://supervisor/core/websocket"),
    ],
)
def test_the_websocket_is_found_from_what_people_write(address: str, url: str) -> None:
    assert websocket_url(address) == url


@pytest.mark.parametrize("address", ["home.local", "ftp://a", "http://", "http://me:secret@a"])
def test_what_is_no_address_is_refused(address: str) -> None:
    shown = run("backfill", METER, "--homeassistant", address)

    assert shown.exit_code == 2
    assert "must be http://host[:port]" in shown.output
    assert "secret" not in shown.output


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-10-24T18:00", "2026-10-24T16:00+00:00"),
        ("2026-10-25T18:00", "2026-10-25T17:00+00:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30+00:00"),
    ],
)
def test_a_time_is_local_unless_it_says_otherwise(text: str, same: str) -> None:
    assert moment(text) == moment(same)


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize("text", ["2026-10-25T02:30", "2026-03-29T02:30"])
def test_a_time_that_the_clocks_show_twice_or_never_needs_its_offset(text: str) -> None:
    shown = run("backfill", METER, "--from", text)

    assert shown.exit_code == 2
    assert "twice or never" in shown.output


def test_a_token_is_needed(tmp_path: Path) -> None:
    empty = tmp_path / "token"
    empty.write_text("\n")

    shown = [run("backfill", METER), run("backfill", METER, "--token-file", str(empty))]

    assert [one.exit_code for one in shown] == [2, 2]
    assert "SEBRIDGE_HOMEASSISTANT_TOKEN" in shown[0].output
    assert "is empty" in shown[1].output


@pytest.mark.parametrize("arguments", [["kitchen"], [METER, "--from", "yesterday"]])
def test_wrong_use_ends_with_status_two(arguments: list[str]) -> None:
    assert run("backfill", *arguments).exit_code == 2


def test_without_a_broker_it_ends_with_one_line() -> None:
    shown = run(
        "backfill", METER, "--broker", "127.0.0.1:9", SEBRIDGE_HOMEASSISTANT_TOKEN="abc-token"
    )

    assert shown.exit_code == 1
    assert "no MQTT broker answers" in shown.output
    assert "abc-token" not in shown.output
