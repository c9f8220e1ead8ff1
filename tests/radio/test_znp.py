"""What differs with Z-Stack. The firmware lies outside: it is played by a list of requests."""

from typing import Any

import pytest
import zigpy_znp.commands as c

from sebridge.radio.factory import zigpy_config
from sebridge.radio.frame_counters import FrameCounters
from sebridge.radio.zigpy_words import key_to_zigpy, to_zigpy
from sebridge.radio.znp import CONFIG, ZnpApplication
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

    def __init__(self, firmware: Firmware) -> None:
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
