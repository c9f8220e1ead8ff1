"""Who made a device: asked once."""

from collections.abc import AsyncIterator
from typing import Any

from msgspec import structs
from msgspec.structs import replace
import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.base.signals import SignalBus
from sebridge.features.basic.identity import IdentityReader
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.reader import RemoteReader
from sebridge.gateway.reporting.signals import AttributesReported
from sebridge.network.known_device import KnownDevice
from sebridge.network.signals import DeviceActive, DeviceRemoved, DeviceReplaced
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.frame import READ_ATTRIBUTES_RESPONSE, Frame
from sebridge.zcl.identifiers import BASIC
from tests.gateway.radio_side import address, peer
from tests.gateway.reporting.bookkeeping import report
from tests.gateway.reporting.remote import Places, RemoteMeter


class Known(Places):
    """What is kept of devices."""

    def __init__(self) -> None:
        super().__init__([])
        self.kept = {address(1): KnownDevice(eui64=address(1), name="main meter")}
        self.looks_until_removal = 1_000

    def get(self, device: Eui64) -> KnownDevice | None:
        if self.looks_until_removal == 0:
            self.kept.pop(device, None)
        self.looks_until_removal -= 1
        return self.kept.get(device)

    def put(self, known: KnownDevice) -> None:
        self.kept[known.eui64] = known


@pytest.fixture
def known() -> Known:
    return Known()


@pytest.fixture
async def identities(
    reader: RemoteReader, meter: RemoteMeter, known: Known, bus: SignalBus
) -> AsyncIterator[IdentityReader]:
    service = IdentityReader(reader, known, bus)
    yield service
    await service.stop()


async def become_active(bus: SignalBus, clock: VirtualClock, number: int = 1) -> None:
    bus.send(DeviceActive(address(number)))
    await clock.settle()


async def test_a_device_is_asked_once_for_maker_and_model_and_versions(
    identities: IdentityReader,
    known: Known,
    meter: RemoteMeter,
    bus: SignalBus,
    clock: VirtualClock,
) -> None:
    known.peers.append(peer(1, endpoint=10))
    await become_active(bus, clock)
    await become_active(bus, clock)

    told = known.kept[address(1)]
    assert (told.manufacturer, told.model, told.name) == ("maker", "model", "main meter")
    assert meter.story == [("read", [4, 5]), ("read", [1, 3, 0x4000])]
    assert (told.software, told.hardware) == ("", "")


@pytest.mark.parametrize(
    ("values", "software"),
    [([(1, 0x20, 7), (0x4000, 0x42, "2.1.5")], "2.1.5"), ([(1, 0x20, 7)], "7")],
)
async def test_a_device_that_was_known_before_is_asked_for_its_versions_alone(
    identities: IdentityReader,
    known: Known,
    meter: RemoteMeter,
    bus: SignalBus,
    clock: VirtualClock,
    values: list[tuple[int, int, Any]],
    software: str,
) -> None:
    known.kept[address(1)] = replace(known.kept[address(1)], model="A 1")
    meter.attributes[BASIC] = LocalAttributes(
        [LocalAttribute(3, 0x20, 2), *(LocalAttribute(*value) for value in values)]
    )

    await become_active(bus, clock)

    told = known.kept[address(1)]
    assert (told.model, told.software, told.hardware) == ("A 1", software, "2")
    assert meter.story == [("read", [1, 3, 0x4000])]


async def test_what_a_device_does_not_tell_stays_as_it_was_and_names_are_cut(
    identities: IdentityReader,
    known: Known,
    meter: RemoteMeter,
    bus: SignalBus,
    clock: VirtualClock,
) -> None:
    meter.attributes[BASIC] = LocalAttributes([LocalAttribute(5, 0x42, "x" * 99)])

    await become_active(bus, clock)

    told = known.kept[address(1)]
    assert (told.manufacturer, told.model) == ("", "x" * 32)


async def test_a_name_that_a_device_marks_as_no_value_is_none(
    identities: IdentityReader,
    known: Known,
    meter: RemoteMeter,
    bus: SignalBus,
    clock: VirtualClock,
) -> None:
    no_maker = bytes.fromhex("0400 00 42 ff 0500 00 42 056d6f64656c")
    meter.answers = Frame(READ_ATTRIBUTES_RESPONSE, 0, no_maker)

    await become_active(bus, clock)

    told = known.kept[address(1)]
    assert (told.manufacturer, told.model) == ("", "model")


@pytest.mark.parametrize("number", [1, 7])
async def test_who_is_not_known_or_has_no_basic_cluster_is_not_asked(
    identities: IdentityReader,
    known: Known,
    meter: RemoteMeter,
    bus: SignalBus,
    clock: VirtualClock,
    number: int,
) -> None:
    known.peers.clear()

    await become_active(bus, clock, number)

    assert meter.story == []


async def test_who_does_not_answer_or_has_nothing_to_tell_stays_nameless(
    identities: IdentityReader,
    known: Known,
    meter: RemoteMeter,
    bus: SignalBus,
    clock: VirtualClock,
) -> None:
    meter.silent = True
    await become_active(bus, clock)
    await clock.advance(10)
    meter.silent = False
    meter.attributes[BASIC] = LocalAttributes()

    await become_active(bus, clock)

    assert known.kept[address(1)].model == ""
    assert len(meter.story) == 3


@pytest.mark.parametrize("model", ["", "A 1"])
async def test_a_device_that_is_removed_before_it_has_answered_is_not_kept(
    identities: IdentityReader,
    known: Known,
    meter: RemoteMeter,
    bus: SignalBus,
    clock: VirtualClock,
    model: str,
) -> None:
    known.kept[address(1)] = replace(known.kept[address(1)], model=model)
    known.looks_until_removal = 2  # when it is active, and before it is asked

    await become_active(bus, clock)

    assert known.kept == {}
    assert meter.story[0] == ("read", [1, 3, 0x4000] if model else [4, 5])


async def test_a_device_that_is_removed_while_it_is_asked_is_not_kept(
    identities: IdentityReader, known: Known, bus: SignalBus, clock: VirtualClock
) -> None:
    bus.send(DeviceActive(address(1)))
    known.kept.clear()
    await clock.settle()

    assert known.kept == {}


def basic(*values: tuple[int, object], number: int = 1, **more: Any) -> AttributesReported:
    """Return a report of a device's Basic cluster."""
    pairing = Pairing(peer(number), 0x5E, BASIC, server=False)
    told = [AttributeValue(attribute_id, 0x42, plain, b"") for attribute_id, plain in values]
    return structs.replace(report(pairing=pairing), values=told, **more)


async def test_a_device_that_reports_another_model_was_replaced(
    identities: IdentityReader, bus: SignalBus, caplog: pytest.LogCaptureFixture
) -> None:
    replaced: list[DeviceReplaced] = []
    bus.listen(DeviceReplaced, replaced.append)

    bus.send(basic((0x0005, "A"), (0x0004, "maker"), (0x0005, None)))
    bus.send(basic((0x0005, "A")))
    bus.send(basic((0x0005, "C"), server_or_client=1))
    bus.send(basic((0x0005, "D"), manufacturer_code=0x101E))
    assert replaced == []
    bus.send(basic((0x0005, "B")))

    assert replaced == [DeviceReplaced(address(1))]
    assert "was A and is now B" in caplog.text
    bus.send(DeviceRemoved(address(1)))
    bus.send(basic((0x0005, "C")))
    assert len(replaced) == 1


@pytest.mark.parametrize("is_other_kind", [True, False])
async def test_a_device_that_was_replaced_is_asked_who_it_is(
    identities: IdentityReader,
    known: Known,
    meter: RemoteMeter,
    bus: SignalBus,
    clock: VirtualClock,
    *,
    is_other_kind: bool,
) -> None:
    before = replace(known.kept[address(1)], manufacturer="A", model="A 1", software="5")
    known.kept[address(1)] = before

    bus.send(DeviceReplaced(address(1), is_other_kind=is_other_kind))
    bus.send(DeviceReplaced(address(2), is_other_kind=is_other_kind))
    await clock.settle()

    told = known.kept[address(1)]
    assert (told.manufacturer, told.model, told.software) == ("maker", "model", "")
    assert meter.story == [("read", [4, 5]), ("read", [1, 3, 0x4000])]


def test_of_strangers_no_model_is_remembered(identities: IdentityReader, bus: SignalBus) -> None:
    replaced: list[DeviceReplaced] = []
    bus.listen(DeviceReplaced, replaced.append)

    for model in ("A", "B"):
        bus.send(basic((0x0005, model), number=2))

    assert replaced == []
