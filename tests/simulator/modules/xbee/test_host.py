"""The line to the host: modes of the API, data as it is, and command mode."""

from collections.abc import AsyncIterator

import pytest

from sebridge.base.secret import Secret
from tests.integration.emulated_sticks import Drawers
from tests.simulator.modules.xbee.bench import OK, Bench, framed


@pytest.fixture
async def shop() -> AsyncIterator[Bench]:
    """Return a module from the shop, which speaks no frames."""
    drawers = Drawers()
    drawers("xbee_registers", str, Secret)["AP"] = Secret(b"\0")
    bench = Bench(drawers)
    await bench.module.start()
    await bench.clock.advance(2)
    yield bench
    await bench.stop()


async def told(bench: Bench, text: str) -> str:
    """Type something in command mode; return what the module says."""
    bench.line = b""
    bench.module.take(text.encode("ascii"))
    return bench.line.decode("ascii")


async def begin(bench: Bench) -> None:
    await bench.clock.advance(1.2)
    bench.module.take(b"+++")
    await bench.clock.advance(1.2)
    assert bench.line == b"OK\r"


async def test_frames_are_data_to_a_module_that_speaks_none(shop: Bench) -> None:
    shop.module.take(framed(b"\x08\x01AI"))
    await shop.clock.advance(5)

    assert shop.line == b""


async def test_command_mode_leads_into_the_api(shop: Bench) -> None:
    shop.module.take(framed(b"\x08\x01AP\x02"))
    await begin(shop)

    assert await told(shop, "ATBD7\r") == "OK\r"
    assert await told(shop, "ATAP1\r") == "OK\r"
    assert await told(shop, "ATWR\r") == "OK\r"
    assert await told(shop, "ATCN\r") == "OK\r"

    shop.line = b""
    assert shop.at("AP") == (OK, b"\1")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ATAI\r", "21\r"),
        ("atvr\r", "1010\r"),
        ("AT\r", "ERROR\r"),
        ("ATQQ\r", "ERROR\r"),
        ("ATAP9\r", "ERROR\r"),
        ("ATIDxyz\r", "ERROR\r"),
        ("ATCE\r", "0\r"),
        ("ATKY\r", "OK\r"),
        ("ATID 1ab\r", "OK\r"),
        ("AT" + "A" * 1000 + "\r", "ERROR\r"),
        ("ATAI\rATCE\r", "21\r0\r"),
    ],
)
async def test_command_mode_is_text(shop: Bench, typed: str, said: str) -> None:
    await begin(shop)

    assert await told(shop, typed) == said


async def test_what_is_set_counts_from_the_end_of_command_mode(shop: Bench) -> None:
    await begin(shop)
    assert await told(shop, "ATLT20\r") == "OK\r"

    assert await told(shop, "ATLT\r") == "0\r"
    assert await told(shop, "ATAC\r") == "OK\r"
    assert await told(shop, "ATLT\r") == "20\r"


async def test_command_mode_ends_by_itself(shop: Bench) -> None:
    await begin(shop)
    assert await told(shop, "ATAP1\r") == "OK\r"

    await shop.clock.advance(9)
    assert await told(shop, "ATAI\r") == "21\r"
    await shop.clock.advance(11)
    shop.line = b""

    assert shop.at("AP") == (OK, b"\1")


@pytest.mark.parametrize("pauses", [(0.5, 1.2), (1.2, 0.5)])
async def test_without_silence_around_it_the_sequence_is_data(
    shop: Bench, pauses: tuple[float, float]
) -> None:
    before, after = pauses
    shop.module.take(b"data")
    await shop.clock.advance(before)
    shop.module.take(b"+++")
    await shop.clock.advance(after)
    shop.module.take(b"data")
    await shop.clock.advance(5)

    assert shop.line == b""


async def test_behind_the_end_of_command_mode_frames_follow(shop: Bench) -> None:
    await begin(shop)
    assert await told(shop, "ATAP1\r") == "OK\r"
    shop.line = b""

    shop.module.take(b"ATCN\r" + framed(b"\x08\x01AP"))

    assert shop.line == b"OK\r" + framed(b"\x88\x01AP\0\1")


async def test_pulling_the_cable_ends_command_mode(shop: Bench) -> None:
    await begin(shop)
    shop.module.unplug()
    shop.module.plug_in(shop.told.append)

    shop.module.take(b"ATAI\r")
    await shop.clock.advance(20)

    assert shop.told == []


async def test_octets_are_escaped_in_mode_2(bench: Bench) -> None:
    bench.module.take(framed(b"\x08\x01AP\x02"))
    bench.line = b""

    bench.module.take(bytes.fromhex("7e 0004 08 7d31 4e52 46"))  # NR as command 0x11

    assert bench.line.hex(" ").startswith("7e 00 05 88 7d 31 4e 52 00")
