"""Which drivers there are, and which device has which."""

from collections.abc import Sequence

from sebridge.base.signals import SignalBus
from sebridge.drivers.catalogue import Drivers, DriversChanged, shipped_drivers
from sebridge.drivers.driver import Driver, in_language
from sebridge.drivers.table import ONOFF
from sebridge.gateway.pairing import pairing_with
from sebridge.gateway.reporting.watcher import WantedReports
from sebridge.network.known_device import KnownDevice
from sebridge.network.peer import Peer
from sebridge.zcl.identifiers import HA_PROFILE, ON_OFF
from sebridge.zcl.reporting import AttributeReportingConfigurationRecord
from tests.drivers.house import REPORTING, driver, known
from tests.gateway.radio_side import address

_COLOR = 0x0300
WANTED = WantedReports(cluster_id=ON_OFF, records=lambda _pairing: (ONOFF.wanted,))


def drivers(
    bus: SignalBus, shipped: Sequence[Driver], devices: Sequence[KnownDevice] = ()
) -> Drivers:
    there = {one.eui64: one for one in devices}
    return Drivers(shipped, there.get, bus)


def test_a_device_has_the_driver_that_names_its_maker_and_product(bus: SignalBus) -> None:
    found = drivers(bus, [driver("plug")])

    assert found.of_known(known()) == driver("plug")
    assert found.of_known(known(manufacturer="Other\x00", model=" A 1")) == driver("plug")
    assert found.of_known(known(manufacturer="Third")) is None
    assert found.of_known(known(model="A 2")) is None
    assert found.of(address(1)) is None


def test_what_a_plug_in_brings_goes_before_what_ships(bus: SignalBus) -> None:
    heard: list[DriversChanged] = []
    bus.listen(DriversChanged, heard.append)
    found = drivers(bus, [driver("b"), driver("a")], [known()])
    own = driver("z", owner="acme")

    first = found.of(address(1))
    found.lend("acme", [own])
    found.lend("acme", [own])
    lent = found.of(address(1)), [one.title for one in found]
    found.lend("acme", [])

    assert first == driver("a")
    assert lent == (own, ["acme/z", "a", "b"])
    assert found.of(address(1)) == driver("a")
    assert len(heard) == 2


def test_a_driver_has_attributes_reported_otherwise(bus: SignalBus) -> None:
    found = drivers(bus, [driver("plug", REPORTING)], [known(), known(device=address(2), model="")])
    adjusted = found.adjusted(WANTED)
    (color, *_), on_off = found.reported_besides()[::-1], found.reported_besides()[0]

    def records(reports: WantedReports, number: int, endpoint: int = 1) -> list[tuple[int, int]]:
        peer = Peer(address(number), endpoint, HA_PROFILE)
        wanted: Sequence[AttributeReportingConfigurationRecord] = reports.records(
            pairing_with(peer, reports.cluster_id)
        )
        return [(one.attribute_id, one.max_interval) for one in wanted]

    assert records(adjusted, 1) == [(0, 60)]
    assert records(adjusted, 1, endpoint=2) == []
    assert records(adjusted, 2) == records(adjusted, 3) == [(0, 1800)]
    assert (on_off.cluster_id, color.cluster_id) == (ON_OFF, _COLOR)
    assert records(color, 1) == [(0, 300)]
    assert records(color, 2) == []


def test_those_that_ship_are_read_once() -> None:
    assert {one.identifier for one in shipped_drivers()} >= {"smart_plug", "remote_control"}
    assert shipped_drivers() is shipped_drivers()


def test_names_are_in_a_language_or_in_english() -> None:
    names = {"en": "Plug", "de": "Stecker"}

    assert [in_language(names, one) for one in ("de", "en", "fr")] == ["Stecker", "Plug", "Plug"]
