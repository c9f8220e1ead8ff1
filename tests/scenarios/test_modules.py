"""Code of the user in a home: loaded while it runs, found on the air, and over a restart."""

from pathlib import Path
import re
from typing import Any

from msgspec.structs import replace
import pytest

from sebridge.app.joining_gateway import gateway_address
from sebridge.base.addresses import Eui64
from sebridge.gateway.generic import GenericCluster
from sebridge.gateway.local_attributes import LocalAttribute, LocalAttributes
from sebridge.network.peer import Peer
from sebridge.radio.ether import AirFrame
from sebridge.settings.options import GatewayOptions, Options, RadioOptions
from sebridge.simulator.device import SimulatedDevice
from sebridge.simulator.household import link_key_of
from sebridge.zcl import frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import HA_PROFILE, SE_ENDPOINT, SE_PROFILE
from tests.scenarios.conftest import Collections, Home, MakeHome, SecondGateway

PAGE = Path(__file__).parents[2] / "docs" / "modules.md"
VALVE = 0x0A
ON_OFF, TEMPERATURE = 0x0006, 0x0402
KEY = link_key_of(gateway_address("display"))


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """Return a directory with the example of the documentation."""
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "garden.py").write_text(code)
    return tmp_path


@pytest.fixture
async def home(make_home: MakeHome, modules: Path) -> Home:
    made: Home = await make_home(modules=modules)
    return made


async def garden(home: Home) -> None:
    """Do what the documentation says."""
    await home.result("add_module", module_name="garden")
    await home.result("add_interface", interface_class="GardenInterface")
    await home.result("add_endpoint", endpoint_class="GardenEndpoint", endpoint_id="0x0A")


def gateway(home: Home) -> Eui64:
    return home.gateway.radio.network.address


def a_device(home: Home) -> SimulatedDevice:
    return next(iter(home.household.devices.values()))


async def turn(home: Home, command_id: int) -> None:
    """Let a device of the house send a command to the valve."""
    device = a_device(home)
    frame = Frame(command_id, 0, b"", cluster_specific=True)
    valve = Peer(gateway(home), VALVE, HA_PROFILE)
    device.spawn(device.router.exchange.ask(valve, ON_OFF, 9, frame), "turn")
    await home.clock.advance(seconds=5)


async def read_valve(home: Home) -> bytes:
    """Let a device of the house read whether the valve is open; return the answer's payload."""
    device = a_device(home)
    question = Frame(zcl.READ_ATTRIBUTES, 0, b"\0\0")
    valve = Peer(gateway(home), VALVE, HA_PROFILE)
    asking = device.spawn(device.router.exchange.ask(valve, ON_OFF, 9, question), "read")
    await home.clock.advance(seconds=5)
    return bytes((await asking).payload)


# ------------------------------------------------------------------ the example of the page


async def test_the_example_waters_the_garden(home: Home) -> None:
    await garden(home)

    first = await home.result("water_garden", record={"bed": "roses", "seconds": 90})
    second = await home.result("water_garden", record={"bed": "roses", "seconds": 1})
    await home.clock.advance(seconds=100)

    assert [first, second] == [{"bed": "roses", "times": 0}, {"bed": "roses", "times": 1}]
    told = home.notifications("garden_watered")
    assert [message["bed"] for message in told] == ["roses", "roses"]
    assert told[0]["time"] < told[1]["time"]
    version = await home.result("get_version", module_name="garden")
    assert version["version"] == "1.0.0"
    assert version["version_extended"] == {"description": "waters the garden"}


async def test_a_device_turns_the_valve_and_reads_it(home: Home) -> None:
    await garden(home)

    before = await read_valve(home)
    await turn(home, 1)
    after = await read_valve(home)

    assert (before[-1], after[-1]) == (0, 1)
    assert [message["open"] for message in home.notifications("valve_turned")] == [True]


async def test_wrong_parameters_of_the_example_are_refused_like_any(home: Home) -> None:
    await garden(home)

    answer = await home.rpc("water_garden", record={"bed": "roses", "seconds": 65536})

    assert answer["error"]["code"] == -32602
    assert answer["error"]["data"] == {"parameter": "record.seconds"}


async def test_everything_is_there_again_after_a_restart(
    make_home: MakeHome, modules: Path
) -> None:
    kept: Collections = {}
    before = await make_home(kept, modules=modules)
    await garden(before)
    await before.result("water_garden", record={"bed": "roses", "seconds": 1})
    await before.result("add_cluster", endpoint_id=VALVE, cluster_class="TimeClient")
    await before.stop()

    home = await make_home(kept, modules=modules)

    again = await home.result("water_garden", record={"bed": "roses", "seconds": 1})
    assert again == {"bed": "roses", "times": 1}
    await turn(home, 1)
    assert (await read_valve(home))[-1] == 1
    assert home.gateway.router.endpoints[VALVE].descriptor().output_clusters == (0x000A,)


async def test_a_removed_module_is_silent_at_once(home: Home) -> None:
    await garden(home)
    await home.result("water_garden", record={"bed": "roses", "seconds": 60})

    await home.result("remove_module", module_name="garden")
    await home.clock.advance(seconds=100)

    refused = await home.rpc("water_garden", record={"bed": "roses", "seconds": 1})
    assert refused["error"]["code"] == -32601
    assert home.notifications("garden_watered") == []
    assert home.gateway.router.endpoints.keys() == {0x01, 0x5E}


async def test_another_gateway_finds_what_was_added(home: Home) -> None:
    await garden(home)
    await home.result(
        "add_cluster",
        endpoint_id=SE_ENDPOINT,
        cluster_class="ZCL_Cluster",
        cluster_id=TEMPERATURE,
        server_or_client=1,
    )
    address = gateway_address("display")
    await home.result(
        "add_device", device_address=str(address), join_time=240, link_key=KEY.reveal().hex()
    )
    options = Options(
        gateway=GatewayOptions(name="display", role="display"), radio=RadioOptions(link_key=KEY)
    )
    display = SecondGateway(home, options)

    await display.start()
    await home.clock.advance(minutes=2)
    found = await display.result("get_device_information", device_address=str(gateway(home)))
    await display.stop()

    (record,) = found["record_list"]
    assert sorted(record["active_endpoints"]) == [0x01, VALVE, 0x5E]
    valve = record["simple_descriptors"]["endpoint_0x0A"]
    assert (valve["profile_id"], valve["device_id"]) == (HA_PROFILE, 0x0002)
    assert valve["input_clusters"] == [ON_OFF]
    assert TEMPERATURE in record["simple_descriptors"]["endpoint_0x5E"]["output_clusters"]


# ------------------------------------------------------------------ without code


def give_temperature(device: SimulatedDevice) -> None:
    """Let a device have a thermometer."""
    thermometer = GenericCluster(LocalAttributes([LocalAttribute(0, 0x29, 2150)]))
    thermometer.appear_as(TEMPERATURE, server=True)
    clusters = (*device.endpoint.clusters, thermometer)
    device.endpoints.add(replace(device.endpoint, clusters=clusters))


async def read_temperature(home: Home) -> dict[str, Any]:
    """Read the thermometer of a device from endpoint 0x5E."""
    device = a_device(home)
    return await home.rpc(
        "read_attributes",
        cluster_id=TEMPERATURE,
        server_or_client=0,
        source_endpoint_id=0x5E,
        destination_endpoint_id=device.endpoint.endpoint_id,
        destination_address=str(device.eui64),
        record_list=[{"attribute_id": 0}],
    )


async def test_a_generic_cluster_makes_requests_to_a_remote_one_possible(home: Home) -> None:
    give_temperature(a_device(home))
    before = await read_temperature(home)

    await home.result(
        "add_cluster",
        endpoint_id=0x5E,
        cluster_class="ZCL_Cluster",
        cluster_id=TEMPERATURE,
        server_or_client=1,
    )
    during = await read_temperature(home)
    await home.result("remove_cluster", endpoint_id=0x5E, cluster_class="ZCL_Cluster")
    after = await read_temperature(home)

    assert "has no client of cluster 0x0402" in before["error"]["message"]
    assert during["result"]["record_list"][0]["value"] == 2150
    assert after["error"] == before["error"]


@pytest.mark.parametrize("encrypted", [True, False])
async def test_what_was_said_of_encryption_is_what_is_on_the_air(
    home: Home, *, encrypted: bool
) -> None:
    give_temperature(a_device(home))
    heard: list[AirFrame] = []
    home.ether.watch(lambda f: heard.append(f) if f.cluster_id == TEMPERATURE else None)

    added = await home.result(
        "add_cluster",
        endpoint_id=0x5E,
        cluster_class="ZCL_Cluster",
        cluster_id=TEMPERATURE,
        server_or_client=1,
        enable_APS_encryption=encrypted,
    )
    answer = await read_temperature(home)

    assert added["enable_APS_encryption"] is encrypted
    # the device keeps to the profile, and refuses to be asked in the clear (SEC-2)
    assert ("result" in answer) is encrypted
    assert len(heard) == 2
    assert {frame.lock is not None for frame in heard} == {encrypted}


async def test_a_new_endpoint_reads_a_meter(home: Home) -> None:
    added = await home.result("add_endpoint", endpoint_class="SE_InPremiseDisplay")
    number = added["endpoint_id"]
    await home.result("add_cluster", endpoint_id=number, cluster_class="MeteringClient")
    meter = home.household.devices["Main meter"]

    read = await home.result(
        "read_attributes",
        cluster_id=0x0702,
        server_or_client=0,
        source_endpoint_id=number,
        destination_endpoint_id=meter.endpoint.endpoint_id,
        destination_address=str(meter.eui64),
        record_list=[{"attribute_id": 0}],
    )

    assert number == 2
    assert (added["profile_id"], added["device_id"]) == (SE_PROFILE, 0x0502)
    assert read["destination_endpoint_id"] == number
    assert read["record_list"][0]["status"] == 0
