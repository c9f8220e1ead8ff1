"""Bindings by request."""

from typing import Any

import pytest

from tests.api.home import DISPLAY, Home, address

DEVICE = str(address(DISPLAY))


def binding(**more: Any) -> dict[str, Any]:
    return {
        "destination_address": DEVICE,
        "destination_endpoint_id": 9,
        "source_endpoint_id": 0x5E,
        "cluster_id": 3,
    } | more


async def test_the_response_says_what_was_bound_and_unbound(home: Home) -> None:
    bound = await home.call("bind", **binding())
    unbound = await home.call("unbind", **binding())

    assert bound == unbound == {"status": 0} | binding()


async def test_a_binding_to_an_endpoint_that_is_gone_can_be_undone(home: Home) -> None:
    answer = await home.call("unbind", **binding(source_endpoint_id=0x33))

    assert answer["status"] == 0x88


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"source_endpoint_id": 0x33}, "source_endpoint_id"),
        ({"cluster_id": 0x10000}, "cluster_id"),
        ({"destination_address": "x"}, "destination_address"),
    ],
)
async def test_a_wrong_parameter_is_named(home: Home, wrong: dict[str, Any], path: str) -> None:
    error = await home.refused("bind", **binding(**wrong))

    assert error.data == {"parameter": path}


@pytest.mark.parametrize("method", ["bind", "unbind"])
async def test_an_unknown_device_is_told(home: Home, method: str) -> None:
    error = await home.refused(method, **binding(destination_address="00:11:22:33:44:55:66:77"))

    assert error.code == -32001
