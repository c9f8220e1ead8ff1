"""Every registry setting, changed through the MQTT interface: its effect is there at once.

Those of RPC_Manager are about responses in XML, and are shown where these are.
"""

from collections.abc import AsyncIterator, Callable
import logging
from typing import Any, TypeVar

import pytest

from sebridge.api.notifications import MessageNotice
from sebridge.app.joining_gateway import gateway_address
from sebridge.base.addresses import Eui64
from sebridge.radio.ether import AirFrame
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.radio import Incoming
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.settings.entries import ENTRIES
from sebridge.settings.options import GatewayOptions, Options
from sebridge.settings.simulator_options import AirOptions
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import SE_ENDPOINT
from tests.features.time.ntp_server import NtpServer
from tests.scenarios.conftest import EVERYTHING, Home, SecondGateway

SWITCH = "00:0d:6f:00:0a:00:00:05"
STRANGER = Eui64.parse("00:13:a2:00:40:5c:01:f7")
MATCH_REQUEST = 0x0006
NODE_REQUEST = 0x0002
F = TypeVar("F", bound=Callable[..., Any])

SHOWN: set[str] = set()
"""The settings that a test of this file shows."""


def shows(*names: str) -> Callable[[F], F]:
    """Say which settings a test shows."""

    def mark(test: F) -> F:
        SHOWN.update(names)
        return test

    return mark


async def change(home: Home | SecondGateway, name: str, value: object) -> None:
    """Change a setting, and see that it has the value."""
    answer = await home.result("registry_configuration", name=name, value=value)

    assert answer["write_status"] is True, answer
    assert (await home.result("registry_configuration", name=name))["value"] == value


class Mute:
    """A device that takes every frame and says nothing."""

    def received(self, frame: Incoming) -> None:
        """Say nothing."""

    def joined(self, device: Eui64, nwk: int) -> None:
        """Say nothing."""

    def left(self, device: Eui64) -> None:
        """Say nothing."""

    def key_gone(self, device: Eui64) -> None:
        """Never happens on the air."""

    def lost(self, reason: Exception) -> None:
        raise reason


def stranger(home: Home) -> SimulatedRadio:
    descriptor = home.gateway.endpoints[SE_ENDPOINT].descriptor()
    return SimulatedRadio(home.ether, STRANGER, WELL_KNOWN_KEY, [descriptor], {})


async def identify(home: Home) -> dict[str, Any]:
    return await home.rpc(
        "identify",
        destination_address=SWITCH,
        destination_endpoint_id=9,
        source_endpoint_id="0x5E",
        identify_time=15,
    )


def sent(home: Home, cluster_id: int) -> list[AirFrame]:
    """Return the list into which the gateway's frames on a cluster come from now on."""
    frames: list[AirFrame] = []
    own = home.gateway.radio.network.address

    def watch(frame: AirFrame) -> None:
        if frame.source == own and frame.cluster_id == cluster_id:
            frames.append(frame)

    home.ether.watch(watch)
    return frames


# ------------------------------------------------------------------ exchanges with devices


@shows("Conversation.default_timeout")
async def test_a_device_is_given_so_long_to_answer(home: Home) -> None:
    await home.result("add_device", device_address=str(STRANGER), join_time=60)
    mute = stranger(home)
    await mute.start(Mute())
    await change(home, "Conversation.default_timeout", 3)
    begun = home.clock.monotonic()

    answer = await home.rpc(
        "read_attributes",
        cluster_id=0x0000,
        server_or_client=0,
        destination_endpoint_id=0x5E,
        source_endpoint_id=0x5E,
        destination_address=str(STRANGER),
        record_list=[{"attribute_id": 0}],
    )

    assert answer["error"]["code"] == -32003
    assert 3 <= home.clock.monotonic() - begun < 4
    await mute.stop()


@shows("Conversation.TX_status_timeout")
async def test_the_radio_is_given_so_long_to_say_what_became_of_a_frame(home: Home) -> None:
    await change(home, "Conversation.TX_status_timeout", 2)
    home.ether.air = AirOptions(delay=1e9)
    begun = home.clock.monotonic()

    answer = await identify(home)

    assert answer["error"]["code"] == -32002
    assert "did not say" in answer["error"]["message"]
    assert 2 <= home.clock.monotonic() - begun < 3


@shows("Endpoint.max_socket_retries")
@pytest.mark.parametrize("retries", [0, 2])
async def test_a_frame_that_the_radio_refuses_is_handed_to_it_so_often_again(
    home: Home, monkeypatch: pytest.MonkeyPatch, retries: int
) -> None:
    attempts: list[AirFrame] = []

    async def refuse(frame: AirFrame) -> None:
        attempts.append(frame)
        raise OSError("the port is busy")

    await change(home, "Endpoint.max_socket_retries", retries)
    monkeypatch.setattr(home.ether, "send", refuse)

    answer = await identify(home)

    assert answer["error"]["code"] == -32002
    assert len([frame for frame in attempts if frame.cluster_id == 0x0003]) == 1 + retries


@shows("ZCL_Cluster.disable_default_response")
async def test_devices_are_asked_to_answer_in_any_case(home: Home) -> None:
    frames = sent(home, 0x0003)

    await identify(home)
    await change(home, "ZCL_Cluster.disable_default_response", value=False)
    answer = await identify(home)

    asked = [Frame.parse(frame.data).no_default_response for frame in frames]
    assert asked == [True, False]
    assert answer["status"] == "ok"


@shows("Cluster.disable_APS_encryption")
async def test_a_frame_in_the_clear_is_taken_where_that_is_allowed(home: Home) -> None:
    known = home.gateway.directory[Eui64.parse(SWITCH)]
    report = bytes.fromhex("010a00" + "05000000" + "02" + "00000000" + "01" + "0080008080ff0001")
    in_the_clear = Incoming(
        source=known.eui64,
        source_nwk=known.nwk or 0,
        profile_id=0x0109,
        cluster_id=0x0701,
        source_endpoint=9,
        destination_endpoint=0x5E,
        data=report + bytes(42),
    )
    heard = len(home.notifications("received_report_event_status"))

    home.gateway.radio_user.received(in_the_clear)
    await change(home, "Cluster.disable_APS_encryption", value=True)
    home.gateway.radio_user.received(in_the_clear)
    await home.clock.advance(1)

    assert home.gateway.gate.statistics.in_the_clear == 1
    assert len(home.notifications("received_report_event_status")) == heard + 1


@shows("ZCL_Cluster.most_reports")
@pytest.mark.parametrize(("most", "is_held_back"), [(1, True), (0, False)])
async def test_so_many_reports_of_a_device_are_taken(
    home: Home, most: int, *, is_held_back: bool
) -> None:
    await change(home, "ZCL_Cluster.most_reports", most)

    await home.clock.advance(minutes=5)

    assert bool(home.gateway.reporting.floods.refused) is is_held_back


# ------------------------------------------------------------------ devices


@shows("ZDO_Device_Manager.max_sequential_TX_failures")
async def test_a_device_is_inactive_after_so_many_failures(home: Home) -> None:
    await home.household.devices["Water heater switch"].stop()
    await change(home, "ZDO_Device_Manager.max_sequential_TX_failures", 2)

    states = []
    for _ in range(2):
        await identify(home)
        states.append(home.gateway.directory.is_active(Eui64.parse(SWITCH)))

    assert states == [True, False]


@shows("ZDO_Device_Manager.refresh_interval")
@pytest.mark.parametrize("word", ["interval", "rate"])
async def test_devices_are_asked_so_often_whether_they_are_there(home: Home, word: str) -> None:
    await change(home, f"ZDO_Device_Manager.refresh_{word}", 20)
    await home.clock.advance(130)
    frames = sent(home, MATCH_REQUEST)

    await home.clock.advance(100)

    assert 4 <= len(frames) <= 6


@shows("ZDO_Device_Manager.interview_airtime")
@pytest.mark.parametrize(("percent", "is_enough"), [(1, False), (100, True)])
async def test_questions_to_devices_take_so_much_of_the_air(
    home: Home, percent: int, *, is_enough: bool
) -> None:
    await change(home, "ZDO_Device_Manager.interview_airtime", percent)
    frames = sent(home, NODE_REQUEST)

    for _ in range(12):
        await home.result("refresh_device_information", full_refresh=True)
        await home.clock.advance(5)

    assert (len(frames) == 12 * len(home.gateway.directory)) is is_enough


@shows("ZDO_Device_Manager.require_explicit_device_add")
@pytest.mark.parametrize("explicit", [True, False])
async def test_strangers_become_known_only_where_they_may(home: Home, *, explicit: bool) -> None:
    await change(home, "ZDO_Device_Manager.require_explicit_device_add", explicit)
    await home.result("enable_joining", join_time=60)
    device = stranger(home)

    await device.start(Mute())
    await home.clock.advance(10)

    assert (STRANGER in home.gateway.directory) is not explicit
    await device.stop()


@pytest.fixture
async def outside(home: Home) -> AsyncIterator[SecondGateway]:
    """Return a router in front of a closed network."""
    options = Options(gateway=GatewayOptions(name="second", role="router"), rpc=EVERYTHING)
    await home.result("enable_joining", join_time=0)
    second = SecondGateway(home, options)
    await second.start()
    yield second
    await second.stop()


@shows("ZDO_Device_Manager.join_interval")
@pytest.mark.parametrize(("interval", "joins"), [(10, True), (600, False)])
async def test_a_router_tries_to_join_so_often(
    home: Home, outside: SecondGateway, interval: int, *, joins: bool
) -> None:
    await change(outside, "ZDO_Device_Manager.join_interval", interval)
    await home.clock.advance(121)  # the pause that has begun ends as it was

    await home.result("enable_joining", join_time=120)
    await home.clock.advance(20)

    status = await outside.result("get_zigbee_network_status")
    assert (status["status"] == 0) is joins
    assert (gateway_address("second") in home.gateway.directory) is joins


@shows("SE_Server.most_days_ahead")
async def test_an_event_may_start_so_many_days_ahead(home: Home) -> None:
    price = {"price": 25, "duration_in_minutes": 60, "start_time": home.now + 2 * 86_400}
    await change(home, "SE_Server.most_days_ahead", 1)

    refused = await home.result("create_price_event", record=price)
    await change(home, "SE_Server.most_days_ahead", 2)
    taken = await home.result("create_price_event", record=price)

    assert (refused["status"], taken["status"]) == (0x85, 0)
    assert "more than the 1 days ahead" in refused["reason"]


@shows("SE_Server.event_retransmission_check_interval")
async def test_who_missed_an_event_gets_it_after_so_long(home: Home) -> None:
    await change(home, "SE_Server.event_retransmission_check_interval", 5)
    await home.clock.advance(61)
    home.ether.air = AirOptions(delay=0.0, loss=1.0)
    created = await home.result(
        "create_price_event",
        record={"issuer_event_id": 9, "price": 5, "duration_in_minutes": 10},
    )
    home.ether.air = AirOptions(delay=0.0)
    frames = sent(home, 0x0700)

    await home.clock.advance(6)

    assert created["device_list"] == []
    assert frames
    (error,) = [m for m in home.notifications("message") if m["severity"] == 2]
    assert error["description"] == "price event 0x9 reached no client yet"


# ------------------------------------------------------------------ messages


@shows("RPC_General_Interface.debug_rpc_severity")
async def test_messages_are_sent_from_a_severity_on(home: Home) -> None:
    await change(home, "RPC_General_Interface.debug_rpc_severity", 2)
    before = len(home.notifications("message"))

    home.gateway.notifications.message(MessageNotice(severity=1, description="a warning"))
    home.gateway.notifications.message(MessageNotice(severity=2, description="an error"))

    told = [message["description"] for message in home.notifications("message")[before:]]
    assert told == ["an error"]


@shows("RPC_General_Interface.debug_print_severity")
async def test_messages_are_logged_from_a_severity_on(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    await change(home, "RPC_General_Interface.debug_print_severity", 2)
    caplog.clear()

    with caplog.at_level(logging.INFO):
        home.gateway.notifications.message(MessageNotice(severity=1, description="a warning"))
        home.gateway.notifications.message(MessageNotice(severity=2, description="an error"))

    assert caplog.messages == ["message, severity 2: an error"]


# ------------------------------------------------------------------ time


@pytest.fixture
async def servers() -> AsyncIterator[tuple[NtpServer, NtpServer]]:
    one, two = NtpServer(), NtpServer()
    await one.start()
    await two.start()
    yield one, two
    one.stop()
    two.stop()


async def ahead(home: Home) -> int:
    """Return by how many seconds the network's time is ahead of the system's."""
    return int((await home.result("get_time")).get("offset", 0))


@shows("NTP_client.server1", "NTP_client.server2", "Time_Synchronizer.type")
async def test_the_time_is_taken_from_the_first_server_that_answers(
    home: Home, servers: tuple[NtpServer, NtpServer]
) -> None:
    one, two = servers
    one.utc, two.utc = home.clock.utc() + 1000, home.clock.utc() + 5000
    await change(home, "NTP_client.server1", one.address)
    await change(home, "NTP_client.server2", two.address)
    unasked = await ahead(home)

    await change(home, "Time_Synchronizer.type", "ntp")
    of_the_first = await ahead(home)
    one.silent = True
    await home.result("resync_time")
    of_the_second = await ahead(home)

    assert unasked == 0
    assert of_the_first == pytest.approx(1000, abs=30)
    assert of_the_second == pytest.approx(5000, abs=30)


@shows("NTP_client.sync_rate", "Time_Synchronizer.period")
@pytest.mark.parametrize("name", ["NTP_client.sync_rate", "Time_Synchronizer.period"])
async def test_the_time_is_taken_again_so_often(
    home: Home, servers: tuple[NtpServer, NtpServer], name: str
) -> None:
    one, _ = servers
    await change(home, "NTP_client.server1", one.address)
    await change(home, "Time_Synchronizer.type", "ntp")
    await change(home, name, 60)
    before = one.asked

    await home.clock.advance(185)

    assert one.asked - before == 3


@shows("Time_Synchronizer.use_system_time_zone")
async def test_the_zone_of_the_system_is_told_where_it_is_wanted(home: Home) -> None:
    server = home.gateway.endpoints[SE_ENDPOINT].cluster(0x000A, server=True)
    assert server is not None
    before = server.attributes.read(0x0002).value

    await change(home, "Time_Synchronizer.use_system_time_zone", value=True)

    assert (before, server.attributes.read(0x0002).value) == (0, 9 * 3600)


# ------------------------------------------------------------------ bad input, and completeness


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.name in SHOWN], ids=lambda e: e.name)
async def test_a_wrong_value_is_refused_and_changes_nothing(home: Home, entry: Any) -> None:
    before = await home.result("registry_configuration", name=entry.name)

    answer = await home.result("registry_configuration", name=entry.name, value="what?\n")

    assert answer["write_status"] is False
    assert answer["write_errors"]
    assert await home.result("registry_configuration", name=entry.name) == before


def test_every_setting_is_shown_here_or_with_the_responses() -> None:
    elsewhere = {entry.name for entry in ENTRIES if entry.name.startswith("RPC_Manager.")}

    assert {entry.name for entry in ENTRIES} - elsewhere == SHOWN
