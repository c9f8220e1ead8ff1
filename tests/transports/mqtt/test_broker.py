"""Finding mosquitto, a port and a place; what it does when it runs is in tests/integration."""

import asyncio
from pathlib import Path
import socket

import pytest

from sebridge.base.clock import SystemClock, VirtualClock
from sebridge.base.errors import ConfigError
from sebridge.transports.mqtt.broker import (
    EmbeddedBroker,
    find_mosquitto,
    free_port,
    pause_after,
)
from tests.patience import until
from tests.ports import unused_port


def fake_mosquitto(directory: Path, script: str) -> str:
    program = directory / "mosquitto"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(directory)


def test_without_mosquitto_the_message_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="apt-get install mosquitto"):
        find_mosquitto(str(tmp_path))


def test_mosquitto_is_found_on_the_path(tmp_path: Path) -> None:
    path = fake_mosquitto(tmp_path, "exit 0")

    assert find_mosquitto(path) == tmp_path / "mosquitto"


def test_mosquitto_is_found_where_daemons_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert find_mosquitto().name == "mosquitto"


def test_a_free_port_is_the_wanted_one() -> None:
    wanted = unused_port()

    assert free_port(wanted) == wanted


def test_a_port_that_is_taken_gives_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = taken.getsockname()[1]

        assert free_port(wanted) not in {wanted, 0}


def test_a_machine_without_a_free_port_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sebridge.transports.mqtt.broker.HOST", "192.0.2.1")

    with pytest.raises(ConfigError, match="no free port"):
        free_port(1883)


def test_the_pause_grows_with_each_death_and_a_long_life_makes_good() -> None:
    pauses = [pause_after(lived=1.0, last_pause=last) for last in (0.0, 0.2, 0.4, 20.0, 30.0)]

    assert pauses == [0.2, 0.4, 0.8, 30.0, 30.0]
    assert pause_after(lived=61.0, last_pause=30.0) == 0.2


async def test_a_mosquitto_that_neither_answers_nor_ends_is_killed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = VirtualClock()
    path = fake_mosquitto(tmp_path, "trap '' TERM; echo hello >&2; while :; do sleep 0.1; done")
    broker = EmbeddedBroker(tmp_path / "broker", clock, port=unused_port(), search_path=path)

    start = asyncio.create_task(broker.start())
    await until(lambda: "mosquitto: hello" in caplog.text)
    while not start.done():
        await asyncio.sleep(0.01)
        await clock.advance(1)

    with pytest.raises(ConfigError, match="does not start: hello"):
        await start
    assert broker.pid is None


async def test_without_mosquitto_the_broker_does_not_start(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path, SystemClock(), search_path=str(tmp_path))

    with pytest.raises(ConfigError, match="not installed"):
        await broker.start()
    await broker.stop()

    assert broker.pid is None


async def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = fake_mosquitto(tmp_path, "exit 0")
    broker = EmbeddedBroker(tmp_path / "file" / "broker", SystemClock(), search_path=path)

    with pytest.raises(ConfigError, match=r"file/broker: Not a directory"):
        await broker.start()


async def test_a_directory_with_a_line_break_would_be_a_second_setting(tmp_path: Path) -> None:
    path = fake_mosquitto(tmp_path, "exit 0")
    broker = EmbeddedBroker(tmp_path / "a\nlistener 1", SystemClock(), search_path=path)

    with pytest.raises(ConfigError, match="no name for a directory"):
        await broker.start()


async def test_the_configuration_is_for_this_machine_only(tmp_path: Path) -> None:
    path = fake_mosquitto(tmp_path, "exit 1")
    broker = EmbeddedBroker(
        tmp_path / "broker", SystemClock(), port=unused_port(), search_path=path
    )

    with pytest.raises(ConfigError, match="does not start: it said nothing"):
        await broker.start()

    lines = (tmp_path / "broker" / "mosquitto.conf").read_text().splitlines()
    assert f"listener {broker.port} 127.0.0.1" in lines
    assert f"persistence_location {tmp_path}/broker/" in lines


async def test_lines_without_end_are_survived(tmp_path: Path) -> None:
    script = "head -c 300000 /dev/zero >&2; echo >&2; echo 'the end' >&2; exit 1"
    path = fake_mosquitto(tmp_path, script)
    broker = EmbeddedBroker(
        tmp_path / "broker", SystemClock(), port=unused_port(), search_path=path
    )

    with pytest.raises(ConfigError, match="the end"):
        await broker.start()
