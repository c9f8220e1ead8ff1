"""The power of a whole house fails, and all its devices come back at the same moment."""

from collections import Counter

from benchmarks.building_devices import Building
from sebridge.radio.ether import AirFrame
from sebridge.radio.ether_application import COORDINATOR
from sebridge.settings.simulator_options import AirOptions, SimulatorOptions
from tests.scenarios.conftest import Home, MakeHome

DEVICES = 60
BAD_AIR = AirOptions(loss=0.01, delay=0.02)


def shown(home: Home) -> Counter[bytes]:
    """Return how many devices are shown as what."""
    kept = home.broker.retained
    return Counter(kept[t] for t in kept if "/device/" in t and t.endswith("/availability"))


async def settled(home: Home) -> Building:
    building = Building(home.ether, DEVICES)
    for meter in building.meters:
        await home.gateway.manager.add(meter.address, meter.key)
    home.ether.open_joining(60)
    joining = home.gateway.manager.spawn(building.join(building.meters), "join")
    await home.clock.advance(seconds=60)
    await joining
    return building


async def test_all_are_there_again_soon_after_the_power_is_back(make_home: MakeHome) -> None:
    home = await make_home(simulator=SimulatorOptions(air=BAD_AIR))
    building = await settled(home)
    before = shown(home)

    for meter in building.meters:
        building.drop(meter, with_notice=False)
    await home.clock.advance(minutes=20)
    dark = shown(home)
    asked: list[AirFrame] = []
    home.ether.watch(lambda frame: asked.append(frame) if frame.source == COORDINATOR else None)
    for meter in building.meters:
        building.come_back(meter)
    await home.clock.advance(seconds=30)

    assert before == {b"online": DEVICES}
    assert dark == {b"offline": DEVICES}
    assert shown(home) == {b"online": DEVICES}
    proofs = [frame for frame in asked if frame.cluster_id == 0x0002 and not frame.profile_id]
    assert len(proofs) <= DEVICES  # each is asked once whether it is there, and by nobody twice
    await home.clock.advance(minutes=5)
    assert building.lost == 0
    expected = home.gateway.reporting.expectations
    agreed = {key.pairing.peer.device for key, one in expected if one.own and not one.pseudo}
    assert agreed == {meter.address for meter in building.meters}
