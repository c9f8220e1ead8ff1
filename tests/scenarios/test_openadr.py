"""A home whose utility speaks OpenADR: what displays, switches and energy managers get of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
import json
from pathlib import Path
import ssl
from typing import Any

import pytest

from sebridge.base.clock import VirtualClock, iso_time, unix_time
from sebridge.base.errors import ConfigError
from sebridge.base.secret import Secret
from sebridge.features.load_control.simulated import LoadControlSwitch
from sebridge.features.load_control.topics import limit_topic
from sebridge.features.openadr.topics import openadr_topic
from sebridge.features.price.simulated import PriceOnDisplay
from sebridge.settings.consumption_limit import ConsumptionLimitOptions
from sebridge.settings.openadr_options import OpenAdrOptions
from sebridge.settings.price_source import PriceSourceOptions, PriceUnit
from sebridge.transports.mqtt.topics import Topics
from tests.api.home import DISPLAY, LOAD_CONTROL, Collections, Home as Gateway
from tests.doubles import RecordingBroker
from tests.openadr_vtn import CLIENT, SECRET, StandInVtn
from tests.patience import until
from tests.transports.web.certificate import make_certificate

TOPICS = Topics("sebridge", "home")
HOUR = 3_600
POLL = 300
EUROS = {"payloadType": "PRICE", "units": "KWH", "currency": "EUR"}
KILOWATTS = {"payloadType": "IMPORT_CAPACITY_LIMIT", "units": "KW"}
SOURCE = PriceSourceOptions(
    price_unit=PriceUnit("EUR", "kWh"), openadr=True, time_zone="UTC", decimals=4
)


class Home(Gateway):
    """A gateway with a display and a switch, which follows a VTN."""

    def __init__(
        self, clock: VirtualClock, vtn: StandInVtn, kept: Collections | None = None, **more: Any
    ) -> None:
        self.vtn = vtn
        self.broker = RecordingBroker()
        openadr = OpenAdrOptions(
            url=vtn.url, client_id=CLIENT, client_secret=Secret(SECRET.encode()), poll=POLL
        )
        options: dict[str, Any] = {
            "openadr": openadr,
            "price_source": SOURCE,
            "consumption_limit": ConsumptionLimitOptions(nominal=11_000),
        }
        super().__init__(
            clock, (DISPLAY, LOAD_CONTROL), kept, broker=self.broker, **(options | more)
        )

    async def look(self, *, longest: float = 1.2 * POLL) -> None:
        """Let time pass until the VTN was asked once more, and what it says is done."""
        before = self.vtn.looks
        await self.clock.advance(longest)
        await until(lambda: self.vtn.looks > before)
        await self.clock.advance(10)

    @property
    def price(self) -> float | None:
        (display,) = self.house.household.find(PriceOnDisplay).values()
        return display.price

    @property
    def power(self) -> float:
        (switch,) = self.house.household.find(LoadControlSwitch).values()
        return switch.power

    async def loads(self) -> list[dict[str, Any]]:
        answer = await self.call("get_DRLC_events")
        return list(answer["events_record_list"])

    async def event(self, event_id: str = "e1") -> dict[str, Any]:
        answer = await self.call("get_openadr")
        (found,) = [event for event in answer["events"] if event["id"] == event_id]
        return dict(found)

    def messages(self) -> list[str]:
        return [notice["description"] for notice in self.notifications("message")]


async def started(
    clock: VirtualClock, vtn: StandInVtn, kept: Collections | None = None, **more: Any
) -> Home:
    """Return a home that is switched on and has looked once."""
    home = Home(clock, vtn, kept, **more)
    await home.start()
    await until(lambda: vtn.asked)
    await clock.advance(30)
    return home


@pytest.fixture
async def vtn(clock: VirtualClock) -> AsyncIterator[StandInVtn]:
    async with StandInVtn(clock).serving() as there:
        yield there


async def test_the_display_shows_the_price_of_the_vtn(clock: VirtualClock, vtn: StandInVtn) -> None:
    vtn.add(
        "e1",
        ("PRICE", 0.3),
        ("PRICE", 0.1),
        ("PRICE", -0.05),
        payloadDescriptors=[EUROS],
        intervalPeriod=vtn.period(0, "PT1H"),
    )

    home = await started(clock, vtn)

    assert home.price == 0.3
    await clock.advance(HOUR)
    assert home.price == 0.1
    told = await home.event()
    assert (told["prices"], told["problems"], told["issuer_event_ids"]) == (3, [], [])
    forecast = json.loads(home.broker.retained["sebridge/home/price/electricity/forecast"])
    assert [slot["value"] for slot in forecast] == [0.1, -0.05]
    assert (await home.call("get_price_source"))["source"] == "openadr"
    await home.stop()


async def test_the_switch_obeys_a_level_and_is_free_when_the_event_is_deleted(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    home = await started(clock, vtn)
    free = home.power

    vtn.add("e1", ("SIMPLE", 2), intervalPeriod=vtn.period(0, "PT2H"))
    await home.look()
    shed = home.power
    (event,) = await home.loads()
    told = await home.event()
    vtn.remove("e1")
    await home.look()

    assert (free, shed, home.power) == (2_000, 1_000, 2_000)
    assert (event["duty_cycle"], event["criticality_level"]) == (50, 3)
    assert told["issuer_event_ids"] == [event["issuer_event_id"]]
    assert await home.loads() == []
    assert (await home.call("get_openadr"))["events"] == []
    await home.stop()


async def test_a_limit_in_kilowatts_is_told_in_watts(clock: VirtualClock, vtn: StandInVtn) -> None:
    vtn.add(
        "e1",
        ("IMPORT_CAPACITY_LIMIT", 5.5),
        payloadDescriptors=[KILOWATTS],
        intervalPeriod=vtn.period(0, "PT1H"),
    )

    home = await started(clock, vtn)

    limit = json.loads(home.broker.retained[limit_topic(TOPICS)])
    assert limit["watts"] == 5_500
    await clock.advance(HOUR)
    assert json.loads(home.broker.retained[limit_topic(TOPICS)])["watts"] is None
    await home.stop()


async def test_a_changed_event_changes_what_was_made_of_it_and_an_unchanged_one_nothing(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    vtn.add("e1", ("SIMPLE", 1), intervalPeriod=vtn.period(HOUR, "PT1H"))
    home = await started(clock, vtn)
    (first,) = await home.loads()

    await home.look()
    same = await home.loads()
    vtn.add("e1", ("SIMPLE", 3), intervalPeriod=vtn.period(HOUR, "PT1H"))
    await home.look()
    (changed,) = await home.loads()

    assert same == [first]
    assert changed["issuer_event_id"] > first["issuer_event_id"]
    assert (first["duty_cycle"], changed["duty_cycle"]) == (75, 0)
    await home.stop()


async def test_a_restart_neither_forgets_nor_doubles_nor_draws_again(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    kept = Collections()
    vtn.add("e1", ("SIMPLE", 1), intervalPeriod=vtn.period(2 * HOUR, "PT1H", randomizeStart="PT1H"))
    vtn.add(
        "e2",
        ("PRICE", 0.2),
        payloadDescriptors=[EUROS],
        intervalPeriod=vtn.period(0, "P1D"),
    )
    home = await started(clock, vtn, kept)
    loads, prices = await home.loads(), await home.call("get_price_events")
    start = loads[0]["start_time"]
    await home.stop()

    again = await started(clock, vtn, kept)
    await again.look()

    assert await again.loads() == loads
    assert await again.call("get_price_events") == prices
    planned = clock.utc() + 2 * HOUR
    assert abs(unix_time(start) - planned) <= 2 * HOUR
    assert again.price == 0.2
    await again.stop()


async def test_the_vtn_away_for_a_day_is_told_and_what_it_said_goes_on(
    clock: VirtualClock,
) -> None:
    vtn = StandInVtn(clock)
    kept = Collections()
    vtn.add("e1", ("SIMPLE", 1), intervalPeriod=vtn.period(20 * HOUR, "PT12H"))
    async with vtn.serving():
        home = await started(clock, vtn, kept)
        port = vtn.port
    connected = json.loads(home.broker.retained[openadr_topic(TOPICS)])

    await clock.advance(24 * HOUR)
    away = json.loads(home.broker.retained[openadr_topic(TOPICS)])
    shed = home.power
    notes = home.bridge.health.facts()["notes"]
    await home.stop()
    silent = Home(clock, vtn, kept)
    await silent.start()
    async with vtn.serving(port=port):
        await silent.look(longest=HOUR)
        back = (await silent.call("get_openadr"))["connected"]

    assert (connected["connected"], connected["stale"]) == (True, False)
    assert (away["connected"], away["stale"]) == (False, True)
    assert away["last_contact"] == connected["last_contact"]
    assert (shed, silent.power) == (1_500, 1_500)
    assert "OpenADR: the VTN cannot be reached: ClientConnectorError" in notes[0]
    assert "OpenADR: the VTN has not answered for long: what it said may be wrong" in notes
    lost = [m for m in home.messages() if "cannot be reached" in m]
    assert len(lost) == 1
    assert lost[0].endswith("what the VTN said before still holds")
    assert any("has said nothing for" in message for message in home.messages())
    assert back
    assert "OpenADR: the VTN answers" in silent.messages()
    await silent.stop()


@pytest.mark.parametrize(
    ("status", "text", "problem"),
    [
        (200, "<html>", "the VTN's answer to /programs: not JSON"),
        (200, "{}", "the VTN's answer to /programs is no list"),
        (200, "[" * 40 + "]" * 40, "nested deeper"),
        (200, " " * (1 << 21), "the VTN answers more than 1048576 octets"),
        (500, "", "the VTN answers 500 to /programs"),
        (403, "", "the VTN answers 403 to /programs"),
        (302, "", "the VTN answers 302 to /programs"),
    ],
)
async def test_a_wrong_answer_is_told_and_changes_nothing(
    clock: VirtualClock, vtn: StandInVtn, status: int, text: str, problem: str
) -> None:
    vtn.add("e1", ("SIMPLE", 1), intervalPeriod=vtn.period(0, "PT12H"))
    home = await started(clock, vtn)
    before = await home.loads()
    vtn.wrong = (status, text)

    await clock.advance(1.2 * POLL)
    await until(lambda: home.bridge.health.facts()["openadr"]["problem"])

    told = await home.call("get_openadr")
    assert problem in told["problem"]
    assert not told["connected"]
    assert await home.loads() == before
    await home.stop()


async def test_a_token_is_renewed_when_it_ends_or_is_taken_back(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    openadr = OpenAdrOptions(
        url=vtn.url,
        token_url=f"{vtn.url}/auth/token",
        client_id=CLIENT,
        client_secret=Secret(SECRET.encode()),
        scopes=("read_targets", "write_reports"),
        targets=("a", "b"),
        poll=POLL,
    )
    home = await started(clock, vtn, openadr=openadr)
    await home.look()
    once = vtn.tokens

    vtn.tokens += 1  # the one that was given is good for nothing any more
    await home.look()
    renewed = vtn.tokens
    await home.look(longest=1.5 * HOUR)

    assert (once, renewed) == (1, 3)
    assert vtn.tokens > 3
    assert vtn.forms[0]["scope"] == "read_targets write_reports"
    path, params = vtn.asked[0]
    assert path == "programs"
    assert [value for name, value in params if name == "targets"] == ["a", "b"]
    assert (await home.call("get_openadr"))["problem"] is None
    everything = json.dumps([*home.messages(), home.bridge.health.facts()], default=str)
    assert SECRET not in everything
    assert "token-" not in everything
    await home.stop()


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((401, ""), "no token is given: status 401"),
        ((200, "[]"), "the answer with a token is none"),
        ((200, "no"), "the answer with a token is none: not JSON"),
        ((200, '{"access_token": "a\\nb"}'), "the answer with a token is none"),
    ],
)
async def test_who_gets_no_token_is_told_so(
    clock: VirtualClock, vtn: StandInVtn, answer: tuple[int, str], problem: str
) -> None:
    vtn.wrong_token = answer
    home = Home(clock, vtn)
    await home.start()

    await until(lambda: home.bridge.health.facts()["openadr"]["problem"])

    assert problem in home.bridge.health.facts()["openadr"]["problem"]
    assert vtn.asked == []
    await home.stop()


async def test_a_public_vtn_needs_no_sign_in_and_only_chosen_programs_count(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    vtn.add_program("program-2", "Other")
    vtn.add("e1", ("SIMPLE", 1), intervalPeriod=vtn.period(0, "PT1H"))
    vtn.add("e2", ("SIMPLE", 2), programID="program-2", intervalPeriod=vtn.period(0, "PT1H"))
    openadr = OpenAdrOptions(url=vtn.url, programs=("Other",), poll=POLL)

    home = await started(clock, vtn, openadr=openadr)

    told = await home.call("get_openadr")
    assert [program["id"] for program in told["programs"]] == ["program-2"]
    assert [event["id"] for event in told["events"]] == ["e2"]
    assert vtn.forms == []
    await home.stop()


async def test_many_events_come_page_by_page_and_too_many_are_refused(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    normal = {"intervalPeriod": vtn.period(0, "PT1H")}
    for place in range(120):
        vtn.add(f"e{place}", ("SIMPLE", 0), **normal)
    home = await started(clock, vtn)
    many = (await home.call("get_openadr"))["events"]
    vtn.knows_skip = False
    await home.look()
    again = (await home.call("get_openadr"))["events"]
    vtn.knows_skip = True
    for place in range(120, 501):
        vtn.add(f"e{place}", ("SIMPLE", 0), **normal)

    await clock.advance(1.2 * POLL)
    await until(lambda: home.bridge.health.facts()["openadr"]["problem"])

    assert (len(many), len(again)) == (120, 50)
    told = await home.call("get_openadr")
    assert told["problem"] == "the VTN has more than 500 events for us"
    assert len(told["events"]) == 50
    await home.stop()


async def test_an_event_that_cannot_be_read_stays_as_it_was(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    vtn.add("e1", ("SIMPLE", 1), intervalPeriod=vtn.period(0, "PT12H"))
    home = await started(clock, vtn)
    before = await home.loads()
    vtn.events = [vtn.events[0] | {"intervals": "none"}, {"id": 7}, {}]

    await home.look()

    told = await home.call("get_openadr")
    assert await home.loads() == before
    assert [problem.partition(": ")[0] for problem in told["unclear"]] == [
        "event e1",
        "event without an id",
    ]
    assert any(note.startswith("OpenADR: event e1") for note in _notes(home))
    await home.stop()


async def test_what_nothing_can_be_made_of_is_told_once_with_why(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    dollars = EUROS | {"currency": "USD"}
    vtn.add(
        "e1",
        ("PRICE", 0.1),
        ("CURVE", "x"),
        payloadDescriptors=[dollars],
        intervalPeriod=vtn.period(0, "PT1H"),
    )
    home = await started(clock, vtn)

    await home.look()

    problems = ["CURVE: nothing is made of it", "PRICE: is in USD, and price_source in EUR"]
    assert (await home.event())["problems"] == problems
    told = [message for message in home.messages() if "OpenADR: event e1" in message]
    assert told == [f"OpenADR: event e1: {problem}" for problem in problems]
    await home.stop()


async def test_a_clock_that_is_wrong_is_told(clock: VirtualClock, vtn: StandInVtn) -> None:
    vtn.ahead = 400
    home = await started(clock, vtn)
    ahead = _notes(home)
    vtn.ahead = -400
    await home.look()
    behind = _notes(home)
    vtn.tells_time = False

    await home.look()

    assert ahead == ["OpenADR: the VTN's clock is 400 s ahead of ours"]
    assert behind == ["OpenADR: the VTN's clock is 400 s behind ours"]
    assert _notes(home) == []
    assert (await home.call("get_openadr"))["skew"] is None
    await home.stop()


async def test_load_control_that_the_gateway_refuses_is_told(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    vtn.add("e1", ("SIMPLE", 1), intervalPeriod=vtn.period(0, "PT1H"))
    openadr = OpenAdrOptions(url=vtn.url, device_class=0xF000, poll=POLL)

    home = await started(clock, vtn, openadr=openadr)

    told = await home.event()
    assert told["issuer_event_ids"] == []
    assert told["problems"] == ["device_class names no device class"]
    await home.stop()


async def test_without_a_section_there_is_no_ven(clock: VirtualClock, vtn: StandInVtn) -> None:
    home = Home(clock, vtn, openadr=None, price_source=replace(SOURCE, openadr=False, topic="a"))
    home.broker.retained[openadr_topic(TOPICS)] = b"{}"  # of when there was one
    await home.start()

    error = await home.refused("get_openadr")

    assert error.message.endswith("openadr is not configured")
    assert "openadr" not in home.bridge.health.facts()
    assert openadr_topic(TOPICS) not in home.broker.retained
    await home.stop()


async def test_the_times_of_an_event_are_told(clock: VirtualClock, vtn: StandInVtn) -> None:
    vtn.add("e1", ("SIMPLE", 1), priority=2, intervalPeriod=vtn.period(HOUR, "PT1H"))
    vtn.add("e2", ("SIMPLE", 1), intervalPeriod=vtn.period(HOUR, "P9999Y"))
    vtn.add("e3", intervalPeriod=vtn.period(HOUR, "PT1H"))
    begin = vtn.at(HOUR)
    home = await started(clock, vtn)

    one, endless, empty = [await home.event(name) for name in ("e1", "e2", "e3")]

    assert (one["from_time"], one["priority"]) == (begin, 2)
    assert one["until"] == iso_time(clock.utc() + 2 * HOUR - 60)
    assert (endless["from_time"], endless["until"]) == (begin, None)
    assert (empty["from_time"], empty["until"]) == (None, None)
    await home.stop()


async def test_an_event_that_is_over_has_become_nothing_any_more(
    clock: VirtualClock, vtn: StandInVtn
) -> None:
    vtn.add("e1", ("SIMPLE", 1), intervalPeriod=vtn.period(0, "PT30M"))
    home = await started(clock, vtn)
    during = (await home.event())["issuer_event_ids"]

    await home.look(longest=HOUR)

    assert len(during) == 1
    assert (await home.event())["issuer_event_ids"] == []
    await home.stop()


async def test_the_certificate_of_the_vtn_is_checked(clock: VirtualClock, tmp_path: Path) -> None:
    tls = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls.certificate, tls.key)
    vtn = StandInVtn(clock)
    async with vtn.serving(context):
        url = vtn.url.replace("http:", "https:")
        stranger = Home(clock, vtn, openadr=OpenAdrOptions(url=url, poll=POLL))
        await stranger.start()
        await until(lambda: stranger.bridge.health.facts()["openadr"]["problem"])
        problem = stranger.bridge.health.facts()["openadr"]["problem"]
        await stranger.stop()
        known = OpenAdrOptions(url=url, ca=tls.certificate, poll=POLL)
        friend = await started(clock, vtn, openadr=known)
        connected = (await friend.call("get_openadr"))["connected"]
        await friend.stop()

    assert problem == "the VTN's certificate is not accepted"
    assert connected


async def test_authorities_that_cannot_be_read_are_told(
    clock: VirtualClock, vtn: StandInVtn, tmp_path: Path
) -> None:
    missing = OpenAdrOptions(url=vtn.url, ca=tmp_path / "missing.pem")

    with pytest.raises(ConfigError, match=r"openadr\.ca: .*missing\.pem"):
        Home(clock, vtn, openadr=missing)


def _notes(home: Home) -> list[str]:
    return [note for note in home.bridge.health.facts()["notes"] if note.startswith("OpenADR")]
