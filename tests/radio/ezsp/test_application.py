"""What differs with EZSP. The firmware lies outside: it is played by a list of what it was told."""

from typing import Any

import bellows.ezsp.v13
import bellows.types
import pytest
import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError
from sebridge.radio.ezsp.application import CONFIG, EzspApplication
from sebridge.radio.factory import zigpy_config
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.zigpy_words import from_zigpy
from sebridge.settings.options import RadioOptions
from tests.radio.simulated_air import (
    HA_ENDPOINT,
    LINK_KEY,
    METER_ENDPOINT,
    SE_ENDPOINT,
)

KEY = t.KeyData(LINK_KEY.reveal())


class Nobody:
    """A taker of frames that knows no device."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_args: None


class Firmware:
    """The NCP, as far as keys, endpoints and joining go."""

    is_ezsp_running = True
    ezsp_version = 13
    _xncp_features = ()

    def __init__(self) -> None:
        self.endpoints: list[int] = []
        self.keys: list[Eui64] = []
        self.joining: list[int] = []
        self.status = bellows.types.sl_Status.OK
        self.broadcasts = 0
        self.room = 10  # endpoints

    async def addEndpoint(self, **descriptor: Any) -> tuple[Any]:
        if len(self.endpoints) >= self.room:
            return (bellows.types.EmberStatus.INVALID_CALL,)
        self.endpoints.append(descriptor["endpoint"])
        return (bellows.types.EmberStatus.SUCCESS,)

    async def add_transient_link_key(self, device: t.EUI64, key: t.KeyData) -> Any:
        assert key == KEY
        self.keys.append(from_zigpy(device))
        return self.status

    async def pre_permit(self, _seconds: int) -> None:
        pass

    async def permitJoining(self, seconds: int) -> tuple[Any]:
        self.joining.append(seconds)
        return (bellows.types.EmberStatus.SUCCESS,)

    async def send_broadcast(self, **_frame: Any) -> tuple[Any, int]:
        self.broadcasts += 1
        return bellows.types.sl_Status.OK, 0

    async def findKeyTableEntry(self, **_search: Any) -> tuple[int]:
        return (0xFF,)


class Router(Firmware):
    """The NCP as a router in somebody's network."""

    async def networkState(self) -> tuple[Any]:
        return (bellows.types.EmberNetworkStatus.JOINED_NETWORK,)

    async def getNetworkParameters(self) -> tuple[Any, Any, Any]:
        kind = bellows.types.EmberNodeType.ROUTER
        return bellows.types.EmberStatus.SUCCESS, kind, bellows.types.EmberNetworkParameters()


class PlayedApplication(EzspApplication):
    """The application as it is once it is connected to its firmware."""

    def __init__(self, firmware: Firmware) -> None:
        super().__init__(zigpy_config(RadioOptions(type="ezsp"), "/dev/ttyUSB0") | dict(CONFIG))
        self._ezsp = firmware
        self.controller_event.set()
        self.taker = Nobody()
        self.guard = NetworkGuard({})
        self.own_endpoints = [SE_ENDPOINT, HA_ENDPOINT]


@pytest.fixture
async def firmware() -> Firmware:
    return Firmware()


@pytest.fixture
async def application(firmware: Firmware) -> EzspApplication:
    return PlayedApplication(firmware)


async def test_our_endpoints_are_registered_and_no_others(
    application: EzspApplication, firmware: Firmware
) -> None:
    await application.register_endpoints()

    assert firmware.endpoints == [0x5E, 0x01]


async def test_endpoint_1_is_there_for_bellows_when_we_have_none(
    application: EzspApplication, firmware: Firmware
) -> None:
    application.own_endpoints = [SE_ENDPOINT]

    await application.register_endpoints()

    assert firmware.endpoints == [0x5E, 0x01]


def test_the_firmware_leaves_bindings_to_us() -> None:
    schema = bellows.ezsp.v13.EZSPv13.SCHEMAS["ezsp_config"]

    checked = schema(CONFIG["ezsp_config"])

    assert checked["CONFIG_APPLICATION_ZDO_FLAGS"] == 0x0B
    assert 0x0005 in EzspApplication.zdo_answered_by_stack
    assert 0x0021 not in EzspApplication.zdo_answered_by_stack


async def test_an_endpoint_for_which_there_is_no_room_does_not_stop_the_others(
    application: EzspApplication, firmware: Firmware, caplog: pytest.LogCaptureFixture
) -> None:
    firmware.room = 2
    application.further_endpoints = [METER_ENDPOINT]

    await application.register_endpoints()

    assert firmware.endpoints == [0x5E, 0x01]
    assert application.registered == {0x5E, 0x01}
    assert "did not take endpoint 0x0A" in caplog.text


async def test_an_endpoint_is_registered_once(
    application: EzspApplication, firmware: Firmware
) -> None:
    await application.register_endpoints()

    for _ in range(2):
        await application.register_further(METER_ENDPOINT)

    assert firmware.endpoints == [0x5E, 0x01, 0x0A]


async def test_a_stick_that_is_a_router_elsewhere_is_refused_and_not_wiped() -> None:
    application = PlayedApplication(Router())

    with pytest.raises(NotJoinedError, match="a network that it has not formed"):
        await application.load_network_info()  # after this error zigpy forms nothing
