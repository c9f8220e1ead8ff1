"""A mosquitto of our own, for the demonstration and for a house that has no broker."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
import contextlib
import logging
import os
from pathlib import Path
import shutil
import socket
import sys
from typing import Final

from typing_extensions import override

from sebridge.base import parent_death
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, ConfigError
from sebridge.base.service import Service

_LOGGER = logging.getLogger(__name__)

HOST: Final = "127.0.0.1"
USUAL_PORT: Final = 1883

_PARENT_DEATH: Final = Path(parent_death.__file__)
_PLACES: Final = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")  # not on everybody's PATH
_READY: Final = 10.0  # seconds for mosquitto to answer
_LOOK_AGAIN: Final = 0.05  # seconds
_SHORTEST_PAUSE: Final = 0.2  # seconds before a broker that died is started again
_LONGEST_PAUSE: Final = 30.0
_LONG_LIFE: Final = 60.0  # seconds after which a death is not one of a series
_LEAVING: Final = 5.0  # seconds for mosquitto to save what it keeps and end

_HOW_TO_INSTALL: Final = (
    "mqtt.broker: embedded needs mosquitto, which is not installed. Install it "
    "(Debian, Ubuntu: apt-get install mosquitto; Alpine: apk add mosquitto; "
    "macOS: brew install mosquitto), or set mqtt.broker to the host name of a broker"
)

_CONFIGURATION: Final = """\
# Written by sebridge at each start; changes here are lost.
# Only programs on this machine can reach the broker, and they need no password.
listener {port} {host}
allow_anonymous true
user {user}
persistence true
persistence_location {directory}/
autosave_interval 60
max_inflight_messages 1000
max_queued_messages 100000
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
log_type notice
log_type information
"""


def find_mosquitto(path: str | None = None) -> Path:
    """Return the program, from `path` (default: PATH) or the usual places for daemons.

    Raises ConfigError, with the way to install it, when it is nowhere.
    """
    places = os.environ.get("PATH", "") if path is None else path
    if path is None:
        places = os.pathsep.join((places, *_PLACES))
    found = shutil.which("mosquitto", path=places)
    if found is None:
        raise ConfigError([_HOW_TO_INSTALL])
    return Path(found)


def free_port(wanted: int) -> int:
    """Return the wanted TCP port of this machine, or any free one when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise ConfigError([f"mqtt.broker: embedded: no free port on {HOST}"])


def pause_after(lived: float, last_pause: float) -> float:
    """Return how many seconds to wait when mosquitto died after so many."""
    if lived > _LONG_LIFE:
        return _SHORTEST_PAUSE
    return min(max(last_pause * 2, _SHORTEST_PAUSE), _LONGEST_PAUSE)


class EmbeddedBroker(Service):
    """A supervised mosquitto on 127.0.0.1 which keeps its state in a directory of its own.

    `start` returns when it answers; then `port` is where. A broker that dies is started again on
    the same port. It ends with us, even when we are killed. Everybody on this machine may use it.
    """

    def __init__(
        self,
        directory: Path,
        clock: Clock,
        *,
        port: int = USUAL_PORT,
        search_path: str | None = None,
    ) -> None:
        super().__init__()
        self._directory = directory.absolute()
        self._clock = clock
        self._search_path = search_path
        self._process: Process | None = None
        self._last_words: deque[str] = deque(maxlen=3)
        self.port = port
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """Return mosquitto's process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    @override
    async def start(self) -> None:
        """Start mosquitto and wait until it answers.

        Raises ConfigError when it is not installed, when the directory cannot be written, or when
        mosquitto does not come up; the message tells which.
        """
        program = find_mosquitto(self._search_path)
        wanted = self.port
        self.port = free_port(wanted)
        self._configure()
        await self._launch(program)
        if not await self._answers():
            await self._end()
            words = "; ".join(self._last_words) or "it said nothing"
            raise ConfigError([f"mqtt.broker: embedded: mosquitto does not start: {words}"])
        if self.port != wanted:
            _LOGGER.warning("port %d is taken: the MQTT broker is on port %d", wanted, self.port)
        _LOGGER.info("the MQTT broker of our own is at %s:%d", HOST, self.port)
        self._program = program
        await super().start()

    @override
    async def run(self) -> None:
        """Start mosquitto again whenever it dies, soon and then ever later."""
        pause = 0.0
        while self._process is not None:
            begun = self._clock.monotonic()
            status = await self._process.wait()
            pause = pause_after(self._clock.monotonic() - begun, pause)
            _LOGGER.error(
                "mosquitto ended with status %s; starting it again in %g s: %s",
                *(status, pause, "; ".join(self._last_words)),
            )
            pause = await self._relaunch(pause)

    async def _relaunch(self, pause: float) -> float:
        """Start mosquitto after a pause, as often as it takes; return the last pause."""
        while True:
            await self._clock.sleep(pause)
            try:
                await self._launch(self._program)
            except OSError as error:  # no memory, no descriptor, no program any more
                pause = pause_after(0.0, pause)
                _LOGGER.error(  # noqa: TRY400  # a person cannot use the trace
                    "mosquitto cannot be started: %s; trying again in %g s",
                    *(error.strerror or error, pause),
                )
            else:
                return pause

    @override
    async def stop(self) -> None:
        """End mosquitto, which saves what it keeps."""
        if self._main is not None:
            self._main.cancel()
            await asyncio.wait([self._main])
        await self._end()
        await super().stop()

    def _configure(self) -> None:
        directory = str(self._directory)
        if not directory.isprintable():
            raise ConfigError([f"mqtt.broker: embedded: {directory!r} is no name for a directory"])
        text = _CONFIGURATION.format(
            port=self.port,
            host=HOST,
            directory=directory,
            # mosquitto started by root would become another user, who may not write here
            user="root" if os.geteuid() == 0 else "mosquitto",
        )
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._file.write_text(text)
        except OSError as error:
            raise ConfigError([f"mqtt.broker: embedded: {directory}: {error.strerror}"]) from error

    @property
    def _file(self) -> Path:
        return self._directory / "mosquitto.conf"

    async def _launch(self, program: Path) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(_PARENT_DEATH), str(os.getpid())),
            *(str(program), "-c", str(self._file)),
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
        )
        self.starts += 1
        self.spawn(self._listen(self._process), "mosquitto's log")

    async def _listen(self, process: Process) -> None:
        assert process.stderr is not None
        while True:
            try:
                line = await process.stderr.readline()
            except ValueError:  # longer than asyncio's limit of 64 KiB
                continue
            if not line:
                return
            text = line.decode(errors="replace").strip()
            self._last_words.append(text)
            _LOGGER.debug("mosquitto: %s", text)

    async def _answers(self) -> bool:
        with contextlib.suppress(AnswerTimeoutError):
            return await self._clock.within(_READY, self._until_it_answers())
        return False

    async def _until_it_answers(self) -> bool:
        while self.pid is not None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, self.port)
                writer.close()
                await writer.wait_closed()
                return True
            await self._clock.sleep(_LOOK_AGAIN)
        return False

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await self._clock.within(_LEAVING, process.wait())
        except AnswerTimeoutError:
            process.kill()
            await process.wait()
