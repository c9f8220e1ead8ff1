"""The HTTP server of a whole bridge, with a real broker that comes and goes."""

from collections.abc import AsyncIterator
from pathlib import Path
import socket
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
import pytest

from sebridge.app.process import Process
from sebridge.base.errors import ConfigError
from sebridge.transports.web.tokens import hash_of, new_token
from tests.integration.bridges import make_bridge
from tests.integration.brokers import Mosquitto
from tests.patience import until
from tests.ports import unused_port

TOKEN = new_token()
GUARDED = {"name": "head-end", "scope": "command", "hash": hash_of(TOKEN).reveal().hex()}


@pytest.fixture
async def bridge(mosquitto: Mosquitto, tmp_path: Path) -> AsyncIterator[Process]:
    http = {"port": unused_port(), "tokens": [GUARDED]}
    bridge = make_bridge(tmp_path / "bridge", {"port": mosquitto.port}, http=http)
    await bridge.start()
    await until(lambda: bridge.link.connected)
    yield bridge
    await bridge.stop()


@pytest.fixture
async def session(bridge: Process) -> AsyncIterator[aiohttp.ClientSession]:
    assert bridge.bridge.http is not None
    headers = {"Authorization": f"Bearer {TOKEN.reveal().decode()}"}
    url = f"http://127.0.0.1:{bridge.bridge.http.server.port}"
    async with aiohttp.ClientSession(url, headers=headers) as session:
        yield session


async def call(session: aiohttp.ClientSession, method: str, **params: Any) -> tuple[int, Any]:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    async with session.post("/rpc", json=body) as answer:
        return answer.status, await answer.json()


async def test_a_head_end_runs_the_home_but_does_not_take_it_apart(
    bridge: Process, session: aiohttp.ClientSession
) -> None:
    made, _ = await call(
        session,
        "create_message_event",
        record={"message_id": 9, "duration_in_minutes": 60, "message": "Hello"},
    )
    device = str(next(iter(bridge.gateway.directory)).eui64)
    refused, why = await call(session, "remove_device", device_address=device)

    assert (made, refused) == (200, 403)
    assert "remove_device needs the scope admin" in why["error"]["message"]
    assert len(list(bridge.gateway.directory)) == 3


async def test_health_follows_the_broker(
    bridge: Process, session: aiohttp.ClientSession, mosquitto: Mosquitto
) -> None:
    async def health() -> tuple[int, list[str]]:
        async with session.get("/healthz") as answer:
            return answer.status, (await answer.json())["problems"]

    before = await health()
    mosquitto.kill()
    await until(lambda: not bridge.link.connected)
    without = await health()
    mosquitto.start()
    await until(lambda: bridge.link.connected)

    assert before == (200, [])
    assert without == (503, ["the broker is not connected"])
    assert await health() == (200, [])


async def test_an_old_head_end_is_answered_in_xml(
    bridge: Process, session: aiohttp.ClientSession
) -> None:
    async def ask(path: str, inside: str) -> tuple[int, str]:
        request = (
            '<rci_request version="1.1"><do_command target="RPC_request">'
            f"{inside}</do_command></rci_request>"
        )
        async with session.post(path, data=request.encode()) as answer:
            return answer.status, await answer.text()

    device = str(next(iter(bridge.gateway.directory)).eui64)
    time = await ask("/rci", '<get_time synchronous="true"/>')
    removal = (
        f'<remove_device synchronous="true"><device_address type="MAC">{device}</device_address>'
    )
    refused = await ask("/ws/sci", removal + "</remove_device>")
    broken = await ask("/rci", "<get_time")

    assert time[0] == refused[0] == broken[0] == 200
    assert "<UTC_1970" in time[1]
    assert "needs the scope admin" in refused[1]
    assert "<error" in broken[1]
    assert len(list(bridge.gateway.directory)) == 3


async def test_prometheus_reads_what_the_bridge_counts(session: aiohttp.ClientSession) -> None:
    await call(session, "get_time")

    async with session.get("/metrics") as answer:
        text = await answer.text()

    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["sebridge_radio_joined",] == 1
    assert found["sebridge_broker_connected",] == 1
    assert found["sebridge_devices", "known"] == 3
    assert found["sebridge_rpc_calls_total", "http", "get_time", "ok"] == 1
    assert ("sebridge_broker_events_total", "published") in found


async def test_a_bridge_whose_port_is_taken_says_so_and_lets_go_of_everything(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    http = {"port": unused_port()}
    with socket.socket() as other:
        other.bind(("127.0.0.1", http["port"]))
        other.listen()
        bridge = make_bridge(tmp_path / "bridge", {"port": mosquitto.port}, http=http)

        with pytest.raises(ConfigError, match="http: cannot listen on"):
            await bridge.start()

    again = make_bridge(tmp_path / "bridge", {"port": mosquitto.port}, http=http)
    await again.start()
    assert again.bridge.http is not None
    assert again.bridge.http.server.port == http["port"]
    await again.stop()


async def test_there_is_no_server_unless_it_is_configured(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    bridge = make_bridge(tmp_path / "bridge", {"port": mosquitto.port})

    await bridge.start()
    await bridge.stop()

    assert bridge.bridge.http is None
