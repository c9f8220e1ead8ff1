"""One broker, one house with a display gateway, and one Node-RED with all flows, for all tests."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from aiohttp import web
import msgspec
import pytest
import pytest_asyncio

from sebridge.app.joining_gateway import gateway_address
from sebridge.app.process import Process
from sebridge.settings.broker_address import BrokerAddress
from sebridge.settings.options import (
    GatewayOptions,
    MqttOptions,
    Options,
    RadioOptions,
    StorageOptions,
)
from sebridge.simulator.household import link_key_of
from tests.integration.bridges import (
    DISPLAY,
    METER,
    SWITCH,
    Caller,
    SteadyBridge,
    is_at_home,
    make_bridge,
)
from tests.integration.brokers import Listener, Mosquitto
from tests.nodered.node_red import TITLES, Flow, NodeRed
from tests.patience import until

NOBODY: Final = "Message to nobody"
_JOIN_TIME: Final = 240  # seconds


class Site:
    """A server of others, to which flows go: what it answers, and what it was sent."""

    def __init__(self) -> None:
        self.status = 200
        self.answer: Any = []
        self.heard: list[
            tuple[str, str, str]
        ] = []  # what is asked for, with which token, with what
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(application)
        self.url = ""

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = site.name

    async def stop(self) -> None:
        await self._runner.cleanup()

    @property
    def lines(self) -> list[str]:
        """All lines that it took or did not take."""
        return [line for _, _, body in self.heard for line in body.splitlines()]

    async def _serve(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "")
        self.heard.append((str(request.rel_url), token, await request.text()))
        return web.json_response(self.answer, status=self.status)


class Home(msgspec.Struct, frozen=True):
    """All that the flows meet."""

    broker: Mosquitto
    house: SteadyBridge
    node_red: NodeRed
    flows: dict[str, Flow]
    influx: Site
    tariff: Site


def _flows(port: int, influx: Site, tariff: Site) -> dict[str, Flow]:
    flows = {title: Flow.read(title).on(port).telling() for title in TITLES}
    flows["Meter to InfluxDB"].set(
        INFLUX_URL=f"{influx.url}/api/v2/write?org=home&bucket=energy&precision=s",
        INFLUX_TOKEN="a-token",
    )
    flows["Prices from a tariff"].set(TARIFF_URL=f"{tariff.url}/prices.json")
    announce = flows["Message to a display"]
    topics = {"sebridge/home/": "sebridge/nowhere/", "house/announce": "house/nowhere"}
    flows[NOBODY] = announce.another(topics).set(MINUTES=0.001)
    return flows


def _display(port: int, directory: Path) -> Options:
    link_key = link_key_of(gateway_address("display"))
    return Options(
        gateway=GatewayOptions(name="display", role="display"),
        radio=RadioOptions(link_key=link_key),
        mqtt=MqttOptions(broker=BrokerAddress(host="127.0.0.1", port=port)),
        storage=StorageOptions(path=directory / "display.db"),
    )


async def _lose(broker: Mosquitto, *clients: Process) -> None:
    """Have a broker forget everything, as all are connected to it, and come back."""
    broker.kill()
    broker.forget_everything()
    await until(lambda: not any(client.link.connected for client in clients))
    broker.start()
    await until(lambda: all(client.link.connected for client in clients))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Start everything; the broker is lost once, so that no flow is tried on its first link."""
    directory = tmp_path_factory.mktemp("home")
    async with AsyncExitStack() as begun:
        influx, tariff = Site(), Site()
        for site in (influx, tariff):
            begun.push_async_callback(site.stop)
            await site.start()
        broker = Mosquitto(directory / "broker", ("allow_anonymous true",))
        begun.callback(broker.stop)
        broker.start()
        flows = _flows(broker.port, influx, tariff)
        node_red = NodeRed(directory / "node-red", list(flows.values()))
        begun.callback(node_red.stop)
        node_red.start()
        house = make_bridge(directory / "house", {"port": broker.port})
        begun.push_async_callback(house.stop)
        await house.start()
        display = Process(_display(broker.port, directory), beside=house)
        begun.push_async_callback(display.stop)
        address = gateway_address("display")
        await house.gateway.manager.add(address, link_key_of(address), _JOIN_TIME)
        await display.start()
        await until(lambda: is_at_home(house, METER, DISPLAY, SWITCH))
        await until(node_red.is_started)
        await node_red.has_said("Connected to broker")
        await _lose(broker, house, display)
        await until(lambda: node_red.log.read_text().count("Connected to broker") > 1)
        yield Home(broker, house, node_red, flows, influx, tariff)


@pytest_asyncio.fixture(loop_scope="session")
async def listener(home: Home) -> AsyncIterator[Listener]:
    listener = Listener(home.broker.port, "#")
    yield listener
    listener.close()


@pytest.fixture
def caller(listener: Listener) -> Caller:
    return Caller(listener)
