"""Where a bridge touches what lies outside of it: time, chance, the disk, the broker, the radio."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from datetime import tzinfo
from random import Random
from typing import Protocol

import msgspec

from sebridge.base.clock import Clock
from sebridge.base.computing import Compute
from sebridge.base.follower import Follower
from sebridge.base.signals import SignalBus
from sebridge.crypto.credentials import CertificateStore
from sebridge.crypto.key_agreement import Randomness
from sebridge.radio.ether import Ether
from sebridge.radio.network_guard import NetworkGuard
from sebridge.radio.radio import Radio
from sebridge.radio.serial_port import OpenPort
from sebridge.radio.zdo_server import Binding
from sebridge.simulator.credentials import HouseSecurity
from sebridge.storage.collection import OpenCollection
from sebridge.transports.mqtt.messages import Message, Reply
from sebridge.zcl.zdo import SimpleDescriptor

MakeRadio = Callable[
    [Sequence[SimpleDescriptor], MutableMapping[Binding, bool], NetworkGuard], Radio
]
"""Makes the radio: of the endpoints that it must take, the bindings that peers made with us, and
what is known of its network."""


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway proves itself with, and how that is computed."""

    own: CertificateStore
    randomness: Randomness
    compute: Compute


class BrokerLink(Protocol):
    """The link to the MQTT broker."""

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""

    @property
    def counters(self) -> Mapping[str, int]:
        """Messages published, received, queued, dropped; sessions begun."""

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, only_if_changed: bool = False
    ) -> None:
        """Keep a payload on a topic, or say it once."""

    def expire(self, topic: str, after: int | None) -> None:
        """Have what is published on a topic forgotten after so many seconds; None is never."""

    def stream(self, topic: str, payload: bytes) -> None:
        """Send at least once, across outages and restarts."""

    def respond(self, topic: str, payload: bytes, *, correlation: bytes | None) -> None:
        """Send an answer, for which there is a quota of its own."""

    @property
    def unsent_answers(self) -> int:
        """How many answers the broker has not acknowledged."""

    async def until_answers_are_sent(self, most: int) -> None:
        """Return when at most so many answers wait for the broker."""

    def reconnect(self) -> None:
        """Have the broker deliver again, on a new link, what is not acknowledged."""

    def ask(self, topic: str, payload: bytes, reply: Reply) -> bool:
        """Send a question; False when the broker is away, or speaks MQTT 3.1.1."""

    def forget(self, branch: str) -> None:
        """Empty every retained topic at or below the branch."""

    def forget_others(self, is_wanted: Callable[[str], bool]) -> None:
        """Empty every retained topic that is not wanted, also those of an earlier run."""

    def kept_below(self, branch: str) -> Sequence[str]:
        """Return the retained topics at or below the branch, also those of an earlier run."""

    def payload_on(self, topic: str) -> bytes:
        """Return what is kept on a topic; empty where nothing is."""

    def follow(self, follower: Follower) -> Callable[[], object]:
        """Tell of whatever is published from now on, until what is returned is called."""

    def subscribe(self, topic_filter: str, handler: Callable[[Message], object]) -> None:
        """Call the handler with every message of these topics."""

    def on_session(self, callback: Callable[[bool], object]) -> None:
        """Call back after each connection."""


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """All that a bridge is handed from outside.

    `clock` is what the gateway goes by, `real_clock` what it waits for its broker and its callers
    by: a simulated house may let its own time run faster. `durable` returns when all that was put
    into collections is on the disk, `writable` says whether it gets there, `lag` by how many
    seconds the event loop is late. `open_port` opens a serial port. `exit` ends the process, some
    moments later. `ether` and `house_security` are there where there is a simulated house.
    """

    clock: Clock
    real_clock: Clock
    random: Random
    bus: SignalBus
    open_collection: OpenCollection
    durable: Callable[[], Awaitable[None]]
    writable: Callable[[], bool]
    lag: Callable[[], float]
    link: BrokerLink
    make_radio: MakeRadio
    open_port: OpenPort
    ether: Ether | None
    house_security: HouseSecurity | None
    proofs: Proofs
    exit: Callable[[], object]
    system_zone: Callable[[], tzinfo]
