"""Aliases are defined, listed and removed, in JSON as in XML."""

import pytest

from sebridge.base.clock import VirtualClock
from tests.api.home import Collections, Home

BOILER = '<destination_address type="MAC">00:13:A2:00:40:11:22:33</destination_address>'


@pytest.fixture
def home(clock: VirtualClock) -> Home:
    return Home(clock, ())


async def test_an_alias_is_there_until_it_is_removed(home: Home) -> None:
    assert await home.call("add_alias", BOILER=BOILER) == {"alias_name": "BOILER"}
    assert await home.call("list_aliases") == {"alias_list": {"BOILER": BOILER}}
    assert await home.call("remove_alias", BOILER=None) == {"BOILER": True}
    assert await home.call("remove_alias", BOILER=None) == {"BOILER": False}
    assert await home.call("list_aliases") == {"alias_list": {}}


async def test_one_request_may_define_several(home: Home) -> None:
    assert await home.call("add_alias", A="<a/>", B="<b/>") == {"alias_name": ["A", "B"]}


async def test_an_alias_survives_a_restart(clock: VirtualClock) -> None:
    collections = Collections()
    first = Home(clock, (), collections)
    await first.call("add_alias", BOILER=BOILER)
    assert first.flushed == 1

    second = Home(clock, (), collections)

    assert await second.call("list_aliases") == {"alias_list": {"BOILER": BOILER}}


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({}, "alias_name: is missing"),
        ({"A": "<a>"}, "A: "),
        ({"A": 5}, "A: "),
        ({"A": "no element"}, "A"),
        ({"1A": "<a/>"}, "1A"),
        ({"A": '<A type="alias"/>'}, "A"),
    ],
)
async def test_what_cannot_be_an_alias_is_told(
    home: Home, params: dict[str, object], problem: str
) -> None:
    error = await home.refused("add_alias", **params)

    assert problem in error.message
    assert await home.call("list_aliases") == {"alias_list": {}}


async def test_a_name_to_remove_has_no_value(home: Home) -> None:
    assert (await home.refused("remove_alias", A="<a/>")).message == "A: must be empty"
    assert (await home.refused("remove_alias")).message == "alias_name: is missing"
