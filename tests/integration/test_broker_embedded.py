"""A mosquitto of our own: it is there, it comes back, it leaves with us."""

from collections.abc import Callable
import logging
import os
from pathlib import Path
import resource
import signal
import subprocess
import sys

import pytest

from sebridge.base.clock import SystemClock
from sebridge.base.errors import ConfigError
from sebridge.transports.mqtt.broker import EmbeddedBroker
from tests.integration.brokers import Listener, Mosquitto, answers
from tests.patience import eventually, until
from tests.ports import unused_port


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


async def test_it_serves_on_the_port_that_was_asked_for_and_ends(
    tmp_path: Path, listening: Callable[..., Listener]
) -> None:
    port = unused_port()
    broker = EmbeddedBroker(tmp_path / "a broker", SystemClock(), port=port)

    await broker.start()
    listener = listening(broker.port, "a")
    listener.say("a", b"x")
    await until(lambda: listener.heard == [("a", b"x", False)])
    listener.close()
    pid = broker.pid
    await broker.stop()

    assert broker.port == port
    assert broker.pid is None
    assert pid is not None
    assert not is_alive(pid)


async def test_it_takes_another_port_when_that_one_is_taken(
    mosquitto: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker", SystemClock(), port=mosquitto.port)

    await broker.start()
    try:
        assert broker.port != mosquitto.port
        assert answers(broker.port)
        assert f"port {mosquitto.port} is taken" in caplog.text
    finally:
        await broker.stop()


async def test_it_is_started_again_also_when_the_first_tries_fail(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = EmbeddedBroker(tmp_path, SystemClock(), port=unused_port())
    await broker.start()
    pid = broker.pid
    assert pid is not None
    before = resource.getrlimit(resource.RLIMIT_NOFILE)

    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))  # those that are open stay open
    try:
        os.kill(pid, signal.SIGKILL)
        await until(lambda: "mosquitto cannot be started: Too many open files" in caplog.text)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    await until(lambda: broker.pid not in {None, pid})
    starts = broker.starts
    await broker.stop()

    assert starts == 2


async def test_it_is_started_again_on_the_same_port_when_it_dies(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker", SystemClock(), port=unused_port())
    await broker.start()
    try:
        port, first = broker.port, broker.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: broker.pid not in {None, first} and answers(broker.port))

        assert broker.port == port
        assert broker.starts == 2
        assert "mosquitto ended with status -9" in caplog.text
    finally:
        await broker.stop()


async def test_what_is_retained_survives_a_stop(
    tmp_path: Path, listening: Callable[..., Listener]
) -> None:
    broker = EmbeddedBroker(tmp_path / "broker", SystemClock(), port=unused_port())
    await broker.start()
    first = listening(broker.port, "nothing")
    first.say("kept", b"x", retain=True)
    first.close()
    await broker.stop()

    await broker.start()
    second = listening(broker.port, "kept")
    await until(lambda: second.heard == [("kept", b"x", True)])
    second.close()
    await broker.stop()


async def test_what_mosquitto_says_is_in_our_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    broker = EmbeddedBroker(tmp_path / "broker", SystemClock(), port=unused_port())

    await broker.start()
    await until(lambda: "mosquitto: " in caplog.text)
    await broker.stop()

    assert "mosquitto version" in caplog.text


async def test_a_mosquitto_that_does_not_start_tells_why(tmp_path: Path) -> None:
    program = tmp_path / "mosquitto"
    program.write_text("#!/bin/sh\necho 'Error: no memory' >&2\nexit 3\n")
    program.chmod(0o755)
    broker = EmbeddedBroker(tmp_path / "broker", SystemClock(), search_path=str(tmp_path))

    with pytest.raises(ConfigError, match="mosquitto does not start: Error: no memory"):
        await broker.start()

    assert broker.pid is None


def test_it_ends_with_a_bridge_that_is_killed(tmp_path: Path) -> None:
    port = unused_port()
    program = f"""
import asyncio, pathlib
from sebridge.base.clock import SystemClock
from sebridge.transports.mqtt.broker import EmbeddedBroker

async def main():
    broker = EmbeddedBroker(pathlib.Path({str(tmp_path)!r}), SystemClock(), port={port})
    await broker.start()
    print(broker.pid, flush=True)
    await asyncio.get_running_loop().create_future()

asyncio.run(main())
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as bridge:
        assert bridge.stdout is not None
        pid = int(bridge.stdout.readline())
        assert is_alive(pid)

        bridge.kill()
        bridge.wait()

    eventually(lambda: not is_alive(pid))


async def test_stopping_while_it_is_being_restarted_leaves_nothing(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "broker", SystemClock(), port=unused_port())
    await broker.start()
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    await until(lambda: broker.pid is None)

    await broker.stop()

    assert broker.pid is None
    assert not answers(broker.port)
