"""The app for Home Assistant as the Supervisor runs it: its questions, its folders, its hooks."""

from collections.abc import Iterator
import contextlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import os
from pathlib import Path
import subprocess
import sys
import threading
from typing import Any, Final

from typing_extensions import override

from tests.private_file import write_private

APP: Final = Path(__file__).parents[1] / "hassio-addon"
TOKEN: Final = "token-of-the-supervisor"
PASSWORD: Final = 'p"ä$s!secret #\\: word'
SERVICE: Final = {
    "host": "core-mosquitto",
    "port": 1883,
    "ssl": False,
    "protocol": "3.1.1",
    "username": "addons",
    "password": PASSWORD,
}


class Supervisor(ThreadingHTTPServer):
    """Answers /services/mqtt as the Supervisor does."""

    def __init__(self, **service: Any) -> None:
        super().__init__(("127.0.0.1", 0), SupervisorHandler)
        self.answer: bytes = json.dumps({"result": "ok", "data": SERVICE | service}).encode()
        self.status = 200
        self.failures = 0  # so many questions are refused first
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class SupervisorHandler(BaseHTTPRequestHandler):
    server: Supervisor

    def do_GET(self) -> None:
        self.server.asked += 1
        status = self.server.status
        if self.path != "/services/mqtt":
            status = 404
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            status = 401
        elif self.server.asked <= self.server.failures:
            status = 400
        self.send_response(status)
        self.end_headers()
        self.wfile.write(self.server.answer if status == 200 else b'{"result":"error"}')

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def answering(supervisor: Supervisor) -> Iterator[Supervisor]:
    """Have it answer."""
    with supervisor:
        thread = threading.Thread(target=supervisor.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield supervisor
        supervisor.shutdown()
        thread.join()


class Machine:
    """A container: its folders, and a `sebridge` that only notes how it was started, or is real."""

    def __init__(self, folder: Path, supervisor: Supervisor, options: dict[str, Any]) -> None:
        self.data, self.own, self.ssl = (folder / name for name in ("data", "config", "ssl"))
        for made in (self.data, self.own, self.ssl):
            made.mkdir()
        self.options = options
        self.noted = folder / "noted.json"
        self._supervisor = supervisor
        self._programs = folder / "bin"
        self._programs.mkdir()
        (self._programs / "python3").symlink_to(sys.executable)
        self._install(
            f"json.dump([sys.argv[1:], dict(os.environ)], open({str(self.noted)!r}, 'w'))"
        )

    def install_bridge(self) -> None:
        """Have the real bridge in the place of what notes its start."""
        self._install("from sebridge.cli.main import main; main()")

    def _install(self, line: str) -> None:
        program = self._programs / "sebridge"
        program.write_text(f"#!{sys.executable}\nimport json, os, sys\n{line}\n")
        program.chmod(0o755)

    @property
    def config(self) -> Path:
        return self.data / "sebridge.yaml"

    @property
    def copy(self) -> Path:
        return self.data / "sebridge.db.copy"

    def start(self, attempts: int = 1) -> subprocess.CompletedProcess[str]:
        """Start, and wait for the end."""
        return subprocess.run(
            [APP / "run.sh"],
            env=self._environment(attempts),
            check=False,
            capture_output=True,
            text=True,
        )

    def begin(self, log: Path, **environment: str) -> subprocess.Popen[bytes]:
        """Start, and let it run; what it says goes into a file."""
        with log.open("ab") as said:
            return subprocess.Popen(
                [APP / "run.sh"],
                env=self._environment(1) | environment,
                stdout=said,
                stderr=said,
            )

    def hook(self, when: str, bridge: int, patience: int) -> subprocess.CompletedProcess[str]:
        """Run the script for backups, as the Supervisor does before or after one."""
        return subprocess.run(
            [APP / "backup.sh", when],
            env=self._environment(1)
            | {"BRIDGE_PROCESS": str(bridge), "BACKUP_PATIENCE": str(patience)},
            check=False,
            capture_output=True,
            text=True,
        )

    def _environment(self, attempts: int) -> dict[str, str]:
        write_private(self.data / "options.json", json.dumps(self.options))
        return {
            "PATH": f"{self._programs}:{os.environ['PATH']}",
            "DATA_DIRECTORY": str(self.data),
            "OWN_DIRECTORY": str(self.own),
            "SSL_DIRECTORY": str(self.ssl),
            "SUPERVISOR_URL": self._supervisor.url,
            "SUPERVISOR_TOKEN": TOKEN,
            "BROKER_ATTEMPTS": str(attempts),
            "BROKER_PAUSE": "0.01",
        }
