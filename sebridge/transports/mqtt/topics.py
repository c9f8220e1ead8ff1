"""The scheme of all topics. None contains a space, nor a dot but where it names a plug-in's method.

What stands on a topic of a feature, and under which levels, is told in the feature's folder.
"""

from typing import Final

from sebridge.base.addresses import Eui64
from sebridge.network.identities import Identities

ALL_GATEWAYS: Final = "all"


def eui64_topic(device: Eui64) -> str:
    """Return an address as 16 lower-case hex digits."""
    return f"{device:016x}"


def document_request(base: str, gateway: str) -> str:
    """Return where a gateway, or all of them, take RCI and SCI documents."""
    return f"{base}/{gateway}/rci/request"


class Topics:
    """The topics of one gateway: `<base>/<gateway>/…`.

    Those of devices go by the addresses under which they are known.
    """

    def __init__(self, base: str, gateway: str, identities: Identities | None = None) -> None:
        self.base = base
        self.identities = identities or Identities()
        self.root = f"{base}/{gateway}"
        self.availability = f"{self.root}/availability"
        self.info = f"{self.root}/info"
        self.health = f"{self.root}/health"
        self.joining = f"{self.root}/joining"
        self.simulator = f"{self.root}/simulator"
        self.log = f"{self.root}/log"
        self.frames = f"{self.root}/frames"
        self.request = f"{self.root}/rpc/request"
        self.response = f"{self.root}/rpc/response"
        self.fleet_request = f"{base}/{ALL_GATEWAYS}/rpc/request"
        self.document_request = document_request(base, gateway)
        self.document_reply = f"{self.root}/rci/reply"
        self.fleet_document_request = document_request(base, ALL_GATEWAYS)
        self.fleet_reply = f"{self.root}/rci/fleet"

    def notification(self, name: str) -> str:
        """Return where a response-only message is streamed."""
        return f"{self.root}/notification/{name}"

    def active(self, kind: str) -> str:
        """Return where the events in force of a kind are kept."""
        return self.at("active", kind)

    def at(self, *levels: str) -> str:
        """Return a topic of the gateway: `<base>/<gateway>/<levels…>`."""
        return "/".join((self.root, *levels))

    def at_device(self, device: Eui64, *levels: str) -> str:
        """Return a topic of a device; without levels, where what is known of it is kept."""
        return self.at("device", eui64_topic(self.identities.address(device)), *levels)

    def device_of(self, topic: str) -> Eui64 | None:
        """Return the device that a topic is of; None for one of the gateway itself."""
        below = topic.removeprefix(f"{self.at('device')}/")
        if below == topic:
            return None
        return self.identities.device(Eui64(int(below.partition("/")[0], 16)))

    def at_endpoint(self, device: Eui64, endpoint: int, *levels: str) -> str:
        """Return a topic of a device's endpoint."""
        number = self.identities.endpoint(device, endpoint)
        return self.at_device(device, str(number), *levels)

    def device_availability(self, device: Eui64) -> str:
        """Return where `online` or `offline` is kept for a device."""
        return self.at_device(device, "availability")

    def response_to(self, method: str) -> str:
        """Return where the answer to `rpc/request/<method>` goes."""
        return f"{self.response}/{method}"

    def is_fleet_reply_of_another(self, topic: str) -> bool:
        """Tell whether another gateway takes replies of the fleet there."""
        levels = topic.removeprefix(f"{self.base}/").split("/")
        is_fleet = topic.startswith(f"{self.base}/") and levels[1:] == ["rci", "fleet"]
        return is_fleet and topic != self.fleet_reply
