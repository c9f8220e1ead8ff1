"""Each driver that ships, tried by what a real device of its kind has told of itself.

The devices are as their owners have published them: <https://github.com/zigpy/zha-device-handlers>.
"""

from pathlib import Path

import pytest

from sebridge.app.features import FEATURES
from sebridge.base.addresses import Eui64
from sebridge.base.errors import ParameterError
from sebridge.base.signals import SignalBus
from sebridge.drivers import catalogue
from sebridge.drivers.catalogue import shipped_drivers
from sebridge.drivers.discovered import discovered_with
from sebridge.drivers.driver import Driver
from sebridge.drivers.snapshot import DeviceSnapshot, problems_of, read_snapshot, snapshot_of
from sebridge.network.descriptors import Simple_Desc_rsp
from sebridge.network.known_device import KnownDevice
from tests.drivers.house import PLUG, driver, known
from tests.homeassistant.house import entity_host

SHIPPED = Path(catalogue.__file__).parent / "shipped"
SNAPSHOTS = sorted(SHIPPED.glob("*/devices/*.json"))
SHOWN = {
    "tradfri_control_outlet": {"1 switch on_off outlet"},
    "tradfri_on_off_switch": {"1 event button button"},
    "sp_240": {"1 switch on_off outlet"},
    "double_gpo": {"1 switch on_off outlet", "2 switch on_off outlet"},
}
"""What Home Assistant has of each, but for what it has of every device."""


def driver_of(path: Path) -> Driver:
    return next(one for one in shipped_drivers() if one.identifier == path.parent.parent.name)


def known_of(snapshot: DeviceSnapshot) -> KnownDevice:
    return KnownDevice(
        eui64=Eui64(1),
        manufacturer=snapshot.manufacturer,
        model=snapshot.product,
        simple_descriptors={
            one.endpoint_id: Simple_Desc_rsp(
                status=0,
                nwk_addr=1,
                endpoint_id=one.endpoint_id,
                profile_id=one.profile_id,
                device_id=one.device_id,
                device_version=0,
                input_clusters=one.servers,
                output_clusters=one.clients,
            )
            for one in snapshot.endpoints
        },
    )


def test_every_driver_has_a_snapshot() -> None:
    assert {path.parent.parent.name for path in SNAPSHOTS} == {
        one.identifier for one in shipped_drivers()
    }


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_a_driver_fits_the_device(path: Path, bus: SignalBus) -> None:
    snapshot, driver = read_snapshot(path.read_text()), driver_of(path)
    known = known_of(snapshot)

    device = discovered_with(lambda _known: driver, "en")(known)

    assert device is not None
    host = entity_host(bus, {})
    entities = [
        f"{one.endpoint} {one.platform} {one.key} {one.device_class}"
        for feature in FEATURES
        if feature.entities is not None
        for one in feature.entities(host).of_device(device)
        if one.key not in {"identify", "firmware"}
    ]
    assert list(problems_of(driver, snapshot)) == []
    assert set(entities) == SHOWN[path.stem]
    assert snapshot_of(known) == snapshot


def test_what_a_snapshot_does_not_bear_out_is_said() -> None:
    other = snapshot_of(known(manufacturer="B", model="C", servers=(0,)))
    text = PLUG.replace("1: {clusters: [on_off]}", "1: {clusters: [6], bindings: [8]}, 2: {}")

    assert list(problems_of(driver("plug", text), other)) == [
        "manufacturerName has no 'B'",
        "productId has no 'C'",
        "endpoint 1 does not serve on_off",
        "endpoint 1 does not have level",
        "there is no endpoint 2",
    ]


@pytest.mark.parametrize(
    ("text", "problem"), [("{", "is no JSON"), ("{}", "is missing"), ("[]", "snapshot")]
)
def test_a_snapshot_that_is_none_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ParameterError, match=problem):
        read_snapshot(text)


def test_an_endpoint_of_which_its_driver_says_nothing_can_do_nothing() -> None:
    text = PLUG.replace("1: {clusters: [on_off]}", "2: {clusters: [on_off]}")

    device = discovered_with(lambda _known: driver("plug", text), "en")(known())
    silent = discovered_with(lambda _known: driver("plug"), "en")(KnownDevice(eui64=Eui64(1)))

    assert device is not None
    assert device.endpoints[0].capabilities == frozenset()
    assert silent is None
