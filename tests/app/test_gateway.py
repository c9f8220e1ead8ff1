"""The gateway as a whole, by virtual time: what survives a restart, and who answers what."""

import pytest

from sebridge.base.addresses import Eui64
from sebridge.base.clock import VirtualClock, unix_time, zigbee_time
from sebridge.base.errors import UnknownDeviceError
from sebridge.features.metering.signals import MeterRead
from sebridge.model.plain import to_plain
from sebridge.zcl.identifiers import METERING, PRICE
from tests.api.home import METER, Home, address

A_PRICE = {"issuer_event_id": 7, "price": 25, "duration_in_minutes": 60}
STRANGER = Eui64.parse("00:11:22:33:44:55:66:77")


async def test_a_meter_that_joined_is_read(clock: VirtualClock) -> None:
    home = Home(clock, (METER,))
    readings: list[MeterRead] = []
    home.bus.listen(MeterRead, readings.append)

    await home.start()

    assert readings[-1].device == address(METER)
    assert readings[-1].reading.unit == "kWh"
    assert readings[-1].reading.energy_in
    await home.stop()


async def test_events_devices_keys_and_settings_survive_a_restart(clock: VirtualClock) -> None:
    before = Home(clock, (METER,))
    await before.start()
    await before.call("create_price_event", record=A_PRICE)
    await before.call("registry_configuration", name="RPC_Manager.use_timestamps", value=False)
    await before.stop()

    again = Home(clock, (METER,), before.collections)
    await again.start()

    listed = (await again.call("get_price_events"))["events_record_list"]
    assert [event["issuer_event_id"] for event in listed] == [7]
    assert address(METER) in [known.eui64 for known in again.gateway.directory]
    setting = await again.call("registry_configuration", name="RPC_Manager.use_timestamps")
    assert setting["value"] is False
    await again.stop()


async def test_prices_change_at_the_boundary_and_are_told(alone: Home) -> None:
    now = zigbee_time(alone.clock.utc())
    await alone.call("create_price_event", record=A_PRICE)
    later = {"issuer_event_id": 8, "start_time": now + 3600}
    await alone.call("create_price_event", record=A_PRICE | later)

    await alone.clock.advance(hours=1)

    message = alone.said[-1]
    assert message.name == "updated_active_price_event"
    assert [
        record["issuer_event_id"] for record in to_plain(message.parameters)["record_list"]
    ] == [8]
    assert message.time == pytest.approx(unix_time(now + 3600), abs=1)


async def test_a_device_only_serves_what_it_has_told_as_server_and_not_as_client(
    home: Home,
) -> None:
    only_serves = home.gateway.directory.only_serves

    assert only_serves(address(METER), 9, METERING)
    assert not only_serves(address(METER), 9, PRICE)
    assert not only_serves(address(METER), 77, METERING)
    assert not only_serves(STRANGER, 1, METERING)


async def test_the_profile_of_an_endpoint_is_known_once_it_was_told(home: Home) -> None:
    assert home.gateway.directory.profile_of(address(METER), 9) == 0x0109
    assert home.gateway.directory.profile_of(address(METER), 77) is None
    with pytest.raises(UnknownDeviceError):
        home.gateway.directory.profile_of(STRANGER, 1)


async def test_a_lost_radio_comes_back_with_everything(home: Home) -> None:
    home.gateway.keeper.lost(OSError("unplugged"))
    lost = to_plain(home.said[-1].parameters)

    await home.clock.advance(10)

    assert (lost["status"], lost["severity"]) == (0, 2)
    assert home.gateway.keeper.starts == 2
    assert (await home.call("get_zigbee_network_status"))["status"] == 0
    read = await home.call(
        "read_attributes",
        cluster_id=0x0702,
        server_or_client=0,
        destination_endpoint_id=9,
        source_endpoint_id=0x5E,
        destination_address=str(address(METER)),
        record_list=[{"attribute_id": 0}],
    )
    assert read["record_list"][0]["status"] == 0


async def test_all_services_are_supervised(alone: Home) -> None:
    names = [service.name for service in alone.gateway.services]

    assert len(names) == 26
    assert names[0] == "Router"
