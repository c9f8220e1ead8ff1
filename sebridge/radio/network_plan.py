"""A network plan in zigpy's configuration. Pure."""

from collections.abc import Mapping
from typing import Any, Final

import zigpy.config
import zigpy.types as t

from sebridge.base.errors import ConfigError, ParameterError
from sebridge.base.secret import Secret
from sebridge.crypto import install_code
from sebridge.radio.radio import ALL_CHANNELS, FIRST_CHANNEL, NetworkPlan
from sebridge.settings.options import RadioOptions

_OCTETS: Final = 8


def planned(network: Mapping[str, Any], plan: NetworkPlan) -> dict[str, Any]:
    """Return the configuration of a network with what a plan says in the place of what it said.

    The channel of the configuration stays where the plan allows it; otherwise the quietest of the
    plan's channels is to be found.
    """
    changed = dict(network)
    changed.pop(zigpy.config.CONF_NWK_EXTENDED_PAN_ID, None)
    if plan.extended_pan_id:
        octets = plan.extended_pan_id.to_bytes(_OCTETS, "little")
        changed[zigpy.config.CONF_NWK_EXTENDED_PAN_ID] = t.ExtendedPanId.deserialize(octets)[0]
    if changed.get(zigpy.config.CONF_NWK_CHANNEL) not in plan.channels:
        changed[zigpy.config.CONF_NWK_CHANNEL] = None
    changed[zigpy.config.CONF_NWK_CHANNELS] = list(plan.channels)
    if plan.link_key is not None:
        changed[zigpy.config.CONF_NWK_TC_LINK_KEY] = list(plan.link_key.reveal())
    return changed


def configured_plan(options: RadioOptions) -> NetworkPlan:
    """Return the plan that the configuration file makes; ConfigError for a wrong code in it."""
    extended, channel = options.extended_pan_id, options.channel
    return NetworkPlan(
        extended_pan_id=0 if extended is None else int(extended),
        channel_mask=ALL_CHANNELS if channel is None else 1 << channel - FIRST_CHANNEL,
        link_key=options.link_key or _key_of(options.installation_code),
    )


def _key_of(installation_code: Secret | None) -> Secret | None:
    if installation_code is None:
        return None
    try:
        return install_code.link_key(installation_code)
    except ParameterError as error:
        raise ConfigError([f"radio.installation_code: {error.problem}"]) from error
