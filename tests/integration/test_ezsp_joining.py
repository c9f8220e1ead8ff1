"""Who gets into the network of an EZSP stick, and with which key, as bellows drives the stick.

Real time passes here only because the driver has no other.
"""

import asyncio

import pytest

from sebridge.base.errors import DeliveryError, NotJoinedError, RefusedError
from sebridge.base.secret import Secret
from sebridge.radio.ether_network import WELL_KNOWN_KEY, Arrival
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.simulated_radio import SimulatedRadio
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.settings import Config, Joins, Policy
from sebridge.simulator.modules.ezsp.stack import NEIGHBOURS
from tests.integration.ezsp_wire import Wire
from tests.patience import until
from tests.radio.simulated_air import LINK_KEY, METER, eui64, report

STRANGER = eui64(0x77)
NEW_KEY = Secret(bytes(range(0x40, 0x50)))


async def encrypted_report(wire: Wire, meter: SimulatedRadio | None = None) -> bool:
    """Say whether a frame of the meter under its link key is taken."""
    try:
        await (meter or wire.meter).send(report(CHIP, encrypted=True))
    except DeliveryError:
        return False
    return True


async def test_a_window_for_one_device_lets_nobody_else_in(wire: Wire) -> None:
    stranger = wire.new_meter(WELL_KNOWN_KEY, STRANGER)
    await wire.radio.permit_joining(60)  # the well-known key is in the stick
    await wire.radio.permit_joining(0)

    await wire.let_in_with(LINK_KEY)

    with pytest.raises(NotJoinedError):
        await stranger.start(wire.meter_ears)
    await wire.radio.permit_joining(60)
    await stranger.start(wire.meter_ears)
    await stranger.stop()


async def test_a_window_for_one_device_is_not_for_another_with_a_key(wire: Wire) -> None:
    other = wire.new_meter(NEW_KEY, STRANGER)
    await wire.radio.permit_joining(60)
    await wire.radio.set_link_key(STRANGER, NEW_KEY)  # at once, for the network is open

    await wire.let_in_with(LINK_KEY)

    with pytest.raises(NotJoinedError):
        await other.start(wire.meter_ears)
    await wire.radio.permit_joining(60, {METER, STRANGER}, others=False)
    await other.start(wire.meter_ears)
    await other.stop()


async def test_a_key_that_comes_while_the_network_is_open_counts_at_once(wire: Wire) -> None:
    await wire.radio.permit_joining(60)
    await wire.radio.set_link_key(METER, LINK_KEY)
    wire.meter = wire.new_meter(LINK_KEY)

    await wire.meter.start(wire.meter_ears)


async def test_a_known_meter_that_was_reset_joins_again_and_its_established_key_is_gone(
    wire: Wire,
) -> None:
    await wire.let_in_with(LINK_KEY)
    await wire.radio.establish_link_key(METER, NEW_KEY, FrameCounters())
    await wire.meter.leave()
    await until(lambda: METER in wire.ears.departures)
    wire.radio.remember(METER, 0x4321)  # it stays known
    wire.ears.keys_gone.clear()

    await wire.let_in_with(LINK_KEY)

    await until(lambda: wire.ears.keys_gone == [METER])
    await until(lambda: METER in wire.module_keys() and wire.module_keys()[METER] == LINK_KEY)
    assert await encrypted_report(wire)


async def test_a_meter_keeps_the_key_that_it_was_made_with(wire: Wire) -> None:
    wire.module.settings.configuration[Config.TRANSIENT_KEY_TIMEOUT] = 5
    await wire.let_in_with(LINK_KEY)
    await until(lambda: METER in wire.module_keys())

    await wire.clock.sleep(10)

    assert await encrypted_report(wire)


async def test_a_removed_meter_has_no_key(wire: Wire) -> None:
    await wire.let_in_with(LINK_KEY)
    await until(lambda: METER in wire.module_keys())

    await wire.radio.forget(METER)

    assert METER not in wire.module_keys()


async def test_devices_without_a_key_join_with_the_one_of_the_configuration(wire: Wire) -> None:
    wire.common_key = NEW_KEY
    await wire.start_again()
    await wire.radio.permit_joining(60)

    with pytest.raises(NotJoinedError):
        await wire.new_meter(WELL_KNOWN_KEY).start(wire.meter_ears)
    wire.meter = wire.new_meter(NEW_KEY)
    await wire.meter.start(wire.meter_ears)


async def test_two_devices_that_proved_themselves_get_a_partner_key(wire: Wire) -> None:
    other = wire.new_meter(WELL_KNOWN_KEY, STRANGER)
    await wire.let_in()
    await other.start(wire.meter_ears)
    await wire.radio.establish_link_key(METER, LINK_KEY, FrameCounters())
    with pytest.raises(RefusedError):
        await wire.meter.request_partner_key(STRANGER)

    await wire.radio.establish_link_key(STRANGER, NEW_KEY, FrameCounters())
    await wire.meter.request_partner_key(STRANGER)

    assert wire.meter.is_established(STRANGER)
    await other.stop()


async def test_a_closed_network_lets_only_members_back(wire: Wire) -> None:
    policies = wire.module.settings.policies
    assert policies[Policy.TRUST_CENTER] == Joins.REJOINING

    await wire.radio.permit_joining(60, {METER}, others=False)
    wanted = Joins.NEW | Joins.REJOINING | Joins.ONLY_WITH_OWN_KEY
    assert policies[Policy.TRUST_CENTER] == wanted

    await wire.radio.permit_joining(0)
    assert policies[Policy.TRUST_CENTER] == Joins.REJOINING


async def test_who_missed_a_network_key_comes_back_with_the_key_it_established(wire: Wire) -> None:
    await wire.let_in_with(LINK_KEY)
    await wire.radio.establish_link_key(METER, NEW_KEY, FrameCounters())
    await wire.meter.establish_link_key(CHIP, NEW_KEY, FrameCounters())
    await wire.radio.permit_joining(0)
    await wire.meter.stop()
    assert wire.ether.network is not None
    wire.ether.network.use_network_key(Secret(b"the next network"))
    wire.ears.arrivals.clear()
    wire.ears.keys_gone.clear()

    await wire.meter.start(wire.meter_ears)

    await until(lambda: (METER, wire.meter.network.nwk) in wire.ears.arrivals)
    assert wire.ears.keys_gone == []
    assert wire.module_keys()[METER] == NEW_KEY
    await wire.meter.send(report(CHIP, encrypted=True))
    await until(lambda: [frame.encrypted for frame in wire.ears.zcl()] == [True])


async def test_the_stick_is_told_of_devices_with_keys_that_are_far_away(wire: Wire) -> None:
    for number in range(1, NEIGHBOURS + 1):
        wire.module.stack.joined(eui64(number), 0x100 + number, Arrival.JOIN)
    await wire.let_in_with(LINK_KEY)
    await wire.radio.establish_link_key(METER, NEW_KEY, FrameCounters())
    await wire.meter.establish_link_key(CHIP, NEW_KEY, FrameCounters())

    await wire.radio.send(report(METER, encrypted=True))

    assert await encrypted_report(wire)


async def test_keys_of_several_devices_at_once_go_to_different_places(wire: Wire) -> None:
    devices = [eui64(number) for number in range(1, 5)]

    async with asyncio.TaskGroup() as group:
        for device in devices:
            group.create_task(wire.radio.establish_link_key(device, NEW_KEY, FrameCounters()))

    assert set(wire.module_keys()) == set(devices)


async def test_a_stick_with_a_small_table_of_addresses_does_without(wire: Wire) -> None:
    wire.module.settings.configuration[Config.ADDRESS_TABLE] = 8
    await wire.let_in_with(LINK_KEY)

    await wire.radio.establish_link_key(METER, NEW_KEY, FrameCounters())

    assert wire.module.stack.addresses == {}
    assert wire.module_keys() == {METER: NEW_KEY}
