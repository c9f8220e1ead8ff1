"""A network that goes to another channel, on the simulated air."""

import asyncio
from collections.abc import Collection

import pytest

from sebridge.base.errors import DeliveryError, NotJoinedError, RefusedError
from sebridge.settings.simulator_options import AirOptions
from tests.radio.simulated_air import METER, Air, Ears, report

UPDATE = 0x0038


async def move(air: Air, *channels: int) -> int:
    """Take the network to one of the channels, for as long as that takes."""
    moving = asyncio.create_task(air.radio.change_channel(channels))
    await air.clock.advance(15)
    return await moving


async def meets(air: Air) -> bool:
    """Say whether the meter reaches the gateway, and hears it."""
    meter = air.stations[0]
    heard = len(air.ears.zcl())
    await meter.send(report(air.gateway))
    await air.clock.settle()
    return len(air.ears.zcl()) == heard + 1


async def test_a_device_hears_of_it_and_follows(air: Air) -> None:
    ears = await air.join(air.station())

    assert await move(air, 24) == 24

    assert air.radio.network.channel == 24
    assert air.stations[0].network.channel == 24
    assert await meets(air)
    assert ears.reasons == []
    told = [frame.data[1:].hex() for frame in air.sniffed if frame.cluster_id == UPDATE]
    assert set(told) == {"00000001fe01"}


async def test_each_move_is_another_update_of_the_network(air: Air) -> None:
    await air.join(air.station())

    for channel in (24, 12, 13):
        await move(air, channel)

    told = {frame.data[-1] for frame in air.sniffed if frame.cluster_id == UPDATE}
    assert told == {1, 2, 3}
    assert await meets(air)


async def test_nobody_is_told_of_the_channel_where_the_network_is(air: Air) -> None:
    present = air.radio.network.channel

    assert await move(air, present) == present

    assert not [frame for frame in air.sniffed if frame.cluster_id == UPDATE]


async def test_of_several_channels_the_quietest_is_taken(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def energy(channels: Collection[int], _duration: int, _count: int) -> dict[int, float]:
        return {channel: 10.0 if channel == 21 else 200.0 for channel in channels}

    monkeypatch.setattr(air.application, "energy_scan", energy)

    assert await move(air, 13, 21, 26) == 21


async def test_who_was_switched_off_finds_the_network_where_it_is_now(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await air.radio.permit_joining(0)
    await meter.stop()
    await move(air, 24)

    await meter.start(Ears())

    assert meter.network.channel == 24
    assert await meets(air)


async def test_who_did_not_hear_of_it_reaches_nobody_and_knows_that_it_is_lost(air: Air) -> None:
    meter = air.station()
    ears = await air.join(meter)
    air.ether.air = AirOptions(delay=0, loss=1)
    await move(air, 24)
    air.ether.air = AirOptions(delay=0)

    with pytest.raises(DeliveryError):
        await meter.send(report(air.gateway))
    lost = [str(reason) for reason in ears.reasons]
    await meter.start(ears)

    assert lost == ["nobody of the network is heard"]
    assert await meets(air)


async def test_the_radio_says_where_it_is_after_a_restart(air: Air) -> None:
    await move(air, 24)
    await air.radio.stop()
    air.radio = air.new_radio()

    await air.radio.start(air.ears)

    assert air.radio.network.channel == 24


async def test_a_radio_that_is_away_or_a_device_takes_nobody_anywhere(air: Air) -> None:
    meter = air.station(METER)
    await air.join(meter)
    with pytest.raises(RefusedError, match="its coordinator decides"):
        await meter.change_channel((24,))
    await air.radio.stop()

    with pytest.raises(NotJoinedError):
        await air.radio.change_channel((24,))


async def test_a_radio_that_does_not_go_is_told(air: Air, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stays(channel: int, update_id: int) -> None:
        del channel, update_id

    monkeypatch.setattr(air.application, "move_itself", stays)
    moving = asyncio.create_task(air.radio.change_channel((24,)))
    await air.clock.advance(60)

    with pytest.raises(DeliveryError, match="did not go to channel 24"):
        await moving
