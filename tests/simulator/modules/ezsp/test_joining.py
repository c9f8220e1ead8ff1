"""A module in the network of another: it finds it, joins it, comes back, gets its keys, leaves."""

from collections.abc import AsyncIterator

import pytest
from zigpy.state import Key

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.crypto.credentials import CertificateStore
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.key_ring import SharedKey
from sebridge.radio.zigpy_words import key_to_zigpy
from sebridge.simulator.modules.chip import CHIP, chip
from sebridge.simulator.modules.ezsp.wording import VERSIONS
from tests.simulator.modules.ezsp.bench import Bench, aps, little, octets

KEY = Secret(bytes(range(0x40, 0x50)))
OTHER_KEY = Secret(bytes(range(0x50, 0x60)))
MEMBER = chip(1)
STATUS, COMPLETE, FOUND, KEY_STATUS, SENT, HEARD = 0x19, 0x1C, 0x1B, 0x9B, 0x3F, 0x45
JOINER = 0x0900
NETWORK = bytes.fromhex("0102030405060708 b15e 08 0f 00 0000 00 00000000")
CHANNEL_15 = little(1 << 15, 4)
END_POINT = bytes.fromhex("0a 0901 0105 00 01 00 0207")
TRUST_CENTER_KEY = b"\x02" + bytes(17)
"""The security manager's words for the key with the trust centre."""


def security(key: Secret = KEY) -> bytes:
    return little(JOINER) + key.reveal() + bytes(16) + b"\0" + bytes(8)


class Pair:
    """A module that has formed a network, and another that is to join it."""

    def __init__(self, version: int = 13, certificates: CertificateStore | None = None) -> None:
        self.home = Bench()
        self.member = Bench(version=version, beside=self.home, certificates=certificates)

    async def form(self) -> None:
        await self.home.form()
        self.home.callbacks.clear()

    def register(self, key: Secret = KEY) -> None:
        """Have the trust centre know the other module's key, and open the network."""
        assert self.home.admit(octets(MEMBER), key) == 0
        assert self.home.ask(0x22, b"\x3c") == b"\0"

    def ready(self, key: Secret = KEY) -> None:
        """Set the other module up to join."""
        self.member.begin()
        assert self.member.ask(0x53, b"\x1e\x04\x00") == self.member.ok  # room for link keys
        assert self.member.ask(0x02, END_POINT) == self.member.ok
        assert self.member.ask(0x68, security(key)) == self.member.ok

    async def tried(self, network: bytes = NETWORK) -> list[int]:
        """Have it join; return what its stack says then."""
        assert self.member.ask(0x1F, b"\x02" + network) == self.member.ok
        await self.home.clock.advance(1)
        return [int.from_bytes(told, "little") for told in self.member.told(STATUS)]

    async def join(self) -> None:
        self.register()
        self.ready()
        assert await self.tried() == [0x90 if self.member.version < 14 else 0x15]
        await self.home.clock.settle()
        self.home.callbacks.clear()

    @property
    def nwk(self) -> int:
        """Return the network address of the other module."""
        return int.from_bytes(self.member.ask(0x27), "little")

    async def stop(self) -> None:
        await self.member.stop()
        await self.home.stop()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    pair = Pair()
    await pair.form()
    yield pair
    await pair.stop()


@pytest.fixture
async def joined(pair: Pair) -> Pair:
    await pair.join()
    return pair


# ------------------------------------------------------------------ finding


@pytest.mark.parametrize("is_open", [False, True])
async def test_a_network_is_heard_on_its_channel_open_or_not(pair: Pair, *, is_open: bool) -> None:
    pair.ready()
    pair.home.ask(0x22, b"\x3c" if is_open else b"\0")

    assert pair.member.ask(0x1A, b"\x01" + CHANNEL_15 + b"\x04") == bytes(4)

    head = b"\x0f" + little(0x5EB1) + bytes.fromhex("0102030405060708")
    (found,) = pair.member.told(FOUND)
    assert found[:-2] == head + bytes((is_open, 2, 0))
    assert pair.member.told(COMPLETE) == [b"\0\0"]


async def test_nothing_is_heard_on_another_channel_of_oneself_and_after_the_end(
    pair: Pair,
) -> None:
    pair.ready()

    assert pair.member.ask(0x1A, b"\x01" + little(1 << 16, 4) + b"\x04") == bytes(4)
    assert pair.home.ask(0x1A, b"\x01" + CHANNEL_15 + b"\x04") == bytes(4)
    pair.home.reset()
    assert pair.member.ask(0x1A, b"\x01" + CHANNEL_15 + b"\x04") == bytes(4)

    assert pair.member.told(FOUND) == pair.home.told(FOUND) == []


# ------------------------------------------------------------------ joining


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_router_joins_with_its_key_and_knows_where_it_is(version: int) -> None:
    pair = Pair(version)
    await pair.form()
    ok = pair.member.ok

    await pair.join()

    network = pair.home.ether.network
    assert network is not None
    nwk = network.members[MEMBER]
    assert pair.nwk == nwk != 0
    assert pair.member.ask(0x18) == b"\x02"
    assert pair.member.ask(0x28) == ok + b"\x02" + NETWORK
    assert pair.member.ask(0x69) == ok + b"\x10\0" + octets(CHIP)
    assert pair.member.ask(0x60, octets(CHIP))[-2:] == b"\0\0"
    assert pair.member.ask(0x60, octets(MEMBER))[-2:] == little(nwk)
    assert pair.member.ask(0x1F, b"\x02" + NETWORK) != ok
    await pair.stop()


async def test_the_trust_centre_is_told_who_came_and_hears_him_announce_himself(
    pair: Pair,
) -> None:
    pair.register()
    pair.ready()

    await pair.tried()

    assert pair.home.told(0x24) == [little(pair.nwk) + octets(MEMBER) + bytes((1, 0, 0, 0))]
    (announced,) = pair.home.told(HEARD)
    assert announced[3:5] == little(0x0013)
    assert announced[-11:-1] == little(pair.nwk) + octets(MEMBER)


async def test_why_not_is_told_with_the_stack_s_own_status(pair: Pair) -> None:
    pair.register()
    pair.ready(OTHER_KEY)
    assert await pair.tried() == [0xAD]
    pair.home.ask(0x22, b"\0")
    pair.member.ask(0x68, security())
    assert await pair.tried() == [0x94]
    assert await pair.tried(NETWORK[:8] + b"\x02\x5e" + NETWORK[10:]) == [0xAB]
    assert pair.member.ask(0x17, b"\0\0") == b"\x93"

    pair.home.reset()

    assert await pair.tried() == [0xAB]


async def test_what_is_no_way_to_join_is_refused(pair: Pair) -> None:
    pair.member.begin()
    assert pair.member.ask(0x1F, b"\x02" + NETWORK) == b"\xa8"
    assert pair.member.ask(0x1F, b"\x03" + NETWORK) == b"\x02"
    assert pair.member.ask(0x21, b"\x01" + bytes(4)) == b"\x93"
    assert pair.member.ask(0x14, octets(CHIP)) == b"\x93"
    assert pair.home.ask(0x21, b"\x01" + bytes(4)) == b"\x93"
    pair.ready()
    assert pair.member.ask(0x1F, b"\x02" + NETWORK) == b"\0"
    assert pair.member.ask(0x1F, b"\x02" + NETWORK) == b"\x70"


async def test_a_reset_ends_an_attempt(pair: Pair) -> None:
    pair.register()
    pair.ready()
    assert pair.member.ask(0x1F, b"\x02" + NETWORK) == b"\0"

    pair.member.begin()
    await pair.home.clock.advance(1)

    assert pair.member.told(STATUS) == []
    assert pair.member.ask(0x18) == b"\0"


# ------------------------------------------------------------------ being there


async def test_frames_go_both_ways_with_the_router_s_own_address(joined: Pair) -> None:
    nwk = joined.nwk
    head = aps(0x0000, source=0x0A, destination=0x5E)

    assert joined.member.ask(0x34, b"\0\0\0" + head + b"\x07\x02\x18\x00")[:1] == b"\0"
    await joined.home.clock.settle()
    (heard,) = joined.home.told(HEARD)
    assert (heard[14:16], heard[-2:]) == (little(nwk), b"\x18\x00")
    (sent,) = joined.member.told(SENT)
    assert sent[-2:] == b"\0\0"

    assert (
        joined.home.ask(0x34, b"\0" + little(nwk) + aps(0x0702) + b"\x08\x02\x18\x01")[:1] == b"\0"
    )
    await joined.home.clock.settle()
    (heard,) = joined.member.told(HEARD)
    assert (heard[14:16], heard[-2:]) == (b"\0\0", b"\x18\x01")


async def test_it_says_that_it_is_a_router(joined: Pair) -> None:
    question = b"\x01" + little(joined.nwk)
    head = aps(0x0002, profile_id=0, source=0, destination=0)

    joined.home.ask(0x34, b"\0" + little(joined.nwk) + head + b"\x09\x03" + question)
    await joined.home.clock.settle()

    (answer,) = joined.home.told(HEARD)
    assert answer[3:5] == little(0x8002)
    assert answer[19:25][:5] == b"\x01\0" + little(joined.nwk) + b"\x01"


async def test_its_opening_of_the_network_lets_nobody_in(joined: Pair) -> None:
    network = joined.home.ether.network
    assert network is not None
    joined.home.ask(0x22, b"\0")

    assert joined.member.ask(0x22, b"\x3c") == b"\0"

    assert not network.is_open(joined.home.clock.monotonic())


async def test_a_router_goes_on_after_a_reset_also_before_the_network_does(joined: Pair) -> None:
    nwk = joined.nwk
    joined.home.reset()
    joined.member.begin()
    assert joined.member.ask(0x02, END_POINT) == b"\0"
    assert joined.member.ask(0x17, b"\0\0") == b"\0"
    await joined.home.clock.advance(1)
    assert joined.member.told(STATUS) == [b"\x90"]
    assert joined.nwk == nwk

    await joined.home.resume()
    joined.member.module.come_back()

    assert joined.home.ether.nwk_of(MEMBER) == nwk


async def test_it_comes_back_and_says_when_nobody_is_there(joined: Pair) -> None:
    joined.member.ask(0x21, b"\x01" + bytes(4))
    await joined.home.clock.advance(1)
    assert joined.member.told(STATUS) == [b"\x90"]

    joined.home.reset()
    joined.member.ask(0x21, b"\x01" + bytes(4))
    await joined.home.clock.advance(1)
    assert joined.member.told(STATUS) == [b"\xab"]
    await joined.home.resume()
    joined.member.ask(0x21, b"\0" + bytes(4))
    await joined.home.clock.advance(1)

    assert joined.member.told(STATUS) == [b"\x90"]
    assert joined.home.ether.nwk_of(MEMBER) == joined.nwk


async def test_who_leaves_is_off_the_network_and_the_trust_centre_knows(joined: Pair) -> None:
    nwk = joined.nwk

    assert joined.member.ask(0x20) == b"\0"

    assert joined.member.told(STATUS) == [b"\x91"]
    assert joined.home.told(0x24) == [little(nwk) + octets(MEMBER) + bytes((2, 3, 0, 0))]
    assert joined.member.ask(0x17, b"\0\0") == b"\x93"
    assert joined.home.ether.network is not None


async def test_who_is_put_out_is_told(joined: Pair) -> None:
    joined.home.ask(0xA8, little(joined.nwk) + octets(MEMBER) * 2)

    assert joined.member.told(STATUS) == [b"\x91"]
    assert joined.member.ask(0x17, b"\0\0") == b"\x93"


# ------------------------------------------------------------------ keys


async def _encrypted(pair: Pair) -> bool:
    """Have the router send under its link key; return whether the trust centre heard it so."""
    head = aps(0x0702, source=0x0A, destination=0x5E, options=0x0160)
    answer = pair.member.ask(0x34, b"\0\0\0" + head + b"\x07\x02\x18\x00")
    await pair.home.clock.settle()
    if answer[0]:
        return False
    return [heard[7] & 0x20 for heard in pair.home.told(HEARD)] == [0x20]


async def test_the_key_with_which_it_joined_encrypts_until_another_is_established(
    joined: Pair,
) -> None:
    assert await _encrypted(joined)
    device = octets(MEMBER)
    assert joined.home.ask(0x10E, b"\0" + device + OTHER_KEY.reveal()) == bytes(4)
    assert not await _encrypted(joined)
    assert joined.member.ask(0x10E, b"\0" + octets(CHIP) + OTHER_KEY.reveal()) != bytes(4)

    assert joined.member.ask(0x115, TRUST_CENTER_KEY + OTHER_KEY.reveal()) == bytes(4)

    assert await _encrypted(joined)
    assert joined.member.ask(0x114, TRUST_CENTER_KEY) == OTHER_KEY.reveal() + bytes(4)


async def test_that_key_and_its_numbers_outlive_a_reset(joined: Pair) -> None:
    joined.home.ask(0x10E, b"\0" + octets(MEMBER) + OTHER_KEY.reveal())
    joined.member.ask(0x115, TRUST_CENTER_KEY + OTHER_KEY.reveal())
    assert await _encrypted(joined)
    joined.member.begin()
    assert joined.member.ask(0x02, END_POINT) == b"\0"
    joined.member.ask(0x17, b"\0\0")
    await joined.home.clock.advance(1)

    assert await _encrypted(joined)


@pytest.mark.parametrize("kind", [b"\x01", b"\x04"])
async def test_another_key_is_not_imported_that_way(joined: Pair, kind: bytes) -> None:
    assert joined.member.ask(0x115, kind + bytes(17) + KEY.reveal()) != bytes(4)


async def test_a_coordinator_has_no_key_with_another_trust_centre(pair: Pair) -> None:
    assert pair.home.ask(0x115, TRUST_CENTER_KEY + KEY.reveal()) != bytes(4)


async def test_older_versions_refuse_the_trust_centre_s_key_in_the_table() -> None:
    pair = Pair(8)
    await pair.form()
    await pair.join()

    entry = octets(CHIP) + b"\x01" + OTHER_KEY.reveal()
    assert pair.member.ask(0x66, entry) == b"\xb3"
    assert pair.member.ask(0x6A, b"\x01")[4:20] == KEY.reveal()
    assert pair.member.refused(0x115, bytes(34)) == 0x31
    await pair.stop()


async def test_the_trust_centre_gives_a_key_with_another_device(joined: Pair) -> None:
    partner = Eui64(0x0E5E_B100_0000_1001)
    assert joined.home.admit() == 0
    await joined.home.let_in()
    for index, device in enumerate((MEMBER, partner)):
        joined.home.ask(0x10E, bytes((index,)) + octets(device) + OTHER_KEY.reveal())

    assert joined.home.ask(0x55, b"\x06\x61") == b"\0"  # the policy by which keys are granted

    assert joined.member.ask(0x14, octets(partner)) == b"\0"
    await joined.home.clock.settle()

    assert joined.member.told(KEY_STATUS) == [octets(partner) + b"\x01"]
    assert joined.home.meter.is_established(MEMBER)
    assert joined.member.ask(0x75, octets(partner) + b"\x01") == b"\0"


async def test_a_key_that_is_not_granted_is_given_up(joined: Pair) -> None:
    assert joined.home.admit() == 0
    await joined.home.let_in()

    joined.member.ask(0x14, octets(Eui64(0x0E5E_B100_0000_1001)))
    await joined.home.clock.advance(6)

    assert joined.member.told(KEY_STATUS) == [octets(Eui64(0x0E5E_B100_0000_1001)) + b"\x04"]


async def test_a_granted_key_for_which_there_is_no_room_is_told(joined: Pair) -> None:
    for index in range(4):
        device = octets(Eui64(index + 1))
        assert joined.member.ask(0x10E, bytes((index,)) + device + KEY.reveal()) == bytes(4)

    joined.member.module.stack.share(Eui64(0x77), KEY)

    assert joined.member.told(KEY_STATUS) == [octets(Eui64(0x77)) + b"\x05"]


async def test_replays_of_the_trust_centre_stay_out(joined: Pair) -> None:
    joined.home.ask(0x10E, b"\0" + octets(MEMBER) + OTHER_KEY.reveal())
    joined.member.ask(0x115, TRUST_CENTER_KEY + OTHER_KEY.reveal())
    network = joined.home.ether.network
    assert network is not None
    frame = b"\0" + little(joined.nwk) + aps(0x0702, options=0x0160) + b"\x08\x02\x18\x01"
    joined.home.ask(0x34, frame)
    await joined.home.clock.settle()
    assert len(joined.member.told(HEARD)) == 1

    network.ring.establish(MEMBER, SharedKey(OTHER_KEY, FrameCounters()))  # counts from 0 again
    joined.home.ask(0x34, frame)
    await joined.home.clock.settle()

    assert joined.member.told(HEARD) == []


async def test_one_attempt_at_a_time(joined: Pair) -> None:
    assert joined.member.ask(0x21, b"\x01" + bytes(4)) == b"\0"

    assert joined.member.ask(0x21, b"\x01" + bytes(4)) == b"\x70"


async def test_a_network_with_another_key_is_found_again_only_without_the_old_one(
    joined: Pair,
) -> None:
    network = joined.home.ether.network
    assert network is not None
    changed = Key(key=key_to_zigpy(Secret(bytes(range(0x60, 0x70)))))
    network.info = network.info.replace(network_key=changed)

    assert joined.member.ask(0x21, b"\x01" + bytes(4)) == b"\0"
    await joined.home.clock.advance(1)
    assert joined.member.told(STATUS) == [b"\xad"]
    assert joined.member.ask(0x21, b"\0" + bytes(4)) == b"\0"
    await joined.home.clock.advance(1)

    assert joined.member.told(STATUS) == [b"\x90"]
    joined.home.callbacks.clear()
    assert await _encrypted(joined)


async def test_a_newer_key_with_a_device_takes_the_place_of_the_one_before(joined: Pair) -> None:
    for key in (KEY, OTHER_KEY):
        joined.member.module.stack.share(Eui64(0x77), key)

    assert joined.member.told(KEY_STATUS) == [octets(Eui64(0x77)) + b"\x01"] * 2
    assert joined.member.ask(0x10F, b"\0")[8:24] == OTHER_KEY.reveal()
    assert joined.member.ask(0x10F, b"\x01")[8:24] == bytes(16)


async def test_the_network_key_is_changed_by_the_trust_centre_alone(joined: Pair) -> None:
    invalid_call = joined.home.ask(0x74)  # nothing was sent that could be used

    assert joined.member.ask(0x73, OTHER_KEY.reveal())[0] == invalid_call[0]
    assert joined.member.ask(0x74)[0] == invalid_call[0]
