"""Modules find each other, and give each other commands; and the networks of others are found."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sebridge.base.addresses import Broadcast
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.radio.radio import Outgoing
from sebridge.simulator.modules.chip import CHIP, chip
from sebridge.simulator.modules.xbee.remote_commands import MOST_ASKED
from sebridge.simulator.modules.xbee.searches import MOST_SEARCHES
from tests.integration.emulated_sticks import Drawers
from tests.radio.simulated_air import METER
from tests.simulator.modules.xbee.bench import ERROR, NOBODY, OK, Bench, own
from tests.simulator.modules.xbee.test_host import begin, told

OTHER = chip(1)
INVALID_COMMAND, FAILED = 2, 4


class Pair:
    """A coordinator, whose name is Cellar, and a router with the name Attic."""

    def __init__(self) -> None:
        self.home = Bench()
        self.other = self.another()

    def another(self, drawers: Drawers | None = None) -> Bench:
        return Bench(drawers, ether=self.home.ether, clock=self.home.clock, chip=OTHER)

    async def start(self) -> None:
        await self.home.form()
        self.home.set("NJ", 200)
        self.home.at("NI", b"Cellar")
        await self.other.start()
        for name, value in {"EE": b"\1", "KY": WELL_KNOWN_KEY.reveal(), "NI": b"Attic"}.items():
            assert self.other.at(name, value, kind=0x09) == (OK, b"")
        assert self.other.at("AC") == (OK, b"")
        await self.other.clock.advance(2)
        assert self.other.read("AI") == 0
        self.home.heard()
        self.other.heard()

    async def stop(self) -> None:
        await self.other.stop()
        await self.home.stop()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    pair = Pair()
    await pair.start()
    yield pair
    await pair.stop()


async def search(bench: Bench, name: str, value: bytes = b"", seconds: float = 7) -> list[bytes]:
    """Give a command that takes its time; return what its answers hold."""
    bench.say(b"\x08\x05" + name.encode("ascii") + value)
    await bench.clock.advance(seconds)
    answers = bench.heard(0x88)
    assert all(answer[1:4] == b"\x05" + name.encode("ascii") for answer in answers)
    return [answer[4:] for answer in answers]


def attic(pair: Pair) -> bytes:
    """Return what the router tells of itself."""
    nwk = pair.other.read("MY").to_bytes(2, "big")
    return nwk + OTHER.to_bytes(8, "big") + b"Attic\0" + bytes.fromhex("fffe 01 00 c105 101e")


# ---------------------------------------------------------------------- who is there


async def test_modules_tell_who_they_are(pair: Pair) -> None:
    assert await search(pair.home, "ND") == [b"\0" + attic(pair)]

    cellar = b"\0\0" + own() + b"Cellar\0" + bytes.fromhex("fffe 00 00 c105 101e")
    assert await search(pair.other, "ND") == [b"\0" + cellar]
    assert pair.other.heard() == []


async def test_their_type_and_we_ourselves_are_among_them_where_that_is_wanted(pair: Pair) -> None:
    pair.home.set("NO", 2)
    pair.other.set("NO", 1)

    ourselves, other = await search(pair.home, "ND")

    assert ourselves[1:11] == b"\0\0" + own()
    assert other == b"\0" + attic(pair) + b"\0\x0a\0\0"


async def test_only_who_has_the_name_answers_to_it(pair: Pair) -> None:
    assert await search(pair.home, "ND", b"Attic") == [b"\0" + attic(pair)]
    assert await search(pair.home, "ND", b"Garden") == [bytes((ERROR,))]


async def test_a_name_has_addresses(pair: Pair) -> None:
    found = await search(pair.home, "DN", b"Attic", seconds=4)

    assert found == [b"\0" + attic(pair)[:10]]
    assert await search(pair.home, "DN", b"Garden") == [bytes((ERROR,))]
    assert await search(pair.home, "DN") == [bytes((ERROR,))]


async def test_of_two_with_a_name_the_first_is_told(pair: Pair) -> None:
    third = Bench(ether=pair.home.ether, clock=pair.home.clock, chip=chip(2))
    await third.start()
    for name, value in {"EE": b"\1", "KY": WELL_KNOWN_KEY.reveal(), "NI": b"Attic"}.items():
        third.at(name, value, kind=0x09)
    third.at("AC")
    await third.clock.advance(2)

    assert len(await search(pair.home, "ND", b"Attic")) == 2
    assert len(await search(pair.home, "DN", b"Attic")) == 1
    await third.stop()


async def test_whoever_comes_too_late_is_not_told(pair: Pair) -> None:
    pair.home.set("NT", 0x20, 2)
    pair.other.set("NT", 0x2FFF, 2)

    assert await search(pair.home, "ND", seconds=700) == []


async def test_a_search_ends_without_a_word_when_the_module_restarts(pair: Pair) -> None:
    pair.home.say(b"\x08\x05ND")
    assert pair.home.at("FR") == (OK, b"")

    await pair.home.clock.advance(10)

    assert pair.home.heard(0x88) == []


async def test_without_a_network_nobody_is_looked_for(bench: Bench) -> None:
    assert await search(bench, "ND") == [bytes((ERROR,))]


async def test_there_is_an_end_to_searches_at_one_time(pair: Pair) -> None:
    for _ in range(MOST_SEARCHES):
        pair.home.say(b"\x08\0ND")

    assert await search(pair.home, "ND") == [bytes((ERROR,))]


async def test_the_button_has_a_module_tell_who_it_is(pair: Pair) -> None:
    assert pair.other.at("CB", b"\1") == (OK, b"")
    await pair.home.clock.advance(1)

    [told_of] = pair.home.heard(0x95)
    head = OTHER.to_bytes(8, "big") + pair.other.read("MY").to_bytes(2, "big")
    assert told_of[1:11] == head
    assert told_of[11] == 0x02
    assert told_of[12:] == attic(pair)[:-5] + bytes.fromhex("01 c105 101e")


async def test_the_button_of_who_is_on_no_network_tells_nobody(bench: Bench) -> None:
    assert bench.at("CB", b"\1") == (OK, b"")


# ---------------------------------------------------------------------- networks


async def test_a_router_hears_the_network_of_its_coordinator(pair: Pair) -> None:
    [beacon] = await search(pair.other, "AS")

    assert beacon == b"\0" + bytes.fromhex("02 0f b15e 000000000000beef 01 02 ff d3")


async def test_a_coordinator_hears_no_other_network(pair: Pair) -> None:
    assert await search(pair.home, "AS") == [b"\0"]


async def test_on_other_channels_there_is_none(pair: Pair) -> None:
    await pair.other.stop()
    pair.other = pair.another()
    await pair.other.start()
    assert await search(pair.other, "AS") == [bytes((ERROR,))]  # it looks itself

    pair.other.set("SC", 0x2000, 2)
    pair.other.set("DJ", 1)
    assert await search(pair.other, "AS") == [b"\0"]

    pair.other.set("SC", 0x0010, 2)
    [beacon] = await search(pair.other, "AS")
    assert beacon[1:3] == b"\x02\x0f"


# ---------------------------------------------------------------------- commands for others


def remote(
    name: bytes, value: bytes = b"", *, device: int = OTHER, nwk: int = NOBODY, options: int = 2
) -> bytes:
    return device.to_bytes(8, "big") + nwk.to_bytes(2, "big") + bytes((options,)) + name + value


async def give(bench: Bench, order: bytes) -> tuple[bytes, int, bytes]:
    """Give another module a command; return its addresses, the status, and what it says."""
    bench.say(b"\x17\x09" + order)
    await bench.clock.advance(6)
    [answer] = bench.heard(0x97)
    assert answer[1] == 9
    assert answer[12:14] == order[11:13]
    return answer[2:12], answer[14], answer[15:]


async def test_a_register_of_another_is_read_and_set(pair: Pair) -> None:
    who = OTHER.to_bytes(8, "big") + pair.other.read("MY").to_bytes(2, "big")

    assert await give(pair.home, remote(b"NI")) == (who, OK, b"Attic")
    assert await give(pair.home, remote(b"D4", b"\5")) == (who, OK, b"")
    assert pair.other.read("D4") == 5
    assert (await give(pair.home, remote(b"IS")))[2] == bytes.fromhex("01 0010 00 0010")
    assert (await give(pair.home, remote(b"AS")))[1] == INVALID_COMMAND


async def test_what_is_not_to_be_applied_waits(pair: Pair) -> None:
    await give(pair.home, remote(b"D4", b"\5", options=0))
    before = pair.other.read("D4")

    await give(pair.home, remote(b"AC"))

    assert (before, pair.other.read("D4")) == (0, 5)


async def test_the_coordinator_has_the_address_0(pair: Pair) -> None:
    assert await give(pair.other, remote(b"NI", device=0)) == (bytes(10), OK, b"Cellar")


async def test_by_its_network_address_a_module_is_reached_too(pair: Pair) -> None:
    nwk = pair.other.read("MY")

    found = await give(pair.home, remote(b"NI", device=(1 << 64) - 1, nwk=nwk))

    assert found[1:] == (OK, b"Attic")


async def test_who_is_no_module_does_not_answer(pair: Pair) -> None:
    await pair.home.let_in()
    away = remote(b"NI", device=0x77, nwk=0x1234)

    assert (await give(pair.home, remote(b"NI", device=METER)))[1] == FAILED
    assert (await give(pair.home, remote(b"NI", device=0x77)))[1] == FAILED
    assert (await give(pair.home, away))[1] == FAILED


async def test_there_is_an_end_to_commands_for_others(pair: Pair) -> None:
    await pair.home.let_in()
    for _ in range(MOST_ASKED):
        pair.home.say(b"\x17\0" + remote(b"NI", device=METER))
    await pair.home.clock.settle()

    assert (await give(pair.home, remote(b"NI")))[1] == FAILED


async def test_what_others_say_amiss_is_ignored(pair: Pair) -> None:
    await pair.home.let_in()
    pair.home.heard()
    asked, answered = 0x0021, 0x00A1
    said = [
        (0xC105, asked, b"\1"),
        (0xC105, answered, b"\1"),
        (0xC105, answered, b"\1NI\0"),
        (0x0109, asked, b"\1\2NI"),
        (0xC105, 0x0099, b"\1\2NI"),
    ]

    for profile_id, cluster_id, data in said:
        frame = Outgoing(CHIP, profile_id, cluster_id, 0xE6, 0xE6, data)
        await pair.home.meter.send(frame)
    everybody = Outgoing(Broadcast.ALL, 0xC105, asked, 0xE6, 0xE6, b"\1\2NI")
    await pair.home.meter.send(everybody)
    await pair.home.clock.advance(1)

    assert pair.home.heard() == []
    assert pair.home.ears.frames == []


async def test_a_flood_of_questions_is_not_all_answered(pair: Pair) -> None:
    await pair.home.let_in()
    pair.home.ears.frames.clear()
    for number in range(20):
        question = bytes((number,)) + b"\0ND"
        await pair.home.meter.send(Outgoing(Broadcast.ALL, 0xC105, 0x0021, 0xE6, 0xE6, question))

    await pair.home.clock.advance(7)

    answers = [frame for frame in pair.home.ears.frames if frame.source == CHIP]
    assert len(answers) == 16


async def test_the_first_answer_counts(pair: Pair) -> None:
    await pair.home.let_in()
    pair.home.say(b"\x17\x09" + remote(b"NI", device=METER))
    await pair.home.clock.settle()
    [number] = [frame.data[:1] for frame in pair.home.ears.frames if frame.cluster_id == 0x0021]

    answers = [number + b"NI\0" + name for name in (b"Meter", b"Other")]
    ends = (0xC105, 0x00A1, 0xE6, 0xE6)
    sendings = [pair.home.meter.send(Outgoing(CHIP, *ends, answer)) for answer in answers]
    await asyncio.gather(*sendings)
    await pair.home.clock.advance(6)

    [told_of] = pair.home.heard(0x97)
    assert told_of[14:] == b"\0Meter"


async def test_who_tells_nothing_of_himself_is_not_found(pair: Pair) -> None:
    await pair.home.let_in()
    for name in ("ND", "DN"):
        pair.home.ears.frames.clear()
        pair.home.say(b"\x08\x05" + name.encode("ascii") + b"Meter")
        await pair.home.clock.advance(1)
        [number] = [frame.data[:1] for frame in pair.home.ears.frames]
        answer = number + b"ND\0\0\0"
        await pair.home.meter.send(Outgoing(CHIP, 0xC105, 0x00A1, 0xE6, 0xE6, answer))
        await pair.home.clock.advance(7)

        assert [frame[4:] for frame in pair.home.heard(0x88)] == [bytes((ERROR,))]


async def test_who_is_away_is_not_answered(pair: Pair) -> None:
    pair.home.say(b"\x08\x05ND")
    await pair.home.clock.settle()
    await pair.home.module.stop()

    await pair.home.clock.advance(7)

    assert pair.home.heard(0x88) == []


# ---------------------------------------------------------------------- command mode


@pytest.fixture
async def typing(pair: Pair) -> Bench:
    """Return the coordinator in command mode."""
    pair.home.say(b"\x08\1AP\0")
    assert pair.home.line == b""
    await begin(pair.home)
    return pair.home


async def test_command_mode_lists_who_is_there(pair: Pair, typing: Bench) -> None:
    nwk = f"{pair.other.read('MY'):X}"
    high, low = (f"{int.from_bytes(OTHER.to_bytes(8, 'big')[a : a + 4], 'big'):X}" for a in (0, 4))
    assert await told(typing, "ATND\r") == ""
    await typing.clock.advance(7)

    listed = typing.line.decode("ascii")

    identity = [nwk, high, low, "Attic", "FFFE", "1", "0", "C105", "101E"]
    assert listed == "\r".join([*identity, "", "", ""])


async def test_command_mode_finds_by_name_and_ends_with_that(pair: Pair, typing: Bench) -> None:
    assert await told(typing, "ATDNGarden\r") == ""
    await typing.clock.advance(7)
    assert typing.line == b"ERROR\r"

    assert await told(typing, "atdn Attic\r") == ""
    await typing.clock.advance(4)
    assert typing.line == b"OK\r"

    typing.module.take(b"hello")
    await typing.clock.advance(1)
    [heard] = pair.other.heard(0x90)
    assert heard[12:] == b"hello"


async def test_command_mode_hears_no_more_when_it_has_ended(typing: Bench) -> None:
    assert await told(typing, "ATND\r") == ""
    assert await told(typing, "ATDNGarden\r") == ""
    assert await told(typing, "ATCN\r") == "OK\r"
    typing.line = b""

    await typing.clock.advance(7)

    assert typing.line == b""


async def test_command_mode_says_what_is_not_there(typing: Bench) -> None:
    assert await told(typing, "ATNDGarden\r") == ""
    await typing.clock.advance(7)

    assert typing.line == b"ERROR\r"


async def test_names_are_text_in_command_mode(typing: Bench) -> None:
    assert await told(typing, "ATNI Boiler Room\r") == "OK\r"
    assert await told(typing, "ATAC\r") == "OK\r"

    assert await told(typing, "ATNI\r") == "Boiler Room\r"


async def test_samples_are_lines_in_command_mode(typing: Bench) -> None:
    assert await told(typing, "ATIS\r") == "ERROR\r"
    assert await told(typing, "ATD12\rATAC\r") == "OK\rOK\r"

    assert await told(typing, "ATIS\r") == "1\r0\r2\r0\r\r"
