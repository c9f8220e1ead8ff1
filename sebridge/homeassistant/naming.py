"""Names in Home Assistant: discovery topics, unique ids, entity ids."""

import re
from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.network.identities import Identities
from sebridge.transports.mqtt.topics import eui64_topic

_DEFAULT_STATUS: Final = "homeassistant/status"
"""Where Home Assistant says that it is there, whatever its prefix, unless it is told otherwise."""
_ADDRESS: Final = 16  # letters
_NOT_IN_ENTITY_ID: Final = re.compile(r"[^a-z0-9]+")


class Naming:
    """The names of one gateway's devices below one discovery prefix.

    Unique ids are what Home Assistant knows a component by for ever, so they depend on the
    gateway's name, the address under which the device is known, and the component's key alone.
    """

    def __init__(self, discovery_prefix: str, gateway: str, identities: Identities) -> None:
        self.identities = identities
        self._prefix = discovery_prefix
        self._own = f"sebridge_{gateway}"
        self.statuses = tuple(dict.fromkeys((f"{discovery_prefix}/status", _DEFAULT_STATUS)))
        self.gateway = f"{self._own}_gateway"

    def device(self, device: Eui64) -> str:
        """Return the identifier of a device."""
        return f"{self._own}_{eui64_topic(self.identities.address(device))}"

    def part(self, device: Eui64, key: str) -> str:
        """Return the identifier of a part of a device."""
        return f"{self.device(device)}_{key}"

    def whole(self, topic: str) -> str:
        """Return the discovery topic of what a topic is of: of a part, that of its device."""
        above, _, config = topic.rpartition("/")
        prefix, _, identifier = above.rpartition("/")
        length = len(self._own) + 1 + _ADDRESS
        found = identifier if identifier == self.gateway else identifier[:length]
        return f"{prefix}/{found}/{config}"

    def topic(self, identifier: str) -> str:
        """Return the discovery topic of a device or of the gateway."""
        return f"{self._prefix}/device/{identifier}/config"


def unique_id(identifier: str, key: str) -> str:
    """Return the unique id of a component of a device."""
    return f"{identifier}_{key}"


def entity_id(platform: str, device_name: str, key: str, otherwise: str) -> str:
    """Return the entity id to suggest; `otherwise` stands in for a name without any letter."""
    device = _slug(device_name) or _slug(otherwise)
    return f"{platform}.{device}_{_slug(key)}"


def _slug(text: str) -> str:
    return _NOT_IN_ENTITY_ID.sub("_", text.lower()).strip("_")
