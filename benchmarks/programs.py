"""The programs that are measured side by side, as `side_by_side.py` starts them and reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import json
from pathlib import Path
import re
import subprocess
import sys
from typing import Final, Protocol

_NODE: Final = "node@24"
_ZIGBEE2MQTT: Final = "zigbee2mqtt@2.14.1"
_ADAPTERS: Final = {"znp": "zstack", "ezsp": "ember"}

_SEBRIDGE_CONFIGURATION: Final = """\
radio: {{type: {kind}, path: 'socket://127.0.0.1:{stick}'}}
mqtt: {{broker: 127.0.0.1, port: {broker}}}
homeassistant: {{enabled: false}}
log: {{level: warning}}
storage: {{path: {directory}/sebridge.db}}
registry: {{ZCL_Cluster.most_reports: 1000000}}
"""
_ZIGBEE2MQTT_CONFIGURATION: Final = """\
version: 5
mqtt: {{server: 'mqtt://127.0.0.1:{broker}'}}
serial: {{port: 'tcp://127.0.0.1:{stick}', adapter: {adapter}}}
frontend: {{enabled: false}}
homeassistant: {{enabled: false}}
availability: {{enabled: false}}
ota: {{disable_automatic_update_check: true}}
advanced:
  log_level: warning
  log_output: [console]
  network_key: [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53]
  pan_id: 24241
  ext_pan_id: [14, 94, 177, 0, 0, 0, 0, 3]
"""


@dataclass(frozen=True, slots=True)
class Start:
    """How a program is started: its command, and what its environment has besides."""

    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Program(Protocol):
    """A program that makes messages of a meter's reports."""

    name: str
    filters: Sequence[str]
    """What of its topics is heard."""
    permit: tuple[str, bytes]
    """What is published to open the network."""

    def prepare(self, directory: Path, *, broker: int, stick: int, kind: str) -> Start:
        """Write its configuration for these ports of 127.0.0.1; return how it is started.

        `kind` is that of the stick, as `radio.type` has it.
        """

    def is_online(self, topic: str, payload: bytes) -> bool:
        """Say whether a message tells that it is up."""

    def number(self, topic: str, payload: bytes) -> int | None:
        """Return the number of the report that a message is made of; None for other messages."""


class Sebridge:
    """The bridge, as it is in this clone. A report's number is in the energy."""

    name = "sebridge"
    filters: Sequence[str] = ("sebridge/home/availability", "sebridge/home/device/+/+/metering")
    permit = ("sebridge/home/rpc/request/enable_joining", b'{"join_time":254}')
    _energy = re.compile(rb'"energy_in":([0-9.]+)')

    def prepare(self, directory: Path, *, broker: int, stick: int, kind: str) -> Start:
        """Write its configuration."""
        file = directory / "config.yaml"
        file.write_text(
            _SEBRIDGE_CONFIGURATION.format(
                stick=stick, kind=kind, broker=broker, directory=directory
            )
        )
        return Start([sys.executable, "-m", "sebridge", "run", "-c", str(file)])

    def is_online(self, topic: str, payload: bytes) -> bool:
        """Say whether it is up."""
        return topic.endswith("/availability") and payload == b"online"

    def number(self, topic: str, payload: bytes) -> int | None:
        """Return the summation."""
        found = self._energy.search(payload) if topic.endswith("/metering") else None
        return None if found is None else round(float(found[1]) * 1000)


class Zigbee2mqtt:
    """zigbee2mqtt, from the cache. A report's number is in the power, for it rounds the energy."""

    name = "zigbee2mqtt"
    filters: Sequence[str] = ("zigbee2mqtt/bridge/state", "zigbee2mqtt/+")
    permit = ("zigbee2mqtt/bridge/request/permit_join", b'{"time":254}')
    _power = re.compile(rb'"power":([0-9]+)')

    def __init__(self, cache: Path) -> None:
        self._node = cache / "node/node_modules/node/bin/node"
        self._program = cache / "z2m/node_modules/zigbee2mqtt/index.js"

    def install(self, cache: Path) -> None:
        """Have npm fetch node and the program into the cache."""
        for name, package, file in (
            ("node", _NODE, self._node),
            ("z2m", _ZIGBEE2MQTT, self._program),
        ):
            if not file.exists():
                (cache / name).mkdir(parents=True, exist_ok=True)
                npm = ["npm", "install", "--silent", "--prefix", str(cache / name), package]
                subprocess.run(npm, check=True)

    def prepare(self, directory: Path, *, broker: int, stick: int, kind: str) -> Start:
        """Write its configuration."""
        if not self._program.exists():
            raise FileNotFoundError(f"{self._program} is missing: --install fetches it")
        file = directory / "configuration.yaml"
        adapter = _ADAPTERS[kind]
        file.write_text(
            _ZIGBEE2MQTT_CONFIGURATION.format(stick=stick, adapter=adapter, broker=broker)
        )
        environment = {"ZIGBEE2MQTT_DATA": str(directory), "Z2M_ONBOARD_NO_SERVER": "1"}
        return Start([str(self._node), str(self._program)], environment)

    def is_online(self, topic: str, payload: bytes) -> bool:
        """Say whether it is up."""
        return topic == self.filters[0] and json.loads(payload).get("state") == "online"

    def number(self, topic: str, payload: bytes) -> int | None:
        """Return the power."""
        found = self._power.search(payload) if topic.startswith("zigbee2mqtt/0x") else None
        return None if found is None else int(found[1])
