"""A router with Smart Energy firmware, which proves itself to the trust centre by itself."""

from collections.abc import AsyncIterator

import pytest

from sebridge.app.house_security import secure_house
from sebridge.base.computing import at_once
from sebridge.base.secret import Secret
from sebridge.crypto.credentials import Credentials
from sebridge.crypto.suite import SUITE_1
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.modules.chip import CHIP, chip
from sebridge.simulator.modules.xbee.firmware import SE_ROUTER, ZIGBEE
from tests.integration.emulated_sticks import Drawers
from tests.simulator.modules.xbee.bench import NOBODY, OK, Bench, order
from tests.simulator.modules.xbee.proving_bench import KEY_ESTABLISHED, ProvingBench, proof_by

MEMBER = chip(1)
KEY = Secret(bytes(range(16)))
AUTHENTICATION = 0x08
UNDER_KEY = 0x20
JOINED, DISASSOCIATED = b"\x8a\x02", b"\x8a\x03"
SCANNING, JOINING_FAILED = 0xFF, 0x27


def certificate_of(security: HouseSecurity) -> Credentials:
    return security.certificates.of(MEMBER).find(SUITE_1)


class Member(Bench):
    """A router on the air of a coordinator, which knows its key and is open."""

    def __init__(
        self, home: ProvingBench, certificate: Credentials | None, drawers: Drawers | None = None
    ) -> None:
        super().__init__(
            drawers, SE_ROUTER, proof_by(certificate), home.ether, home.clock, chip=MEMBER
        )
        self.home = home

    async def join(self, options: int = AUTHENTICATION, seconds: int = 60) -> int:
        """Have the module look for the network; return its indication after some time."""
        await self.start()
        assert self.home.register(KEY.reveal(), MEMBER) == 0
        self.home.set("NJ", 0)
        self.home.set("NJ", 200)
        self.home.heard()
        for name, value in {"EE": b"\1", "KY": KEY.reveal(), "EO": bytes((options,))}.items():
            assert self.at(name, value, kind=0x09) == (OK, b"")
        assert self.at("AC") == (OK, b"")
        await self.clock.advance(seconds)
        return self.read("AI")

    @property
    def is_established(self) -> bool:
        network = self.ether.network
        return network is not None and network.ring.is_established(MEMBER)


@pytest.fixture
async def home() -> AsyncIterator[ProvingBench]:
    home = ProvingBench()
    await home.form()
    yield home
    await home.end()


@pytest.fixture
async def member(home: ProvingBench) -> AsyncIterator[Member]:
    member = Member(home, certificate_of(home.security))
    yield member
    await member.stop()


async def test_it_has_joined_when_it_has_proved_itself(member: Member) -> None:
    assert await member.join(seconds=2) == SCANNING
    assert member.read("MY") != NOBODY
    assert JOINED not in member.heard(0x8A)

    await member.clock.advance(60)

    assert member.read("AI") == 0
    assert member.is_established
    assert member.heard(0x8A) == [JOINED]
    assert member.home.heard(0x8A) == [KEY_ESTABLISHED]


async def test_its_frames_go_both_ways_under_the_new_key(member: Member) -> None:
    await member.join()
    member.set("AO", 1)
    member.heard()
    member.home.heard()

    said = await member.transmit(order(CHIP, endpoint=0x5E, options=UNDER_KEY))
    await member.home.transmit(order(MEMBER, endpoint=0x5E, options=UNDER_KEY))

    assert said == b"\0\0\0\0\0"
    for bench in (member, member.home):
        [frame] = bench.heard(0x91)
        assert frame[17] == 0x21


async def test_without_authentication_it_joins_and_keeps_its_key(member: Member) -> None:
    assert await member.join(options=0) == 0

    assert not member.is_established
    assert member.heard(0x8A) == [JOINED]


async def test_without_a_certificate_it_does_not_join(home: ProvingBench) -> None:
    member = Member(home, None)

    assert await member.join(seconds=2) == JOINING_FAILED
    assert member.read("MY") == NOBODY
    await member.clock.advance(20)

    assert member.read("AI") == JOINING_FAILED
    assert member.heard(0x8A) == []
    assert not member.is_established
    await member.stop()


async def test_it_leaves_a_trust_centre_of_another_authority(home: ProvingBench) -> None:
    stranger = Member(home, certificate_of(secure_house([1], Drawers(), at_once)))

    await stranger.join(seconds=3)

    assert stranger.read("AI") in {JOINING_FAILED, SCANNING}
    assert not stranger.is_established
    assert JOINED not in stranger.heard(0x8A)
    await stranger.stop()


async def test_it_waits_for_a_trust_centre_that_establishes_no_keys() -> None:
    home = ProvingBench(firmware=ZIGBEE)
    await home.form()
    member = Member(home, certificate_of(home.security))

    assert await member.join() == SCANNING

    assert member.read("MY") != NOBODY
    await member.stop()
    await home.end()


async def test_its_key_outlives_the_power(member: Member) -> None:
    await member.join()
    assert member.at("WR") == (OK, b"")
    before = member.read("MY")
    await member.module.stop()
    member.heard()

    member.module.plug_in(member.hear)
    await member.module.start()
    await member.clock.advance(2)

    assert (member.read("AI"), member.read("MY")) == (0, before)
    assert KEY_ESTABLISHED not in member.heard(0x8A)
    assert await member.transmit(order(CHIP, options=UNDER_KEY)) == b"\0\0\0\0\0"


async def test_it_begins_anew_when_it_is_reset_amidst(member: Member) -> None:
    assert await member.join(seconds=2) == SCANNING

    assert member.at("NR", b"\0") == (OK, b"")
    await member.clock.advance(60)

    assert member.read("AI") == 0
    assert member.is_established


async def test_it_proves_itself_again_when_it_was_put_out(member: Member) -> None:
    await member.join()
    member.heard()

    member.ether.expel(MEMBER)
    await member.clock.advance(60)

    assert member.read("AI") == 0
    assert member.heard(0x8A) == [DISASSOCIATED, KEY_ESTABLISHED, JOINED]


async def test_it_tells_of_its_certificate(home: ProvingBench, member: Member) -> None:
    without = Member(home, None)
    await member.start()
    await without.start()

    assert (member.read("VC"), without.read("VC")) == (1, 0)
    await without.stop()
