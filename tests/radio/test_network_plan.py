"""Plans of networks, and zigpy's configuration of them."""

import pytest
import zigpy.config
import zigpy.types as t

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.radio.network_plan import configured_plan, planned
from sebridge.radio.radio import NetworkPlan
from sebridge.settings.options import RadioOptions

KEY = Secret(bytes(range(16)))
_SCHEMA = zigpy.config.CONFIG_SCHEMA


def network(plan: NetworkPlan, **before: object) -> dict[str, object]:
    """Return what zigpy makes of a plan."""
    device = {zigpy.config.CONF_DEVICE_PATH: "none"}
    config = {zigpy.config.CONF_DEVICE: device, zigpy.config.CONF_NWK: planned(before, plan)}
    made: dict[str, object] = _SCHEMA(config)[zigpy.config.CONF_NWK]
    return made


def test_a_plan_becomes_the_network_to_form() -> None:
    plan = NetworkPlan(extended_pan_id=0x1122334455667788, channel_mask=0x0003, link_key=KEY)

    made = network(plan, channel=20, pan_id=5)

    assert str(made["extended_pan_id"]) == "11:22:33:44:55:66:77:88"
    assert made["channels"] == t.Channels.CHANNEL_11 | t.Channels.CHANNEL_12
    assert made["channel"] is None
    assert made["pan_id"] == 5
    assert made["tc_link_key"] == t.KeyData(KEY.reveal())


def test_what_a_plan_leaves_open_is_found_by_the_radio() -> None:
    made = network(NetworkPlan(), extended_pan_id=t.ExtendedPanId(bytes(8)), channel=20)

    assert made["extended_pan_id"] is None
    assert made["channel"] == 20
    assert made["channels"] == t.Channels.ALL_CHANNELS


def test_a_key_that_is_not_planned_stays_the_well_known_one() -> None:
    assert network(NetworkPlan())["tc_link_key"] == t.KeyData(b"ZigBeeAlliance09")


@pytest.mark.parametrize(
    ("options", "plan"),
    [
        (RadioOptions(), NetworkPlan()),
        (RadioOptions(channel=26), NetworkPlan(channel_mask=0x8000)),
        (RadioOptions(link_key=KEY), NetworkPlan(link_key=KEY)),
        (
            RadioOptions(extended_pan_id=Eui64.parse("00:00:00:00:00:00:00:07")),
            NetworkPlan(extended_pan_id=7),
        ),
    ],
)
def test_the_configuration_makes_a_plan(options: RadioOptions, plan: NetworkPlan) -> None:
    assert configured_plan(options) == plan


@pytest.mark.parametrize(
    ("extended_pan_id", "channel", "allowed"), [(7, 15, 1), (7, 16, 0), (8, 15, 0)]
)
def test_a_plan_says_which_network_may_be_joined(
    extended_pan_id: int, channel: int, allowed: int
) -> None:
    plan = NetworkPlan(extended_pan_id=7, channel_mask=1 << 4)

    assert plan.allows(extended_pan_id, channel) == bool(allowed)
    assert NetworkPlan().allows(extended_pan_id, channel)
