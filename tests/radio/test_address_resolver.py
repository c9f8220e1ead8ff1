"""Looking for addresses: together, for a while, and not without end."""

import asyncio

import pytest

from sebridge.base.errors import DeliveryError
from sebridge.radio.address_resolver import LONGEST_SEARCH, MOST_SEARCHES
from sebridge.radio.ether import AirFrame
from sebridge.radio.radio import Outgoing, TxStatus
from tests.radio.simulated_air import METER, METERING, PRICE, SE, Air, eui64


def price(device: object = METER) -> Outgoing:
    return Outgoing(device, SE, PRICE, 0x5E, 10, b"price")  # type: ignore[arg-type]


async def test_several_who_look_for_a_device_ask_once(air: Air) -> None:
    meter = air.station()
    await air.join(meter)
    await air.radio.forget(METER)
    air.sniffed.clear()

    await asyncio.gather(*(air.radio.send(price()) for _ in range(5)))

    assert sum(frame.cluster_id == 0x0000 for frame in air.sniffed) == 1
    assert sum(frame.cluster_id == PRICE for frame in air.sniffed) == 5


async def test_all_who_look_in_vain_are_told(air: Air) -> None:
    sending = [asyncio.ensure_future(air.radio.send(price())) for _ in range(3)]

    await air.clock.advance(LONGEST_SEARCH)

    for attempt in sending:
        with pytest.raises(DeliveryError) as refusal:
            await attempt
        assert refusal.value.tx_status == TxStatus.NO_SHORT_ADDRESS


async def test_only_so_many_devices_are_looked_for_at_once(air: Air) -> None:
    sending = [
        asyncio.ensure_future(air.radio.send(price(eui64(1000 + number))))
        for number in range(MOST_SEARCHES)
    ]
    await air.clock.settle()

    with pytest.raises(DeliveryError, match="too many"):
        await air.radio.send(price(eui64(1)))

    await air.clock.advance(LONGEST_SEARCH)
    outcomes = await asyncio.gather(*sending, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {DeliveryError}


@pytest.mark.parametrize("who", [0, 1])
async def test_who_gives_up_waiting_does_not_spoil_it_for_the_others(air: Air, who: int) -> None:
    meter = air.station()
    await air.join(meter)
    await air.radio.forget(METER)
    sending = [asyncio.ensure_future(air.radio.send(price())) for _ in range(3)]
    await asyncio.sleep(0)

    sending.pop(who).cancel()
    await air.clock.settle()

    await asyncio.gather(*sending)


async def test_who_looks_for_a_device_when_the_radio_stops_is_told(air: Air) -> None:
    sending = asyncio.ensure_future(air.radio.send(price()))
    await air.clock.settle()

    await air.radio.stop()

    with pytest.raises(DeliveryError):
        await sending


async def test_a_sender_is_asked_twice_who_he_is(air: Air) -> None:
    air.sniffed.clear()
    frame = AirFrame(METER, 0x4242, 0, SE, METERING, 10, 0x5E, b"data")
    await air.ether.send(frame)

    await air.clock.advance(4.9)
    questions = [f.cluster_id for f in air.sniffed if f.source == air.gateway]
    await air.clock.advance(0.1)

    assert questions == [0x0001, 0x0001]
    assert air.radio.counters.dropped_unknown == 1


async def test_the_stop_ends_every_search(air: Air) -> None:
    await air.ether.send(AirFrame(METER, 0x4242, 0, SE, METERING, 10, 0x5E, b"data"))
    await air.clock.settle()

    await air.radio.stop()

    assert not [task for task in asyncio.all_tasks() if "who is" in task.get_name()]
