"""A real Node-RED without a window, and its examples as a person imports and adapts them."""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
import shutil
import subprocess
from typing import Any, Final, Self

from aiohttp import ClientSession

from tests.node_program import PACKAGES, node_path
from tests.patience import PATIENCE, until
from tests.ports import unused_port

PROJECT: Final = Path(__file__).parents[2]
PACKAGE: Final = PROJECT / "examples" / "node-red"
NAME: Final = json.loads((PACKAGE / "package.json").read_text())["name"]
TITLES: Final = sorted(file.stem for file in PACKAGE.glob("examples/*.json"))

_NO_NODES: Final = {"tab", "mqtt-broker"}  # what a flow has that is not on its canvas

Nodes = list[dict[str, Any]]


class Flow:
    """A flow of the package, which can be changed before it is imported."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.secrets: dict[str, str] = {}

    @classmethod
    def read(cls, title: str) -> Self:
        """Return the flow of a title."""
        return cls(json.loads((PACKAGE / "examples" / f"{title}.json").read_text()))

    @property
    def tab(self) -> dict[str, Any]:
        """The sheet that the nodes are on."""
        return next(node for node in self.nodes if node["type"] == "tab")

    def id_of(self, name: str) -> str:
        """Return the id of a node, by its name."""
        [found] = [node["id"] for node in self.nodes if node.get("name") == name]
        return str(found)

    def set(self, **values: Any) -> Self:
        """Fill in what the comment says is to be set; secrets are not kept in the flow."""
        settings = {one["name"]: one for one in self.tab["env"]}
        for name, value in values.items():
            if settings[name]["type"] == "cred":
                self.secrets[name] = str(value)
            else:
                settings[name]["value"] = str(value)
        return self

    def on(self, port: int) -> Self:
        """Set the address of the broker."""
        for node in self.nodes:
            if node["type"] == "mqtt-broker":
                node |= {"broker": "127.0.0.1", "port": str(port)}
        return self

    def telling(self) -> Self:
        """Have what debug nodes show written into the log too."""
        for node in self.nodes:
            if node["type"] == "debug":
                node["console"] = True
        return self

    def another(self, replace: Mapping[str, str]) -> Self:
        """Return a copy with nodes of its own, in which other topics are written."""
        text = json.dumps(self.nodes)
        for old, new in replace.items():
            assert old in text, old
            text = text.replace(old, new)
        for node in self.nodes:
            if node["type"] != "mqtt-broker":
                text = text.replace(node["id"], node["id"][::-1])
        return type(self)(json.loads(text))


def merged(flows: Sequence[Flow]) -> Nodes:
    """Return all nodes of flows, the broker that they share once."""
    return list({node["id"]: node for flow in flows for node in flow.nodes}.values())


def unknown_types(nodes: Nodes, known: set[str]) -> set[str]:
    """Return the types of nodes that Node-RED itself does not have."""
    return {node["type"] for node in nodes} - known - _NO_NODES


class NodeRed:
    """A process of its own, into which the package is installed."""

    def __init__(self, directory: Path, flows: Sequence[Flow]) -> None:
        self._directory = directory
        self.port = unused_port()
        self.log = directory / "node-red.log"
        shutil.copytree(PACKAGE, directory / "node_modules" / NAME)
        (directory / "flows.json").write_text(json.dumps(merged(flows)))
        secrets = {flow.tab["id"]: flow.secrets for flow in flows if flow.secrets}
        (directory / "flows_cred.json").write_text(json.dumps(secrets))
        settings = {
            "flowFile": "flows.json",
            "uiHost": "127.0.0.1",
            "uiPort": self.port,
            "httpAdminRoot": "/admin",
            "credentialSecret": False,
            "mqttReconnectTime": 200,  # ms
            "telemetry": {"enabled": False, "updateNotification": False},
            "externalModules": {"autoInstall": False, "palette": {"allowInstall": False}},
        }
        (directory / "settings.js").write_text(f"module.exports = {json.dumps(settings)};\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start."""
        program = PACKAGES / "node-red" / "red.js"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(node_path(), program, "--userDir", self._directory),
                    *("--settings", self._directory / "settings.js"),
                ],
                stdout=log,
                stderr=log,
            )

    def is_started(self) -> bool:
        """Return whether its flows run; fails when they will not."""
        said = self.log.read_text()
        assert "Waiting for missing types" not in said, said
        assert self._process is not None
        assert self._process.poll() is None, said
        return "Started flows" in said

    def stop(self) -> None:
        """End it, and wait for that."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)

    async def ask(self, path: str) -> Any:
        """Return what its administration answers."""
        async with self._session() as session, session.get(f"/admin/{path}") as answer:
            return await answer.json()

    async def core_types(self) -> set[str]:
        """Return the types of nodes that come with Node-RED."""
        return {
            kind
            for one in await self.ask("nodes")
            if one["module"] == "node-red" and one["enabled"]
            for kind in one["types"]
        }

    async def press(self, flow: Flow, button: str) -> None:
        """Press the button of an inject node."""
        path = f"/admin/inject/{flow.id_of(button)}"
        async with self._session() as session, session.post(path):
            pass

    async def page(self, path: str) -> str:
        """Return a page that a flow serves."""
        async with self._session() as session, session.get(path) as answer:
            return await answer.text()

    async def submit(
        self, path: str, fields: Mapping[str, str], site: str = "same-origin"
    ) -> tuple[int, str]:
        """Send a form to a flow, from a page of some site as browsers tell it.

        Returns the status, and what is shown in the end.
        """
        told = {"Sec-Fetch-Site": site}
        async with (
            self._session() as session,
            session.post(path, data=fields, headers=told) as answer,
        ):
            return answer.status, await answer.text()

    async def has_said(self, *texts: str) -> None:
        """Wait until all of this is in its log."""
        await until(lambda: all(text in self.log.read_text() for text in texts))

    def _session(self) -> ClientSession:
        return ClientSession(
            f"http://127.0.0.1:{self.port}",
            headers={"Accept": "application/json"},
        )
