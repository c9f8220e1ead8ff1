"""The processes that answer calls: the bridge, and the echoes with which it is compared."""

from collections.abc import Iterator
import contextlib
from dataclasses import dataclass
from pathlib import Path
import signal
import subprocess
import sys
import time
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from sebridge.transports.mqtt.broker import free_port

ECHO_TOPIC: Final = "bare/echo"
ECHO_PATH: Final = "/echo"

_PATIENCE: Final = 60.0  # seconds for the bridge to be ready
_SCHEDULED: Final = 2  # what kind of a process's clock: Linux's CPUCLOCK_SCHED

_CONFIGURATION: Final = """\
mqtt: {{broker: 127.0.0.1, port: {broker}}}
http: {{port: {port}, limits: {{requests_per_minute: 1000000}}}}
storage: {{path: {directory}/sebridge.db}}
registry: {{RPC_Manager.max_buffer_items: {capacity}}}
log: {{level: warning}}
"""


@dataclass(frozen=True, slots=True)
class Answerer:
    """A process that answers; `port` is that of its HTTP server, if it has one."""

    process: subprocess.Popen[bytes]
    port: int = 0

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    def cpu(self) -> float:
        """Return the seconds of processor time it has used, all its threads."""
        # clock_getcpuclockid() of the C library, which Python does not have
        return time.clock_gettime((~self.pid << 3) | _SCHEDULED)

    def begin_counting(self) -> None:
        """Have it count the functions that it calls; it was started `counted`."""
        self.process.send_signal(signal.SIGUSR1)

    def end_counting(self) -> int:
        """Return how many it has called."""
        self.process.send_signal(signal.SIGUSR2)
        assert self.process.stdout is not None
        word, count = self.process.stdout.readline().split()
        assert word == b"counted"
        return int(count)


@contextlib.contextmanager
def bridge(
    broker: int, capacity: int, directory: Path, *, counted: bool = False
) -> Iterator[Answerer]:
    """Run the bridge as installed: simulated air, no devices, so many responses kept at most."""
    port, file = free_port(0), directory / "config.yaml"
    file.write_text(
        _CONFIGURATION.format(broker=broker, port=port, directory=directory, capacity=capacity)
    )
    with _running("sebridge", "run", "-c", str(file), counted=counted) as process:
        _await_health(f"http://127.0.0.1:{port}/healthz")
        yield Answerer(process, port)


@contextlib.contextmanager
def mqtt_echo(broker: int, *, counted: bool = False) -> Iterator[Answerer]:
    """Run the bare echo behind the same broker."""
    with _running("benchmarks.echo_paho", str(broker), ECHO_TOPIC, counted=counted) as process:
        _await_ready(process)
        yield Answerer(process)


@contextlib.contextmanager
def http_echo(*, counted: bool = False) -> Iterator[Answerer]:
    """Run the bare echo over HTTP."""
    port = free_port(0)
    with _running("benchmarks.echo_aiohttp", str(port), ECHO_PATH, counted=counted) as process:
        _await_ready(process)
        yield Answerer(process, port)


@contextlib.contextmanager
def _running(
    module: str, *arguments: str, counted: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    under = ["benchmarks.counted"] if counted else []
    command = [sys.executable, "-m", *under, module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.terminate()


def _await_ready(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"


def _await_health(url: str) -> None:
    """Wait until radio, broker and database are there."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            urlopen(url).close()
        except URLError:  # not yet listening, or 503 with what is missing
            assert time.monotonic() < end, "the bridge was not ready in time"
            time.sleep(0.2)
        else:
            return
