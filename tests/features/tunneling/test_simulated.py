"""The tunnels of a simulated meter: what its options may be."""

from typing import Any

import pytest

from sebridge.base.clock import VirtualClock
from sebridge.base.errors import ConfigError
from sebridge.features.tunneling.server import TunnelingServer
from tests.api.home import METER, Home


def servers(clock: VirtualClock, **options: Any) -> dict[str, TunnelingServer]:
    return dict(Home(clock, [METER], meter=options).house.household.find(TunnelingServer))


async def test_a_meter_has_tunnels_only_where_its_options_want_them(clock: VirtualClock) -> None:
    without, with_them = servers(clock, tunnel_room=10), servers(clock, tunnel=True)

    assert without == {}
    assert list(with_them) == ["Main meter"]


@pytest.mark.parametrize(
    ("option", "value", "limits"),
    [
        ("tunnels", 0, "1..256"),
        ("tunnels", 257, "1..256"),
        ("tunnel_timeout", 0, "1..65535 seconds"),
        ("tunnel_timeout", 65_536, "1..65535 seconds"),
        ("tunnel_room", 65_536, "1..65535 octets"),
    ],
)
async def test_an_option_beyond_its_limits_is_named(
    clock: VirtualClock, option: str, value: int, limits: str
) -> None:
    with pytest.raises(ConfigError) as wrong:
        servers(clock, tunnel=True, **{option: value})

    assert wrong.value.problems == (
        f"simulator.devices[Main meter].options.{option}: must be {limits}",
    )
