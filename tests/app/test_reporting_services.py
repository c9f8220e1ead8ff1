"""The parts of reporting, put together."""

from tests.api.home import METER, Home, address


async def test_what_is_expected_and_what_is_sent_are_kept_apart(home: Home) -> None:
    kept = home.collections.kept

    assert {key.pairing.peer.device for key in kept["expected_reports"]} == {address(METER)}
    assert kept["sent_reports"] == {}


async def test_nothing_of_a_removed_device_is_kept(home: Home) -> None:
    await home.call("remove_device", device_address=str(address(METER)))
    await home.clock.advance(1)

    assert home.collections.kept["expected_reports"] == {}


async def test_its_services_are_those_of_the_gateway(home: Home) -> None:
    names = [service.name for service in home.gateway.reporting.services]

    assert names == ["FloodControl", "ReportWatcher", "ReportSender"]
    assert set(names) <= {service.name for service in home.gateway.services}
