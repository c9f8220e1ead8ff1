"""Short addresses change, and may be another's tomorrow: nobody is taken for somebody else."""

from typing import Any

from tests.scenarios.conftest import Home

METER = "00:0d:6f:00:0a:00:00:01"
PLUG = "00:0d:6f:00:0a:00:00:02"


def place_of(home: Home, address: str) -> tuple[Any, Any]:
    """Return a device of the house, and the network in which it has its short address."""
    device = next(d for d in home.household.devices.values() if str(d.eui64) == address)
    assert home.ether.network is not None
    return device, home.ether.network


async def switch_off(home: Home, address: str) -> int:
    """Switch a device off, and return the short address that it had."""
    device, network = place_of(home, address)
    await device.stop()
    return int(network.members[device.eui64])


async def switch_on(home: Home, address: str, nwk: int) -> None:
    """Switch a device on, which comes back under another short address."""
    device, network = place_of(home, address)
    network.members[device.eui64] = nwk
    await device.start()
    await home.clock.advance(seconds=60)


async def energy(home: Home, address: str, endpoint: int, sender: int) -> dict[str, Any]:
    return await home.rpc(
        "read_attributes",
        cluster_id="0x0702",
        server_or_client=0,
        destination_endpoint_id=endpoint,
        source_endpoint_id=sender,
        destination_address=address,
        record_list=[{"attribute_id": 0}],
    )


async def short_of(home: Home, address: str) -> str:
    told = await home.result("get_device_information", device_address=address)
    return str(told["record_list"][0]["addr_short"])


def reading(home: Home, address: str, endpoint: int) -> float:
    topic = f"sebridge/home/device/{address.replace(':', '')}/{endpoint}/metering"
    return float(home.broker.kept(topic)["energy_in"])


async def test_a_device_that_comes_back_under_another_short_address_is_reached_there(
    home: Home,
) -> None:
    await switch_off(home, METER)

    await switch_on(home, METER, 0x7777)
    answer = await energy(home, METER, 9, 0x5E)

    assert answer["status"] == "ok"
    assert await short_of(home, METER) == "7777"


async def test_two_devices_that_have_the_same_short_address_one_after_the_other_are_told_apart(
    home: Home,
) -> None:
    of_meter, of_plug = reading(home, METER, 9), reading(home, PLUG, 1)
    nwk = await switch_off(home, METER)
    await switch_off(home, PLUG)

    await switch_on(home, PLUG, nwk)
    taken = await energy(home, PLUG, 1, 1)
    gone = await energy(home, METER, 9, 0x5E)
    await home.clock.advance(minutes=10)
    of_meter_meanwhile = reading(home, METER, 9)
    await switch_on(home, METER, 0x7777)
    back = await energy(home, METER, 9, 0x5E)
    await home.clock.advance(minutes=10)

    assert (taken["status"], gone["status"], back["status"]) == ("ok", "error", "ok")
    assert of_meter_meanwhile == of_meter
    assert of_meter < reading(home, METER, 9) < of_meter + 5
    assert of_plug <= reading(home, PLUG, 1) < of_plug + 5
    assert await short_of(home, METER) == "7777"
    assert await short_of(home, PLUG) == f"{nwk:04x}"


async def test_two_devices_that_have_the_same_short_address_at_once_are_told_apart(
    home: Home,
) -> None:
    of_meter, of_plug = reading(home, METER, 9), reading(home, PLUG, 1)
    meter, network = place_of(home, METER)
    nwk = int(network.members[meter.eui64])
    await switch_off(home, PLUG)

    await switch_on(home, PLUG, nwk)  # both of them are on
    await home.clock.advance(minutes=10)
    meanwhile = reading(home, METER, 9), reading(home, PLUG, 1)
    await meter.stop()
    await switch_on(home, METER, 0x7777)  # as one of both has to, in the end
    await home.clock.advance(minutes=10)

    assert of_meter <= meanwhile[0] < of_meter + 5
    assert of_plug <= meanwhile[1] < of_plug + 5
    assert of_meter < reading(home, METER, 9) < of_meter + 5
    assert of_plug < reading(home, PLUG, 1) < of_plug + 5
    assert await short_of(home, METER) == "7777"
    assert await short_of(home, PLUG) == f"{nwk:04x}"
