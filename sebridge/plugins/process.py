"""The bridge's end of a plug-in's code: a process of its own, whose calls are those of a caller."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable, Mapping
import contextlib
import logging
import os
from pathlib import Path
import signal
import socket
import sys
from typing import Any, Final

import msgspec
from typing_extensions import override

from sebridge.base import parent_death
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, LimitError, RequestError, SebridgeError
from sebridge.base.redaction import redacted
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus, SignalScope
from sebridge.model.plain import to_plain
from sebridge.plugin import words
from sebridge.plugin.channel import LONGEST_MESSAGE, Channel, ChannelError, ClosedError
from sebridge.plugin.worker import LONGEST_ANSWER
from sebridge.plugins.belongings import Belongings
from sebridge.plugins.host import Host
from sebridge.plugins.news import NEWS
from sebridge.plugins.requests import is_own
from sebridge.rpc.json_codec import dump, dump_notification, parse
from sebridge.rpc.message import Caller, Notification, Request, Response, RpcError, Scope

_LOGGER = logging.getLogger(__name__)

INTERFACE: Final = "plugin"
"""The interface through which plug-ins call."""

_MOST_AT_ONCE: Final = 16  # calls of one plug-in
_MOST_MESSAGES: Final = 200  # within a second
_SECOND: Final = 1.0
_ANSWERING: Final = 30.0  # seconds for a method or a route
_SIGN_OF_LIFE: Final = 30.0  # seconds between two, and at most until it is answered
_LEAVING: Final = 2.0  # seconds to end by itself
_LONGEST_LINE: Final = 500  # octets of what it writes that are logged
_PATH: Final = "/usr/local/bin:/usr/bin:/bin"


class ProcessPorts(msgspec.Struct, frozen=True, kw_only=True):
    """What processes of plug-ins need of the bridge; `memory` is octets of each.

    `durable` returns when what was kept is on the disk.
    """

    call: Callable[[Request, Caller], Awaitable[Response]]
    host: Host
    bus: SignalBus
    clock: Clock
    durable: Callable[[], Awaitable[None]]
    memory: int


class PluginProcess(Service):
    """Runs the code in a folder, from its start to its stop.

    It dies, and `wait` raises, when the process ends, hangs, or says what is no message.
    `is_for_hooks` says that nothing but a hook such as `install` is run.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        scope: Scope,
        ports: ProcessPorts,
        *,
        is_for_hooks: bool = False,
    ) -> None:
        super().__init__()
        self._plugin = name
        self._folder = folder
        self._caller = Caller(INTERFACE, scope, name=name)
        self._ports = ports
        self._process: Process | None = None
        self._channel: Channel | None = None
        self._signals = SignalScope(ports.bus)
        self._is_for_hooks = is_for_hooks
        self._belongings: Belongings | None = None
        self._under_way = 0
        self._asked = 0
        self._pace = _Pace(ports.clock)

    @property
    @override
    def name(self) -> str:
        return f"plug-in {self._plugin}"

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        process = self._process
        return None if process is None or process.returncode is not None else process.pid

    @override
    async def start(self) -> None:
        """Begin a process, which does what hooks do; RequestError where there can be none."""
        await self.stop()
        ours, theirs = socket.socketpair()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", parent_death.__file__, str(os.getpid())),
                # no bytecode: the folder of a version never changes
                *(sys.executable, "-I", "-B", "-m", "sebridge.plugin.worker"),
                *(str(self._folder), str(theirs.fileno()), str(self._ports.memory)),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                pass_fds=(theirs.fileno(),),
                env={"PATH": _PATH, "LANG": "C.UTF-8"},
                start_new_session=True,
            )
        except BaseException as error:
            ours.close()
            if isinstance(error, OSError):
                problem = f"its process cannot be started: {error.strerror}"
                raise RequestError(problem) from error
            raise
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours, limit=LONGEST_MESSAGE)
        self._channel = Channel(
            reader,
            writer,
            answer=self._answer,
            hear=lambda _method, _params: None,
            encode=dump,
            decode=parse,
            pace=self._pace.keep,
            longest=LONGEST_ANSWER,
        )
        self._belongings = Belongings(
            self._caller,
            self._ports.host,
            ask=self._ask,
            tell=self._channel.tell,
            is_for_hooks=self._is_for_hooks,
        )
        self._signals.listen(Notification, self._tell)
        for kind in NEWS:
            self._signals.listen(kind, self._tell_news)
        self.spawn(self._log_output(self._process), "output")
        await super().start()

    @override
    async def run(self) -> None:
        assert self._channel is not None, "it was started"
        assert self._process is not None, "it was started"
        self.spawn(self._see_it_live(self._channel, self._process), "signs of life")
        await self._channel.run()
        raise RequestError("its process ended")

    @override
    async def stop(self) -> None:
        """End the process: it has a moment to end by itself once nobody talks to it."""
        self._signals.close()
        if self._belongings is not None:
            self._belongings.close()
            self._belongings = None
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None:
            await self._end(self._process)
            self._process = None
        await super().stop()

    async def run_hook(self, function: str, seconds: float) -> None:
        """Have a hook run; RequestError says what became of it, unless it ended well in time."""
        await self._carry_out(words.HOOK, {"function": function}, function, seconds)

    def settle(self) -> None:
        """Let nobody see what an earlier process showed and this one, now started, does not."""
        if self._belongings is not None:
            self._belongings.settle()

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """Have a method or a route answered."""
        if self._asked >= _MOST_AT_ONCE:
            raise LimitError(f"{self.name} is busy: {_MOST_AT_ONCE} requests are under way")
        self._asked += 1
        try:
            return await self._carry_out(method, params, self.name, _ANSWERING)
        finally:
            self._asked -= 1

    async def _carry_out(
        self, method: str, params: Mapping[str, Any], what: str, seconds: float
    ) -> Any:
        channel = self._channel
        if channel is None:
            raise RequestError(f"{what}: its process does not run")
        try:
            return await self._ports.clock.within(seconds, channel.call(method, params))
        except AnswerTimeoutError as error:
            raise RequestError(f"{what} takes more than {seconds:g} s") from error
        except ChannelError as error:
            raise RequestError(f"{what}: {redacted(error.message)}") from error
        except ClosedError as error:
            raise RequestError(f"{what}: its process ended") from error

    # ------------------------------------------------------------------ the process

    async def _end(self, process: Process) -> None:
        try:
            await self._ports.clock.within(_LEAVING, process.wait())
        except AnswerTimeoutError:
            _kill(process)
            await process.wait()

    async def _see_it_live(self, channel: Channel, process: Process) -> None:
        clock = self._ports.clock
        while True:
            await clock.sleep(_SIGN_OF_LIFE)
            try:
                await clock.within(_SIGN_OF_LIFE, channel.call(words.PING, {}))
            except AnswerTimeoutError:
                _LOGGER.warning("%s hangs, and is killed", self.name)
                _kill(process)
                return
            except (ChannelError, ClosedError):
                return

    async def _log_output(self, process: Process) -> None:
        assert process.stdout is not None, "it is a pipe"
        while octets := await process.stdout.read(_LONGEST_LINE):
            for line in octets.decode(errors="replace").splitlines():
                _LOGGER.debug("%s: %s", self.name, redacted(line))

    # ------------------------------------------------------------------ what it asks

    async def _answer(self, method: str, params: Mapping[str, Any]) -> Any:
        if self._under_way >= _MOST_AT_ONCE:
            problem = LimitError(f"busy: {_MOST_AT_ONCE} calls of one plug-in may be under way")
            raise _as_told(RpcError.of(problem))
        self._under_way += 1
        try:
            if is_own(method):
                return await self._answer_own(method, params)
            response = await self._ports.call(Request(method, params), self._caller)
        finally:
            self._under_way -= 1
        if response.error is not None:
            raise _as_told(response.error)
        return {} if response.result is None else to_plain(response.result)

    async def _answer_own(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        assert self._belongings is not None, "it was started"
        try:
            answer = self._belongings.answer(method, params)
            if method in {words.KEEP, words.DROP}:
                await self._ports.durable()
        except SebridgeError as error:
            raise _as_told(RpcError.of(error)) from error
        return answer

    def _tell(self, news: Notification) -> None:
        if self._hears(news.name):
            parameters = msgspec.Raw(dump_notification(news, timestamp=False))
            self._hand_on({"name": news.name, "time": news.time, "parameters": parameters})

    def _tell_news(self, news: object) -> None:
        name, parameters_of = NEWS[type(news)]
        if self._hears(name) and (parameters := parameters_of(news)) is not None:
            now = self._ports.clock.utc()
            self._hand_on({"name": name, "time": now, "parameters": parameters})

    def _hears(self, name: str) -> bool:
        return self._belongings is not None and self._belongings.hears(name)

    def _hand_on(self, told: Mapping[str, Any]) -> None:
        if self._channel is not None and not self._channel.tell(words.TOLD, told):
            _LOGGER.debug("%s does not keep up: %s is dropped", self.name, told["name"])


def _kill(process: Process) -> None:
    """End a process, and those that it began: it leads a group of its own."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):  # it ended at this moment
            os.killpg(process.pid, signal.SIGKILL)


class _Pace:
    """Lets so many messages pass within a second; who says more waits, and says no more."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._end = clock.monotonic() + _SECOND
        self._count = 0

    async def keep(self) -> None:
        """Return when the next message may come."""
        now = self._clock.monotonic()
        if now >= self._end:
            self._end, self._count = now + _SECOND, 0
        self._count += 1
        if self._count >= _MOST_MESSAGES:
            await self._clock.sleep(self._end - now)


def _as_told(error: RpcError) -> ChannelError:
    return ChannelError(error.code, error.message)
