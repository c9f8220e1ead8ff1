"""AT commands: registers, and what they have the stack do."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.channel_change import announcement
from sebridge.radio.ether_network import WELL_KNOWN_KEY
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.xbee.firmware import SE_COORDINATOR, ZIGBEE, Firmware
from tests.integration.emulated_sticks import Drawers
from tests.radio.simulated_air import METER
from tests.simulator.modules.xbee.bench import (
    INVALID_COMMAND,
    INVALID_PARAMETER,
    NETWORK_KEY,
    OK,
    SETUP,
    Bench,
    order,
)


async def test_a_new_module_is_on_no_network_and_says_who_it_is(bench: Bench) -> None:
    assert bench.at("VR") == (OK, b"\x10\x10")
    assert bench.read("SH") << 32 | bench.read("SL") == CHIP
    assert (bench.read("AI"), bench.read("MY")) == (0x21, 0xFFFE)
    assert (bench.read("OP"), bench.read("OI"), bench.read("CH")) == (0, 0xFFFF, 0)
    assert bench.at("NI") == (OK, b" ")


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("SC", b"\0\0", INVALID_PARAMETER),
        ("ZS", b"\3", INVALID_PARAMETER),
        ("ID", bytes.fromhex("01 0000 0000 0000 0000"), INVALID_PARAMETER),
        ("SN", b"\x02\x9b", OK),
        ("SP", b"\x03\0", OK),
        ("SP", b"\x10", INVALID_PARAMETER),
        ("NI", b"Cellar", OK),
        ("NI", b"\xff", INVALID_PARAMETER),
        ("AI", b"\0", INVALID_PARAMETER),
        ("VR", b"\x10\x11", INVALID_PARAMETER),
        ("QQ", b"\0", INVALID_COMMAND),
        ("QQ", b"", INVALID_COMMAND),
        ("NR", b"\2", INVALID_PARAMETER),
        ("CB", b"\3", INVALID_PARAMETER),
        ("ED", b"\7", INVALID_PARAMETER),
    ],
)
async def test_what_is_set_must_be_in_range(
    bench: Bench, name: str, value: bytes, status: int
) -> None:
    assert bench.at(name, value) == (status, b"")
    assert bench.at(name, value, kind=0x09) == (status, b"")


async def test_a_value_may_have_fewer_octets_than_its_register(bench: Bench) -> None:
    assert bench.at("ID", b"\x05") == (OK, b"")
    assert bench.at("ID") == (OK, bytes(7) + b"\x05")


@pytest.mark.parametrize("name", ["NK", "KY"])
async def test_keys_cannot_be_read(bench: Bench, name: str) -> None:
    assert bench.at(name, NETWORK_KEY) == (OK, b"")
    assert bench.at(name) == (OK, b"")


async def test_what_is_queued_waits_for_ac(bench: Bench) -> None:
    assert bench.at("NI", b"Cellar", kind=0x09) == (OK, b"")
    before = bench.at("NI")
    assert bench.at("AC") == (OK, b"")

    assert (before[1], bench.at("NI")[1]) == (b" ", b"Cellar")


async def test_what_is_queued_is_applied_with_what_is_set_at_once(bench: Bench) -> None:
    assert bench.at("NI", b"Cellar", kind=0x09) == (OK, b"")

    bench.set("LT", 0x20)

    assert bench.at("NI")[1] == b"Cellar"


async def test_a_command_that_is_not_queued_applies_what_is(bench: Bench) -> None:
    assert bench.at("NI", b"Cellar", kind=0x09) == (OK, b"")
    assert bench.at("WR", kind=0x09) == (OK, b"")
    before = bench.at("NI")

    assert bench.at("WR") == (OK, b"")

    assert (before[1], bench.at("NI")[1]) == (b" ", b"Cellar")


async def test_only_what_was_written_survives_a_restart(bench: Bench) -> None:
    assert bench.at("NI", b"Cellar") == (OK, b"")
    assert bench.at("WR") == (OK, b"")
    bench.set("LT", 0x20)
    assert bench.at("AP", b"\x02", kind=0x09) == (OK, b"")

    assert bench.at("FR") == (OK, b"")
    await bench.clock.advance(3)

    assert b"\x8a\x00" in bench.heard(0x8A)
    assert (bench.at("NI")[1], bench.read("LT"), bench.read("AP")) == (b"Cellar", 0, 1)


async def test_the_defaults_come_back_until_the_next_restart(bench: Bench) -> None:
    assert bench.at("NI", b"Cellar") == (OK, b"")
    assert bench.at("WR") == (OK, b"")
    bench.say(b"\x08\x01RE")  # it answers no more: from the shop it speaks no frames
    assert not bench.line

    await bench.module.stop()
    again = Bench(bench.drawers)
    await again.start()

    assert again.at("NI")[1] == b"Cellar"
    await again.stop()


# ---------------------------------------------------------------------- the network


async def test_a_coordinator_forms_as_its_registers_say(formed: Bench) -> None:
    assert (formed.read("AI"), formed.read("MY")) == (0, 0)
    assert (formed.read("OP"), formed.read("OI"), formed.read("CH")) == (0xBEEF, 0xB15E, 15)
    network = formed.ether.network
    assert network is not None
    assert network.info.network_key.key.serialize() == NETWORK_KEY
    assert not is_open(formed)


def is_open(bench: Bench) -> bool:
    network = bench.ether.network
    return network is not None and network.open_until > bench.clock.monotonic()


async def test_it_scans_for_a_while_before_it_has_formed(bench: Bench) -> None:
    bench.set("CE", 1)

    assert bench.read("AI") == 0xFF
    await bench.clock.advance(2)
    assert bench.read("AI") == 0


async def test_what_is_not_said_is_chosen_by_the_module(bench: Bench) -> None:
    bench.set("EE", 1)
    bench.set("CE", 1)
    await bench.clock.advance(2)

    assert bench.read("OP") > 0xFFFF
    assert 0 < bench.read("OI") < 0xFFFF
    assert bench.read("CH") in range(11, 26)
    assert bench.ether.network is not None


async def test_a_network_without_encryption_is_joined_by_nobody_here(bench: Bench) -> None:
    bench.set("CE", 1)
    await bench.clock.advance(2)

    assert bench.read("AI") == 0
    assert bench.ether.network is None


async def test_a_new_network_is_open_for_as_long_as_nj_says(bench: Bench) -> None:
    bench.set("NJ", 20)
    bench.set("EE", 1)
    bench.set("CE", 1)
    await bench.clock.advance(2)

    assert is_open(bench)
    await bench.clock.advance(20)
    assert not is_open(bench)


async def test_the_network_is_opened_only_by_another_value(formed: Bench) -> None:
    formed.set("NJ", 20)
    assert is_open(formed)
    await formed.clock.advance(20)

    formed.set("NJ", 20)
    was_open = is_open(formed)
    formed.set("NJ", 0)
    formed.set("NJ", 20)

    assert (was_open, is_open(formed)) == (False, True)


async def test_the_button_opens_the_network_for_a_minute(formed: Bench) -> None:
    assert formed.at("CB", b"\2") == (OK, b"")

    await formed.clock.advance(59)
    assert is_open(formed)
    await formed.clock.advance(2)
    assert not is_open(formed)


async def test_a_module_that_loses_its_power_comes_back_to_its_network(formed: Bench) -> None:
    nwk = await formed.let_in()
    await formed.module.stop()

    again = Bench(formed.drawers)
    await again.start()

    assert (again.read("AI"), again.read("OP"), again.read("OI")) == (0, 0xBEEF, 0xB15E)
    assert again.ether.network is not None
    assert list(again.ether.network.members.values()) == [nwk]
    await again.stop()


async def test_a_network_whose_registers_were_not_written_is_lost_with_the_power(
    bench: Bench,
) -> None:
    bench.set("EE", 1)
    bench.set("CE", 1)
    await bench.clock.advance(2)
    await bench.module.stop()

    again = Bench(bench.drawers)
    await again.start()

    assert again.read("AI") == 0x21
    await again.stop()


async def test_a_change_that_was_not_written_is_undone_by_a_power_cut(formed: Bench) -> None:
    assert formed.at("ID", b"\5") == (OK, b"")
    await formed.clock.advance(2)
    assert formed.read("OP") == 5
    await formed.module.stop()

    again = Bench(formed.drawers)
    await again.start()

    assert (again.read("AI"), again.read("OP")) == (0, 0xBEEF)
    await again.stop()


@pytest.mark.parametrize(
    ("name", "value"), [("ID", b"\5"), ("SC", b"\0\2"), ("KY", b"\5"), ("EE", b"\0")]
)
async def test_another_setup_is_another_network(formed: Bench, name: str, value: bytes) -> None:
    await formed.let_in()

    assert formed.at(name, value) == (OK, b"")

    assert formed.heard(0x8A) == [b"\x8a\x03"]
    assert formed.read("AI") == 0xFF
    await formed.clock.advance(2)
    assert formed.heard(0x8A) == [b"\x8a\x06"]
    assert not formed.drawers("xbee_members", int, int)
    assert formed.ears.reasons


async def test_a_network_can_be_reset(formed: Bench) -> None:
    await formed.let_in()

    assert formed.at("NR", b"\0") == (OK, b"")
    await formed.clock.advance(2)

    assert formed.heard(0x8A) == [b"\x8a\x03", b"\x8a\x06"]
    assert formed.ears.reasons


async def test_four_presses_make_it_as_from_the_shop(formed: Bench) -> None:
    formed.say(b"\x08\0CB\4")
    await formed.clock.advance(2)

    assert formed.ether.network is None
    assert formed.drawers("xbee_network", int, int) == {}


async def test_the_energy_of_all_channels_is_told(bench: Bench) -> None:
    status, energy = bench.at("ED", b"\3")

    assert (status, len(energy)) == (OK, 16)


@pytest.mark.parametrize("name", ["ZS", "KT", "II", "CE"])
async def test_smart_energy_firmware_lacks_what_is_of_zigbee_alone(name: str) -> None:
    bench = Bench(firmware=SE_COORDINATOR)
    await bench.start()

    assert bench.at(name) == (INVALID_COMMAND, b"")
    await bench.stop()


async def test_smart_energy_firmware_is_the_trust_centre_whatever_is_written() -> None:
    bench = Bench(firmware=SE_COORDINATOR)
    await bench.start()

    assert bench.at("EO") == (OK, b"\2")
    assert bench.at("EO", b"\x08") == (INVALID_PARAMETER, b"")
    assert bench.at("AP", b"\0") == (INVALID_PARAMETER, b"")
    assert bench.at("NJ", b"\xff") == (INVALID_PARAMETER, b"")
    assert bench.read("VR") >> 8 == 0x31
    await bench.stop()


async def test_a_certificate_is_written_and_taken_out_again() -> None:
    bench = Bench(firmware=SE_COORDINATOR)
    await bench.start()

    for name, octets in (("ZU", 22), ("ZT", 48), ("ZV", 21)):
        assert bench.at("VC") == (OK, b"\0")
        assert bench.at(name, bytes(octets - 1)) == (INVALID_PARAMETER, b"")
        assert bench.at(name, bytes(range(octets))) == (OK, b"")
    assert bench.at("VC") == (OK, b"\1")
    assert bench.at("ZT") == (OK, bytes(range(48)))
    assert bench.at("ZV") == (OK, b"")
    assert bench.at("ZV", b"\0") == (OK, b"")
    assert bench.at("VC") == (OK, b"\0")
    await bench.stop()


@pytest.mark.parametrize("firmware", [ZIGBEE, SE_COORDINATOR])
async def test_what_is_written_is_no_longer_than_the_registers(firmware: Firmware) -> None:
    drawers = Drawers()
    drawers("xbee_registers", str, Secret)["QQ"] = Secret(b"of another firmware")
    bench = Bench(drawers, firmware)

    await bench.form()

    assert bench.read("AI") == 0
    await bench.stop()


async def test_a_reset_by_the_watchdog_is_told_as_one_and_loses_what_was_not_written(
    formed: Bench,
) -> None:
    formed.set("LT", 0x20)

    formed.module.restart()
    await formed.clock.advance(3)

    assert b"\x8a\x01" in formed.heard(0x8A)
    assert formed.read("LT") == 0


async def test_a_restart_that_was_asked_for_does_not_outlive_the_power(formed: Bench) -> None:
    assert formed.at("FR") == (OK, b"")
    assert formed.at("FR") == (OK, b"")  # one restart will do

    await formed.module.stop()
    await formed.clock.advance(3)

    assert formed.heard() == []


async def test_with_the_defaults_a_coordinator_is_none_any_more(formed: Bench) -> None:
    formed.say(b"\x08\x01RE")  # by default it answers in no frame
    await formed.clock.advance(3)

    assert formed.ether.network is None


async def test_a_device_that_leaves_is_not_known_any_more(formed: Bench) -> None:
    await formed.let_in()
    members = formed.drawers("xbee_members", Eui64, int)
    assert METER in members

    await formed.meter.leave()
    await formed.clock.settle()

    assert METER not in members
    formed.heard()
    formed.module.stack.left(METER)  # nobody who was known
    assert formed.heard() == []


# ---------------------------------------------------------------------- another channel


def call_to(channel: int) -> bytes:
    """Return what a host says to its own module, for that to be on another channel."""
    told = announcement(1, channel, 1)
    return order(CHIP, 0, endpoint=0, profile_id=0, cluster_id=0x0038, data=told)


async def test_what_allows_its_network_does_not_end_it(formed: Bench) -> None:
    formed.heard()
    before = formed.ether.network

    formed.set("SC", 0x0011, 2)
    formed.set("ID", 0, 8)
    await formed.clock.advance(3)

    assert formed.ether.network is before
    assert formed.heard(0x8A) == []


async def test_a_mask_without_its_channel_ends_its_network(formed: Bench) -> None:
    formed.heard()

    formed.set("SC", 0x2000, 2)
    await formed.clock.advance(3)

    assert formed.heard(0x8A) == [b"\x8a\x03", b"\x8a\x06"]
    assert formed.read("CH") == 24


@pytest.mark.parametrize(("firmware", "told"), [(ZIGBEE, [b"\x8a\x1e"]), (SE_COORDINATOR, [])])
async def test_it_goes_to_the_channel_to_which_it_calls_itself(
    firmware: Firmware, told: list[bytes]
) -> None:
    bench = Bench(firmware=firmware)
    await bench.form()
    bench.set("SC", 0x2010, 2)
    bench.heard()

    said = await bench.transmit(call_to(24))

    assert said == b"\0\0\0\x23\0"
    assert bench.ether.network is not None
    assert bench.read("CH") == bench.ether.network.info.channel == 24
    assert bench.heard(0x8A) == told
    assert bench.heard(0x91) == []
    await bench.stop()


@pytest.mark.parametrize(("mask", "channel"), [(0x2010, 24), (0x0010, 15)])
async def test_where_it_went_it_stays_when_its_mask_allows_that(
    formed: Bench, mask: int, channel: int
) -> None:
    formed.set("SC", mask, 2)
    assert formed.at("WR") == (OK, b"")
    await formed.transmit(call_to(24))
    await formed.module.stop()

    again = Bench(formed.drawers)
    await again.start()
    await again.clock.advance(3)

    assert again.read("CH") == channel
    await again.stop()


# ---------------------------------------------------------------------- another network key


NEXT_KEY = Secret(bytes(range(0x40, 0x50)))


def network_key(bench: Bench) -> Secret:
    assert bench.ether.network is not None
    return bench.ether.network.network_key


async def test_a_trust_centre_whose_key_is_set_gives_it_to_its_devices(formed: Bench) -> None:
    formed.register(WELL_KNOWN_KEY.reveal())
    await formed.let_in()
    before = network_key(formed)

    assert formed.at("NK", NEXT_KEY.reveal()) == (OK, b"")
    await formed.clock.advance(4)
    assert network_key(formed) == before
    await formed.clock.advance(2)

    assert network_key(formed) == NEXT_KEY
    assert formed.heard(0x8A) == [b"\x8a\x07"]
    assert await formed.transmit(order()) == formed.meter.network.nwk.to_bytes(2, "big") + bytes(3)


async def test_its_network_has_that_key_after_a_power_cut(formed: Bench) -> None:
    formed.at("NK", NEXT_KEY.reveal())
    assert formed.at("WR") == (OK, b"")
    await formed.clock.advance(6)
    await formed.module.stop()

    again = Bench(formed.drawers)
    await again.start()

    assert network_key(again) == NEXT_KEY
    assert again.read("OP") == 0xBEEF
    await again.stop()


async def test_the_key_0_is_a_random_one(formed: Bench) -> None:
    before = network_key(formed)

    formed.at("NK", b"\0")
    await formed.clock.advance(6)

    assert network_key(formed) not in {before, Secret(bytes(16))}


async def test_of_two_keys_that_were_set_the_last_counts(formed: Bench) -> None:
    formed.at("NK", bytes(range(16)))
    await formed.clock.advance(3)

    formed.at("NK", NEXT_KEY.reveal())
    await formed.clock.advance(9)

    assert network_key(formed) == NEXT_KEY
    assert formed.heard(0x8A).count(b"\x8a\x07") == 1


async def test_a_module_that_is_switched_off_meanwhile_keeps_its_key(formed: Bench) -> None:
    before = network_key(formed)
    formed.at("NK", NEXT_KEY.reveal())
    await formed.module.stop()

    await formed.clock.advance(9)

    assert network_key(formed) == before


async def test_who_is_no_trust_centre_gives_nobody_a_key(bench: Bench) -> None:
    for name, value in {**SETUP, "EO": b"\0"}.items():
        bench.at(name, value, kind=0x09)
    bench.at("AC")
    await bench.clock.advance(3)
    before = network_key(bench)

    assert bench.at("NK", NEXT_KEY.reveal()) == (OK, b"")
    await bench.clock.advance(9)

    assert network_key(bench) == before
