"""A person acts on the simulated house while it runs, and sees what becomes of it."""

from collections.abc import AsyncIterator
import json
from random import Random
from typing import Any

import pytest

from sebridge.app.house_control import MOST_DEVICES
from sebridge.base.addresses import Eui64
from sebridge.base.clock import SimulatedClock, VirtualClock
from sebridge.base.errors import ParameterError, Reason
from sebridge.crypto.certificate_authority import new_authority
from sebridge.crypto.certificate_text import write_certificate_text
from sebridge.crypto.suite import SUITE_1
from sebridge.network.link_keys import KeyKind
from sebridge.rpc.message import RpcError
from sebridge.settings.options import GatewayOptions, RadioOptions
from sebridge.settings.simulator_options import SimulatedDeviceOptions, SimulatorOptions
from sebridge.simulator.vocabulary import KINDS
from tests.api.home import (
    DISPLAY,
    LOAD_CONTROL,
    METER,
    THERMOSTAT,
    Collections,
    Home,
    address,
    house_security,
)
from tests.doubles import RecordingBroker

SUB_METER = "sub_meter"
CODE = "83FED3407A939723A5C639B26916D505C3B5"
ODD = "{kind: meter, name: x, eui64: 000d6f000a000001, options: {a: 1}}"


@pytest.fixture
async def home(clock: VirtualClock) -> AsyncIterator[Home]:
    home = Home(clock, [METER, SUB_METER, DISPLAY, THERMOSTAT, LOAD_CONTROL])
    await home.start()
    yield home
    await home.stop()


@pytest.fixture(scope="module")
def dark() -> Home:
    """Return the same, not switched on: whatever is refused is refused there, too."""
    return Home(VirtualClock(), [METER, SUB_METER, DISPLAY, THERMOSTAT, LOAD_CONTROL])


@pytest.fixture
async def proven(clock: VirtualClock) -> AsyncIterator[Home]:
    """Give a house whose devices have certificates."""
    kept = Collections()
    home = Home(clock, [METER, DISPLAY], kept, house=house_security(kept))
    await home.start()
    yield home
    await home.stop()


async def seen(home: Home, kind: str) -> dict[str, Any]:
    house = await home.call("get_simulated_house")
    return next(dict(one) for one in house["devices"] if one["kind"] == kind)


async def act(home: Home, method: str, kind: str, **params: Any) -> dict[str, Any]:
    return await home.call(method, device_address=str(address(kind)), **params)


async def refused(home: Home, method: str, kind: str, **params: Any) -> RpcError:
    return await home.refused(method, device_address=str(address(kind)), **params)


# ------------------------------------------------------------------ what there is to see


async def test_all_that_a_screen_wants_is_told_of_every_device(home: Home) -> None:
    house = await home.call("get_simulated_house")

    assert {one["kind"] for one in house["devices"]} < set(house["kinds"]) == set(KINDS)
    assert house["speed"] is None  # virtual time is nobody's to change
    meter = await seen(home, METER)
    assert meter["device_address"] == str(address(METER))
    assert (meter["on"], meter["joined"], meter["waits"]) == (True, True, False)
    assert meter["shown"] == {
        "meter": {"usage": "curve", "unit": "kWh", "commodity": "electricity"}
    }
    assert meter["measured"]["meter"]["delivered"] >= 4711
    assert (await seen(home, DISPLAY))["shown"] == {
        "prices": [],
        "message": None,
        "confirm_after": 5.0,
    }
    thermostat = (await seen(home, THERMOSTAT))["shown"]["load_control"]
    assert thermostat == {
        "opt_out": False,
        "load": 1500.0,
        "events": [],
        "heating": 21.0,
        "cooling": 25.0,
    }
    assert (await seen(home, LOAD_CONTROL))["measured"] == {"power": 2000.0}


async def test_a_display_shows_price_and_message_and_its_button_confirms(home: Home) -> None:
    await home.call(
        "create_price_event",
        record={
            "issuer_event_id": 7,
            "price": 2150,
            "price_trailing_digit_and_price_tier": 0x31,
            "duration_in_minutes": 60,
            "rate_label": "Day",
        },
    )
    await act(home, "set_simulated_confirmation", DISPLAY, confirm_after=None)
    problem = await refused(home, "set_simulated_confirmation", DISPLAY, confirm_after=-1)
    assert problem.message == "confirm_after: must be 0..86400, or null"
    message = {"message_id": 9, "message_control": 0x88, "duration_in_minutes": 5, "message": "Hi"}
    await home.call("create_message_event", record=message)
    await home.clock.advance(10)

    display = (await seen(home, DISPLAY))["shown"]
    assert display["prices"][0] | {"start": 0, "end": 0} == {
        "commodity": "electricity",
        "amount": 2.15,
        "digits": 3,
        "currency": "USD",
        "unit": "kWh",
        "rate_label": "Day",
        "tier": 1,
        "issuer_event_id": 7,
        "start": 0,
        "end": 0,
    }
    assert display["prices"][0]["end"] - display["prices"][0]["start"] == 3600
    assert (display["message"]["message"], display["message"]["importance"]) == ("Hi", 2)
    assert display["message"]["waits"]

    assert await act(home, "confirm_simulated_message", DISPLAY) == {"confirmed": 1}
    await home.clock.advance(1)

    assert not (await seen(home, DISPLAY))["shown"]["message"]["waits"]
    assert len(home.notifications("received_message_confirmation")) == 1
    assert (await refused(home, "confirm_simulated_message", DISPLAY)).reason is Reason.NOT_FOUND
    problem = await refused(home, "confirm_simulated_message", METER)
    assert problem.message == "device_address: Main meter is no display"


async def test_a_display_shows_what_it_has_read_of_the_meter(proven: Home) -> None:
    assert (await seen(proven, DISPLAY))["measured"] == {
        "consumption": {"power": None, "delivered": None, "unit": ""}
    }
    await proven.clock.advance(minutes=3)

    read = (await seen(proven, DISPLAY))["measured"]["consumption"]

    assert read["power"] > 0
    assert read["delivered"] >= 4711
    assert read["unit"] == "kWh"
    assert (await seen(proven, DISPLAY))["established"]


# ------------------------------------------------------------------ loads and events


async def test_a_meter_counts_what_it_is_set_to(home: Home) -> None:
    others = 3500.0  # what the thermostat and the switch draw
    answer = await act(home, "set_simulated_usage", METER, usage="fixed", load=1000)
    assert answer == {"power": 1000.0 + others}
    before = (await seen(home, METER))["measured"]["meter"]["delivered"]
    await home.clock.advance(minutes=6)
    after = (await seen(home, METER))["measured"]["meter"]["delivered"]
    assert after - before == pytest.approx((1000 + others) / 10_000, abs=0.001)

    await act(home, "set_simulated_usage", SUB_METER, usage="rising", load=100, rise=600)
    await home.clock.advance(minutes=3)
    plug = await seen(home, SUB_METER)
    assert plug["measured"]["meter"]["power"] == pytest.approx(130, abs=0.5)
    assert plug["shown"]["meter"]["usage"] == "rising"

    await act(home, "set_simulated_usage", SUB_METER, usage="fixed")
    assert (await seen(home, SUB_METER))["shown"]["meter"]["load"] == pytest.approx(130, abs=0.5)
    await act(home, "set_simulated_usage", METER, usage="curve")
    assert (await seen(home, METER))["shown"]["meter"]["usage"] == "curve"


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"usage": "falling"}, "usage: "),
        ({"usage": "fixed", "load": 1e7}, "load: must be -1000000..1000000"),
        ({"usage": "fixed", "rise": 5}, "rise: is only for a load that is rising"),
        ({"usage": "rising"}, "rise: is missing"),
        ({"usage": "curve", "load": 5}, "load: is given by the curve"),
    ],
)
async def test_a_usage_that_cannot_be_is_refused(
    dark: Home, params: dict[str, Any], problem: str
) -> None:
    told = await refused(dark, "set_simulated_usage", METER, **params)

    assert told.message.startswith(problem)


async def test_an_owner_opts_out_of_what_is_free_and_back_in(home: Home) -> None:
    event = {"duration_in_minutes": 60, "event_control": 0, "duty_cycle": 50}
    await home.call("create_DRLC_event", record=event | {"issuer_event_id": 1})
    await home.clock.advance(10)
    (told,) = (await seen(home, LOAD_CONTROL))["shown"]["load_control"]["events"]
    assert (told["issuer_event_id"], told["participates"], told["mandatory"]) == (1, True, False)
    assert (await seen(home, LOAD_CONTROL))["measured"] == {"power": 1000.0}

    await act(home, "opt_out_simulated_device", LOAD_CONTROL, opt_out=True, issuer_event_id=1)
    assert (await seen(home, LOAD_CONTROL))["measured"] == {"power": 2000.0}
    assert not (await seen(home, LOAD_CONTROL))["shown"]["load_control"]["opt_out"]
    answer = await act(home, "opt_out_simulated_device", LOAD_CONTROL, opt_out=False)
    assert answer == {"opt_out": False}
    assert (await seen(home, LOAD_CONTROL))["measured"] == {"power": 1000.0}

    must = event | {"issuer_event_id": 2, "criticality_level": 0x09, "duty_cycle": 20}
    await home.call("create_DRLC_event", record=must)
    await home.clock.advance(10)
    answer = await act(home, "opt_out_simulated_device", LOAD_CONTROL, opt_out=True)
    assert answer == {"opt_out": True}  # of what is to come; this one is mandatory
    (told,) = (await seen(home, LOAD_CONTROL))["shown"]["load_control"]["events"]
    assert (told["issuer_event_id"], told["participates"], told["mandatory"]) == (2, True, True)
    one = {"opt_out": True, "issuer_event_id": 2}
    problem = await refused(home, "opt_out_simulated_device", LOAD_CONTROL, **one)
    assert "mandatory" in problem.message


# ------------------------------------------------------------------ on, off, in, out


async def test_a_device_is_switched_off_and_on_again(home: Home) -> None:
    off = await act(home, "switch_simulated_device", DISPLAY, on=False)
    assert (off["device"]["on"], off["device"]["joined"]) == (False, False)
    problem = await refused(home, "join_simulated_device", DISPLAY)
    assert problem.message == "Kitchen display is off"
    problem = await refused(home, "confirm_simulated_message", DISPLAY)
    assert problem.message == "Kitchen display is not on the network"

    await act(home, "switch_simulated_device", DISPLAY, on=True)
    await home.clock.advance(10)

    assert (await seen(home, DISPLAY))["joined"]  # the network knows it, also while it is closed
    await home.call("create_price_event", record={"price": 21, "duration_in_minutes": 60})
    await home.clock.advance(1)
    assert len((await seen(home, DISPLAY))["shown"]["prices"]) == 1


async def test_a_device_leaves_and_joins_when_it_is_to_and_may(home: Home) -> None:
    await home.clock.advance(300)
    left = await act(home, "leave_simulated_device", METER)
    assert (left["device"]["on"], left["device"]["joined"]) == (True, False)
    assert not home.gateway.directory.is_active(address(METER))

    await home.gateway.trust_center.open(60)
    await home.clock.advance(10)
    assert not (await seen(home, METER))["joined"]
    await act(home, "join_simulated_device", METER)
    await home.clock.advance(10)

    assert (await seen(home, METER))["joined"]
    assert home.gateway.directory.is_active(address(METER))


# ------------------------------------------------------------------ keys and certificates


async def test_a_device_with_another_code_joins_when_it_is_added_with_that(home: Home) -> None:
    changed = await act(home, "set_simulated_key", METER, installation_code=CODE)
    assert changed["device"]["waits"]
    await home.gateway.trust_center.open(60)
    await home.clock.advance(10)
    assert not (await seen(home, METER))["joined"]

    added = {"installation_code": CODE, "join_time": 60}
    await act(home, "add_device", METER, **added)
    await home.clock.advance(10)
    assert (await seen(home, METER))["joined"]

    back = await act(home, "set_simulated_key", METER)
    assert not back["device"]["waits"]
    await home.gateway.trust_center.open(60)
    await home.clock.advance(10)
    assert (await seen(home, METER))["joined"]
    problem = await refused(home, "set_simulated_key", SUB_METER, installation_code=CODE)
    assert "common key" in problem.message
    problem = await refused(home, "set_simulated_key", METER, installation_code=CODE[:-1] + "0")
    assert CODE[:8] not in problem.message


async def test_a_device_is_given_a_certificate_by_hand_or_none(proven: Home) -> None:
    assert (await seen(proven, METER))["certificate"] == "house"
    stranger = new_authority(SUITE_1, Random(7), b"ELSEWHER").issue(address(METER), Random(8))

    text = write_certificate_text(stranger)
    given = await act(proven, "set_simulated_certificate", METER, certificate=text)
    assert given["device"]["certificate"] == "own"
    await proven.gateway.trust_center.open(240)
    await proven.clock.advance(minutes=2)
    assert not (await seen(proven, METER))["joined"]  # it trusts nobody here (NET-4)

    none = await act(proven, "set_simulated_certificate", METER, certificate=None)
    assert none["device"]["certificate"] == "none"
    await act(proven, "set_simulated_certificate", METER)
    await proven.gateway.trust_center.open(240)
    await proven.clock.advance(minutes=2)

    meter = await seen(proven, METER)
    assert (meter["certificate"], meter["joined"], meter["established"]) == ("house", True, True)
    assert proven.gateway.trust_center.kind(address(METER)) is KeyKind.ESTABLISHED
    problem = await refused(proven, "set_simulated_certificate", DISPLAY, certificate=text)
    assert problem.message.startswith(f"certificate: is for {address(METER)}")
    problem = await refused(proven, "set_simulated_certificate", DISPLAY, certificate="CA")
    assert "CA Public Key is missing" in problem.message


async def test_where_nobody_has_certificates_none_can_be_given(dark: Home) -> None:
    problem = await refused(dark, "set_simulated_certificate", METER, certificate=None)

    assert problem.message == "Main meter proves itself with no certificate"


# ------------------------------------------------------------------ air and time


async def test_frames_of_one_device_are_lost_and_late_and_those_of_others_are_not(
    home: Home,
) -> None:
    house = await act(home, "set_simulated_air", METER, loss=1)
    meter = next(one for one in house["devices"] if one["kind"] == METER)
    assert (meter["loss"], meter["delay"]) == (1.0, 0.0)
    read = {
        "destination_address": str(address(METER)),
        "destination_endpoint_id": 9,
        "source_endpoint_id": 0x5E,
        "cluster_id": 0x0702,
        "server_or_client": 0,
        "record_list": [{"attribute_id": 0}],
    }
    lost = await home.refused("read_attributes", **read)
    assert lost.reason is Reason.NOT_DELIVERED

    await act(home, "set_simulated_air", METER, loss=0, delay=0.5)
    assert (await seen(home, METER))["delay"] == 0.5
    begun = home.clock.monotonic()
    await home.call("read_attributes", **read)
    assert home.clock.monotonic() - begun > 1  # there and back

    house = await home.call("set_simulated_air", loss=0.1, delay=0)
    assert (house["loss"], house["delay"]) == (0.1, 0.0)


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({}, "loss, delay or both must be given"),
        ({"loss": 1.5}, "loss: must be 0..1"),
        ({"delay": -1}, "delay: must be 0..60"),
        ({"loss": 0, "device_address": "00:0d:6f:00:0a:00:00:99"}, "no device of the simulated"),
    ],
)
async def test_an_air_that_cannot_be_is_refused(
    dark: Home, params: dict[str, Any], problem: str
) -> None:
    assert problem in (await dark.refused("set_simulated_air", **params)).message


async def test_time_can_be_made_faster_where_it_is_simulated(clock: VirtualClock) -> None:
    faster = SimulatedClock()
    house: Any = Home(faster, ())  # type: ignore[arg-type]  # no time has to pass in it

    await house.gateway.dispatcher.call("set_simulated_speed", {"speed": 60})

    assert faster.speed == 60
    still = Home(clock, ())
    problem = await still.refused("set_simulated_speed", speed=60)
    assert problem.message == "the time of this house cannot be made faster"
    assert "0.1..600" in (await still.refused("set_simulated_speed", speed=601)).message


async def test_time_runs_as_fast_as_the_driver_of_a_module_follows() -> None:
    clock = SimulatedClock()
    radio = RadioOptions(type="znp", path="simulated")
    house: Any = Home(clock, (), radio=radio)  # type: ignore[arg-type]  # no time passes in it

    seen = await house.gateway.dispatcher.call("get_simulated_house", {})
    refused = []
    for method, params in (
        ("set_simulated_speed", {"speed": 21}),
        ("load_simulated_household", {"household": "simulator: {speed: 21}"}),
    ):
        with pytest.raises(ParameterError) as problem:
            await house.gateway.dispatcher.call(method, params)
        refused.append(str(problem.value))

    assert (seen.module, seen.speed, seen.fastest) == ("znp", 1, 20)
    assert refused == [
        "speed: must be 0.1..20",
        "household: simulator.speed: is at most 20 with an emulated module",
    ]
    assert clock.speed == 1


# ------------------------------------------------------------------ devices come and go


async def test_a_device_is_added_joins_and_is_removed(home: Home) -> None:
    options = {"opt_out": True}
    params = {"kind": LOAD_CONTROL, "name": "Pool pump", "options": options}

    added = (await home.call("add_simulated_device", **params))["device"]
    await home.clock.advance(10)

    house = await home.call("get_simulated_house")
    pump = house["devices"][-1]
    assert (pump["name"], pump["joined"]) == ("Pool pump", True)
    assert pump["shown"]["load_control"]["opt_out"]
    known = next(one for one in home.gateway.directory if one.name == "Pool pump")
    assert str(known.eui64) == added["device_address"]
    await home.call("remove_simulated_device", device_address=added["device_address"])
    assert len((await home.call("get_simulated_house"))["devices"]) == 5
    assert not home.gateway.directory.is_active(known.eui64)


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"kind": "metre"}, "kind: is none of meter, sub_meter"),
        ({"name": "Main meter"}, "name: is that of another"),
        ({"name": ""}, "name: must have 1 to 64"),
        ({"device_address": str(address(METER))}, "device_address: is that of another"),
        ({"device_address": "ff" * 8}, "device_address: is that of another"),
        ({"options": {"colour": 1}}, "options.colour: is unknown"),
        ({"options": {"initial_energy": 1e300}}, "initial_energy: must be 0..1000000000000"),
        ({"kind": "thermostat", "options": {"load": -1}}, "load: must be 0..1000000"),
        ({"kind": "sub_meter", "link_key": "00" * 16}, "joins with the common key"),
    ],
)
async def test_a_device_that_cannot_be_is_not_added(
    dark: Home, params: dict[str, Any], problem: str
) -> None:
    told = await dark.refused("add_simulated_device", **{"kind": METER, "name": "x"} | params)

    assert problem in told.message
    assert len(dark.house.household.devices) == 5


async def test_a_house_has_room_for_so_many_devices(clock: VirtualClock, dark: Home) -> None:
    text = "simulator:\n  devices:\n" + "".join(
        f"    - {{kind: sub_meter, name: p{n}, eui64: 00:0d:6f:00:0b:00:00:{n:02x}}}\n"
        for n in range(MOST_DEVICES + 1)
    )
    problem = await dark.refused("load_simulated_household", household=text)
    assert "are more than 100" in problem.message

    full = Home(clock, (), simulator=SimulatorOptions(devices=many(MOST_DEVICES)))

    problem = await full.refused("add_simulated_device", kind=METER, name="One more")
    assert problem.message == "the house has 100 devices already"


def many(number: int) -> tuple[SimulatedDeviceOptions, ...]:
    return tuple(
        SimulatedDeviceOptions(kind=SUB_METER, name=f"p{n}", eui64=Eui64(n)) for n in range(number)
    )


# ------------------------------------------------------------------ whole households


async def test_a_household_is_saved_and_another_loaded_in_its_place(home: Home) -> None:
    await act(home, "set_simulated_key", METER, installation_code=CODE)
    saved = (await home.call("get_simulated_household"))["household"]
    assert "Kitchen display" in saved
    assert CODE[:8] not in saved.upper()
    assert "# Left off are the installation codes and link keys of: Main meter." in saved
    other = (
        "simulator:\n  air: {loss: 0.1}\n  devices:\n"
        "    - {kind: meter, name: Gas, eui64: 00:0d:6f:00:0b:00:00:01,"
        " options: {unit_of_measure: 1, device_type: 1}}\n"
    )

    house = await home.call("load_simulated_household", household=other)
    await home.clock.advance(10)

    assert [one["name"] for one in house["devices"]] == ["Gas"]
    assert house["loss"] == 0.1
    (gas,) = (await home.call("get_simulated_house"))["devices"]
    assert gas["joined"]
    assert gas["shown"]["meter"]["commodity"] == "gas"
    assert not home.gateway.directory.is_active(address(METER))
    house = await home.call("load_simulated_household", household=saved)
    assert len(house["devices"]) == 5


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("devices: []", "has no section simulator"),
        ("simulator:\n  devices:\n    - kind: metre", "devices[0].kind (line 3)"),
        ("simulator: {suites: [2]}", "suites: cannot change"),
        (f"simulator: {{devices: [{ODD}]}}", "options.a: is unknown"),
        (
            f"simulator: {{devices: [{ODD.replace('000d6f000a000001', 'f' * 16)}]}}",
            "ff:ff:ff:ff:ff:ff:ff:ff can be the address of no device",
        ),
        ("simulator: [", "household: line"),
    ],
)
async def test_a_household_that_is_wrong_changes_nothing(
    dark: Home, text: str, problem: str
) -> None:
    told = await dark.refused("load_simulated_household", household=text)

    assert problem in told.message
    assert len(dark.house.household.devices) == 5


# ------------------------------------------------------------------ what is told


async def test_whoever_looks_is_told_of_changes_at_most_once_a_second(clock: VirtualClock) -> None:
    broker = RecordingBroker()
    home = Home(clock, [LOAD_CONTROL, METER], broker=broker)
    await home.start()
    topic = home.bridge.topics.simulator
    told = json.loads(broker.retained[topic])
    assert [one["joined"] for one in told["devices"]] == [True, True]
    assert not any("measured" in one for one in told["devices"])
    assert "utc_time" not in told

    def times_told() -> int:
        return sum(1 for name, _ in broker.history if name == topic)

    before = times_told()
    await clock.advance(minutes=2)
    assert times_told() == before  # though the power changes all the time
    for watts in range(100):
        await act(home, "set_simulated_usage", METER, usage="fixed", load=watts)
    await clock.advance(1)

    assert times_told() == before + 1
    meter = json.loads(broker.retained[topic])["devices"][0]
    assert meter["shown"]["meter"]["load"] == 99
    await home.stop()


async def test_a_bridge_without_a_house_keeps_no_topic_of_one(clock: VirtualClock) -> None:
    broker = RecordingBroker()
    broker.retained["sebridge/home/simulator"] = b"{}"

    home = Home(clock, (), broker=broker, gateway=GatewayOptions(role="display"))

    assert "sebridge/home/simulator" not in {t for t, p in broker.retained.items() if p}
    assert "get_simulated_house" not in home.gateway.dispatcher.methods
