"""What plug-ins hear of devices beside the notifications that all callers hear. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sebridge.gateway.signals import ButtonPressed, CommandHeard
from sebridge.model.plain import to_plain
from sebridge.network.signals import (
    DeviceActive,
    DeviceInactive,
    DeviceJoined,
    DeviceRemoved,
    DeviceUpdated,
)
from sebridge.zcl.identifiers import needs_link_key

_SMART_ENERGY: Final = range(0x0700, 0x0900)  # its clusters, whatever profile a frame names

Parameters = Mapping[str, Any]


def _of_device(signal: Any) -> Parameters:
    return {"device": str(signal.device)}


def _of_command(signal: CommandHeard) -> Parameters | None:
    """Return a command; None for what is secured end to end: there may be codes in it."""
    profile, cluster = signal.profile_id, signal.cluster_id
    is_secret = cluster in _SMART_ENERGY or needs_link_key(profile, cluster)
    return None if is_secret else to_plain(signal)


def _of_button(signal: ButtonPressed) -> Parameters:
    return {
        "device": str(signal.device),
        "endpoint": signal.endpoint,
        "cluster": signal.cluster,
        "command": signal.command,
        "parameters": to_plain(signal.parameters),
    }


NEWS: Final[Mapping[type, tuple[str, Callable[[Any], Parameters | None]]]] = {
    DeviceJoined: ("device_joined", _of_device),
    DeviceActive: ("device_active", _of_device),
    DeviceInactive: ("device_inactive", _of_device),
    DeviceUpdated: ("device_updated", _of_device),
    DeviceRemoved: ("device_removed", _of_device),
    ButtonPressed: ("button_pressed", _of_button),
    CommandHeard: ("received_command", _of_command),
}
"""The name of each, and its parameters; none where it is not told."""
