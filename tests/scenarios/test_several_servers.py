"""Two energy service interfaces and a display gateway in one house, all real, on one air.

The coordinator and a router serve events; the display listens to both and keeps them apart (GEN-8).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.features.load_control.records import EventStatus
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.settings.simulator_options import AirOptions, SimulatorOptions
from sebridge.simulator.household import link_key_of
from tests.api.home import Collections, house_security
from tests.scenarios.conftest import Home, MakeHome, SecondGateway, Talker

ROUTER, DISPLAY = gateway_address("second"), gateway_address("display")


@dataclass
class House:
    """The three gateways."""

    home: Home
    router: SecondGateway
    display: SecondGateway

    @property
    def servers(self) -> tuple[Talker, Talker]:
        return self.home, self.router

    @property
    def addresses(self) -> list[str]:
        return [str(self.home.gateway.radio.network.address), str(ROUTER)]

    async def wait(self, **time: float) -> None:
        await self.home.clock.advance(**time)

    def senders(self, name: str) -> list[tuple[str, int]]:
        """Return, for each notification of the display, who sent what."""
        heard = self.display.notifications(name)
        return [(n["source_address"], _id_of(n["record"])) for n in heard]


def _id_of(record: dict[str, Any]) -> int:
    return int(record.get("issuer_event_id", record.get("message_id", 0)))


async def _join(home: Home, name: str, role: str) -> SecondGateway:
    address = gateway_address(name)
    await home.gateway.manager.add(address, link_key_of(address), 240)
    options = Options(
        gateway=GatewayOptions(name=name, role=role),
        radio=RadioOptions(link_key=link_key_of(address)),
    )
    gateway = SecondGateway(home, options)
    await gateway.start()
    return gateway


@pytest.fixture
async def house(make_home: MakeHome) -> AsyncIterator[House]:
    alone = SimulatorOptions(air=AirOptions(delay=0.0))
    home = await make_home(simulator=alone, security=house_security(Collections()))
    router = await _join(home, "second", "router")
    display = await _join(home, "display", "display")
    yield House(home, router, display)
    await display.stop()
    await router.stop()


def _price(identifier: int, cents: int) -> dict[str, Any]:
    return {"issuer_event_id": identifier, "price": cents, "duration_in_minutes": 60}


def _load(identifier: int, **more: int) -> dict[str, Any]:
    return {"issuer_event_id": identifier, "duration_in_minutes": 30, "event_control": 0} | more


async def test_prices_of_two_servers_arrive_and_are_kept_apart_gen_8(house: House) -> None:
    for server, cents in zip(house.servers, (25, 31), strict=True):
        await server.result("create_price_event", record=_price(7, cents))
    await house.wait(seconds=5)

    assert house.senders("received_price_event") == [(a, 7) for a in house.addresses]
    listed = (await house.display.result("get_price_events"))["events_record_list"]
    assert sorted(record["price"] for record in listed) == [25, 31]

    await house.home.result("cancel_all_price_events")
    asked = await house.display.result("get_scheduled_price_events")
    assert sorted(asked["device_list"]) == sorted(house.addresses)


async def test_values_beside_the_price_are_kept_apart_gen_8_prc_18(house: House) -> None:
    for server, factor in zip(house.servers, (1020, 1030), strict=True):
        record = {"issuer_event_id": 7, "conversion_factor": factor}
        created = await server.result("create_conversion_factor", record=record)
        assert str(DISPLAY) in created["device_list"]
    await house.wait(seconds=5)

    heard = house.display.notifications("received_conversion_factor")
    assert [n["status"] for n in heard] == [0, 0]
    listed = (await house.display.result("get_conversion_factors"))["events_record_list"]
    assert sorted(record["conversion_factor"] for record in listed) == [1020, 1030]


async def test_the_reports_of_an_event_go_to_every_server_that_sent_it_drlc_13(
    house: House,
) -> None:
    start = house.home.now + 60
    for server in house.servers:
        await server.result("create_DRLC_event", record=_load(5, start_time=start))
    await house.router.result("create_DRLC_event", record=_load(6, start_time=start + 7200))
    await house.wait(minutes=2)
    chosen = await house.display.result("opt_out_of_DRLC_event", issuer_event_id=5)
    await house.wait(minutes=40)

    both = [
        EventStatus.RECEIVED,
        EventStatus.STARTED,
        EventStatus.OPTED_OUT,
        EventStatus.PARTIALLY_COMPLETED_WITH_OPT_OUT,
    ]
    assert chosen["status"] == 0
    assert _reports(house.home, 5) == _reports(house.router, 5) == both
    assert (_reports(house.home, 6), _reports(house.router, 6)) == ([], [EventStatus.RECEIVED])


async def test_one_server_takes_back_only_what_it_sent_gen_8(house: House) -> None:
    for number, server in enumerate(house.servers, 1):
        later = house.home.now + 7200 * number
        await server.result("create_DRLC_event", record=_load(number, start_time=later))
    await house.wait(seconds=5)

    await house.router.result("cancel_all_DRLC_events", record={})
    await house.wait(seconds=10)

    left = (await house.display.result("get_DRLC_events"))["events_record_list"]
    assert [record["issuer_event_id"] for record in left] == [1]
    assert _reports(house.router, 2) == [EventStatus.RECEIVED, EventStatus.CANCELLED]
    assert _reports(house.home, 1) == [EventStatus.RECEIVED]


async def test_a_confirmation_goes_to_every_server_that_sent_the_message_msg_8(
    house: House,
) -> None:
    record = {"message_id": 3, "message_control": 0x80, "duration_in_minutes": 30, "message": "Hi"}
    for server in house.servers:
        await server.result("create_message_event", record=record)
    await house.wait(seconds=2)
    assert house.senders("received_message_event") == [(a, 3) for a in house.addresses]

    answer = await house.display.result("confirm_message")
    await house.wait(seconds=2)

    assert sorted(answer["device_list"]) == sorted(house.addresses)
    for server in house.servers:
        confirmed = server.notifications("received_message_confirmation")
        assert str(DISPLAY) in [n["source_address"] for n in confirmed]


async def test_an_opt_out_of_an_emergency_is_refused_with_the_reason_drlc_6(house: House) -> None:
    await house.router.result("create_DRLC_event", record=_load(5, criticality_level=7))
    await house.wait(seconds=5)

    mandatory = await house.display.result("opt_out_of_DRLC_event", issuer_event_id=5)
    unknown = await house.display.result("opt_into_DRLC_event", issuer_event_id=6)

    assert (mandatory["status"], mandatory["reason"]) == (
        0x7E,
        "participation in event 5 is mandatory",
    )
    assert (unknown["status"], unknown["reason"]) == (0x8B, "there is no event 6")


async def test_a_display_that_restarts_repeats_neither_its_draw_nor_its_acceptance_drlc_15(
    house: House,
) -> None:
    later = house.home.now + 600
    for server in house.servers:
        event = _load(5, start_time=later, event_control=1)
        await server.result("create_DRLC_event", record=event)
    await house.wait(seconds=10)
    drawn = _delays(house.display)

    await house.display.stop()
    await house.wait(seconds=30)
    again = SecondGateway(house.home, house.display.gateway.options, kept=house.display.kept)
    await again.start()
    await house.wait(minutes=90)
    await again.stop()

    expected = [EventStatus.RECEIVED, EventStatus.STARTED, EventStatus.COMPLETED]
    assert drawn == {5: drawn[5]}
    assert drawn[5] > 0
    assert _reports(house.home, 5) == _reports(house.router, 5) == expected
    started = _moment(house.home, EventStatus.STARTED)
    assert started == later + drawn[5]


def _delays(display: SecondGateway) -> dict[int, int]:
    kept = display.kept["heard_load_control"].values()
    return {event.event_id: event.start_delay for event in kept}


def _of_display(server: Talker, event_id: int) -> list[dict[str, Any]]:
    heard = server.notifications("received_report_event_status")
    records = [n["record"] for n in heard if n["source_address"] == str(DISPLAY)]
    return [record for record in records if record["issuer_event_id"] == event_id]


def _reports(server: Talker, event_id: int) -> list[int]:
    return [int(record["event_status"]) for record in _of_display(server, event_id)]


def _moment(server: Talker, status: EventStatus) -> int:
    records = _of_display(server, 5)
    return next(int(r["event_status_time"]) for r in records if r["event_status"] == status)
