"""What is known of devices; adding and removing them."""

import logging
from typing import Any

import pytest

from sebridge.base.secret import Secret
from sebridge.rpc.message import Caller, Request, RpcError, Scope
from tests.api.home import METER, Home, address

NEW = "00:11:22:33:44:55:66:77"
KEY = "00112233445566778899aabbccddeeff"
CODE = "1234567890ABBA9E"  # of the RPC reference
OWN_ENDPOINTS = [0x5E, 1]


async def test_the_gateway_comes_first(home: Home) -> None:
    answer = await home.call("get_device_information")

    own, *others = answer["record_list"]
    assert own["active_endpoints"] == OWN_ENDPOINTS
    assert (own["node_type"], own["addr_short"], own["active"]) == (0, "0000", True)
    assert own["simple_descriptors"]["endpoint_0x5E"]["device_id"] == 0x0500
    assert len(others) == 3


async def test_one_device_is_told_in_full(home: Home) -> None:
    answer = await home.call("get_device_information", device_address=str(address(METER)))

    (record,) = answer["record_list"]
    assert set(record) == {
        "active",
        "addr_extended",
        "addr_short",
        "active_endpoints",
        "simple_descriptors",
        "power_descriptor",
        "node_descriptor",
        "node_type",
        "manufacturer_id",
    }
    assert record["addr_extended"] == str(address(METER))
    assert len(record["addr_short"]) == 4
    assert 0x0702 in record["simple_descriptors"]["endpoint_0x09"]["input_clusters"]


async def test_the_gateway_can_be_asked_for_by_its_address(alone: Home) -> None:
    (own,) = (await alone.call("get_device_information"))["record_list"]

    answer = await alone.call("get_device_information", device_address=own["addr_extended"])

    assert answer["record_list"] == [own]


async def test_an_unknown_device_is_told(alone: Home) -> None:
    assert (await alone.refused("get_device_information", device_address=NEW)).code == -32001
    assert (await alone.refused("remove_device", device_address=NEW)).code == -32001


@pytest.mark.parametrize("text", ["0011223344556677", "00-11-22-33-44-55-66-77", f"0x{NEW}"])
async def test_an_address_may_have_any_delimiters(alone: Home, text: str) -> None:
    assert await alone.call("add_device", device_address=text) == {"device_address": NEW}


async def test_a_device_that_was_never_seen_has_the_node_type_minus_one(alone: Home) -> None:
    await alone.call("add_device", device_address=NEW)

    answer = await alone.call("get_device_information", device_address=NEW)

    assert answer["record_list"] == [{"active": False, "addr_extended": NEW, "node_type": -1}]


@pytest.mark.parametrize("key", [KEY, KEY.upper(), f"0x{KEY}", int(KEY, 16), "00 11" + KEY[4:]])
async def test_a_link_key_is_registered(alone: Home, key: Any) -> None:
    await alone.call("add_device", device_address=NEW, link_key=key)

    (kept,) = alone.collections.kept["link_keys"].values()
    assert kept.reveal() == bytes.fromhex(KEY)


@pytest.mark.parametrize("code", [CODE, "1234 5678 90AB BA9E", int(CODE, 16)])
async def test_an_installation_code_becomes_a_link_key(alone: Home, code: Any) -> None:
    await alone.call("add_device", device_address=NEW, installation_code=code)
    other = "00:11:22:33:44:55:66:78"

    await alone.call("add_device", device_address=other, installation_code=CODE)

    one, two = alone.collections.kept["link_keys"].values()
    assert one == two
    assert len(one) == 16


async def test_a_link_key_wins_over_an_installation_code(alone: Home) -> None:
    await alone.call("add_device", device_address=NEW, link_key=KEY, installation_code="nonsense")

    (kept,) = alone.collections.kept["link_keys"].values()
    assert kept.reveal() == bytes.fromhex(KEY)


async def test_joining_is_opened_where_a_time_is_given(alone: Home) -> None:
    answer = await alone.call("add_device", device_address=NEW, join_time=60)

    assert answer == {"device_address": NEW, "join_time": 60}
    assert alone.gateway.trust_center.remaining == 60


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("link_key", KEY[:-2]),
        ("link_key", KEY + "00"),
        ("link_key", KEY[:-1]),
        ("link_key", True),
        ("link_key", -1),
        ("link_key", 1.5),
        ("link_key", [KEY]),
        ("link_key", int(KEY, 16) << 64),
        ("installation_code", "1234567890ABBA9F"),
        ("installation_code", CODE[:-2]),
        ("installation_code", {"code": CODE}),
        ("installation_code", ""),
    ],
)
async def test_a_wrong_key_or_code_is_refused_and_never_shown(
    alone: Home, caplog: pytest.LogCaptureFixture, name: str, value: Any
) -> None:
    with caplog.at_level(logging.DEBUG):
        error = await alone.refused("add_device", device_address=NEW, **{name: value})

    assert (error.code, error.data) == (-32602, {"parameter": name})
    for told in (error.message.lower(), caplog.text.lower()):
        for part in ("1234", "90ab", "0011", "eeff", str(int(KEY, 16))):
            assert part not in told
    assert NEW not in [record["addr_extended"] for record in await _known(alone)]


async def test_keys_are_never_logged(alone: Home, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await alone.call("add_device", device_address=NEW, link_key=KEY)
        await alone.call("remove_device", device_address=NEW)

    assert "8899aabb" not in caplog.text.lower().replace(":", "").replace(" ", "")


async def test_a_removed_device_is_forgotten_and_told_to_leave(home: Home) -> None:
    answer = await home.call("remove_device", device_address=str(address(METER)))

    await home.clock.advance(5)

    assert answer == {"device_address": str(address(METER))}
    assert str(address(METER)) not in [record["addr_extended"] for record in await _known(home)]
    assert address(METER) not in home.collections.kept["link_keys"]


async def _known(home: Home) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await home.call("get_device_information"))["record_list"]
    return found


async def test_another_key_for_a_running_device_needs_the_admin_scope(home: Home) -> None:
    metered = str(address(METER))
    home.collections.kept["link_keys"][address(METER)] = Secret(bytes.fromhex(KEY))
    other = {"device_address": metered, "link_key": "ff" * 16}

    refused = await command(home, "add_device", other)
    same = await command(home, "add_device", {"device_address": metered, "link_key": KEY})
    without = await command(home, "add_device", {"device_address": metered})
    admitted = await command(home, "add_device", other, Scope.ADMIN)

    assert refused is not None
    assert refused.message.startswith("add_device needs the scope admin")
    assert (same, without, admitted) == (None, None, None)


async def test_a_key_may_be_corrected_as_long_as_its_device_has_not_joined(alone: Home) -> None:
    await alone.call("add_device", device_address=NEW, link_key=KEY)

    corrected = await command(
        alone, "add_device", {"device_address": NEW, "installation_code": CODE}
    )

    assert corrected is None


async def command(
    home: Home, method: str, params: dict[str, Any], scope: Scope = Scope.COMMAND
) -> RpcError | None:
    """Call a method in a scope; return why it was refused, None where it was not."""
    response = await home.gateway.dispatcher.answer(Request(method, params), Caller("test", scope))
    return response.error
