"""The whole bridge against a real broker: everything that is promised, and everything that breaks.

Real time passes here only because real programs do.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
import json
from pathlib import Path
import re
import signal
import socket
from typing import Any

import pytest

from sebridge.api.notifications import MessageNotice
from sebridge.app.process import Process
from sebridge.transports.mqtt.messages import MAX_PAYLOAD
from tests.cli.runner import program as run_program
from tests.integration.bridges import (
    DISPLAY,
    METER,
    ROOT,
    SWITCH,
    Caller,
    Program,
    call,
    configuration,
    is_at_home,
    make_bridge,
    wait_for,
)
from tests.integration.brokers import PASSWORD, USER, Certificates, Listener, Mosquitto
from tests.patience import PATIENCE, eventually, until
from tests.radio.capture import packets

MakeListener = Callable[..., Listener]
A_PRICE = {"issuer_event_id": 7, "price": 25, "duration_in_minutes": 1440}
AN_EVENT = {"issuer_event_id": 8, "duration_in_minutes": 60, "event_control": 0}
A_MESSAGE = {"message_id": 9, "duration_in_minutes": 60, "message": "Hello"}
NEW_DEVICE = "00:11:22:33:44:55:66:77"
METER_MAC = "00:0d:6f:00:0a:00:00:01"


@pytest.fixture
def mosquitto(mosquitto_with: Callable[..., Mosquitto]) -> Mosquitto:
    """Return a broker that does not write its whole state to the disk with every message."""
    return mosquitto_with(
        "allow_anonymous true", "autosave_on_changes false", "autosave_interval 1800"
    )


@pytest.fixture
async def bridge(mosquitto: Mosquitto, tmp_path: Path) -> AsyncIterator[Process]:
    """Return a bridge whose devices have all joined."""
    bridge = make_bridge(tmp_path / "bridge", {"port": mosquitto.port})
    await bridge.start()
    await until(lambda: bridge.link.published > 0)
    await until(lambda: is_at_home(bridge, METER, DISPLAY, SWITCH))
    yield bridge
    await bridge.stop()


@pytest.fixture
def caller(mosquitto: Mosquitto, listening: MakeListener) -> Caller:
    return Caller(listening(mosquitto.port, f"{ROOT}/rpc/response/#", f"{ROOT}/availability"))


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Return a way to make programs; they end with the test."""
    made: list[Program] = []

    def make(mqtt: dict[str, Any], **environment: str) -> Program:
        made.append(Program(configuration(tmp_path / "program", mqtt), **environment))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.kill()


# ------------------------------------------------------------------ methods

CALLS: list[tuple[str, dict[str, Any], str]] = [
    ("get_version", {}, "version"),
    ("help", {"methods": None}, "methods"),
    ("get_time", {}, "UTC_2000"),
    ("registry_configuration", {"name": "RPC_Manager.use_timestamps"}, "value"),
    ("get_device_information", {}, "record_list"),
    ("get_zigbee_network_status", {}, "channel"),
    ("enable_joining", {"join_time": 0}, "join_time"),
    ("add_device", {"device_address": NEW_DEVICE}, "device_address"),
    ("remove_device", {"device_address": NEW_DEVICE}, "device_address"),
    ("identify", {"destination_endpoint_id": 94, "identify_time": 1}, "identify_time"),
    (
        "read_attributes",
        {
            "cluster_id": "0x0702",
            "server_or_client": 0,
            "destination_endpoint_id": 9,
            "source_endpoint_id": "0x5E",
            "destination_address": METER_MAC,
            "record_list": [{"attribute_id": 0}],
        },
        "record_list",
    ),
    ("create_price_event", {"record": A_PRICE}, "device_list"),
    ("get_price_events", {}, "events_record_list"),
    ("cancel_all_price_events", {}, "status"),
    ("create_DRLC_event", {"record": AN_EVENT}, "device_list"),
    ("get_DRLC_events", {}, "events_record_list"),
    ("cancel_DRLC_event", {"record": {"issuer_event_id": 8}}, "device_list"),
    ("cancel_all_DRLC_events", {"record": {}}, "device_list"),
    ("create_message_event", {"record": A_MESSAGE}, "device_list"),
    ("get_message_events", {}, "events_record_list"),
    ("cancel_message_event", {"record": {"message_id": 9}}, "device_list"),
]


OF_A_DISPLAY = {
    "get_current_price_event",
    "get_scheduled_price_events",
    "clear_price_events",
    "get_scheduled_DRLC_events",
    "clear_DRLC_events",
    "get_last_message_event",
    "confirm_message",
    "clear_message_events",
}
"""What an energy service interface refuses: it has no clients of these clusters."""


ENDING = {"exit"}
"""What would end the bridge."""


async def test_what_is_for_a_display_is_refused_with_a_reason(
    bridge: Process, caller: Caller
) -> None:
    assert bridge.gateway.options.gateway.role == "coordinator"

    for method in sorted(OF_A_DISPLAY):
        answer = await caller.bare(method, request_identifier=method)

        assert answer["error"]["code"] == -32602
        assert "has no client of this cluster" in answer["error"]["message"]


async def test_every_method_is_answered_in_both_forms(bridge: Process, caller: Caller) -> None:
    called = {method for method, _, _ in CALLS}
    assert called | OF_A_DISPLAY <= set(bridge.gateway.dispatcher.methods)

    for method, params, field in CALLS:
        bare = await caller.bare(method, **params, request_identifier=f"my {method}")
        assert bare["status"] == "ok", (method, bare)
        assert bare["request_identifier"] == f"my {method}"
        assert field in bare["result"]

    for method, params, field in CALLS:
        answer = await caller.rpc(method, **params)
        assert field in answer["result"], (method, answer)

    for method in sorted(set(bridge.gateway.dispatcher.methods) - called - ENDING):
        answer = await caller.bare(method, request_identifier=method)
        assert answer["status"] in {"ok", "error"}
        assert answer["request_identifier"] == method


async def test_bad_input_is_answered_and_the_bridge_lives_on(
    bridge: Process, caller: Caller, mosquitto: Mosquitto, listening: MakeListener
) -> None:
    listener = listening(mosquitto.port, f"{ROOT}/rpc/response/#", f"{ROOT}/health")
    bare: list[tuple[bytes, int]] = [
        (b"junk", -32700),
        (b"\xff\xfe\x00", -32700),
        (b"5", -32600),
        (b'{"a":' * 50_000, -32700),
        (b"[" * 100 + b"]" * 100, -32700),
        (b" " * (2 * MAX_PAYLOAD), -32700),
        (b'{"zone": 1}', -32602),
    ]

    for payload, code in bare:
        answer = await caller.bare("get_time", payload)
        assert answer["error"]["code"] == code, payload[:20]
        if payload != b'{"zone": 1}':
            wrong = await caller.document(payload)
            assert wrong["error"]["code"] == (-32600 if code == -32600 else -32700)
            assert wrong["id"] is None
    assert (await caller.bare("no_such_method"))["error"]["code"] == -32601
    assert (await caller.rpc("no_such_method"))["error"]["code"] == -32601
    wrong_type = await caller.rpc("enable_joining", join_time={"seconds": 5})
    assert wrong_type["error"]["data"] == {"parameter": "join_time"}
    retained = await caller.document(b"{}", retain=True)
    assert retained["error"]["code"] == -32004
    listener.say(f"{ROOT}/rpc/request", b"", retain=True)  # the broker keeps it no longer

    bridge.bridge.mqtt_interface.state.show_health()
    await until(lambda: f"{ROOT}/health" in listener.topics())
    assert (await caller.bare("get_time"))["status"] == "ok"


async def test_a_response_topic_of_mqtt_5_is_honoured(
    bridge: Process, mosquitto: Mosquitto, listening: MakeListener
) -> None:
    del bridge
    listener = listening(mosquitto.port, "flows/answer")

    listener.say(
        f"{ROOT}/rpc/request/get_time",
        b"",
        ResponseTopic="flows/answer",
        CorrelationData=b"\x01\x02",
    )

    await until(lambda: bool(listener.heard))
    assert json.loads(listener.heard[0][1])["status"] == "ok"
    assert listener.correlations == [b"\x01\x02"]


async def test_a_response_topic_that_the_broker_would_end_the_link_for_is_refused(
    bridge: Process, mosquitto: Mosquitto, listening: MakeListener
) -> None:
    listener = listening(mosquitto.port, f"{ROOT}/rpc/response/#")

    listener.say(f"{ROOT}/rpc/request/get_time", b"", ResponseTopic="a" + "/" * 201)

    await until(lambda: bool(listener.heard))
    answer = json.loads(listener.heard[0][1])
    assert answer["error"]["code"] == -32004
    assert answer["error"]["message"] == "the response topic has more than 16 levels"
    assert bridge.link.reconnects == 0
    await until(lambda: bridge.link.queued == 0)


# ------------------------------------------------------------------ state


async def test_a_late_subscriber_sees_the_state_of_the_house(
    bridge: Process, caller: Caller, mosquitto: Mosquitto, listening: MakeListener
) -> None:
    await caller.bare("create_price_event", record=A_PRICE | {"currency": 978})
    await caller.bare("create_DRLC_event", record=AN_EVENT)
    await caller.bare("create_message_event", record=A_MESSAGE)
    await until(lambda: bridge.link.queued == 0)
    before = bridge.link.published
    bridge.bridge.mqtt_interface.state.show_health()
    await until(lambda: bridge.link.published > before)  # to listen blocks the bridge of this loop
    metering = f"{ROOT}/device/{METER}/9/metering"
    early = listening(mosquitto.port, "sebridge/#")
    await until(lambda: early.topics().keys() >= {metering, f"{ROOT}/device/{SWITCH}/drlc"})

    late = listening(mosquitto.port, "sebridge/#")
    late.topics_so_far()

    seen = {topic: payload for topic, payload, retained in late.heard if retained}
    assert seen[f"{ROOT}/availability"] == b"online"
    _check_bridge_topics(seen)
    _check_event_topics(seen)
    for device in (METER, DISPLAY, SWITCH):
        assert seen[f"{ROOT}/device/{device}/availability"] == b"online"
        record = json.loads(seen[f"{ROOT}/device/{device}"])
        assert {"active", "addr_extended", "simple_descriptors"} <= record.keys()
        assert {"name", "manufacturer", "model", "last_seen", "lqi", "rssi"} <= record.keys()
    reading = json.loads(seen[metering])
    assert {"energy_in", "energy_out", "power", "unit", "status", "time"} <= reading.keys()
    assert reading["unit"] == "kWh"
    assert reading["energy_in"] > 0
    _check_attributes(seen)
    assert [topic for topic in seen if re.search(r"[.\s]", topic)] == []
    assert not any(topic.startswith(f"{ROOT}/notification") for topic in seen)


def _check_bridge_topics(seen: dict[str, bytes]) -> None:
    info, health = json.loads(seen[f"{ROOT}/info"]), json.loads(seen[f"{ROOT}/health"])
    assert {"version", "role", "radio", "network", "features", "started"} <= info.keys()
    assert {"kind", "model", "firmware", "address"} <= info["radio"].keys()
    assert info["network"]["joined"] is True
    assert "key" not in json.dumps(info).lower()
    assert {"uptime", "radio", "broker", "event_loop_lag", "database_writable"} <= health.keys()
    assert health["broker"]["connected"] is True
    assert "queued" in health["broker"]
    assert health["devices"] == {"known": 3, "active": 3}
    assert {"joined", "age"} <= health["radio"].keys()


def _check_event_topics(seen: dict[str, bytes]) -> None:
    for kind, name, number in (
        ("price", "issuer_event_id", 7),
        ("drlc", "issuer_event_id", 8),
        ("message", "message_id", 9),
    ):
        active = json.loads(seen[f"{ROOT}/active/{kind}"])
        assert active.keys() == {"destination_endpoint_id", "cluster_id", "record_list"}
        assert [record[name] for record in active["record_list"]] == [number]
    board = json.loads(seen[f"{ROOT}/price/electricity"])
    assert (board["current"]["price"], board["currency"], board["unit"]) == (0.25, "EUR", "kWh")
    assert board["current"].keys() >= {"price", "tier", "label", "from", "until"}
    assert board["schedule"] == [board["current"]]


def _check_attributes(seen: dict[str, bytes]) -> None:
    topic = f"{ROOT}/device/{METER}/9/smartenergy_metering/current_summ_delivered"
    attribute = json.loads(seen[topic])
    assert attribute.keys() == {"value", "raw", "type", "time"}
    assert attribute["type"] == "uint48"
    assert int.from_bytes(bytes.fromhex(attribute["raw"]), "little") == attribute["value"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", attribute["time"])


async def test_a_removed_device_leaves_no_topic(
    bridge: Process, caller: Caller, mosquitto: Mosquitto, listening: MakeListener
) -> None:
    early = listening(mosquitto.port, "#")
    await until(lambda: f"{ROOT}/device/{METER}" in early.topics())

    answer = await caller.bare("remove_device", device_address=METER_MAC)
    await bridge.clock.sleep(10)  # in which it still reports
    await until(lambda: early.topics()[f"{ROOT}/device/{METER}"] == b"")

    seen = listening(mosquitto.port, "#").topics_so_far()
    assert answer["status"] == "ok"
    assert [topic for topic in seen if METER in topic] == []
    assert f"{ROOT}/device/{DISPLAY}" in seen


# ------------------------------------------------------------------ what breaks


async def test_a_broker_killed_in_the_middle_of_a_stream_loses_nothing(
    bridge: Process, mosquitto: Mosquitto, listening: MakeListener
) -> None:
    topic, count = f"{ROOT}/notification/message", 600
    # at QoS 0, as what the broker took from us and did not hand on would be its loss, not ours
    before = listening(mosquitto.port, topic, quality=0)

    for number in range(count):
        bridge.gateway.notifications.message(
            MessageNotice(severity=2, description=f"number {number}")
        )
        if number == count // 2:
            await until(lambda: len(before.heard) > count // 8)
            mosquitto.kill()
    await until(lambda: before.lost and not bridge.link.connected)
    left = bridge.link.queued
    before.close()
    mosquitto.start()
    after = listening(mosquitto.port, f"{ROOT}/#", quality=0)
    await until(lambda: bridge.link.queued == 0 and "number 599" in str(after.heard))

    payloads = [json.loads(p) for t, p, _ in before.heard + after.heard if t == topic]
    numbers = [
        int(body["description"].split()[1])
        for body in payloads
        if body["description"].startswith("number ")
    ]
    assert left > 0
    assert list(dict.fromkeys(numbers)) == list(range(count))
    assert bridge.link.dropped == 0
    await until(lambda: after.topics().get(f"{ROOT}/availability") == b"online")


def test_an_event_that_was_answered_survives_a_kill(
    mosquitto: Mosquitto, listening: MakeListener, program: Callable[..., Program]
) -> None:
    running = program({"port": mosquitto.port})
    listener = listening(mosquitto.port, f"{ROOT}/#")
    wait_for(listener, f"{ROOT}/availability", b"online")
    caller = Caller(listener)

    answer = asyncio.run(caller.bare("create_price_event", record=A_PRICE))
    running.end(signal.SIGKILL)
    wait_for(listener, f"{ROOT}/availability", b"offline")
    running.start()
    wait_for(listener, f"{ROOT}/availability", b"online")
    listed = asyncio.run(caller.bare("get_price_events"))

    assert (answer["status"], answer["result"]["status"]) == ("ok", 0)
    (kept,) = listed["result"]["events_record_list"]
    assert kept["start_time"] == answer["result"]["record"]["start_time"]
    assert kept["issuer_event_id"] == 7


def test_exit_is_answered_and_ends_the_process_with_status_zero(
    mosquitto: Mosquitto, listening: MakeListener, program: Callable[..., Program]
) -> None:
    running = program({"port": mosquitto.port})
    listener = listening(mosquitto.port, f"{ROOT}/#")
    wait_for(listener, f"{ROOT}/availability", b"online")

    answer = asyncio.run(Caller(listener).bare("exit"))

    assert answer == {"status": "ok", "result": {}}
    assert running.ended() == 0
    wait_for(listener, f"{ROOT}/availability", b"offline")


def test_a_program_tells_that_it_is_ready_and_stops_cleanly(
    mosquitto: Mosquitto,
    listening: MakeListener,
    program: Callable[..., Program],
    tmp_path: Path,
) -> None:
    listener = listening(mosquitto.port, f"{ROOT}/availability")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        address = tmp_path / "notify"
        manager.bind(str(address))
        manager.settimeout(PATIENCE)
        running = program({"port": mosquitto.port}, NOTIFY_SOCKET=str(address))

        assert manager.recv(100) == b"READY=1"
        wait_for(listener, f"{ROOT}/availability", b"online")
        status = running.end(signal.SIGTERM)

        said = [manager.recv(100) for _ in range(2)]
    assert status == 0, running.log.read_text()
    assert said == [b"WATCHDOG=1", b"STOPPING=1"]
    wait_for(listener, f"{ROOT}/availability", b"offline")
    assert "Traceback" not in running.log.read_text()


async def test_the_command_line_calls_methods(bridge: Process, mosquitto: Mosquitto) -> None:
    del bridge

    async def calling(*arguments: str) -> Any:
        return await asyncio.to_thread(call, mosquitto.port, *arguments)

    fine, refused, unknown = await asyncio.gather(
        calling(
            "create_price_event",
            "record.issuer_event_id=0x10",
            "record.price=25",
            "record.duration_in_minutes=60",
            "record.rate_label=night",
        ),
        calling("enable_joining", "join_time=-1"),
        calling("no_such_method"),
    )

    assert (fine.returncode, fine.stderr) == (0, "")
    result = json.loads(fine.stdout)["result"]
    assert result["record"]["rate_label"] == "night"
    assert result["record"]["issuer_event_id"] == 16
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["error"]["data"] == {"parameter": "join_time"}
    assert unknown.returncode == 1


# ------------------------------------------------------------------ a guarded broker


async def test_a_bridge_works_on_a_guarded_broker(
    guarded_mosquitto: Mosquitto, certificates: Certificates, tmp_path: Path
) -> None:
    bridge = make_bridge(
        tmp_path / "bridge",
        {
            "port": guarded_mosquitto.port,
            "username": USER,
            "password": PASSWORD,
            "tls": {"ca": str(certificates.ca), "server_name": "broker.test"},
        },
        homeassistant={"enabled": False},  # the broker's rules allow sebridge/# alone
    )
    heard: list[bytes] = []
    bridge_topic = f"{ROOT}/rpc/response/get_time"

    await bridge.start()
    try:
        bridge.link.subscribe(bridge_topic, lambda message: heard.append(message.payload))
        await until(lambda: bridge.link.connected)
        bridge.link.stream(f"{ROOT}/rpc/request/get_time", b"{}")
        await until(lambda: bool(heard))
    finally:
        await bridge.stop()

    assert json.loads(heard[0])["status"] == "ok"


def test_a_swap_of_meters_that_was_answered_survives_a_kill(
    mosquitto: Mosquitto, listening: MakeListener, tmp_path: Path
) -> None:
    new = "00:0d:6f:00:0a:00:00:12"
    meters = [
        {"kind": "meter", "name": "Old", "eui64": METER_MAC},
        {"kind": "meter", "name": "New", "eui64": new, "options": {"initial_energy": 3.0}},
    ]
    topics = [f"{ROOT}/device/{address}/9/metering" for address in (METER, new.replace(":", ""))]
    house = {"speed": 20, "devices": meters}
    running = Program(configuration(tmp_path, {"port": mosquitto.port}, simulator=house))
    running.start()
    listener = listening(mosquitto.port, f"{ROOT}/#")
    eventually(lambda: set(topics) <= listener.topics().keys())
    caller = Caller(listener)

    answer = asyncio.run(caller.bare("swap_meter", old_address=METER_MAC, new_address=new))
    running.end(signal.SIGKILL)
    wait_for(listener, f"{ROOT}/availability", b"offline")
    heard = len(listener.heard)
    running.start()
    wait_for(listener, f"{ROOT}/availability", b"online")
    kept = asyncio.run(caller.bare("get_meter_swaps"))
    eventually(lambda: any(one == topics[0] for one, _, _ in listener.heard[heard:]))
    running.kill()

    (left,) = answer["result"]["record_list"]
    assert kept["result"]["record_list"] == [answer["result"]]
    again = [json.loads(p) for one, p, _ in listener.heard[heard:] if one == topics[0]]
    assert all(one["energy_in"] >= left["left"]["energy_in"] for one in again)
    assert again[-1]["why"]["energy_in"]["raw"] < 100_000


async def test_what_goes_over_the_air_is_written_into_a_file(
    bridge: Process, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    recorder = bridge.gateway.radio.recorder
    file, broker = tmp_path / "house.pcapng", f"mqtt://127.0.0.1:{mosquitto.port}"
    recording = asyncio.create_task(
        asyncio.to_thread(run_program, "frames", str(file), "--seconds", "1", "--broker", broker)
    )
    await until(lambda: recorder.is_on)
    bridge.gateway.manager.look_at(None, anew=True)
    shown = await recording

    assert (shown.returncode, shown.stderr) == (0, "")
    written = packets(file.read_bytes())
    assert [one["data"] for one in written] == [one.data for one in recorder.since(0)]
    assert {one["direction"] for one in written} == {1, 2}
