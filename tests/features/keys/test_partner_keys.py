"""A display gets keys with energy services other than the trust centre."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sebridge.app.bridge import Bridge
from sebridge.app.gateway import Gateway
from sebridge.app.joining_gateway import gateway_address
from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock
from sebridge.crypto.credentials import CertificateStore
from sebridge.network.searching import ERRORS, REDISCOVERY, REGISTER_AGAIN
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.simulator.credentials import HouseSecurity
from sebridge.simulator.household import link_key_of
from tests.api.home import Collections, Home, house_security
from tests.bridge_ports import make_ports, proofs

ROUTER, DISPLAY = gateway_address("second"), gateway_address("display")


class House:
    """A coordinator, and gateways that join it."""

    def __init__(self, clock: VirtualClock, security: HouseSecurity | None) -> None:
        self.clock, self.security = clock, security
        self.home = Home(clock, (), house=security)
        self._bridges: list[Bridge] = []

    async def join(self, name: str, role: str, *, proves: bool = True) -> Gateway:
        address = gateway_address(name)
        await self.home.gateway.manager.add(address, link_key_of(address), 240)
        options = Options(
            gateway=GatewayOptions(name=name, role=role),
            radio=RadioOptions(link_key=link_key_of(address)),
        )
        known = self.security if proves else None
        own = CertificateStore() if known is None else known.certificates.of(address)
        ports = make_ports(
            options,
            self.clock,
            self.home.ether,
            Collections().collection,
            own=proofs(own),
        )
        bridge = Bridge(options, ports)
        self._bridges.append(bridge)
        starting = asyncio.ensure_future(bridge.start())
        await self.clock.advance(30)
        await starting
        return bridge.gateway

    async def stop(self) -> None:
        for bridge in reversed(self._bridges):
            await bridge.stop()
        await self.home.stop()


def knows(gateway: Gateway) -> list[Eui64]:
    return [known.eui64 for known in gateway.directory if known.is_complete]


@pytest.fixture
async def house(clock: VirtualClock) -> AsyncIterator[House]:
    house = House(clock, house_security(Collections()))
    await house.home.start()
    yield house
    await house.stop()


async def test_a_display_meets_another_energy_service_under_a_granted_key_net_3_sec_6(
    house: House,
) -> None:
    router: Any = await house.join("second", "router")

    display: Any = await house.join("display", "display")

    assert ROUTER in knows(display)
    assert display.radio.is_established(ROUTER)
    assert router.radio.is_established(DISPLAY)


async def test_a_service_that_comes_later_is_found_within_three_hours_net_5(house: House) -> None:
    display = await house.join("display", "display")
    await house.join("second", "router")
    before = ROUTER in knows(display)

    await house.clock.advance(REDISCOVERY + 60)

    assert (before, ROUTER in knows(display)) == (False, True)


async def test_a_service_that_has_not_proved_itself_is_asked_for_three_times(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.join("second", "router", proves=False)
    display = await house.join("display", "display")

    await house.clock.advance(REGISTER_AGAIN * ERRORS)

    assert caplog.text.count("no key with the energy service") == ERRORS
    assert ROUTER in knows(display)
    assert not display.radio.is_established(ROUTER)


async def test_without_certificates_a_service_is_met_without_a_key(clock: VirtualClock) -> None:
    house = House(clock, None)
    await house.home.start()
    await house.join("second", "router")

    display = await house.join("display", "display")

    assert ROUTER in knows(display)
    await house.stop()
