"""What differs with EZSP. The firmware lies outside: it is played by a list of what it was told."""

from typing import Any

import bellows.ezsp.v13
import bellows.types
import pytest
from typing_extensions import override
from zigpy.exceptions import ControllerException
import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.errors import NotJoinedError
from sebridge.radio.ezsp import CONFIG, EzspApplication
from sebridge.radio.factory import zigpy_config
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.zigpy_words import from_zigpy, to_zigpy
from sebridge.settings.options import RadioOptions
from tests.radio.simulated_air import (
    HA_ENDPOINT,
    LINK_KEY,
    METER_ENDPOINT,
    SE_ENDPOINT,
    eui64,
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


async def test_a_key_is_handed_over_at_once_and_again_when_the_network_is_opened(
    application: EzspApplication, firmware: Firmware
) -> None:
    await application.register_link_key(eui64(1), LINK_KEY)
    await application.permit(60)
    await application.permit(0)

    assert firmware.keys == [eui64(1), eui64(1)]
    assert firmware.joining == [60, 0]
    assert firmware.broadcasts == 2


async def test_the_few_places_for_keys_are_for_the_newest_who_are_still_to_join(
    application: EzspApplication, firmware: Firmware
) -> None:
    application.learn(eui64(9), 0x1234)
    for number in (*range(1, 9), 9):
        await application.register_link_key(eui64(number), LINK_KEY)
    firmware.keys.clear()

    await application.permit(60)

    assert firmware.keys == [eui64(number) for number in (8, 7, 6, 5, 4)]


async def test_a_forgotten_key_is_not_handed_over_again(
    application: EzspApplication, firmware: Firmware
) -> None:
    await application.register_link_key(eui64(1), LINK_KEY)
    await application.unregister_link_key(eui64(1))
    firmware.keys.clear()

    await application.permit(60)

    assert firmware.keys == []


async def test_a_key_that_the_firmware_refuses_is_an_error(
    application: EzspApplication, firmware: Firmware
) -> None:
    firmware.status = bellows.types.sl_Status.FULL

    with pytest.raises(ControllerException, match="did not take a link key"):
        await application.register_link_key(eui64(1), LINK_KEY)


def test_the_firmware_leaves_bindings_to_us() -> None:
    schema = bellows.ezsp.v13.EZSPv13.SCHEMAS["ezsp_config"]

    checked = schema(CONFIG["ezsp_config"])

    assert checked["CONFIG_APPLICATION_ZDO_FLAGS"] == 0x0B
    assert 0x0005 in EzspApplication.zdo_answered_by_stack
    assert 0x0021 not in EzspApplication.zdo_answered_by_stack


class KeyTable(Firmware):
    """The NCP's table of link keys: whose key is where, 00.. for free places."""

    def __init__(self, *, places: int = 2) -> None:
        super().__init__()
        self.table: list[Eui64 | None] = [None] * places
        self.imports = 0

    @override
    async def findKeyTableEntry(self, **search: Any) -> tuple[int]:
        assert search["linkKey"]
        wanted = from_zigpy(search["address"]) or None
        return (self.table.index(wanted) if wanted in self.table else 0xFF,)

    async def exportLinkKeyByIndex(self, *, index: int) -> tuple[Any, ...]:
        owner = self.table[index]
        status = bellows.types.sl_Status.NOT_FOUND if owner is None else self.status
        return to_zigpy(owner or eui64(0)), KEY, None, status

    async def importLinkKey(self, *, index: int, address: t.EUI64, key: t.KeyData) -> tuple[Any]:
        assert key == KEY
        self.table[index] = from_zigpy(address)
        self.imports += 1
        return (self.status,)

    async def addOrUpdateKeyTableEntry(self, **entry: Any) -> tuple[Any]:
        assert entry["keyData"] == KEY
        assert entry["linkKey"]
        self.table[0] = from_zigpy(entry["address"])
        return (self.status,)


async def test_an_established_key_goes_into_the_table() -> None:
    firmware = KeyTable()
    application = PlayedApplication(firmware)

    for number in (1, 2, 1):
        await application.establish_link_key(eui64(number), LINK_KEY, FrameCounters())

    assert firmware.table == [eui64(1), eui64(2)]
    assert firmware.imports == 2  # what is there already is not written again
    with pytest.raises(ControllerException, match="full"):
        await application.establish_link_key(eui64(3), LINK_KEY, FrameCounters())


async def test_older_firmware_finds_the_place_by_itself() -> None:
    firmware = KeyTable(places=1)
    firmware.ezsp_version = 8
    application = PlayedApplication(firmware)

    await application.establish_link_key(eui64(1), LINK_KEY, FrameCounters())

    assert firmware.table == [eui64(1)]


async def test_an_established_key_that_is_not_taken_is_said_without_showing_it() -> None:
    firmware = KeyTable()
    firmware.status = bellows.types.sl_Status.FAIL
    application = PlayedApplication(firmware)

    with pytest.raises(ControllerException, match="did not take a key that was established"):
        await application.establish_link_key(eui64(1), LINK_KEY, FrameCounters())


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
