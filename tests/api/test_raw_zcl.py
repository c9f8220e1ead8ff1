"""Any command by request."""

import asyncio
from typing import Any

import pytest

from sebridge.api.raw_zcl import SendZclResponse
from sebridge.base.addresses import Broadcast
from sebridge.model.values import Base64
from sebridge.radio.ether import AirFrame
from sebridge.rpc.message import OURSELVES
from tests.api.home import METER, Home, address

MAC = str(address(METER))


def raw(**more: Any) -> dict[str, Any]:
    return {
        "cluster_id": 0x0702,
        "server_or_client": 0,
        "destination_endpoint_id": 9,
        "source_endpoint_id": 0x5E,
        "destination_address": MAC,
        "command_identifier": 0,
        "command_type": 0,
        "payload": "0003",
    } | more


async def test_what_was_given_as_base64_comes_back_so(home: Home) -> None:
    base64 = await home.answer("send_ZCL", raw(payload=Base64(b"\x00\x03")))
    base16 = await home.answer("send_ZCL", raw(payload=b"\x00\x03"))

    assert isinstance(base64.result, SendZclResponse)
    assert isinstance(base16.result, SendZclResponse)
    assert isinstance(base64.result.payload, Base64)
    assert not isinstance(base16.result.payload, Base64)
    assert base64.result.payload == base16.result.payload


async def test_encryption_is_told_only_where_it_was_asked_for(home: Home) -> None:
    asked = await home.call("send_ZCL", **raw(enable_aps_encryption=True))
    not_asked = await home.call("send_ZCL", **raw())

    assert asked["enable_aps_encryption"] is True
    assert "enable_aps_encryption" not in not_asked


async def test_a_command_in_the_clear_is_turned_away_by_a_secured_cluster(home: Home) -> None:
    answer = await home.call("send_ZCL", **raw(enable_aps_encryption=False))

    assert (answer["command_identifier"], answer["payload"]) == (0x0B, "0001")
    assert answer["enable_aps_encryption"] is False


async def test_a_manufacturer_code_comes_back(home: Home) -> None:
    answer = await home.call("send_ZCL", **raw(manufacturer_code=0x101E))

    assert answer["manufacturer_code"] == 0x101E
    assert answer["payload"] == "0081"


async def test_the_wanted_answer_may_be_of_the_other_kind(home: Home) -> None:
    answer = await home.call(
        "send_ZCL",
        **raw(
            command_identifier=0x03,
            command_type=1,
            payload={"fast_poll_update_period": 5, "duration": 1},
            response_command_identifier=0x03,
            response_command_type=1,
        ),
    )

    assert (answer["command_identifier"], answer["command_type"]) == (3, 1)
    assert answer["server_or_client"] == 0


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"command_type": 2}, "command_type"),
        ({"response_command_type": 2}, "response_command_type"),
        ({"payload": 5}, "payload"),
        ({"payload": "00" * 16_001}, "payload"),
        ({"payload": {"x": 1}}, "payload[0].x"),
        ({"command_identifier": 256}, "command_identifier"),
    ],
)
async def test_a_wrong_parameter_is_named(home: Home, wrong: dict[str, Any], path: str) -> None:
    error = await home.refused("send_ZCL", **raw(**wrong))

    assert (error.code, error.data) == (-32602, {"parameter": path})


async def test_the_gateway_sends_nothing_to_itself(home: Home) -> None:
    own = str(home.gateway.radio.network.address)

    error = await home.refused(
        "send_ZCL",
        **raw(destination_address=own, destination_endpoint_id=0x5E, server_or_client=1),
    )

    assert (error.code, error.message) == (-32009, "the gateway sends no commands to itself")


# ------------------------------------------------------------------ in XML


async def in_xml(home: Home, request: str) -> str:
    """Return the reply to a request of an old head-end, for which time passes."""
    document = (
        f'<rci_request version="1.1"><do_command target="RPC_request">{request}'
        "</do_command></rci_request>"
    )
    answering = asyncio.ensure_future(home.bridge.head_end.xml.answer(document.encode(), OURSELVES))
    for _ in range(20):
        await home.clock.advance(0.1)
    return (await answering).decode()


def send(command: int, payload: str) -> str:
    return f"""
        <send_ZCL synchronous="TRUE">
          <cluster_id>0x0702</cluster_id><server_or_client>0</server_or_client>
          <destination_endpoint_id>9</destination_endpoint_id>
          <source_endpoint_id>0x5E</source_endpoint_id>
          <destination_address type="MAC">{MAC}</destination_address>
          <command_identifier>{command}</command_identifier><command_type>0</command_type>
          {payload}
        </send_ZCL>"""


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ('<payload type="base64">AAM=</payload>', '<payload type="base64">AAMAMAA=</payload>'),
        ('<payload type="base16">0003</payload>', '<payload type="base16">0003003000</payload>'),
        (
            """<payload type="list"><item type="ReadAttributeRecord">
                 <attribute_id>0x0300</attribute_id></item></payload>""",
            '<payload type="base16">0003003000</payload>',
        ),
    ],
)
async def test_the_answer_has_the_type_of_the_question(
    home: Home, payload: str, answer: str
) -> None:
    assert answer in await in_xml(home, send(0, payload))


async def test_a_payload_may_be_base64_in_json_and_is_answered_so(home: Home) -> None:
    answer = await home.call("send_ZCL", **raw(payload={"base64": "AAM="}))

    assert answer["payload"] == {"base64": "AAMAMAA="}


@pytest.mark.parametrize("payload", [{"base64": "A"}, {"base64": "AAM=", "base16": "0003"}])
async def test_what_is_no_base64_is_refused(home: Home, payload: dict[str, str]) -> None:
    error = await home.refused("send_ZCL", **raw(payload=payload))

    assert error.data["parameter"].startswith("payload")


@pytest.mark.parametrize(
    ("address", "many"),
    [("FF:FF", Broadcast.ALL), ("FF:FD", Broadcast.LISTENING), ("FF:FC", Broadcast.ROUTERS)],
)
async def test_a_command_may_be_broadcast_and_awaits_no_answer(
    home: Home, address: str, many: Broadcast
) -> None:
    everybody = f"00:00:00:00:00:00:{address}"

    sent = sent_by(home)

    answer = await home.call("send_ZCL", **on_identify(everybody))

    assert answer == {
        "cluster_id": 3,
        "server_or_client": 0,
        "profile_id": 0x0109,
        "source_endpoint_id": 0xFF,
        "destination_endpoint_id": 0x5E,
        "source_address": everybody.lower(),
        "answered": False,
    }
    assert sent == [many]


async def test_a_broadcast_cannot_have_a_link_key_nor_an_answer(home: Home) -> None:
    everybody = "00:00:00:00:00:00:FF:FF"

    secured = await home.refused("send_ZCL", **raw(destination_address=everybody))
    awaiting = await home.refused(
        "send_ZCL", **on_identify(everybody, response_command_identifier=0)
    )

    assert "needs a link key, which a broadcast cannot have" in secured.message
    assert awaiting.data == {"parameter": "response_command_identifier"}


def on_identify(device: str, **more: Any) -> dict[str, Any]:
    return raw(
        cluster_id=3,
        destination_address=device,
        destination_endpoint_id=0xFF,
        command_type=1,
        payload="0a00",
        **more,
    )


async def test_nothing_goes_to_device_management(home: Home) -> None:
    sent = sent_by(home)
    leave = raw(destination_endpoint_id=0, payload="e790690a006f0d0000", command_identifier=0x34)

    error = await home.refused("send_ZCL", **leave)

    assert "nothing is sent with profile 0, nor from or to endpoint 0" in error.message
    assert sent == []


def sent_by(home: Home) -> list[int]:
    """Return a list that fills with the network addresses that the gateway sends to."""
    sent: list[int] = []
    own = home.gateway.radio.network.address

    def note(frame: AirFrame) -> None:
        if frame.source == own:
            sent.append(frame.destination_nwk)

    home.ether.watch(note)
    return sent


@pytest.mark.parametrize("endpoint", [0, 1])
async def test_an_added_endpoint_of_profile_0_sends_no_request_to_leave(
    home: Home, endpoint: int
) -> None:
    added = {"endpoint_class": "Endpoint", "endpoint_id": 0x20, "profile_id": 0}
    await home.call("add_endpoint", **added)
    await home.call(
        "add_cluster",
        endpoint_id=0x20,
        cluster_class="ZCL_Cluster",
        cluster_id=0x0034,
        server_or_client=1,
    )
    sent = sent_by(home)

    errors = [
        await home.refused(
            "send_ZCL",
            **raw(
                cluster_id=0x0034,
                source_endpoint_id=0x20,
                destination_endpoint_id=endpoint,
                payload="90690a006f0d0000",
            ),
        )
        for _ in range(3)
    ]

    assert {error.message for error in errors} == {
        "nothing is sent with profile 0, nor from or to endpoint 0"
    }
    assert sent == []
