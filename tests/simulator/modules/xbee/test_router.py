"""A module that joins the network of another."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.radio.radio import Outgoing
from sebridge.simulator.modules.chip import CHIP
from tests.radio.simulated_air import LINK_KEY, METER, Air, report
from tests.simulator.modules.xbee.bench import OK, Bench, order

UNDER_KEY = 0x20


class RouterBench(Bench):
    """A module on the air of a coordinator."""

    def __init__(self, air: Air) -> None:
        self.air = air
        super().__init__(ether=air.ether, clock=air.clock)

    async def join(self, key: Secret = LINK_KEY, **registers: bytes) -> int:
        """Have the module look for a network; return its indication."""
        for name, value in {"EE": b"\1", "KY": key.reveal(), **registers}.items():
            assert self.at(name, value, kind=0x09) == (OK, b"")
        assert self.at("AC") == (OK, b"")
        await self.clock.advance(2)
        return self.read("AI")


@pytest.fixture
async def air() -> AsyncIterator[Air]:
    air = Air()
    await air.radio.start(air.ears)
    yield air
    await air.stop()


@pytest.fixture
async def bench(air: Air) -> AsyncIterator[RouterBench]:
    bench = RouterBench(air)
    await bench.start()
    yield bench
    await bench.stop()


async def test_a_router_joins_with_its_key(bench: RouterBench, air: Air) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)

    assert await bench.join() == 0x00

    network = air.radio.network
    assert bench.heard(0x8A) == [b"\x8a\x02"]
    assert (CHIP, bench.read("MY")) in air.ears.arrivals
    assert bench.read("MY") != 0
    assert bench.read("OP") == network.extended_pan_id
    assert (bench.read("OI"), bench.read("CH")) == (network.pan_id, network.channel)


async def test_frames_go_both_ways_under_its_key(bench: RouterBench, air: Air) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()
    bench.set("AO", 1)
    bench.heard()

    said = await bench.transmit(order(0, endpoint=0x5E, options=UNDER_KEY))
    await air.radio.send(report(CHIP, encrypted=True))
    await bench.clock.advance(1)

    assert said == b"\0\0\0\0\0"
    [heard] = air.ears.zcl()
    assert (heard.source, heard.source_nwk, heard.encrypted) == (CHIP, bench.read("MY"), True)
    [frame] = bench.heard(0x91)
    assert frame[9:11] == b"\0\0"
    assert frame[17] == 0x21


async def test_it_says_that_it_is_a_router(bench: RouterBench, air: Air) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()
    nwk = bench.read("MY").to_bytes(2, "little")

    await air.radio.send(Outgoing(CHIP, 0, 0x0002, 0, 0, b"\5" + nwk))
    await bench.clock.advance(1)

    answer = air.ears.last
    assert answer.data[:5] == b"\5\0" + nwk + b"\x01"


async def test_why_it_is_not_let_in_is_indicated(bench: RouterBench, air: Air) -> None:
    found = {}

    await air.radio.set_link_key(CHIP, LINK_KEY)
    found["closed"] = await bench.join()
    await air.radio.permit_joining(60)
    found["another key"] = await bench.join(Secret(bytes(16)))
    found["another network"] = await bench.join(ID=b"\5")
    found["another channel"] = await bench.join(ID=b"\0", SC=b"\0\1")
    found["in the clear"] = await bench.join(SC=b"\x7f\xff", EE=b"\0")
    await air.radio.leave()
    found["nobody"] = await bench.join(EE=b"\1")

    assert found == {
        "closed": 0x23,
        "another key": 0xAF,
        "another network": 0x22,
        "another channel": 0x22,
        "in the clear": 0x27,
        "nobody": 0x21,
    }


async def test_a_coordinator_that_is_off_does_not_answer(bench: RouterBench, air: Air) -> None:
    await air.radio.stop()

    assert await bench.join() == 0xAB


async def test_it_looks_again_until_it_is_let_in(bench: RouterBench, air: Air) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    assert await bench.join() == 0x23

    await air.radio.permit_joining(60)
    await bench.clock.advance(6)

    assert bench.read("AI") == 0x00


async def test_it_comes_back_after_a_power_cut_while_joining_is_closed(
    bench: RouterBench, air: Air
) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()
    assert bench.at("WR") == (OK, b"")
    before = bench.read("MY")
    await air.radio.permit_joining(0)
    await bench.module.stop()

    bench.module.plug_in(bench.hear)
    await bench.module.start()
    await bench.clock.advance(2)

    assert (bench.read("AI"), bench.read("MY")) == (0x00, before)


async def test_it_leaves_when_it_is_reset(bench: RouterBench, air: Air) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()
    await air.radio.permit_joining(0)

    assert bench.at("NR", b"\0") == (OK, b"")
    await bench.clock.advance(2)

    assert air.ears.departures == [CHIP]
    assert bench.read("AI") == 0x23


async def test_it_looks_for_another_network_when_its_own_is_gone(
    bench: RouterBench, air: Air
) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()
    bench.heard()

    await air.radio.leave()
    assert bench.heard(0x8A) == [b"\x8a\x03"]
    assert bench.read("AI") == 0xFF
    await bench.clock.advance(2)

    assert bench.read("AI") == 0x21


async def test_it_opens_no_network(bench: RouterBench, air: Air) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()
    await air.radio.permit_joining(0)

    await air.radio.set_link_key(METER, LINK_KEY)
    bench.set("NJ", 50)
    assert bench.at("CB", b"\2") == (OK, b"")

    with pytest.raises(NotJoinedError, match="joining is closed"):
        await air.station().start(bench.ears)


async def test_it_looks_for_a_network_again_when_it_was_put_out(
    bench: RouterBench, air: Air
) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()
    await air.radio.permit_joining(0)
    bench.heard()

    air.ether.expel(CHIP)

    assert bench.heard(0x8A) == [b"\x8a\x03"]
    assert bench.read("AI") == 0xFF


async def test_it_follows_its_network_to_another_channel(bench: RouterBench, air: Air) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()

    moving = asyncio.create_task(air.radio.change_channel([24]))
    await air.clock.advance(15)

    assert await moving == 24
    assert bench.read("CH") == 24
    assert bench.read("AI") == 0x00


async def test_it_has_the_network_key_that_follows(bench: RouterBench, air: Air) -> None:
    await air.radio.set_link_key(CHIP, LINK_KEY)
    await air.radio.permit_joining(60)
    await bench.join()
    bench.set("AO", 1)

    changing = asyncio.create_task(air.radio.change_network_key())
    await air.clock.advance(20)
    assert await changing == 1
    assert bench.heard(0x8A) == [b"\x8a\x02", b"\x8a\x07"]
    await air.radio.send(report(CHIP))
    await bench.clock.advance(1)

    assert len(bench.heard(0x91)) == 1
