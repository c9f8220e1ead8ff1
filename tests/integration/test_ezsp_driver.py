"""Our radio on EZSP, as bellows drives it: what it does with a module that answers as a real one.

Real time passes here only because the driver has no other.
"""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace
import pytest

from sebridge.base.addresses import Group
from sebridge.base.errors import DeliveryError, NotTakenError
from sebridge.radio.ezsp.trust import MOST_LINK_KEYS
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.radio import GroupMember, TxStatus
from sebridge.radio.watchdog import ASKS_EVERY, LONGEST_ANSWER
from sebridge.radio.zigpy_radio import ZigpyRadio
from sebridge.settings.simulator_options import AirOptions
from sebridge.simulator.modules.chip import CHIP
from sebridge.simulator.modules.ezsp.settings import Config
from sebridge.simulator.modules.ezsp.wording import VERSIONS
from tests.integration.ezsp_wire import Wire
from tests.patience import until
from tests.radio.simulated_air import LINK_KEY, METER, eui64, report

of_all_versions = pytest.mark.parametrize("wire", VERSIONS, indirect=True)


@of_all_versions
async def test_a_frame_is_heard_in_the_run_in_which_the_network_was_formed(wire: Wire) -> None:
    await wire.let_in()

    await wire.meter.send(report(CHIP))
    await until(lambda: bool(wire.ears.zcl()))

    assert wire.ears.zcl()[0].source == METER


@pytest.mark.parametrize("wire", [13, 14], indirect=True)  # with either kind of statuses
async def test_what_is_sent_to_a_group_is_heard_while_we_are_in_it(wire: Wire) -> None:
    await wire.let_in()

    wire.radio.hear_groups({GroupMember(1, 7), GroupMember(1, 8)})
    wire.radio.hear_groups({GroupMember(1, 8), GroupMember(1, 9)})
    await until(lambda: places(wire) == {8, 9})
    for group in (7, 8, 9):
        told = report(CHIP, bytes((0x18, group, 0x0A)))
        await wire.meter.send(replace(told, destination=Group(group)))
    await wire.radio.send(replace(report(METER), destination=Group(7)))
    await until(lambda: len(wire.ears.zcl()) == 2 and bool(wire.meter_ears.zcl()))

    assert [(frame.group, frame.broadcast) for frame in wire.ears.zcl()] == [(8, True), (9, True)]
    assert [frame.group for frame in wire.meter_ears.zcl()] == [7]


async def test_a_stick_that_was_reset_is_told_of_our_groups(wire: Wire) -> None:
    wire.radio.hear_groups({GroupMember(1, 7)})
    await until(lambda: places(wire) == {7})

    wire.module.restart()
    await until(lambda: bool(wire.ears.reasons))
    await wire.radio.start(wire.ears)

    await until(lambda: places(wire) == {7})


async def test_a_group_for_which_the_stick_has_no_room_is_named(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    size = wire.module.settings.configuration[Config.MULTICAST_TABLE]

    wire.radio.hear_groups(GroupMember(1, group) for group in range(1, size + 2))
    await until(lambda: "no room for the group" in caplog.text)

    assert places(wire) == set(range(1, size + 1))
    assert f"no room for the group 0x{size + 1:04X}" in caplog.text


def places(wire: Wire) -> set[int]:
    """Return the groups that are in the stick's table."""
    return {group for group, endpoint in wire.module.stack.groups.values() if endpoint}


async def test_keys_that_are_established_at_once_are_both_kept(wire: Wire) -> None:
    devices = [METER, *map(eui64, range(7, 12))]

    await asyncio.gather(
        *(wire.radio.establish_link_key(one, LINK_KEY, FrameCounters()) for one in devices)
    )

    assert wire.ether.network is not None
    ring = wire.ether.network.ring
    assert [one for one in devices if not ring.is_established(one)] == []


ACTIONS: dict[str, Callable[[ZigpyRadio], Awaitable[None]]] = {
    "send": lambda radio: radio.send(report(METER)),
    "open the network": lambda radio: radio.permit_joining(60),
    "set a key": lambda radio: radio.set_link_key(eui64(7), LINK_KEY),
    "establish a key": lambda radio: radio.establish_link_key(METER, LINK_KEY, FrameCounters()),
}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
async def test_a_module_that_fails_is_an_error_of_ours_with_its_reason(
    wire: Wire, action: Callable[[ZigpyRadio], Awaitable[None]]
) -> None:
    wire.radio.remember(METER, 0x1234)
    await wire.radio.permit_joining(60)
    wire.contact.shake()

    with pytest.raises(DeliveryError, match=r"NcpFailure|ACK_TIMEOUT"):
        await action(wire.radio)

    assert len(wire.ears.reasons) == 1


@of_all_versions
async def test_a_key_that_is_in_the_module_is_not_imported_again_so_replays_stay_out(
    wire: Wire,
) -> None:
    await wire.let_in()
    await wire.radio.establish_link_key(METER, LINK_KEY, FrameCounters())
    await wire.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters())
    await wire.meter.send(report(CHIP, encrypted=True))
    await until(lambda: [frame.encrypted for frame in wire.ears.zcl()] == [True])

    await wire.start_again()
    await wire.radio.establish_link_key(METER, LINK_KEY, FrameCounters())
    await wire.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters())  # counts from 0 again

    with pytest.raises(DeliveryError):
        await wire.meter.send(report(CHIP, encrypted=True))


async def test_keys_can_be_established_with_a_house_of_devices(wire: Wire) -> None:
    for number in range(MOST_LINK_KEYS):
        await wire.radio.establish_link_key(eui64(number + 1), LINK_KEY, FrameCounters())

    with pytest.raises(DeliveryError):
        await wire.radio.establish_link_key(METER, LINK_KEY, FrameCounters())


async def test_a_module_that_only_acknowledges_is_lost_in_time(wire: Wire) -> None:
    wire.contact.stun()
    begun = wire.clock.monotonic()

    await until(lambda: bool(wire.ears.reasons))
    lost = wire.clock.monotonic()

    assert str(wire.ears.reasons[0]).startswith("the radio does not answer: ")
    assert lost - begun < 2 * (ASKS_EVERY + LONGEST_ANSWER)


async def test_a_frame_that_waits_for_its_acknowledgement_fails_when_the_link_goes(
    wire: Wire,
) -> None:
    await wire.let_in()
    wire.ether.air = AirOptions(delay=3600)  # nothing arrives any more
    sending = asyncio.create_task(wire.radio.send(report(METER)))
    await asyncio.sleep(0.1)

    await wire.port.stop()

    with pytest.raises(DeliveryError, match="lost"):
        await sending
    assert str(wire.ears.reasons[0]) == "the radio closed the connection"


@of_all_versions
async def test_whose_fault_it_is_that_a_frame_was_not_delivered_is_told(wire: Wire) -> None:
    await wire.let_in()
    wire.radio.remember(eui64(7), 0x1234)
    statuses = []

    for frame in (report(METER, encrypted=True), report(METER, bytes(2600)), report(eui64(7))):
        with pytest.raises(DeliveryError) as caught:
            await wire.radio.send(frame)
        statuses.append(caught.value.tx_status)

    assert statuses == [TxStatus.SECURITY_FAIL, TxStatus.TOO_LONG, TxStatus.NO_ACK]


async def test_a_frame_for_which_there_is_no_room_was_not_taken(wire: Wire) -> None:
    await wire.let_in()
    wire.module.settings.configuration[Config.UNICAST_MESSAGES] = 0

    with pytest.raises(NotTakenError) as caught:
        await wire.radio.send(report(METER))

    assert caught.value.tx_status == TxStatus.NO_ROOM


@of_all_versions
async def test_a_long_message_comes_in_several_frames_and_is_whole(wire: Wire) -> None:
    await wire.let_in()
    data = b"\x18\x01\x0a" + bytes(range(200))

    await wire.meter.send(report(CHIP, data))
    await until(lambda: bool(wire.ears.zcl()))

    assert [frame.data for frame in wire.ears.zcl()] == [data]


@of_all_versions
async def test_a_long_message_is_sent_in_several_frames_and_is_whole_net_7(wire: Wire) -> None:
    await wire.let_in()
    wire.ether.air = AirOptions(delay=0, loss=0.5, duplicates=0.3)
    messages = [bytes((number,)) + bytes(range(250)) for number in range(3)]

    await asyncio.gather(*(wire.radio.send(report(METER, data)) for data in messages))

    assert sorted(frame.data for frame in wire.meter_ears.zcl()) == messages
    assert wire.ether.counters.lost > 0


async def test_a_long_message_is_sent_in_secret(wire: Wire) -> None:
    await wire.let_in()
    await wire.radio.establish_link_key(METER, LINK_KEY, FrameCounters())
    await wire.meter.establish_link_key(CHIP, LINK_KEY, FrameCounters())
    data = bytes(range(250))

    await wire.radio.send(report(METER, data, encrypted=True))

    assert [(one.data, one.encrypted) for one in wire.meter_ears.zcl()] == [(data, True)]


@pytest.mark.parametrize("wire", [13, 14], indirect=True)  # with either kind of statuses
async def test_a_long_message_of_which_a_part_is_lost_for_good_is_told_of(wire: Wire) -> None:
    await wire.let_in()
    statuses = []

    for frame in (report(METER, bytes(200), encrypted=True), report(METER, bytes(200))):
        with pytest.raises(DeliveryError) as caught:
            await wire.radio.send(frame)
        statuses.append(caught.value.tx_status)
        wire.ether.watch(lambda _: setattr(wire.ether, "air", AirOptions(delay=0, loss=1)))

    assert statuses == [TxStatus.SECURITY_FAIL, TxStatus.NO_ACK]
    assert wire.meter_ears.zcl() == []
