"""Every topic of the bridge, in one place. No topic contains a dot or a space."""

from typing import Final

from sebridge.base.addresses import Eui64

ALL_GATEWAYS: Final = "all"


def eui64_topic(device: Eui64) -> str:
    """Return an address as 16 lower-case hex digits."""
    return f"{device:016x}"


def document_request(base: str, gateway: str) -> str:
    """Return where a gateway, or all of them, take RCI and SCI documents."""
    return f"{base}/{gateway}/rci/request"


class Topics:
    """The topics of one gateway: `<base>/<gateway>/…`."""

    def __init__(self, base: str, gateway: str) -> None:
        self.base = base
        self.root = f"{base}/{gateway}"
        self.availability = f"{self.root}/availability"
        self.info = f"{self.root}/info"
        self.health = f"{self.root}/health"
        self.log = f"{self.root}/log"
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
        """Return where the events in force are kept: price, drlc or message."""
        return f"{self.root}/active/{kind}"

    def price(self, commodity: str) -> str:
        """Return where the price is kept as people read it."""
        return f"{self.root}/price/{commodity}"

    def devices(self) -> str:
        """Return the branch of all devices."""
        return f"{self.root}/device"

    def device(self, device: Eui64) -> str:
        """Return where what is known of a device is kept; its other topics are below."""
        return f"{self.root}/device/{eui64_topic(device)}"

    def device_availability(self, device: Eui64) -> str:
        """Return where `online` or `offline` is kept for a device."""
        return f"{self.device(device)}/availability"

    def attribute(self, device: Eui64, endpoint: int, cluster: str, attribute: str) -> str:
        """Return where an attribute is kept; `cluster` and `attribute` are names or 0x0702."""
        return f"{self.device(device)}/{endpoint}/{cluster}/{attribute}"

    def metering(self, device: Eui64, endpoint: int) -> str:
        """Return where a meter's reading is kept in engineering units."""
        return f"{self.device(device)}/{endpoint}/metering"

    def response_to(self, method: str) -> str:
        """Return where the answer to `rpc/request/<method>` goes."""
        return f"{self.response}/{method}"

    def is_fleet_reply(self, topic: str) -> bool:
        """Tell whether a gateway, this one or another, takes replies of the fleet there."""
        levels = topic.removeprefix(f"{self.base}/").split("/")
        return topic.startswith(f"{self.base}/") and levels[1:] == ["rci", "fleet"]
