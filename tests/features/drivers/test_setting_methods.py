"""Settings of a device that cannot be asked, or refuses."""

from collections.abc import Sequence

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import RefusedError
from sebridge.base.signals import SignalBus
from sebridge.drivers.catalogue import Drivers
from sebridge.features.drivers.setting_methods import DriverSettingMethods
from sebridge.gateway.pairing import Pairing
from sebridge.gateway.reporting.reader import ReadResult
from sebridge.network.directory import Directory
from sebridge.network.known_device import KnownDevice
from sebridge.zcl.attributes import AttributeValue
from sebridge.zcl.status import Status
from tests.drivers.house import PLUG, driver, known
from tests.gateway.radio_side import address

SETTINGS = """
settings:
  - {id: start, type: checkbox, label: {en: On}, cluster: on_off, attribute: start_up_on_off}
  - {id: time, type: number, label: {en: T}, min: 0, max: 9, cluster: on_off, attribute: on_time}
"""


class Silent:
    """A device that has none of the attributes."""

    async def read(self, _pairing: Pairing, attribute_ids: Sequence[int]) -> list[ReadResult]:
        return [(one, Status.UNSUPPORTED_ATTRIBUTE, None) for one in attribute_ids]

    async def write(
        self, _pairing: Pairing, values: Sequence[AttributeValue], *, undivided: bool
    ) -> list[int]:
        assert not undivided
        return [Status.UNSUPPORTED_ATTRIBUTE for _ in values]


@pytest.fixture
def directory(bus: SignalBus, clock: VirtualClock) -> Directory:
    return Directory({}, clock, bus)


@pytest.fixture
def methods(directory: Directory, bus: SignalBus) -> DriverSettingMethods:
    drivers = Drivers([driver("plug", PLUG + SETTINGS)], directory.get, bus)
    return DriverSettingMethods(drivers, directory, Silent())


async def test_what_a_device_does_not_have_has_no_value_and_is_not_set(
    methods: DriverSettingMethods, directory: Directory
) -> None:
    directory.put(known())

    listed = await methods.get_driver_settings(address(1))
    done = await methods.set_driver_setting(address(1), "time", 3)

    assert [(one.setting, one.value) for one in listed.setting_list] == [
        ("start", None),
        ("time", None),
    ]
    assert (done.status, done.reason) == (0x86, "UNSUPPORTED_ATTRIBUTE")


async def test_a_device_that_has_told_of_no_endpoint_is_not_asked(
    methods: DriverSettingMethods, directory: Directory
) -> None:
    directory.put(KnownDevice(eui64=address(1), manufacturer="Acme", model="A 1"))

    with pytest.raises(RefusedError, match="endpoint 1"):
        await methods.get_driver_settings(address(1))
