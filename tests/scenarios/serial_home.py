"""A bridge whose radio is an emulated XBee behind a TCP port, driven by the real zigpy-xbee."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from sebridge.app.bridge import Bridge
from sebridge.app.emulated_stick import EmulatedSticks, Plug
from sebridge.app.features import FEATURES
from sebridge.base.addresses import Eui64
from sebridge.base.signals import SignalBus
from sebridge.features.serial_nodes.simulated import SerialDevice
from sebridge.model.plain import to_plain
from sebridge.rpc.message import Request, RpcError
from sebridge.settings.control_port_options import ControlPortOptions
from sebridge.settings.options import Options, RadioOptions
from sebridge.settings.simulator_options import (
    AirOptions,
    SimulatedDeviceOptions,
    SimulatorOptions,
)
from sebridge.simulator.modules.emulated import XBEE, Model
from tests.api.home import Collections
from tests.bridge_ports import make_ports
from tests.doubles import RecordingBroker
from tests.integration.emulated_sticks import drawers_of_used
from tests.integration.steady_clock import SteadyClock, ticking
from tests.patience import until
from tests.ports import unused_block, unused_port

MONITOR = Eui64.parse("00:13:a2:00:40:0a:3e:ff")
SCALE = Eui64.parse("00:13:a2:00:40:0a:3f:01")
SENSOR = Eui64.parse("00:13:a2:00:40:0a:3f:02")
NODES = (
    SimulatedDeviceOptions(
        kind="serial_node", name="Power monitor", eui64=MONITOR, options={"node_id": "E2"}
    ),
    SimulatedDeviceOptions(
        kind="serial_node", name="Scale", eui64=SCALE, options={"node_id": "SCALE", "echo": False}
    ),
    SimulatedDeviceOptions(
        kind="xbee_sensor", name="Attic", eui64=SENSOR, options={"temperature": 21.0}
    ),
)
_SPEED = 20
_JOIN_TIME = 240


class SerialHome:
    """The stick, the house on its air, and a bridge that may be restarted."""

    def __init__(self, devices: Sequence[SimulatedDeviceOptions], **options: Any) -> None:
        self.clock = SteadyClock(_SPEED)
        self.broker = RecordingBroker()
        self.collections = Collections()
        self.port = unused_block()
        port = unused_port()
        self.stick = EmulatedSticks(
            [Plug(Model(XBEE), "127.0.0.1", port)],
            SimulatorOptions(devices=tuple(devices), air=AirOptions(delay=0.0)),
            features=FEATURES,
            open_collection=drawers_of_used(),
            clock=self.clock,
            line_clock=self.clock,
            security=None,
        )
        radio = RadioOptions(type="xbee", path=f"socket://127.0.0.1:{port}", channel=15)
        self.options = Options(
            radio=radio, control_port=ControlPortOptions(port=self.port, **options)
        )
        self.bridge = self._make_bridge()

    def _make_bridge(self) -> Bridge:
        ports = make_ports(
            self.options,
            self.clock,
            self.stick.ether,
            self.collections.collection,
            broker=self.broker,
            bus=SignalBus(strict=True),
        )
        return Bridge(self.options, ports)

    async def start(self, nodes: Iterable[Eui64]) -> None:
        """Switch everything on, and let these nodes in."""
        await self.stick.start()
        await self.bridge.start()
        gateway = self.bridge.gateway
        await until(lambda: gateway.radio.network.joined)
        for node in nodes:
            await gateway.manager.add(node, join_time=_JOIN_TIME)
        await until(lambda: all(gateway.directory.is_active(node) for node in nodes))

    async def restart(self) -> None:
        """Have another bridge in the place of this one, with what it has kept."""
        await self.bridge.stop()
        self.bridge = self._make_bridge()
        await self.bridge.start()
        await until(lambda: self.bridge.gateway.radio.network.joined)

    async def stop(self) -> None:
        await self.bridge.stop()
        await self.stick.stop()

    async def call(self, method: str, **parameters: Any) -> Any:
        answer = await self.bridge.gateway.dispatcher.answer(Request(method, parameters))
        assert answer.error is None, answer.error
        return to_plain(answer.result)

    async def refused(self, method: str, **parameters: Any) -> RpcError:
        answer = await self.bridge.gateway.dispatcher.answer(Request(method, parameters))
        assert answer.error is not None, answer.result
        return answer.error

    @property
    def topics(self) -> Collection[str]:
        """The topics on which something is kept."""
        return self.broker.retained

    def device(self, name: str) -> SerialDevice:
        """Return what is at the serial port of a node."""
        return self.stick.household.find(SerialDevice)[name]

    async def connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", port)


@asynccontextmanager
async def serial_home(
    devices: Sequence[SimulatedDeviceOptions] = NODES, **options: Any
) -> AsyncIterator[SerialHome]:
    """Give a home whose nodes have joined."""
    home = SerialHome(devices, **options)
    async with ticking(home.clock):
        try:
            await home.start([device.eui64 for device in devices])
            yield home
        finally:
            await home.stop()


def noise(octets: int, seed: int = 1) -> bytes:
    """Return octets of which no piece is like another."""
    return Random(seed).randbytes(octets)
