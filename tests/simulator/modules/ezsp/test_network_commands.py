"""What the host asks of the network."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import Arrival, Membership
from sebridge.simulator.modules.ezsp.tokens import MOST_MEMBERS
from tests.radio.simulated_air import LINK_KEY, METER
from tests.simulator.modules.ezsp.bench import (
    NETWORK_KEY,
    PARAMETERS,
    SECURITY,
    Bench,
    little,
    octets,
)

UP, JOINED, LEFT = 0x19, 0x24, 0x24


def update(nwk: int, status: int, decision: int) -> bytes:
    return little(nwk) + octets(METER) + bytes((status, decision, 0, 0))


async def test_a_network_is_formed_as_it_is_said(bench: Bench) -> None:
    bench.begin()
    assert bench.ask(0x1E, PARAMETERS) == b"\xa8"
    assert bench.ask(0x27) == b"\xfe\xff"
    assert bench.ask(0x28) == b"\x93\0" + bytes(20)
    assert bench.ask(0x69) == b"\x93" + bytes(10)
    assert bench.ask(0x68, SECURITY) == b"\0"
    assert bench.ask(0x1E, PARAMETERS[:11] + b"\x1b" + PARAMETERS[12:]) == b"\x8a"

    assert bench.ask(0x1E, PARAMETERS) == b"\0"
    assert bench.ask(0x18) == b"\x01"
    assert bench.ask(0x1E, PARAMETERS) == b"\x70"
    assert bench.ask(0x02, bytes.fromhex("01 0401 0700 00 00 00")) == b"\x38"
    await bench.clock.advance(1)

    assert bench.told(UP) == [b"\x90"]
    assert bench.ask(0x18) == b"\x02"
    assert bench.ask(0x26) == octets()
    assert bench.ask(0x27) == b"\0\0"
    assert bench.ask(0x28) == b"\0\x01" + PARAMETERS
    assert bench.ask(0x69) == b"\0\x94\0" + octets()
    network = bench.ether.network
    assert network is not None
    assert network.info.network_key.key.serialize() == NETWORK_KEY
    assert (network.info.pan_id, network.info.channel) == (0x5EB1, 15)
    assert bench.ask(0x1E, PARAMETERS) == b"\x70"
    assert bench.ask(0x68, SECURITY) == b"\x70"
    assert bench.ask(0x29) == bytes(9) + b"\xfe\xff"
    assert bench.ask(0x4A, b"\0")[:1] == b"\x93"


async def test_a_new_module_is_on_no_network(bench: Bench) -> None:
    bench.begin()

    assert bench.ask(0x17, b"\0\0") == b"\x93"
    assert bench.ask(0x20) == b"\x70"
    assert bench.ask(0x22, b"\x3c") == b"\x93"
    assert bench.ask(0xA8, bytes(18)) == b"\x93"


async def test_the_network_is_gone_on_with_once(formed: Bench) -> None:
    assert formed.ask(0x17, b"\0\0") == b"\x70"
    formed.begin()
    assert formed.ask(0x17, b"\0\0") == b"\0"
    assert formed.ask(0x17, b"\0\0") == b"\x70"


async def test_leaving_ends_the_network_for_all(formed: Bench) -> None:
    formed.admit()
    await formed.let_in()

    assert formed.ask(0x20) == b"\0"

    assert formed.told(UP) == [b"\x91"]
    assert len(formed.ears.reasons) == 1
    assert formed.ask(0x17, b"\0\0") == b"\x93"


async def test_what_the_factory_knew_is_left_after_a_factory_reset(formed: Bench) -> None:
    assert formed.ask(0x77, b"\0\0") == b""
    assert formed.ask(0x18) == b"\x02"
    assert formed.ask(0x28)[:1] == b"\x93"

    formed.begin()
    assert formed.ask(0x17, b"\0\0") == b"\x93"


async def test_who_is_let_in_comes_back_and_leaves_is_told(formed: Bench) -> None:
    formed.admit()
    nwk = await formed.let_in()
    assert formed.told(JOINED) == [update(nwk, 1, 0)]

    await formed.meter.stop()
    await formed.meter.start(formed.ears)
    assert formed.told(JOINED) == [update(nwk, 0, 3)]

    assert formed.ask(0xA8, little(nwk) + octets(METER) * 2) == b"\0"
    assert formed.told(LEFT) == [update(nwk, 2, 3)]
    assert formed.ears.departures == [METER]
    formed.module.stack.left(METER)
    assert formed.told(LEFT) == []


async def test_who_comes_back_without_the_key_of_the_network_is_told_as_such(formed: Bench) -> None:
    formed.admit(octets(METER), LINK_KEY)
    nwk = await formed.let_in(LINK_KEY)
    formed.told(JOINED)
    kept = Membership(Secret(b"an earlier key.."), LINK_KEY)

    await formed.ether.join(formed.meter, LINK_KEY, kept)

    assert formed.told(JOINED) == [update(nwk, 3, 0)]


async def test_who_comes_back_without_the_key_of_the_network_may_be_refused(formed: Bench) -> None:
    formed.admit(octets(METER), LINK_KEY)
    await formed.let_in(LINK_KEY)
    formed.told(JOINED)
    assert formed.ask(0x55, b"\0\x01\0") == b"\0"

    with pytest.raises(NotJoinedError):
        await formed.ether.join(
            formed.meter, LINK_KEY, Membership(Secret(b"an earlier key.."), LINK_KEY)
        )

    assert formed.told(JOINED) == []


async def test_a_trust_centre_that_lets_nobody_in_opens_nothing(formed: Bench) -> None:
    formed.admit()
    assert formed.ask(0x55, b"\0\0") == b"\0"

    with pytest.raises(NotJoinedError):
        await formed.let_in()


async def test_a_network_may_stay_open(formed: Bench) -> None:
    assert formed.ask(0x22, b"\xff") == b"\0"
    await formed.clock.advance(hours=20)
    formed.admit()

    await formed.meter.start(formed.ears)

    assert len(formed.told(JOINED)) == 1


async def test_a_member_comes_back_after_the_plug_was_pulled() -> None:
    before = Bench()
    await before.form()
    before.admit()
    nwk = await before.let_in()
    await before.stop()

    again = Bench(before.drawers)
    await again.resume()
    await again.meter.start(again.ears)

    assert again.told(JOINED) == [update(nwk, 0, 3)]
    await again.stop()


async def test_members_are_kept_as_far_as_there_is_room(formed: Bench) -> None:
    for number in range(MOST_MEMBERS + 1):
        formed.module.stack.joined(Eui64(number + 1), number + 1, Arrival.JOIN)

    assert len(formed.drawers("ezsp_members", Eui64, int)) == MOST_MEMBERS


async def test_the_channels_are_quiet(formed: Bench) -> None:
    assert formed.ask(0x1A, b"\x00" + little(3 << 25, 4) + b"\x04") == bytes(4)
    assert formed.told(0x48) == [b"\x19\xa6", b"\x1a\xa6"]
    assert formed.told(0x1C) == [b"\0\0"]

    assert formed.ask(0x1A, b"\x01" + little(3 << 25, 4) + b"\x04") == bytes(4)
    assert formed.told(0x1C) == [b"\0\0"]
    assert formed.ask(0x1A, b"\x02" + little(3 << 25, 4) + b"\x04") == b"\x4e\0\0\0"
    assert formed.ask(0x1A, b"\x00" + little(3 << 25, 4) + b"\x0f") == b"\x50\0\0\0"
    assert formed.callbacks == []


async def test_a_network_that_was_forgotten_goes_on_until_the_reset(formed: Bench) -> None:
    assert formed.ask(0x77, b"\0\0") == b""

    formed.module.stack.move(24)
    assert formed.ask(0x73, bytes(range(16))) == b"\0"
    assert formed.ask(0x74) == b"\0"

    assert formed.ask(0x28)[:1] == b"\x93"  # not even its parameters are in the memory
    network = formed.ether.network
    assert network is not None
    assert int(network.info.channel) == 24
    assert network.network_key == Secret(bytes(range(16)))
