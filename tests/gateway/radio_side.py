"""What lies outside of the clusters: a radio that remembers, and frames as it hears them."""

from collections.abc import Callable
from typing import Any

from zigpy.zcl.foundation import CommandSchema

from sebridge.base.addresses import Eui64
from sebridge.base.errors import DeliveryError
from sebridge.gateway.cluster import Command
from sebridge.network.peer import Peer
from sebridge.radio.radio import Incoming, Outgoing
from sebridge.zcl.frame import DEFAULT_RESPONSE, Frame
from sebridge.zcl.identifiers import SE_ENDPOINT, SE_PROFILE


def address(number: int) -> Eui64:
    return Eui64.parse(f"00:0d:6f:00:0a:00:00:{number:02x}")


def peer(number: int = 1, endpoint: int = 9, profile: int = SE_PROFILE) -> Peer:
    return Peer(address(number), endpoint, profile)


NOW = 363_096_000  # seconds since 2000


def command(
    record: CommandSchema, now: int = NOW, source: Peer | None = None, sequence: int = 7
) -> Command:
    return Command(source or peer(), SE_ENDPOINT, record, sequence, now)


class RecordingSender:
    """A radio's way out: keeps what is sent; silent devices do not acknowledge."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.silent: set[Eui64] = set()
        self.answer: Callable[[Outgoing], object] = lambda _frame: None

    async def send(self, frame: Outgoing) -> None:
        self.sent.append(frame)
        if frame.destination in self.silent:
            raise DeliveryError("no acknowledgement", 0xA7)
        self.answer(frame)

    @property
    def frames(self) -> list[Frame]:
        return [Frame.parse(outgoing.data) for outgoing in self.sent]

    def statuses(self) -> list[tuple[int, int]]:
        """Return command id and status of all default responses."""
        found = [
            f for f in self.frames if f.command_id == DEFAULT_RESPONSE and not f.cluster_specific
        ]
        return [(frame.payload[0], frame.payload[1]) for frame in found]

    def take(self) -> list[Frame]:
        """Return what was sent since the last time."""
        frames = self.frames
        self.sent.clear()
        return frames


def heard(frame: Frame | bytes, cluster_id: int, **more: Any) -> Incoming:
    """Return a frame as the radio hears it: unicast, encrypted, from device 1."""
    given: dict[str, Any] = {
        "source": address(1),
        "source_nwk": 0x1234,
        "profile_id": SE_PROFILE,
        "cluster_id": cluster_id,
        "source_endpoint": 9,
        "destination_endpoint": SE_ENDPOINT,
        "data": frame if isinstance(frame, bytes) else frame.serialize(),
        "encrypted": True,
    }
    return Incoming(**given | more)


def question(record: CommandSchema, *, from_server: bool = False, **more: Any) -> Frame:
    """Return a command of a peer."""
    given: dict[str, Any] = {"sequence": 0x21, "payload": record.serialize()}
    return Frame(record.command.id, cluster_specific=True, from_server=from_server, **given | more)
