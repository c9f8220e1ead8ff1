"""A display that joined another's network tops up a meter there, and speaks through a tunnel."""

from collections.abc import AsyncIterator

import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.features.tunneling.signals import TunnelData
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.settings.simulator_options import AirOptions, SimulatedDeviceOptions, SimulatorOptions
from sebridge.simulator.household import link_key_of
from tests.api.home import METER, Collections, address, house_security
from tests.scenarios.conftest import MakeHome, SecondGateway

AT = {"destination_address": str(address(METER))}
HOUSE = SimulatorOptions(
    air=AirOptions(delay=0.0),
    devices=(
        SimulatedDeviceOptions(
            kind=METER,
            name="Meter",
            eui64=address(METER),
            options={"prepaid": True, "tunnel": True, "top_up_codes": {"code": 2000}},
        ),
    ),
)


@pytest.fixture
async def display(make_home: MakeHome) -> AsyncIterator[SecondGateway]:
    home = await make_home(simulator=HOUSE, security=house_security(Collections()))
    own = gateway_address("display")
    await home.gateway.manager.add(own, link_key_of(own), 240)
    display = SecondGateway(
        home,
        Options(
            gateway=GatewayOptions(
                name="display", role="display", optional_clusters=("prepayment", "tunneling")
            ),
            radio=RadioOptions(link_key=link_key_of(own)),
        ),
    )
    await display.start()
    await display.clock.advance(minutes=2)
    yield display
    await display.stop()


async def test_a_display_tops_up_a_meter_of_the_network_that_it_joined(
    display: SecondGateway,
) -> None:
    taken = await display.result("top_up_meter", **AT, top_up_code="code")
    refused = await display.result("top_up_meter", **AT, top_up_code="code")

    assert (taken["result_type"], taken["top_up_value"]) == (0, 2000)
    assert (refused["result_type"], refused["reason"]) == (2, "the code was used already")


async def test_a_display_speaks_with_a_meter_through_a_tunnel(display: SecondGateway) -> None:
    heard: list[TunnelData] = []
    display.bridge.gateway.bus.listen(TunnelData, heard.append)

    opened = await display.result("open_tunnel", **AT, protocol_id=0)
    await display.result("send_tunnel_data", **AT, tunnel_id=opened["tunnel_id"], data="C001")
    await display.clock.advance(seconds=5)
    closed = await display.result("close_tunnel", **AT, tunnel_id=opened["tunnel_id"])

    assert [data.data for data in heard] == [b"\xc0\x01"]
    assert closed["status"] == 0
