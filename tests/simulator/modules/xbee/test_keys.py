"""Register Joining Device, and how long a key is good for."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.crypto import install_code
from sebridge.radio.ether_network import WELL_KNOWN_KEY, EtherNetwork
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.xbee.firmware import SE_COORDINATOR
from sebridge.simulator.modules.xbee.keys import MOST_REGISTERED, Keys
from sebridge.simulator.modules.xbee.memory import MOST_MEMBERS, KeptKey, Memory
from tests.integration.emulated_sticks import Drawers
from tests.radio.simulated_air import METER
from tests.simulator.modules.xbee.bench import OWN_KEY, Bench

NEW_KEY = Secret(bytes(range(0x50, 0x60)))
CODE = bytes.fromhex("83FED3407A939723A5C639B26916D505C3B5")


async def test_a_device_joins_with_the_key_that_was_registered(formed: Bench) -> None:
    assert formed.register(OWN_KEY.reveal()) == 0x00

    await formed.let_in(OWN_KEY)

    assert formed.meter.network.joined


async def test_a_device_joins_with_the_key_of_its_installation_code(formed: Bench) -> None:
    assert formed.register(CODE, kind=1) == 0x00

    await formed.let_in(install_code.link_key(CODE))

    assert formed.meter.network.joined


async def test_another_key_than_the_registered_one_is_refused(formed: Bench) -> None:
    assert formed.register(OWN_KEY.reveal()) == 0x00

    with pytest.raises(NotJoinedError, match="is not the registered one"):
        await formed.let_in()


@pytest.mark.parametrize(
    ("device", "kind", "key", "status"),
    [
        (METER, 0, bytes(17), 0x01),
        (METER, 0, b"", 0xB1),
        (METER, 2, bytes(16), 0xB2),
        (METER, 1, CODE[:-1] + b"\0", 0xBD),
        (Eui64(0), 0, bytes(16), 0xB3),
        (Eui64((1 << 64) - 1), 0, bytes(16), 0xB3),
    ],
)
async def test_a_registration_may_be_refused(
    formed: Bench, device: Eui64, kind: int, key: bytes, status: int
) -> None:
    assert formed.register(key, device, kind) == status


async def test_smart_energy_firmware_has_numbers_of_its_own_and_no_codes() -> None:
    bench = Bench(firmware=SE_COORDINATOR)
    await bench.form()

    assert bench.register(b"") == 0xFF
    assert bench.register(CODE, kind=1) == 0xB2
    assert bench.register(OWN_KEY.reveal()) == 0x00
    await bench.stop()


async def test_there_is_room_for_ten_that_are_still_to_join(formed: Bench) -> None:
    statuses = [formed.register(bytes(16), Eui64(n)) for n in range(1, MOST_REGISTERED + 2)]

    assert statuses == [0] * MOST_REGISTERED + [0x18]
    assert formed.register(bytes(16), Eui64(1)) == 0  # in the place of the one before


async def test_a_key_waits_for_as_long_as_kt_says(formed: Bench) -> None:
    formed.set("KT", 600, octets=2)
    assert formed.register(OWN_KEY.reveal()) == 0

    await formed.clock.advance(601)

    with pytest.raises(NotJoinedError, match="is not registered"):
        await formed.let_in(OWN_KEY)
    assert formed.register(b"") == 0xB1


async def test_the_key_of_a_device_that_joined_stays(formed: Bench) -> None:
    assert formed.register(OWN_KEY.reveal()) == 0
    await formed.let_in(OWN_KEY)
    await formed.clock.advance(100_000)
    await formed.meter.stop()
    await formed.module.stop()

    again = Bench(formed.drawers)
    await again.start()

    assert again.ether.network is not None
    assert again.ether.network.link_keys == {METER: OWN_KEY}
    await again.stop()


async def test_a_device_that_is_deregistered_has_no_key_any_more(formed: Bench) -> None:
    assert formed.register(OWN_KEY.reveal()) == 0
    await formed.let_in(OWN_KEY)

    assert formed.register(b"") == 0

    assert formed.ether.network is not None
    assert not formed.ether.network.link_keys
    assert formed.register(b"") == 0xB1


async def test_a_member_is_registered_anew_with_another_key(formed: Bench) -> None:
    assert formed.register(OWN_KEY.reveal()) == 0
    await formed.let_in(OWN_KEY)
    other = Secret(bytes(range(16)))

    assert formed.register(other.reveal()) == 0

    assert formed.ether.network is not None
    assert formed.ether.network.link_keys == {METER: other}


async def test_what_is_kept_of_devices_is_bounded(formed: Bench) -> None:
    members = formed.drawers("xbee_members", Eui64, int)
    for number in range(MOST_MEMBERS):
        members[Eui64(1000 + number)] = number + 1
        assert formed.register(bytes(16), Eui64(1000 + number)) == 0
    members[Eui64(5)] = 0x5005

    assert formed.register(bytes(16), Eui64(5)) == 0xB4


# ------------------------------------------------------------------ the table, without a module


class Table:
    """The keys of a module that is on no network yet."""

    def __init__(self) -> None:
        self.memory = Memory(Drawers())
        self.clock = VirtualClock()
        self.keys = Keys(self.memory, lambda: 300, self.clock)

    def fill(self) -> None:
        """Leave no room for the key of another device."""
        for number in range(MOST_MEMBERS):
            self.memory.keys[Eui64(1000 + number)] = KeptKey(joining=OWN_KEY)


def network() -> EtherNetwork:
    return EtherNetwork.of(
        CHIP, pan_id=1, extended_pan_id=Eui64(2), channel=15, network_key=WELL_KNOWN_KEY
    )


def key_to(found: EtherNetwork, device: Eui64) -> Secret | None:
    lock = found.ring.lock(device)
    return None if lock is None else lock.key


def test_what_was_registered_before_the_network_came_up_counts_on_it() -> None:
    table, found = Table(), network()
    assert table.keys.register(METER, OWN_KEY.reveal()) == 0

    table.keys.enter(found)

    assert found.link_keys == {METER: OWN_KEY}
    table.keys.leave()
    assert not found.link_keys
    assert table.keys.register(METER, b"") == 0xB1


def test_a_key_is_dropped_also_while_there_is_no_network() -> None:
    table = Table()
    table.memory.keys[METER] = KeptKey(joining=OWN_KEY)

    assert table.keys.register(METER, b"") == 0

    assert METER not in table.memory.keys


def test_keys_are_kept_for_the_network_that_comes_up_later() -> None:
    table, found = Table(), network()
    table.memory.members[METER] = 0x1234

    assert table.keys.register(METER, OWN_KEY.reveal()) == 0
    assert table.keys.establish(METER, NEW_KEY)
    table.keys.enter(found)

    assert found.link_keys == {METER: OWN_KEY}
    assert key_to(found, METER) == NEW_KEY


def test_an_established_key_needs_no_key_of_joining() -> None:
    table, found = Table(), network()
    table.keys.enter(found)

    assert table.keys.establish(METER, NEW_KEY)

    assert not found.link_keys
    assert key_to(found, METER) == NEW_KEY


def test_there_is_no_room_for_one_more_established_key() -> None:
    table = Table()
    table.fill()

    assert not table.keys.establish(METER, NEW_KEY)


def test_the_counters_of_a_key_that_was_replaced_are_not_kept() -> None:
    table, before, found = Table(), network(), network()
    table.keys.enter(before)
    assert table.keys.establish(METER, OWN_KEY)
    table.keys.enter(found)
    assert table.keys.establish(METER, NEW_KEY)

    assert key_to(before, METER) == OWN_KEY  # which counts

    assert table.memory.keys[METER] == KeptKey(established=NEW_KEY)
    assert key_to(found, METER) == NEW_KEY
    assert table.memory.keys[METER].sent > 0
