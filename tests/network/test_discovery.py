"""The interview with a device."""

import asyncio

from hypothesis import given, strategies as st
from msgspec.structs import replace
import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError, SebridgeError
from sebridge.network.discovery import Findings, interview, unasked
from sebridge.network.known_device import KnownDevice
from sebridge.network.zdo_client import ZdoClient
from sebridge.zcl.zdo import ZdoCommand
from tests.examples import fewer_examples
from tests.network.air import Air, Station, address, endpoint

TWO_ENDPOINTS = [endpoint(1, [0, 0x0702]), endpoint(2, [0x0701], [0x0700])]


async def findings_of(
    station: Station, known: KnownDevice | None = None, unexpected: int | None = None
) -> Findings:
    """Interview a device; silences pass in virtual time."""
    clock, air = VirtualClock(), Air(station)
    client = ZdoClient(air, clock, lambda: 40.0)
    air.deliver = client.received
    asking = asyncio.ensure_future(
        interview(
            client,
            known or KnownDevice(eui64=station.eui64),
            station.nwk,
            unexpected_endpoint=unexpected,
        )
    )
    while not asking.done():
        await clock.advance(10)
    return await asking


def names(station: Station) -> list[str]:
    return [ZdoCommand(command).name for command in station.asked]


async def test_everything_is_asked_in_order_and_each_endpoint_once() -> None:
    station = Station(1, TWO_ENDPOINTS)

    found = await findings_of(station)

    assert names(station) == [
        "Node_Desc_req",
        "Power_Desc_req",
        "Active_EP_req",
        "Simple_Desc_req",
        "Simple_Desc_req",
    ]
    known = found.added_to(KnownDevice(eui64=station.eui64))
    assert known.is_complete
    assert known.active_endpoints == (1, 2)
    assert known.simple_descriptors[2].servers == (0x0701,)
    assert known.simple_descriptors[2].clients == (0x0700,)
    assert found.problems == []


async def test_what_is_known_is_not_asked_again() -> None:
    station = Station(1, TWO_ENDPOINTS)
    known = (await findings_of(station)).added_to(KnownDevice(eui64=station.eui64))
    station.asked.clear()

    found = await findings_of(station, known)

    assert names(station) == ["Node_Desc_req"]
    assert found.added_to(known) == known


async def test_another_node_with_the_address_of_one_is_asked_everything() -> None:
    before = (await findings_of(Station(1, TWO_ENDPOINTS))).added_to(KnownDevice(eui64=address(1)))
    station = Station(1, [endpoint(1, [0x0201])], sleepy=True)

    found = await findings_of(station, before)

    assert names(station) == [
        "Node_Desc_req",
        "Power_Desc_req",
        "Active_EP_req",
        "Simple_Desc_req",
    ]
    known = found.added_to(before)
    assert known.is_sleepy
    assert known.active_endpoints == (1,)
    assert known.simple_descriptors[1].servers == (0x0201,)


async def test_a_node_at_another_network_address_is_the_same() -> None:
    station = Station(1, TWO_ENDPOINTS)
    known = (await findings_of(station)).added_to(KnownDevice(eui64=station.eui64))
    node = known.node_descriptor
    assert node is not None
    station.asked.clear()

    await findings_of(station, replace(known, node_descriptor=replace(node, nwk_addr=0x7777)))

    assert names(station) == ["Node_Desc_req"]


@pytest.mark.parametrize(
    ("unexpected", "asked"),
    [
        (2, ["Node_Desc_req", "Simple_Desc_req"]),
        (3, ["Node_Desc_req", "Active_EP_req", "Simple_Desc_req"]),
        (99, ["Node_Desc_req", "Active_EP_req"]),
    ],
)
async def test_a_surprising_endpoint_is_asked_what_it_does(
    unexpected: int, asked: list[str]
) -> None:
    station = Station(1, list(TWO_ENDPOINTS))
    known = (await findings_of(station)).added_to(KnownDevice(eui64=station.eui64))
    if unexpected == 3:
        station.endpoints.append(endpoint(3, [0x0703]))
    station.asked.clear()

    found = await findings_of(station, known, unexpected)

    assert names(station) == asked
    assert found.added_to(known).is_complete


async def test_an_endpoint_that_is_gone_is_forgotten() -> None:
    station = Station(1, list(TWO_ENDPOINTS))
    known = (await findings_of(station)).added_to(KnownDevice(eui64=station.eui64))
    station.endpoints.pop()

    after = (await findings_of(station, known, unexpected=77)).added_to(known)

    assert after.active_endpoints == (1,)
    assert list(after.simple_descriptors) == [1]


async def test_a_device_that_does_not_answer_at_all_is_not_there() -> None:
    with pytest.raises(AnswerTimeoutError):
        await findings_of(Station(1, silent={ZdoCommand.Node_Desc_req}))
    with pytest.raises(DeliveryError):
        await findings_of(Station(1, reachable=False))


async def test_one_silence_is_noted_and_the_rest_is_asked() -> None:
    station = Station(1, TWO_ENDPOINTS, silent={ZdoCommand.Power_Desc_req})

    found = await findings_of(station)

    assert found.power_descriptor is None
    assert len(found.simple_descriptors) == 2
    assert len(found.problems) == 1
    assert "did not answer Power_Desc_req" in found.problems[0]


async def test_after_two_silences_in_a_row_nothing_more_is_asked() -> None:
    many = [endpoint(number) for number in range(1, 100)]
    station = Station(1, many, silent={ZdoCommand.Simple_Desc_req})

    found = await findings_of(station)

    assert names(station).count("Simple_Desc_req") == 2
    assert found.active_endpoints is not None
    assert len(found.active_endpoints) == 99
    assert not found.added_to(KnownDevice(eui64=station.eui64)).is_complete


async def test_a_refusal_is_an_answer_and_kept() -> None:
    refusals = {int(ZdoCommand.Power_Desc_req): b"\x84", int(ZdoCommand.Simple_Desc_req): b"\x83"}
    station = Station(1, TWO_ENDPOINTS, answers=refusals)

    known = (await findings_of(station)).added_to(KnownDevice(eui64=station.eui64))

    assert known.is_complete
    assert known.power_descriptor is not None
    assert known.power_descriptor.status == 0x84
    assert known.endpoints == ()


async def test_junk_is_noted_and_the_rest_is_kept() -> None:
    junk = {
        int(ZdoCommand.Node_Desc_req): b"\x00",
        int(ZdoCommand.Simple_Desc_req): b"\x00\x01\x10\xff",
    }
    station = Station(1, answers=junk)

    found = await findings_of(station)

    assert found.node_descriptor is None
    assert found.active_endpoints == (1,)
    assert len(found.problems) == 2


async def test_a_device_cannot_claim_more_than_240_endpoints() -> None:
    claimed = b"\x00\x01\x10\xff" + bytes(range(1, 256))
    station = Station(1, answers={int(ZdoCommand.Active_EP_req): claimed})

    found = await findings_of(station)

    assert found.active_endpoints == tuple(range(1, 241))
    assert names(station).count("Simple_Desc_req") == 240


@fewer_examples(2)  # each is a whole interview
@given(
    answers=st.dictionaries(
        st.sampled_from([2, 3, 4, 5]), st.binary(max_size=60), min_size=1, max_size=4
    )
)
def test_whatever_a_device_answers_the_interview_ends(answers: dict[int, bytes]) -> None:
    async def hold() -> None:
        station = Station(1, answers=answers)
        try:
            found = await findings_of(station)
        except SebridgeError:
            return
        found.added_to(KnownDevice(eui64=station.eui64))

    asyncio.run(hold())


async def test_a_device_that_is_unasked_is_asked_for_everything_again() -> None:
    station = Station(1, TWO_ENDPOINTS)
    known = (await findings_of(station)).added_to(KnownDevice(eui64=station.eui64, name="meter"))
    station.asked.clear()

    await findings_of(station, unasked(known))

    assert len(names(station)) == 5
    assert unasked(known) == KnownDevice(eui64=station.eui64, name="meter")
