"""A network that gets another key, on the simulated air."""

import asyncio

import pytest

from sebridge.base.errors import DeliveryError, NotJoinedError, RefusedError
from sebridge.base.secret import Secret
from sebridge.settings.simulator_options import AirOptions
from tests.radio.simulated_air import Air, report


def key_of(air: Air) -> Secret:
    assert air.ether.network is not None
    return air.ether.network.network_key


async def change(air: Air) -> int | None:
    """Change the key, for as long as that takes."""
    changing = asyncio.create_task(air.radio.change_network_key())
    await air.clock.advance(20)
    return await changing


async def meets(air: Air) -> bool:
    """Say whether the meter reaches the gateway."""
    heard = len(air.ears.zcl())
    await air.stations[0].send(report(air.gateway))
    await air.clock.settle()
    return len(air.ears.zcl()) == heard + 1


async def test_each_key_is_another_with_the_next_number_and_the_devices_have_it(air: Air) -> None:
    ears = await air.join(air.station())
    keys = {key_of(air)}

    numbers = [await change(air), await change(air)]

    keys.add(key_of(air))
    assert (numbers, len(keys)) == ([1, 2], 2)
    assert await meets(air)
    assert ears.reasons == []


async def test_the_key_is_in_no_log(air: Air, caplog: pytest.LogCaptureFixture) -> None:
    await change(air)

    assert key_of(air).reveal().hex() not in caplog.text.replace(":", "").lower()


async def test_until_the_switch_all_have_the_key_of_before(air: Air) -> None:
    await air.join(air.station())
    before = key_of(air)

    changing = asyncio.create_task(air.radio.change_network_key())
    await air.clock.advance(9)

    assert key_of(air) == before
    assert await meets(air)
    await air.clock.advance(5)
    await changing


async def test_who_did_not_hear_of_it_is_lost_and_comes_back_with_its_link_key(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    await air.radio.permit_joining(0)
    air.ether.air = AirOptions(delay=0, loss=1)
    await change(air)
    air.ether.air = AirOptions(delay=0)

    with pytest.raises(DeliveryError):
        await meter.send(report(air.gateway))
    assert ears.reasons
    await meter.start(ears)

    assert await meets(air)


async def test_who_knows_the_new_key_comes_back_with_it_to_another_coordinator(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    await air.radio.permit_joining(0)
    await change(air)
    network = air.ether.network
    assert network is not None
    meter.network_lost()
    network.members.clear()
    network.link_keys.clear()

    await meter.start(ears)

    assert await meets(air)


async def test_a_radio_that_is_away_or_a_device_changes_no_key(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    with pytest.raises(RefusedError, match="its trust centre changes it"):
        await meter.change_network_key()
    await air.radio.stop()

    with pytest.raises(NotJoinedError):
        await air.radio.change_network_key()
