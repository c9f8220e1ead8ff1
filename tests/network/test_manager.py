"""The life of a device, from the first frame to its removal, on an air that remembers all."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import (
    DeliveryError,
    NotJoinedError,
    NotTakenError,
    ParameterError,
    UnknownDeviceError,
)
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.network import directory as directory_module, manager as manager_module
from sebridge.network.device_options import DeviceOptions
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.network.manager import DeviceManager, DeviceRules
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceJoined,
    DeviceRemoved,
    DeviceUpdated,
    JoiningChanged,
)
from sebridge.network.trust_center import TrustCenter
from sebridge.radio.radio import Outgoing, TxStatus
from sebridge.zcl.zdo import ZdoCommand
from tests.network.air import Air, Ears, Station, address, endpoint

KEY = Secret(bytes(range(16)))
INTERVIEW = ["Node_Desc_req", "Power_Desc_req", "Active_EP_req", "Simple_Desc_req"]
SE_METER = [endpoint(1, [0, 0x0702, 0x0800], [0x000A])]


class House:
    """The parts that belong together, and a setting that a test may change."""

    def __init__(self, air: Air, directory: Directory, clock: VirtualClock, bus: SignalBus) -> None:
        self.explicit = False
        self.air = air
        self.directory = directory
        self.clock = clock
        self.trust = TrustCenter(air, {}, clock, bus, lambda: self.explicit)
        self.manager = DeviceManager(air, directory, self.trust, clock, DeviceRules())
        air.deliver = self.manager.seen

    def hear(self, station: Station, cluster_id: int = 0x0702, endpoint_id: int = 1) -> None:
        self.manager.seen(station.frame(cluster_id, endpoint_id))

    async def know(self, station: Station) -> Station:
        """Let a device be heard, interviewed and active."""
        self.air.add(station)
        self.hear(station)
        await self.clock.settle()
        assert self.directory.is_active(station.eui64)
        self.air.sent.clear()
        return station


@pytest.fixture
async def house(directory: Directory, clock: VirtualClock, bus: SignalBus) -> AsyncIterator[House]:
    house = House(Air(), directory, clock, bus)
    yield house
    await house.manager.stop()
    await house.trust.stop()


# ------------------------------------------------------------------ becoming known and active


async def test_an_unknown_device_that_is_heard_is_interviewed_and_becomes_active(
    house: House, clock: VirtualClock, ears: Ears
) -> None:
    meter = house.air.add(Station(1))

    house.hear(meter)
    await clock.settle()

    assert house.air.questions(meter.eui64) == INTERVIEW
    assert ears.take() == [DeviceUpdated(meter.eui64), DeviceActive(meter.eui64)]
    known = house.directory[meter.eui64]
    assert known.nwk == meter.nwk
    assert known.is_complete
    assert [peer.device for peer in house.directory.servers(0x0702)] == [meter.eui64]


async def test_a_joining_device_is_told_of_and_interviewed(
    house: House, clock: VirtualClock, ears: Ears
) -> None:
    meter = house.air.add(Station(1))

    house.manager.joined(meter.eui64, meter.nwk)
    await clock.settle()

    assert [type(signal) for signal in ears.take()] == [
        DeviceUpdated,
        DeviceJoined,
        DeviceUpdated,
        DeviceActive,
    ]


async def test_one_joining_that_is_told_twice_is_one(
    house: House, clock: VirtualClock, ears: Ears
) -> None:
    meter = house.air.add(Station(1))
    announcement = b"\x01" + meter.nwk.to_bytes(2, "little") + bytes(meter.eui64) + b"\x8e"

    house.manager.joined(meter.eui64, meter.nwk)
    house.manager.seen(meter.zdo(ZdoCommand.Device_annce, announcement))
    await clock.settle()

    assert ears.take().count(DeviceJoined(meter.eui64)) == 1
    assert house.air.questions(meter.eui64) == INTERVIEW


async def test_an_announcement_alone_is_a_joining(house: House, clock: VirtualClock) -> None:
    meter = house.air.add(Station(1))

    house.manager.seen(
        meter.zdo(
            ZdoCommand.Device_annce,
            b"\x01\x22\x22" + bytes(meter.eui64) + b"\x8e",
        )
    )
    await clock.settle()

    assert house.directory.is_active(meter.eui64)


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01\x22\x22" + bytes(8) + b"\x8e"])
async def test_a_wrong_announcement_is_no_joining(
    house: House, clock: VirtualClock, data: bytes
) -> None:
    house.manager.seen(Station(1).zdo(ZdoCommand.Device_annce, data))
    await clock.settle()

    assert len(house.directory) == 0


async def test_with_explicit_add_strangers_stay_strangers(
    house: House, clock: VirtualClock, ears: Ears
) -> None:
    house.explicit = True
    meter = house.air.add(Station(1))

    house.hear(meter)
    house.manager.joined(meter.eui64, meter.nwk)
    await clock.settle()

    assert house.air.sent == []
    assert ears.take() == []
    assert meter.eui64 not in house.directory


async def test_with_explicit_add_a_device_that_was_added_becomes_active(
    house: House, clock: VirtualClock
) -> None:
    house.explicit = True
    meter = house.air.add(Station(1))
    await house.manager.add(meter.eui64)

    house.hear(meter)
    await clock.settle()

    assert house.directory.is_active(meter.eui64)


async def test_zdo_frames_do_not_make_a_device_known(house: House, clock: VirtualClock) -> None:
    meter = house.air.add(Station(1))

    house.manager.seen(meter.zdo(ZdoCommand.Match_Desc_rsp, b"\x01\x00\x00\x00\x01\x01"))
    await clock.settle()

    assert house.air.sent == []


async def test_a_flood_of_strangers_is_bounded(house: House, clock: VirtualClock) -> None:
    house.air.gate = asyncio.Event()

    for number in range(1000):
        house.hear(Station(number))
    await clock.settle()

    assert house.manager.interviews.turned_away == 1000 - directory_module.MAX_STRANGERS
    assert house.air.most_under_way == 3
    house.air.gate.set()
    await clock.settle()
    assert len(house.directory) == 0


async def test_a_flood_of_announcements_is_bounded(house: House, clock: VirtualClock) -> None:
    house.air.gate = asyncio.Event()

    for number in range(1000):
        house.manager.joined(Station(number).eui64, number)
    await clock.settle()

    assert len(house.directory) == directory_module.MAX_STRANGERS
    assert house.manager.interviews.turned_away == 1000 - directory_module.MAX_STRANGERS
    assert house.air.most_under_way == 3


async def test_in_a_flood_a_device_that_was_added_is_interviewed_at_once(
    house: House, clock: VirtualClock
) -> None:
    house.air.gate = asyncio.Event()
    meter = house.air.add(Station(5))
    await house.manager.add(meter.eui64)
    for number in range(1000, 2000):
        house.manager.joined(address(number), number)
    await clock.settle()
    asked = house.air.under_way

    house.manager.joined(meter.eui64, meter.nwk)
    await clock.settle()

    assert house.air.under_way == asked + 1
    house.air.gate.set()
    await clock.settle()
    assert house.directory.is_active(meter.eui64)


async def test_a_stranger_that_leaves_is_forgotten(house: House, clock: VirtualClock) -> None:
    ghost, meter = Station(1, reachable=False), await house.know(Station(2))
    house.manager.joined(ghost.eui64, ghost.nwk)
    await clock.settle()

    house.manager.left(ghost.eui64)
    house.manager.left(meter.eui64)

    assert [known.eui64 for known in house.directory] == [meter.eui64]


async def test_what_an_earlier_version_kept_of_strangers_goes_at_the_start(
    clock: VirtualClock, bus: SignalBus
) -> None:
    store = {address(n): KnownDevice(eui64=address(n), nwk=n) for n in range(4096)}
    keyed, told = address(7), address(8)
    store[told] = KnownDevice(eui64=told, nwk=8, active_endpoints=(1,))
    air = Air()
    directory = Directory(store, clock, bus)
    trust = TrustCenter(air, {keyed: KEY}, clock, bus)
    manager = DeviceManager(air, directory, trust, clock)

    await manager.start()
    await clock.settle()

    assert len(store) == directory_module.MAX_STRANGERS + 2
    assert store[keyed].added
    assert told in store
    await manager.stop()


async def test_many_frames_of_one_stranger_cost_one_interview(
    house: House, clock: VirtualClock
) -> None:
    meter = house.air.add(Station(1))

    for _ in range(100):
        house.hear(meter)
    await clock.settle()

    assert house.air.questions(meter.eui64) == INTERVIEW


async def test_a_stranger_that_does_not_answer_is_asked_later_and_later(
    house: House, clock: VirtualClock
) -> None:
    ghost = house.air.add(Station(1, reachable=False))
    asked: list[int] = []

    for second in range(600):
        house.hear(ghost)
        await clock.advance(1)
        if len(house.air.sent) > len(asked):
            asked.append(second)

    assert asked == [0, 5, 20, 65, 200]


async def test_a_device_for_which_there_is_no_room_is_not_known_by_joining(
    house: House, clock: VirtualClock, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "MAX_DEVICES", 0)
    meter = house.air.add(Station(1))

    house.manager.joined(meter.eui64, meter.nwk)
    await clock.settle()

    assert ears.take() == []
    assert house.air.sent == []


# ------------------------------------------------------------------ surprises


async def test_a_frame_from_an_expected_place_asks_nothing(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))

    house.hear(meter)
    await clock.settle()

    assert house.air.sent == []
    presence = house.directory.presence(meter.eui64)
    assert presence is not None
    assert (presence.lqi, presence.rssi) == (200, -50)


async def test_a_frame_from_a_new_endpoint_asks_for_the_endpoints_again(
    house: House, clock: VirtualClock, ears: Ears
) -> None:
    meter = await house.know(Station(1))
    meter.endpoints.append(endpoint(2, [0x0701]))
    ears.take()

    house.hear(meter, 0x0701, 2)
    await clock.settle()

    assert house.air.questions(meter.eui64) == ["Node_Desc_req", "Active_EP_req", "Simple_Desc_req"]
    assert ears.take() == [DeviceUpdated(meter.eui64)]
    assert [peer.endpoint for peer in house.directory.servers(0x0701)] == [2]


async def test_a_frame_of_a_cluster_that_was_not_told_is_asked_about_once(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))

    for _ in range(10):
        house.hear(meter, 0x0703)
        await clock.advance(60)

    assert house.air.questions(meter.eui64) == ["Node_Desc_req", "Simple_Desc_req"]


async def test_a_device_that_invents_places_without_end_is_not_asked_without_end(
    house: House, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manager_module, "MAX_PLACES", 5)
    meter = await house.know(Station(1))

    for cluster in range(0x0100, 0x0120):
        house.hear(meter, cluster)
        await clock.settle()

    assert house.air.questions(meter.eui64) == ["Node_Desc_req", "Simple_Desc_req"] * 3


async def test_a_device_with_a_new_network_address_is_reached_there(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))

    house.manager.joined(meter.eui64, 0x4321)
    await clock.settle()

    assert house.directory[meter.eui64].nwk == 0x4321


# ------------------------------------------------------------------ going and coming back


def unicast(station: Station) -> Outgoing:
    return Outgoing(station.eui64, 0x0109, 0x0700, 0x5E, 1, b"\x09\x01\x00")


async def test_three_failed_transmissions_in_a_row_make_a_device_inactive(
    house: House, ears: Ears
) -> None:
    meter = await house.know(Station(1))
    ears.take()
    meter.reachable = False

    for expected in ([], [], [DeviceInactive(meter.eui64)], []):
        with pytest.raises(DeliveryError):
            await house.manager.send(unicast(meter))
        assert ears.take() == expected

    assert house.directory.servers(0x0702) == ()


async def test_a_success_between_failures_starts_the_count_again(house: House) -> None:
    meter = await house.know(Station(1))

    for reachable in (False, False, True, False, False):
        meter.reachable = reachable
        meter.silent = set(range(0x10000))
        try:
            await house.manager.send(unicast(meter))
        except DeliveryError:
            assert not reachable

    assert house.directory.is_active(meter.eui64)


OURS = {
    "no network": DeliveryError("no network", TxStatus.NOT_JOINED),
    "no key": DeliveryError("no link key", TxStatus.SECURITY_FAIL),
    "a busy channel": DeliveryError("the channel is busy", TxStatus.CHANNEL_BUSY),
    "a busy radio": NotTakenError("no room", TxStatus.NO_ACK),
}


@pytest.mark.parametrize("failure", OURS.values(), ids=OURS)
async def test_what_is_our_own_failure_is_not_the_devices_fault(
    house: House, clock: VirtualClock, failure: DeliveryError
) -> None:
    meter = await house.know(Station(1))
    house.air.failure = failure

    for _ in range(5):
        sending = asyncio.ensure_future(house.manager.send(unicast(meter)))
        await clock.advance(1)
        with pytest.raises(DeliveryError):
            await sending

    assert house.directory.is_active(meter.eui64)


async def test_an_inactive_device_that_is_heard_proves_that_it_is_there(
    house: House, clock: VirtualClock, ears: Ears
) -> None:
    meter = await house.know(Station(1))
    house.directory.deactivate(meter.eui64)
    ears.take()

    house.hear(meter)
    await clock.settle()

    assert house.air.questions(meter.eui64) == ["Node_Desc_req"]
    assert ears.take() == [DeviceActive(meter.eui64)]


async def test_a_sleepy_device_that_is_heard_is_there_without_being_asked(
    house: House, clock: VirtualClock
) -> None:
    sensor = await house.know(Station(1, sleepy=True))
    house.directory.deactivate(sensor.eui64)

    house.hear(sensor)
    await clock.settle()

    assert house.directory.is_active(sensor.eui64)
    assert house.air.sent == []


async def test_a_device_that_leaves_stays_known_without_an_address(
    house: House, ears: Ears
) -> None:
    meter = await house.know(Station(1))
    ears.take()

    house.manager.left(meter.eui64)
    house.manager.left(Station(2).eui64)

    assert ears.take() == [DeviceInactive(meter.eui64), DeviceUpdated(meter.eui64)]
    assert house.directory[meter.eui64].nwk is None


async def test_a_partial_interview_is_completed_later(
    house: House, clock: VirtualClock, ears: Ears
) -> None:
    await house.manager.start()
    meter = house.air.add(Station(1, silent={ZdoCommand.Simple_Desc_req}))
    house.hear(meter)
    await clock.advance(41)
    assert ears.take() == [DeviceUpdated(meter.eui64), DeviceActive(meter.eui64)]
    meter.silent.clear()

    await clock.advance(10)

    assert ears.take() == [DeviceUpdated(meter.eui64)]
    assert house.directory[meter.eui64].is_complete
    assert len(house.directory.servers(0x0702)) == 1


# ------------------------------------------------------------------ the periodic refresh


async def test_a_vanished_device_is_inactive_after_three_refreshes(
    house: House, clock: VirtualClock
) -> None:
    await house.manager.start()
    meter = await house.know(Station(1, SE_METER))
    await clock.advance(100)
    meter.reachable = False

    await clock.advance(290)
    assert house.directory.is_active(meter.eui64)
    await clock.advance(20)

    assert not house.directory.is_active(meter.eui64)


async def test_a_device_that_answers_the_refresh_stays_and_comes_back(
    house: House, clock: VirtualClock
) -> None:
    await house.manager.start()
    meter = await house.know(Station(1, SE_METER))
    await clock.advance(minutes=30)
    assert house.directory.is_active(meter.eui64)
    house.directory.deactivate(meter.eui64)

    await clock.advance(121)

    assert house.directory.is_active(meter.eui64)
    assert house.air.questions(meter.eui64) == []


async def test_devices_without_key_establishment_are_asked_alone_when_they_are_silent(
    house: House, clock: VirtualClock
) -> None:
    await house.manager.start()
    plug = await house.know(Station(1, [endpoint(1, [0x0702], profile=0x0104)]))
    talker = await house.know(Station(2, [endpoint(1, [0x0702], profile=0x0104)]))

    for _ in range(12):
        await clock.advance(60)
        house.hear(talker)

    assert set(house.air.questions(plug.eui64)) == {"Node_Desc_req"}
    assert 4 <= len(house.air.questions(plug.eui64)) <= 6
    assert house.air.questions(talker.eui64) == []
    plug.reachable = False
    await clock.advance(minutes=8)
    assert not house.directory.is_active(plug.eui64)


async def test_a_device_that_takes_questions_but_never_answers_is_gone(
    house: House, clock: VirtualClock
) -> None:
    await house.manager.start()
    plug = await house.know(Station(1))
    plug.falls_silent()

    await clock.advance(minutes=10)

    assert not house.directory.is_active(plug.eui64)


async def test_a_gone_device_costs_ever_fewer_questions(house: House, clock: VirtualClock) -> None:
    await house.manager.start()
    plug = await house.know(Station(1))
    plug.reachable = False
    await clock.advance(hours=3)
    house.air.sent.clear()

    await clock.advance(hours=6)

    assert 5 <= len(house.air.questions(plug.eui64)) <= 7


async def test_a_refresh_that_cannot_be_sent_blames_nobody(
    house: House, clock: VirtualClock
) -> None:
    await house.manager.start()
    meter = await house.know(Station(1, SE_METER))
    house.air.failure = NotJoinedError("no network")

    await clock.advance(minutes=20)

    assert house.directory.is_active(meter.eui64)


async def test_an_answer_to_the_refresh_continues_an_interview_and_adds_no_stranger(
    house: House, clock: VirtualClock
) -> None:
    known = house.air.add(Station(1, SE_METER))
    house.air.add(Station(2, SE_METER))
    house.directory.put(KnownDevice(eui64=known.eui64, nwk=known.nwk))
    house.manager.interviews.delay(known.eui64, 1.0)
    await clock.advance(0.5)

    refreshing = asyncio.ensure_future(house.manager.refresh())
    await clock.settle()
    assert house.air.questions(known.eui64) == []
    await clock.advance(121)
    await refreshing
    again = asyncio.ensure_future(house.manager.refresh())
    await clock.advance(41)
    await again

    assert house.directory.is_active(known.eui64)
    assert len(house.directory) == 1


async def test_refreshes_never_come_without_a_pause(directory: Directory) -> None:
    clock = VirtualClock()
    air = Air()
    trust = TrustCenter(air, {}, clock, SignalBus())
    rules = DeviceRules(refresh_interval=lambda: 0.0)
    manager = DeviceManager(air, directory, trust, clock, rules)

    await manager.start()
    await clock.advance(100)
    await manager.stop()

    assert len(air.sent) <= 11


# ------------------------------------------------------------------ what a person asks for


async def test_an_added_device_may_join_with_its_key(house: House, ears: Ears) -> None:
    meter = Station(1)

    await house.manager.add(meter.eui64, KEY, join_time=60)

    assert house.air.keys == [(meter.eui64, KEY)]
    assert house.air.permits == [60]
    assert [type(signal) for signal in ears.take()] == [DeviceUpdated, JoiningChanged]
    assert house.directory[meter.eui64] == KnownDevice(eui64=meter.eui64, added=True)


async def test_adding_a_known_device_keeps_what_is_known(house: House) -> None:
    meter = await house.know(Station(1))

    await house.manager.add(meter.eui64, KEY)

    assert house.directory.is_active(meter.eui64)
    assert house.directory[meter.eui64].is_complete


async def test_a_wrong_parameter_adds_nothing(house: House) -> None:
    meter = Station(1)

    with pytest.raises(ParameterError, match="link_key: has 3 octets"):
        await house.manager.add(meter.eui64, Secret(b"abc"))
    with pytest.raises(ParameterError, match="join_time"):
        await house.manager.add(meter.eui64, KEY, join_time=-1)

    assert len(house.directory) == 0
    assert house.air.keys == []


async def test_a_removed_device_is_forgotten_and_told_to_leave(
    house: House, clock: VirtualClock, ears: Ears
) -> None:
    meter = await house.know(Station(1))
    await house.manager.add(meter.eui64, KEY)
    ears.take()

    await house.manager.remove(meter.eui64)

    assert ears.take() == [DeviceRemoved(meter.eui64)]
    assert dict(house.trust.keys) == {}
    assert house.air.forgotten == [meter.eui64]
    await clock.settle()
    assert house.air.questions(meter.eui64) == ["Mgmt_Leave_req"]
    assert house.air.sent[-1].data[1:] == bytes(meter.eui64) + b"\x00"
    assert house.air.forgotten == [meter.eui64, meter.eui64]


async def test_removing_does_not_depend_on_the_device(house: House, clock: VirtualClock) -> None:
    meter = await house.know(Station(1))
    meter.falls_silent()

    await house.manager.remove(meter.eui64)
    await clock.advance(60)

    assert meter.eui64 not in house.directory
    with pytest.raises(UnknownDeviceError):
        await house.manager.remove(meter.eui64)


async def test_a_radio_that_does_not_forget_is_no_reason_to_keep_a_device(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))
    house.air.failure = DeliveryError("the radio is busy")

    await house.manager.remove(meter.eui64)
    await clock.settle()

    assert meter.eui64 not in house.directory


async def test_a_removed_device_that_still_talks_does_not_come_back_at_once(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))
    await house.manager.remove(meter.eui64)

    for _ in range(50):
        house.hear(meter)
        await clock.advance(1)

    assert meter.eui64 not in house.directory


async def test_a_removed_device_that_joins_again_is_known_again(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))
    await house.manager.remove(meter.eui64)
    await clock.settle()

    house.manager.joined(meter.eui64, meter.nwk)
    await clock.settle()

    assert house.directory.is_active(meter.eui64)


async def test_a_device_that_is_added_again_while_it_leaves_keeps_its_address(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))
    await house.manager.remove(meter.eui64)

    await house.manager.add(meter.eui64)
    await clock.settle()

    assert house.air.forgotten == [meter.eui64]
    assert meter.eui64 in house.directory


async def test_a_device_that_was_never_there_is_removed_without_a_word(
    house: House, clock: VirtualClock
) -> None:
    await house.manager.add(Station(1).eui64)

    await house.manager.remove(Station(1).eui64)
    await clock.settle()

    assert house.air.sent == []
    assert len(house.directory) == 0


async def test_questions_to_the_gateway_are_not_the_managers_to_answer(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))

    house.manager.seen(meter.zdo(ZdoCommand.Node_Desc_req, b"\x01\x00\x00"))
    await clock.settle()

    assert house.air.sent == []


async def test_a_device_that_is_removed_during_its_interview_stays_removed(
    house: House, clock: VirtualClock
) -> None:
    meter = house.air.add(Station(1))
    house.air.gate = asyncio.Event()
    house.manager.joined(meter.eui64, meter.nwk)
    await clock.settle()

    await house.manager.remove(meter.eui64)
    house.air.gate.set()
    await clock.settle()

    assert meter.eui64 not in house.directory


# ------------------------------------------------------------------ restarts


async def test_after_a_restart_the_radio_is_told_and_devices_come_back_when_they_answer(
    clock: VirtualClock, bus: SignalBus
) -> None:
    store: dict[Eui64, KnownDevice] = {}
    keys: dict[Eui64, Secret] = {}
    meter, plug = Station(1, SE_METER), Station(2)
    air = Air(meter, plug)
    before = House(air, Directory(store, clock, bus), clock, bus)
    await before.manager.add(Station(3).eui64)
    for station in (meter, plug):
        before.hear(station)
    await clock.settle()
    await before.manager.stop()
    keys[meter.eui64] = KEY
    air.sent.clear()
    air.remembered.clear()

    directory = Directory(store, clock, bus)
    trust = TrustCenter(air, keys, clock, bus)
    manager = DeviceManager(air, directory, trust, clock)
    air.deliver = manager.seen
    assert directory.servers(0x0702) == ()
    await manager.start()
    await clock.settle()

    assert air.remembered[:2] == [(meter.eui64, meter.nwk), (plug.eui64, plug.nwk)]
    assert air.keys == [(meter.eui64, KEY)]
    assert len(directory.servers(0x0702)) == 2
    assert air.questions(meter.eui64) == []
    assert air.questions(plug.eui64) == ["Node_Desc_req"]
    await manager.stop()


async def test_a_radio_that_was_started_is_told_which_devices_are_sleepy(house: House) -> None:
    sensor = await house.know(Station(1, sleepy=True))
    plug = await house.know(Station(2))

    house.manager.push_devices()

    assert house.air.sleepy == {sensor.eui64: True, plug.eui64: False}


# ------------------------------------------------------------------ the search for services


async def test_a_search_meets_strangers_that_serve_and_nobody_else(
    house: House, clock: VirtualClock
) -> None:
    service = house.air.add(Station(1, [endpoint(1, [0x0700])]))
    house.air.add(Station(2, [endpoint(1, [0x0702])]))
    known = await house.know(Station(3, [endpoint(1, [0x0700])]))
    house.directory.deactivate(known.eui64)

    searching = asyncio.ensure_future(house.manager.search([0x0700, 0x0701]))
    await clock.advance(41)

    assert await searching == 2
    assert house.directory.is_active(service.eui64)
    assert house.directory.is_active(known.eui64)
    assert len(house.directory) == 2


async def test_a_search_makes_no_stranger_known_where_all_must_be_added(
    house: House, clock: VirtualClock
) -> None:
    house.explicit = True
    house.air.add(Station(1, [endpoint(1, [0x0700])]))

    searching = asyncio.ensure_future(house.manager.search([0x0700]))
    await clock.advance(41)

    assert await searching == 1
    assert len(house.directory) == 0


# ------------------------------------------------------------------ handing frames to the radio


async def test_a_frame_that_the_radio_refuses_is_handed_to_it_again(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))
    house.air.failure = NotTakenError("busy")
    frame = Outgoing(meter.eui64, 0x0109, 0x0702, 0x5E, 1, b"")

    sending = asyncio.ensure_future(house.manager.send(frame))
    await clock.settle()
    house.air.failure = None
    await clock.advance(1)

    await sending
    assert house.air.sent == [frame, frame]


async def test_a_radio_that_goes_on_refusing_is_given_up(house: House, clock: VirtualClock) -> None:
    meter = await house.know(Station(1))
    house.air.failure = NotTakenError("busy")

    sending = asyncio.ensure_future(
        house.manager.send(Outgoing(meter.eui64, 0x0109, 0x0702, 0x5E, 1, b""))
    )
    await clock.advance(1)

    with pytest.raises(NotTakenError):
        await sending
    assert len(house.air.sent) == 1 + 3


async def test_a_radio_that_does_not_say_what_became_of_a_frame_has_lost_it(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))
    house.air.gate = asyncio.Event()

    sending = asyncio.ensure_future(
        house.manager.send(Outgoing(meter.eui64, 0x0109, 0x0702, 0x5E, 1, b""))
    )
    await clock.advance(10)

    with pytest.raises(DeliveryError, match="did not say") as raised:
        await sending
    assert raised.value.tx_status == TxStatus.NO_ACK
    assert house.air.under_way == 0


# ------------------------------------------------------------------ a refresh that is asked for


async def test_one_device_is_looked_at_or_asked_for_everything_again(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))

    house.manager.look_at(meter.eui64)
    await clock.settle()
    proof = house.air.questions(meter.eui64)
    house.air.sent.clear()
    house.manager.look_at(meter.eui64, anew=True)
    await clock.settle()

    assert proof == INTERVIEW[:1]
    assert house.air.questions(meter.eui64) == INTERVIEW


async def test_all_devices_are_asked_for_everything_again(
    house: House, clock: VirtualClock
) -> None:
    meters = [await house.know(Station(number)) for number in (1, 2)]
    house.directory.put(KnownDevice(eui64=Station(3).eui64))

    house.manager.look_at(None, anew=True)
    await clock.settle()

    assert [house.air.questions(meter.eui64) for meter in meters] == [INTERVIEW, INTERVIEW]


async def test_how_far_a_refresh_is_can_be_seen(house: House, clock: VirtualClock) -> None:
    there = await house.know(Station(1))
    silent = await house.know(Station(2))
    silent.falls_silent()
    progress = []

    house.manager.look_at(None, anew=True)
    progress.append(house.manager.interviews.progress)
    house.manager.look_at(there.eui64, anew=True)  # is asked already
    await clock.settle()
    progress.append(house.manager.interviews.progress)
    await clock.advance(minutes=1)
    progress.append(house.manager.interviews.progress)
    house.manager.look_at(there.eui64, anew=True)
    await clock.settle()
    progress.append(house.manager.interviews.progress)

    assert [(one.asked, one.left, one.failed) for one in progress] == [
        (2, 2, 0),
        (2, 1, 0),
        (2, 0, 1),
        (1, 0, 0),
    ]


async def test_a_device_that_is_not_known_cannot_be_looked_at(house: House) -> None:
    with pytest.raises(UnknownDeviceError):
        house.manager.look_at(Station(9).eui64)


# ------------------------------------------------------------------ what is to be left alone


async def test_nothing_is_sent_to_a_disabled_device_and_nothing_it_says_makes_it_active(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))

    house.manager.set_options(meter.eui64, DeviceOptions(disabled=True))
    house.hear(meter, 0x0B04)
    house.manager.joined(meter.eui64, meter.nwk)
    house.manager.look_at(meter.eui64, anew=True)
    refresh = asyncio.create_task(house.manager.refresh())
    await clock.advance(seconds=41)
    await refresh
    with pytest.raises(DeliveryError, match="is disabled"):
        await house.manager.send(Outgoing(meter.eui64, 0x0109, 0x0702, 0x5E, 1, b""))

    assert not house.directory.is_active(meter.eui64)
    assert house.directory.last_seen(meter.eui64) is not None
    assert house.air.questions(meter.eui64) == []


async def test_who_is_disabled_no_more_is_looked_for_at_once(
    house: House, clock: VirtualClock
) -> None:
    meter = await house.know(Station(1))
    house.manager.set_options(meter.eui64, DeviceOptions(disabled=True))

    house.manager.set_options(meter.eui64, DeviceOptions(throttle=60))
    await clock.settle()

    assert house.directory.is_active(meter.eui64)
    assert house.air.questions(meter.eui64) == ["Node_Desc_req"]


async def test_the_options_of_an_unknown_device_cannot_be_set(house: House) -> None:
    with pytest.raises(UnknownDeviceError):
        house.manager.set_options(address(1), DeviceOptions())


async def test_an_address_that_two_devices_have_is_told_of_neither(
    house: House, directory: Directory
) -> None:
    directory.put(KnownDevice(eui64=address(1), nwk=0x1001))
    directory.put(KnownDevice(eui64=address(2), nwk=0x1001))
    directory.put(KnownDevice(eui64=address(3), nwk=0x1003))
    directory.put(KnownDevice(eui64=address(4)))

    house.manager.push_devices()

    assert house.air.remembered == [(address(3), 0x1003)]
