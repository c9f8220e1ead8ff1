"""A real Home Assistant for the scripts that need one: find or install it, start it, talk to it."""

import asyncio
from collections.abc import Sequence
import os
from pathlib import Path
import re
import shutil
import signal
import subprocess
import sys
from typing import Any, Final, Self

import aiohttp

from sebridge.base.clock import SystemClock
from sebridge.base.secret import Secret

VERSION: Final = "2026.2"
_REQUIREMENT: Final = "homeassistant==2026.2.3"
_BESIDE: Final = (
    "paho-mqtt==2.1.0",
    "sqlalchemy==2.0.41",
    "pyotp==2.9.0",
    "pyqrcode==1.2.1",
    # its pages, and what it looks at to describe the actions on them
    "home-assistant-frontend==20260128.6",
    "hassil==3.5.0",
    "home-assistant-intents==2026.1.28",
    "numpy==2.5.5",
    "PyTurboJPEG==1.8.0",
    "mutagen==1.47.0",
    "ha-ffmpeg==3.2.2",
    "pymicro-vad==1.0.1",
    "pyspeex-noise==2.0.1",
)
"""What its integrations need of those that are used here: it would install most of them itself."""
_PYTHONS: Final = ("python3.13", "python3.14")
_PYENV: Final = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
_ENVIRONMENT: Final = Path(__file__).parents[1] / ".venv-homeassistant"
_CONFIGURATION: Final = """\
http:
  server_host: 127.0.0.1
  server_port: {port}
recorder:
websocket_api:
onboarding:
config:
api:
logger:
  default: warning
"""
_START: Final = (
    "import sys, homeassistant.const as c; c.REQUIRED_PYTHON_VER = (3, 13, 0);"
    "from homeassistant.__main__ import main; sys.exit(main())"
)
"""It asks for a patch release of Python that not every machine has; it runs with the first too."""
_CLIENT: Final = "http://127.0.0.1/"
_PASSWORD: Final = "for as long as this takes"  # noqa: S105  # of a house that is gone afterwards
_PATIENCE: Final = 120.0  # seconds
_LOOK_AGAIN: Final = 0.5  # seconds
_CLOCK: Final = SystemClock()
_ENTRY: Final = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:)", re.MULTILINE)
_COMPLAINT: Final = re.compile(r"\S+ \S+ (WARNING|ERROR|CRITICAL) ")
_OF_ITSELF: Final = ("[aiohttp_fast_zlib]", "Updating state for", "is logging too frequently")
"""It complains of packages that it would be faster with, of a machine that is busy, and of how much
it has to say, which stands there itself where it is a complaint."""


class NoHomeAssistantError(Exception):
    """Home Assistant cannot be had on this machine; the text says why."""


def environment(python: str | None) -> str:
    """Return the Python of an environment with Home Assistant: one that is named, or our own.

    Our own is made once, in `.venv-homeassistant`. Raises NoHomeAssistantError.
    """
    if python is not None:
        return _checked(python)
    own = _ENVIRONMENT / "bin/python"
    if not own.exists():
        _make_environment()
    return _checked(str(own))


def _make_environment() -> None:
    base = _base_python()
    if base is None:
        raise NoHomeAssistantError(f"there is none of {', '.join(_PYTHONS)}, here or in {_PYENV}")
    pip = [str(_ENVIRONMENT / "bin/python"), "-m", "pip", "install", "--quiet"]
    try:
        subprocess.run([base, "-m", "venv", str(_ENVIRONMENT)], check=True)
        # whose requirement of a patch release is not met all the same
        subprocess.run([*pip, "--ignore-requires-python", _REQUIREMENT, *_BESIDE], check=True)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(_ENVIRONMENT, ignore_errors=True)
        raise NoHomeAssistantError(f"it could not be installed: {error}") from error


def _base_python() -> str | None:
    """Return a Python that is new enough: of the path, or one that pyenv keeps beside it."""
    kept = (file for name in _PYTHONS for file in sorted(_PYENV.glob(f"3.*/bin/{name}")))
    return next((name for name in (*_PYTHONS, *map(str, kept)) if _runs(name)), None)


def _runs(python: str) -> bool:
    """Tell whether there is such a program, and not only a name that stands for none."""
    try:
        return (
            subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def _checked(python: str) -> str:
    asked = "import homeassistant.const as c; print(c.__version__)"
    try:
        answer = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoHomeAssistantError(f"{python} has no Home Assistant: {error}") from error
    version = answer.stdout.strip()
    if not version.startswith(f"{VERSION}."):
        raise NoHomeAssistantError(f"{python} has Home Assistant {version}, and not {VERSION}")
    return python


class HomeAssistant:
    """One that keeps its things in a directory, on a port of this machine.

    Its first start makes the user, as its first page does, and a long-lived token. `more` is added
    to its configuration.
    """

    def __init__(self, python: str, directory: Path, port: int, more: str = "") -> None:
        self._python = python
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._log = directory / "said"
        self._read = 0
        self.address = f"http://127.0.0.1:{port}"
        self.token: Secret | None = None
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "configuration.yaml").write_text(_CONFIGURATION.format(port=port) + more)

    @property
    def websocket(self) -> str:
        """The URL of its WebSocket."""
        return f"{self.address}/api/websocket".replace("http", "ws", 1)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start, and return when it answers; SystemExit when it ends instead."""
        process = self._process = self._started()
        async with aiohttp.ClientSession() as session:
            while not await self._answers(session):
                if process.poll() is not None:
                    sys.exit(self.said())
                await _CLOCK.sleep(_LOOK_AGAIN)
        if self.token is None:
            self.token = await self._long_lived_token()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as said:
            return subprocess.Popen(
                [self._python, "-c", _START, "-c", str(self._directory)],
                stdout=said,
                stderr=said,
                env=os.environ | {"PYTHONDEVMODE": "", "NO_COLOR": "1"},
            )

    async def stop(self) -> None:
        """End it as an operating system does, and return when it has ended."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it as a loss of power does."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            await asyncio.to_thread(self._process.wait, _PATIENCE)
            self._process = None

    def said(self) -> str:
        """Return its whole log."""
        return self._log.read_text()

    def complaints(self) -> list[str]:
        """Return the entries at WARNING or above of its log since this was asked last."""
        said = self.said()
        new, self._read = said[self._read :], len(said)
        entries = (entry.strip() for entry in _ENTRY.split(new))
        complaints = [one for one in entries if _COMPLAINT.match(one)]
        return [one for one in complaints if not any(words in one for words in _OF_ITSELF)]

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        """Tell whether it has started, and not only begun to answer."""
        try:
            if self.token is None:
                async with session.get(f"{self.address}/api/onboarding") as answer:
                    return answer.ok
            async with session.get(f"{self.address}/api/config", headers=self._header) as answer:
                return answer.ok and (await answer.json())["state"] == "RUNNING"
        except aiohttp.ClientError:
            return False

    @property
    def _header(self) -> dict[str, str]:
        token = "" if self.token is None else self.token.reveal().decode()
        return {"Authorization": f"Bearer {token}"}

    async def _long_lived_token(self) -> Secret:
        person = {"name": "A", "username": "a", "password": _PASSWORD, "language": "en"}
        async with aiohttp.ClientSession() as session:
            made = await session.post(
                f"{self.address}/api/onboarding/users", json=person | {"client_id": _CLIENT}
            )
            code = (await made.json())["auth_code"]
            given = await session.post(
                f"{self.address}/auth/token",
                data={"grant_type": "authorization_code", "code": code, "client_id": _CLIENT},
            )
            short: str = (await given.json())["access_token"]
            wanted = {"client_name": "sebridge", "lifespan": 1}
            told = await _asked(
                session,
                self.websocket,
                short,
                [{"type": "auth/long_lived_access_token", **wanted}],
            )
        return Secret(str(told[0]).encode())

    # -------------------------------------------------------------- what can be asked

    async def add_mqtt(self, port: int) -> None:
        """Add the MQTT integration as a person does, with a broker of this machine."""
        flow = await self.rest("POST", "config/config_entries/flow", {"handler": "mqtt"})
        path = f"config/config_entries/flow/{flow['flow_id']}"
        made = await self.rest("POST", path, {"broker": "127.0.0.1", "port": port})
        if made["type"] != "create_entry":
            raise RuntimeError(f"MQTT was not added: {made}")

    async def rest(self, method: str, path: str, body: Any = None) -> Any:
        """Return its answer to a request below `/api/`: JSON, or a text. RuntimeError for a no."""
        async with aiohttp.ClientSession() as session:
            url = f"{self.address}/api/{path}"
            async with session.request(method, url, json=body, headers=self._header) as answer:
                if not answer.ok:
                    raise RuntimeError(f"{method} {path}: {answer.status} {await answer.text()}")
                is_json = answer.content_type == "application/json"
                return await answer.json() if is_json else await answer.text()

    async def ask(self, *commands: dict[str, Any]) -> Sequence[Any]:
        """Return its answers to commands of its WebSocket, in order; RuntimeError for a no."""
        token = "" if self.token is None else self.token.reveal().decode()
        async with aiohttp.ClientSession() as session:
            return await _asked(session, self.websocket, token, commands)


async def _asked(
    session: aiohttp.ClientSession, url: str, token: str, commands: Sequence[dict[str, Any]]
) -> Sequence[Any]:
    found: list[Any] = []
    async with session.ws_connect(url, max_msg_size=0) as talk:
        await talk.receive_json()
        await talk.send_json({"type": "auth", "access_token": token})
        await talk.receive_json()
        for number, command in enumerate(commands, 1):
            await talk.send_json({"id": number} | command)
            answer = await talk.receive_json()
            if not answer["success"]:
                raise RuntimeError(f"{command}: {answer['error']}")
            found.append(answer["result"])
    return found
