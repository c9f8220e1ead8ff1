"""The known devices, and who has which cluster."""

from typing import Any

from msgspec.structs import replace, replace as changed
import pytest
from typing_extensions import override

from sebridge.base.addresses import Eui64, NetworkAddress
from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ParameterError, RefusedError, UnknownDeviceError
from sebridge.base.signals import SignalBus
from sebridge.network import directory as directory_module
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.device_options import DEFAULT_OPTIONS, DeviceOptions
from sebridge.network.directory import Directory
from sebridge.network.known_device import DeviceSettings, KnownDevice
from sebridge.network.peer import Peer
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceJoined,
    DeviceRemoved,
    DeviceUpdated,
)
from tests.network.air import Ears, Station, address


def simple(servers: tuple[int, ...], clients: tuple[int, ...] = ()) -> Simple_Desc_rsp:
    return Simple_Desc_rsp(
        status=0,
        nwk_addr=1,
        endpoint_id=1,
        profile_id=0x0109,
        device_id=0x0501,
        device_version=0,
        input_clusters=servers,
        output_clusters=clients,
    )


METER = KnownDevice(
    eui64=address(1),
    nwk=0x1001,
    active_endpoints=(1, 2),
    simple_descriptors={
        1: simple((0, 0x0702), (0x000A,)),
        2: Simple_Desc_rsp(status=0x83, nwk_addr=1),
    },
)
PLACE = Peer(address(1), 1, 0x0109)


def test_a_device_is_known_once_it_was_put(directory: Directory, ears: Ears) -> None:
    directory.put(METER)

    assert METER.eui64 in directory
    assert directory[METER.eui64] == METER
    assert list(directory) == [METER]
    assert directory.nwk_of(METER.eui64) == 0x1001
    assert directory.nwk_of(address(9)) is None
    assert len(directory) == 1
    assert ears.take() == [DeviceUpdated(METER.eui64)]


def test_what_does_not_change_is_not_told(directory: Directory, ears: Ears) -> None:
    directory.put(METER)
    ears.take()

    directory.put(replace(METER))
    directory.activate(address(9))
    directory.deactivate(METER.eui64)

    assert ears.take() == []


def test_only_active_devices_are_found_by_cluster(directory: Directory, ears: Ears) -> None:
    directory.put(METER)
    assert directory.servers(0x0702) == ()
    ears.take()

    directory.activate(METER.eui64)
    directory.activate(METER.eui64)

    assert directory.servers(0x0702) == (PLACE,)
    assert directory.clients(0x000A) == (PLACE,)
    assert directory.servers(0x000A) == ()
    assert ears.take() == [DeviceActive(METER.eui64)]
    directory.deactivate(METER.eui64)
    directory.deactivate(METER.eui64)
    assert directory.servers(0x0702) == directory.clients(0x000A) == ()
    assert ears.take() == [DeviceInactive(METER.eui64)]


def test_listeners_find_what_they_are_told_of(bus: SignalBus, directory: Directory) -> None:
    found: list[object] = []
    bus.listen(DeviceActive, lambda _: found.append(directory.servers(0x0702)))
    bus.listen(DeviceInactive, lambda _: found.append(directory.servers(0x0702)))
    bus.listen(DeviceRemoved, lambda signal: found.append(signal.device in directory))
    directory.put(METER)

    directory.activate(METER.eui64)
    directory.deactivate(METER.eui64)
    directory.remove(METER.eui64)

    assert found == [(PLACE,), (), False]


def test_new_descriptors_of_an_active_device_are_found_at_once(directory: Directory) -> None:
    directory.put(METER)
    directory.activate(METER.eui64)

    directory.put(replace(METER, simple_descriptors={1: simple((0x0701,))}))

    assert directory.servers(0x0702) == ()
    assert directory.servers(0x0701) == (PLACE,)


def test_a_removed_device_is_unknown(directory: Directory, ears: Ears) -> None:
    directory.put(METER)
    directory.activate(METER.eui64)
    ears.take()

    assert directory.remove(METER.eui64) == METER

    assert directory.servers(0x0702) == ()
    assert directory.get(METER.eui64) is None
    assert directory.presence(METER.eui64) is None
    assert not directory.is_active(METER.eui64)
    assert directory.sender(Station(1).frame()) is None
    assert ears.take() == [DeviceRemoved(METER.eui64)]
    with pytest.raises(UnknownDeviceError, match="not known to the gateway"):
        directory.remove(METER.eui64)
    with pytest.raises(UnknownDeviceError):
        directory.record(METER.eui64)


def test_a_joining_device_is_put_with_its_address(directory: Directory, ears: Ears) -> None:
    directory.joined(address(1), NetworkAddress(0x1001))

    assert directory[address(1)] == KnownDevice(eui64=address(1), nwk=0x1001)
    assert type(directory[address(1)].nwk) is int
    assert ears.take() == [DeviceUpdated(address(1)), DeviceJoined(address(1))]


def test_a_joining_device_with_an_impossible_address_keeps_its_old_one(
    directory: Directory,
) -> None:
    directory.put(METER)

    directory.joined(METER.eui64, 0xFFFF)

    assert directory[METER.eui64].nwk == 0x1001


def test_the_sender_of_a_frame_is_found_and_its_new_address_kept(directory: Directory) -> None:
    directory.put(METER)
    frame = Station(1).frame()

    assert directory.sender(frame) is directory.presence(METER.eui64)
    moved = changed(frame, source_nwk=0x4321)
    assert directory.sender(moved) is directory.presence(METER.eui64)
    assert directory[METER.eui64].nwk == 0x4321
    assert directory.sender(changed(frame, source_nwk=0xFFFE)) is not None
    assert directory[METER.eui64].nwk == 0x4321


def test_two_devices_that_claim_one_address_are_told_apart(directory: Directory) -> None:
    other = Station(2)
    directory.put(METER)
    directory.put(KnownDevice(eui64=other.eui64, nwk=METER.nwk))

    for _ in range(2):
        first = directory.sender(changed(Station(1).frame(), source_nwk=0x1001))
        second = directory.sender(changed(other.frame(), source_nwk=0x1001))
        assert first is not None
        assert second is not None
        assert (first.device, second.device) == (METER.eui64, other.eui64)

    directory.remove(other.eui64)
    assert directory.sender(Station(1).frame()) is not None


def test_frames_do_not_write_to_the_store(clock: VirtualClock, bus: SignalBus) -> None:
    class Store(dict[Eui64, KnownDevice]):
        writes = 0

        @override
        def __setitem__(self, key: Eui64, value: KnownDevice) -> None:
            self.writes += 1
            super().__setitem__(key, value)

    store = Store()
    directory = Directory(store, clock, bus)
    directory.put(METER)
    store.writes = 0

    for _ in range(10):
        directory.sender(Station(1).frame())

    assert store.writes == 0


def test_last_seen_is_counted_back_from_now(directory: Directory, clock: VirtualClock) -> None:
    directory.put(METER)
    assert directory.last_seen(METER.eui64) is None
    assert directory.last_seen(address(9)) is None
    presence = directory.presence(METER.eui64)
    assert presence is not None

    presence.heard = clock.monotonic() - 10.0
    clock.jump(3600)

    assert directory.last_seen(METER.eui64) == clock.utc() - 10.0


def test_after_a_restart_devices_are_known_but_inactive(
    clock: VirtualClock, bus: SignalBus
) -> None:
    store: dict[Eui64, KnownDevice] = {}
    before = Directory(store, clock, bus)
    before.put(METER)
    before.activate(METER.eui64)

    after = Directory(store, clock, bus)

    assert after[METER.eui64] == METER
    assert not after.is_active(METER.eui64)
    assert after.servers(0x0702) == ()
    assert after.sender(Station(1).frame()) is not None
    assert after.record(METER.eui64).active is False
    assert [(one.device, one.active) for one in after.presences()] == [(METER.eui64, False)]


def test_who_is_there_is_counted(directory: Directory) -> None:
    counts = []

    for number in (1, 2, 3):
        directory.put(interviewed(number))
        directory.activate(address(number))
    directory.activate(address(3))
    counts.append(directory.active)
    directory.deactivate(address(1))
    directory.deactivate(address(1))
    counts.append(directory.active)
    directory.remove(address(1))
    directory.remove(address(2))
    counts.append(directory.active)

    assert counts == [3, 2, 1]


def interviewed(number: int, **more: Any) -> KnownDevice:
    return KnownDevice(eui64=address(number), nwk=number, active_endpoints=(), **more)


def stranger(number: int) -> KnownDevice:
    return KnownDevice(eui64=address(number), nwk=number)


def test_where_strangers_are_too_many_the_one_goes_of_which_nothing_is_heard(
    directory: Directory, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "MAX_STRANGERS", 3)
    for number in (1, 2, 3):
        directory.put(stranger(number)).joined = clock.monotonic() + number
    directory.put(interviewed(9))
    presence = directory.presence(address(1))
    assert presence is not None
    presence.heard = clock.monotonic() + 10

    directory.put(stranger(4))
    directory.put(stranger(1))

    assert {known.eui64 for known in directory} == {address(n) for n in (1, 3, 4, 9)}
    assert directory.crowded_out == 1


def test_who_was_added_or_interviewed_is_no_stranger(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "MAX_STRANGERS", 1)
    directory.put(stranger(1))
    directory.put(interviewed(1))
    directory.put(replace(stranger(2), added=True))
    directory.put(KnownDevice(eui64=address(3)))  # added by a version that did not note it

    directory.put(stranger(4))
    directory.put(stranger(5))

    assert {known.eui64 for known in directory} == {address(n) for n in (1, 2, 3, 5)}


def test_where_all_is_full_who_is_added_has_room_before_everybody_who_is_not(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "MAX_DEVICES", 4)
    for number in (1, 2):
        directory.put(interviewed(number))
        directory.activate(address(number))
    directory.put(interviewed(3))
    directory.put(stranger(4))

    rooms: list[Any] = []
    for number in range(5, 10):
        try:
            directory.put(KnownDevice(eui64=address(number), added=True))
        except RefusedError as error:
            rooms.append(str(error))
        else:
            rooms.append([n for n in range(1, 10) if address(n) in directory])

    assert rooms == [
        [1, 2, 3, 5],
        [1, 2, 5, 6],
        [rooms[2][0], 5, 6, 7],
        [5, 6, 7, 8],
        "the gateway knows 4 devices already",
    ]


def test_who_is_not_added_makes_only_strangers_go(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "MAX_DEVICES", 2)
    directory.put(interviewed(1))
    directory.put(stranger(2))

    directory.put(interviewed(3))
    with pytest.raises(RefusedError, match="knows 2 devices"):
        directory.put(interviewed(4))
    with pytest.raises(RefusedError, match="knows 2 devices"):
        directory.put(stranger(5))
    directory.put(interviewed(3, name="still changeable"))

    assert {known.eui64 for known in directory} == {address(1), address(3)}


def test_the_places_of_a_device_are_known_also_when_it_is_not_there(directory: Directory) -> None:
    directory.put(METER)

    assert directory.servers_of(METER.eui64, 0x0702) == [PLACE]
    assert directory.servers_of(METER.eui64, 0x000A) == []
    with pytest.raises(UnknownDeviceError):
        directory.servers_of(address(9), 0x0702)


# ------------------------------------------------------------------ names


def test_a_device_is_called_by_its_name_and_else_by_what_it_is(directory: Directory) -> None:
    directory.put(METER)

    called = directory.rename(METER.eui64, "  Cellar  ")
    named = directory[METER.eui64].title
    without = directory.rename(METER.eui64, "")

    assert (called, named) == ("Cellar", "Cellar")
    assert without == METER.title
    assert KnownDevice(eui64=address(7)).title == str(address(7))


@pytest.mark.parametrize("name", ["x" * 65, "two\nlines", "\x00"])
def test_a_name_that_nobody_could_read_is_refused(directory: Directory, name: str) -> None:
    directory.put(METER)

    with pytest.raises(ParameterError):
        directory.rename(METER.eui64, name)

    assert directory[METER.eui64] == METER


def test_a_name_is_kept_for_when_the_device_comes_back(clock: VirtualClock, bus: SignalBus) -> None:
    kept: dict[Eui64, DeviceSettings] = {}
    directory = Directory({}, clock, bus, kept)
    directory.put(replace(METER, name="Cellar"))
    directory.remove(METER.eui64, keep_settings=True)
    assert kept == {METER.eui64: DeviceSettings(name="Cellar")}

    directory.put(METER)
    back = directory[METER.eui64].name
    directory.remove(METER.eui64)
    directory.put(METER)

    assert (back, directory[METER.eui64].name, kept) == ("Cellar", METER.name, {})


def test_the_options_of_a_device_that_is_gone_come_back_with_it(
    clock: VirtualClock, bus: SignalBus
) -> None:
    kept: dict[Eui64, DeviceSettings] = {}
    directory = Directory({}, clock, bus, kept)
    options = DeviceOptions(retain=False, throttle=60)
    directory.put(replace(METER, name=""))
    directory.set_options(METER.eui64, options)

    directory.remove(METER.eui64, keep_settings=True)
    gone = directory.options(METER.eui64)
    directory.put(METER)

    assert (gone, directory.options(METER.eui64)) == (DEFAULT_OPTIONS, options)
    assert directory[METER.eui64].name == METER.name


def test_a_device_of_which_nobody_said_anything_leaves_nothing(
    clock: VirtualClock, bus: SignalBus
) -> None:
    kept: dict[Eui64, DeviceSettings] = {}
    directory = Directory({}, clock, bus, kept)
    directory.put(replace(METER, name=""))

    directory.remove(METER.eui64, keep_settings=True)

    assert not kept


def test_a_disabled_device_is_not_there(directory: Directory, ears: Ears) -> None:
    directory.put(METER)
    directory.activate(METER.eui64)
    ears.take()

    directory.set_options(METER.eui64, DeviceOptions(disabled=True))
    directory.activate(METER.eui64)

    assert not directory.is_active(METER.eui64)
    assert directory.is_disabled(METER.eui64)
    assert ears.take() == [DeviceUpdated(METER.eui64), DeviceInactive(METER.eui64)]


def test_wrong_options_change_nothing(directory: Directory) -> None:
    directory.put(METER)

    with pytest.raises(ParameterError):
        directory.set_options(METER.eui64, DeviceOptions(throttle=-1, disabled=True))

    assert directory.options(METER.eui64) == DEFAULT_OPTIONS


def test_who_comes_back_with_another_name_keeps_that(directory: Directory) -> None:
    directory.put(replace(METER, name="Cellar"))
    directory.remove(METER.eui64, keep_settings=True)

    directory.put(replace(METER, name="Attic"))

    assert directory[METER.eui64].name == "Attic"


def test_the_settings_of_only_so_many_are_kept(
    clock: VirtualClock, bus: SignalBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "MAX_KEPT", 2)
    kept: dict[Eui64, DeviceSettings] = {}
    directory = Directory({}, clock, bus, kept)

    for number in range(4):
        directory.put(KnownDevice(eui64=address(number), name=f"name {number}"))
        directory.remove(address(number), keep_settings=True)

    assert [settings.name for settings in kept.values()] == ["name 2", "name 3"]
