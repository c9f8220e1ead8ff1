"""What differs with Z-Stack. The firmware lies outside: it is played by a list of requests."""

from typing import Any

import pytest
from zigpy.state import NetworkInfo, NodeInfo
from zigpy.zdo.types import LogicalType
import zigpy_znp.commands as c

from sebridge.base.errors import NotJoinedError
from sebridge.radio.factory import zigpy_config
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.zigpy_words import key_to_zigpy, to_zigpy
from sebridge.radio.znp.application import CONFIG, ZnpApplication
from sebridge.settings.options import RadioOptions
from tests.radio.simulated_air import LINK_KEY, eui64


class Firmware:
    """Z-Stack, as far as keys go."""

    def __init__(self) -> None:
        self.requests: list[Any] = []

    async def request(self, request: Any, **_expected: Any) -> None:
        self.requests.append(request)


class PlayedApplication(ZnpApplication):
    """The application as it is once it is connected to its firmware."""

    def __init__(self, firmware: Any) -> None:
        super().__init__(zigpy_config(RadioOptions(type="znp"), "/dev/ttyUSB0") | dict(CONFIG))
        self._znp = firmware


@pytest.fixture
def firmware() -> Firmware:
    return Firmware()


@pytest.fixture
async def application(firmware: Firmware) -> ZnpApplication:
    return PlayedApplication(firmware)


async def test_a_key_is_handed_over_without_waiting_for_the_window(
    application: ZnpApplication, firmware: Firmware
) -> None:
    await application.register_link_key(eui64(1), LINK_KEY)

    request = c.AppConfig.BDBAddInstallCode.Req(
        InstallCodeFormat=c.app_config.InstallCodeFormat.KeyDerivedFromInstallCode,
        IEEE=to_zigpy(eui64(1)),
        InstallCode=LINK_KEY.reveal(),
    )
    assert firmware.requests == [request]


async def test_frames_leave_from_the_endpoint_of_their_profile(
    application: ZnpApplication,
) -> None:
    assert application.znp_config["prefer_endpoint_1"] is False


async def test_a_key_that_the_gateway_established_is_handed_over_with_both_addresses(
    application: ZnpApplication, firmware: Firmware
) -> None:
    application.learn(eui64(1), 0x1234)

    await application.establish_link_key(eui64(1), LINK_KEY, FrameCounters())

    request = c.ZDO.SetLinkKey.Req(
        NWK=0x1234, IEEE=to_zigpy(eui64(1)), LinkKeyData=key_to_zigpy(LINK_KEY)
    )
    assert firmware.requests == [request]


async def test_a_key_with_a_device_of_unknown_address_is_an_error_of_the_driver(
    application: ZnpApplication, firmware: Firmware
) -> None:
    with pytest.raises(application.driver_errors):
        await application.establish_link_key(eui64(1), LINK_KEY, FrameCounters())

    assert firmware.requests == []


class InNetwork:
    """Z-Stack in somebody's network, as the library tells of it."""

    def __init__(self, kind: LogicalType) -> None:
        self.node_info = NodeInfo(logical_type=kind)
        self.network_info = NetworkInfo()

    async def load_network_info(self, *, load_devices: bool) -> None:
        """Have told already."""


@pytest.mark.parametrize("kind", [LogicalType.Router, LogicalType.EndDevice])
async def test_a_stick_that_is_a_member_elsewhere_is_refused(kind: LogicalType) -> None:
    application = PlayedApplication(InNetwork(kind))
    application.guard = NetworkGuard({})

    with pytest.raises(NotJoinedError, match="a network that it has not formed"):
        await application.load_network_info()
