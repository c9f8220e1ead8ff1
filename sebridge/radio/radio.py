"""The seam to a ZigBee radio: what comes in, what goes out, and who may ask for it.

Everything above this file speaks in these words, so nothing above can tell a stick from the
simulated air.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
import enum
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from sebridge.base.addresses import Broadcast, Eui64, Group
from sebridge.base.secret import Secret
from sebridge.crypto.credentials import Credentials
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.zcl.zdo import NodeDescriptor, PowerDescriptor, SimpleDescriptor


class Incoming(msgspec.Struct, frozen=True, gc=False):
    """A frame as the radio heard it: a ZCL frame, or a ZDO one (endpoint 0, profile 0)."""

    source: Eui64
    source_nwk: int  # 16-bit network address
    profile_id: int
    cluster_id: int
    source_endpoint: int
    destination_endpoint: int
    data: bytes  # the ZCL frame with its header, or the ZDO frame with its sequence number
    encrypted: bool = False  # APS encryption with a link key
    broadcast: bool = False  # broadcast or groupcast: never answered with an error
    lqi: int | None = None  # 0..255
    rssi: int | None = None  # dBm
    group: int | None = None  # that it was sent to: then it is for all endpoints that are in it


class Outgoing(msgspec.Struct, frozen=True):
    """A frame to send, to a device or to many; what goes to many is never encrypted.

    For an `urgent` one somebody waits, so that it goes before what can come later.
    """

    destination: Eui64 | Broadcast | Group
    profile_id: int
    cluster_id: int
    source_endpoint: int
    destination_endpoint: int
    data: bytes
    encrypted: bool = False
    urgent: bool = False


class TxStatus(enum.IntEnum):
    """Why a frame was not delivered, in the numbers of the ZigBee APS, network and MAC layers."""

    SUCCESS = 0x00
    TOO_LONG = 0xA0
    ILLEGAL_REQUEST = 0xA3
    NO_SHORT_ADDRESS = 0xA9  # the network address behind an EUI-64 is not known
    NO_ACK = 0xA7
    SECURITY_FAIL = 0xAD  # no link key with that device
    NOT_JOINED = 0xC2
    NO_ROUTE = 0xD0
    CHANNEL_BUSY = 0xE1
    NO_ROOM = 0xF1  # in the radio itself, for one more frame


NOT_OF_THE_DEVICE: Final = frozenset(
    {
        TxStatus.TOO_LONG,
        TxStatus.ILLEGAL_REQUEST,
        TxStatus.SECURITY_FAIL,
        TxStatus.NOT_JOINED,
        TxStatus.NO_ROOM,
        TxStatus.CHANNEL_BUSY,
    }
)
"""Failures of the gateway itself, its radio or the air: they say nothing of the other device."""


class Association(enum.IntEnum):
    """Where a radio stands with its network, in the numbers of the XBee association indication.

    0xFD and 0xFE are ours: a module does not know what was expected of it, and one that does not
    answer cannot say so.
    """

    JOINED = 0x00
    NO_NETWORK = 0x21
    NOT_PLANNED = 0x22
    NOT_ALLOWED = 0x23
    NOT_SUITABLE = 0x24
    REFUSED = 0x27
    NOT_FORMED = 0x2A
    NO_ANSWER = 0xAB
    KEY_IN_CLEAR = 0xAC
    NO_NETWORK_KEY = 0xAD
    WRONG_LINK_KEY = 0xAF
    CHANGED = 0xFD
    LOST = 0xFE
    SEARCHING = 0xFF

    @property
    def words(self) -> str:
        """The same in words."""
        return _WORDS[self]


_WORDS: Final = {
    Association.JOINED: "joined",
    Association.NO_NETWORK: "no network found",
    Association.NOT_PLANNED: "no network as it was planned",
    Association.NOT_ALLOWED: "joining is not allowed",
    Association.NOT_SUITABLE: "no network of a kind that can be joined",
    Association.REFUSED: "joining was refused",
    Association.NOT_FORMED: "the network could not be formed",
    Association.NO_ANSWER: "the network to join did not answer",
    Association.KEY_IN_CLEAR: "the network's key came unsecured",
    Association.NO_NETWORK_KEY: "no network key was received; is the link key the right one?",
    Association.WRONG_LINK_KEY: "the link key is not the one that the trust centre has",
    Association.CHANGED: "the radio does not have the network that was formed",
    Association.LOST: "the radio is not connected",
    Association.SEARCHING: "searching for a network",
}

ALL_CHANNELS: Final = 0xFFFF
FIRST_CHANNEL: Final = 11
LAST_CHANNEL: Final = 26


class NetworkPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Which network to form, or to join.

    `extended_pan_id` 0 is a random one to form, and any to join. Bit n of `channel_mask` is channel
    11 + n. `link_key` (16 octets) is the key with which devices without one of their own join.
    """

    extended_pan_id: int = 0
    channel_mask: int = ALL_CHANNELS
    link_key: Secret | None = None

    @property
    def channels(self) -> tuple[int, ...]:
        """The channels that may be used, 11..26."""
        return tuple(FIRST_CHANNEL + n for n in range(16) if self.channel_mask >> n & 1)

    def allows(self, extended_pan_id: int, channel: int) -> bool:
        """Say whether a network is one to join."""
        return self.extended_pan_id in {0, extended_pan_id} and channel in self.channels


class EstablishedKey(enum.Enum):
    """What a radio does with a key that its host established with the trust centre it joined."""

    TAKEN = enum.auto()
    NEEDS_NEWER_FIRMWARE = enum.auto()
    NEVER_TAKEN = enum.auto()
    MADE_BY_MODULE = enum.auto()
    """It is for the module to establish one, by a certificate of its own."""


class NetworkState(msgspec.Struct, frozen=True):
    """The network that the radio is on; `joined` False means on none.

    `node` and `power` are what devices are told when they ask us for these descriptors.
    """

    joined: bool
    address: Eui64  # of the gateway
    nwk: int
    pan_id: int
    extended_pan_id: Eui64
    channel: int  # 11..26
    kind: str  # ezsp, xbee, znp or simulated
    node: NodeDescriptor
    power: PowerDescriptor
    model: str = ""
    firmware: str = ""
    trust_center: Eui64 | None = None  # who gives keys; None where that is the gateway itself
    established_key: EstablishedKey = EstablishedKey.TAKEN


class Counters(Protocol):
    """The numbers of the frames under one link key, for a radio that does not count by itself."""

    def next_sent(self) -> int:
        """Return the number of the next frame."""

    def is_new(self, number: int) -> bool:
        """Take the number of a frame that was heard; False for a replay."""


class Listener(Protocol):
    """Who hears what happens on the air. Called from the event loop; must not block."""

    def received(self, frame: Incoming, /) -> object:
        """Take a frame for one of our endpoints, or a ZDO answer or announcement."""

    def joined(self, device: Eui64, nwk: int, /) -> object:
        """Know that a device joined, came back, or has a new network address."""

    def left(self, device: Eui64, /) -> object:
        """Know that a device left the network."""

    def key_gone(self, device: Eui64, /) -> object:
        """Know that a device joined anew, with the key that it was made with.

        One that was established with it before is none any more.
        """

    def lost(self, reason: Exception) -> None:
        """Know that the connection to the radio broke, or that the network is gone."""


class KeyModule(Protocol):
    """A module that computes key establishment by itself, and keeps the keys.

    It carries one exchange at a time. Each method raises RefusedError where the module does not do
    what it is asked for, and DeliveryError when it does not answer.
    """

    async def make_ephemeral(self, own: Credentials) -> bytes:
        """Make a key pair for one exchange; return the public key, compressed."""

    async def make_codes(
        self, own: Credentials, *, is_initiator: bool, certificate: bytes, ephemeral: bytes
    ) -> tuple[bytes, bytes]:
        """Compute with what the partner sent; return the codes of initiator and responder."""

    async def keep_key(self, suite: int, partner: Eui64) -> Secret:
        """Use the key with the partner (of the suite 1 or 2) from now on, and return it."""

    async def drop_key(self, suite: int) -> None:
        """Forget the exchange."""


class FoundModule(msgspec.Struct, frozen=True):
    """A module of Digi on our network, as it tells of itself; `name` is what it was given (NI)."""

    address: Eui64
    nwk: int
    name: str


class GroupMember(NamedTuple):
    """An endpoint of ours, and a group that it is in (1..0xFFF7)."""

    endpoint: int
    group: int


class Radio(Protocol):
    """A radio on a ZigBee network."""

    @property
    def recorder(self) -> FrameRecorder:
        """What records the frames that it hears and sends; it is off at first."""

    @property
    def key_module(self) -> KeyModule | None:
        """What computes key establishment; None where that cannot, or the radio is not started."""

    @property
    def longest_frame(self) -> int:
        """Octets of a ZCL frame that it takes for one device, under a link key.

        More than fit one frame on the air where it is sent in several (NET-7).
        """

    @property
    def network(self) -> NetworkState:
        """Where we are."""

    def offer(self, endpoints: Sequence[SimpleDescriptor]) -> None:
        """Have these endpoints of ours found and reached, in the place of those before.

        They may come and go at any time, also before the start.
        """

    def hear_groups(self, members: Iterable[GroupMember]) -> None:
        """Hear what is sent to the groups of these endpoints, in the place of those before.

        They may come and go at any time, also before the start. Where a radio hears all groups,
        frames of others come as well.
        """

    async def start(self, listener: Listener) -> None:
        """Connect and be on the network; raise NotJoinedError or ConfigError when that fails."""

    async def stop(self) -> None:
        """Let go of the radio; the network goes on."""

    def plan(self, plan: NetworkPlan) -> None:
        """Form or join by this, from the next start on a new network."""

    async def leave(self) -> None:
        """Leave the network for good; a coordinator dissolves it. Nothing without a network.

        DeliveryError when the radio does not do it.
        """

    async def change_channel(self, channels: Collection[int]) -> int:
        """Take our network to the quietest of some channels (11..26) with its devices; return it.

        RefusedError where the radio cannot and where the network is another's, NotJoinedError
        while it is not on its network, DeliveryError when it did not do it.
        """

    async def change_network_key(self) -> int | None:
        """Give our network another, random key with its devices; return its sequence number.

        None where the radio does not tell that. RefusedError where the radio cannot and where the
        network is another's, NotJoinedError while it is not on its network, DeliveryError when it
        did not do it.
        """

    async def backup(self, addresses: Mapping[Eui64, int]) -> dict[str, Any]:
        """Return our network as a document of a backup, which holds its keys.

        `addresses` are the network addresses of devices that the radio may not know. RefusedError
        where no backup can be made of the radio, or the network is another's; NotJoinedError while
        it is not on its network, DeliveryError when it did not tell it.
        """

    async def at_command(self, command: str, value: int | bytes | None) -> int | bytes | None:
        """Carry out an AT command of two characters; return what the module says, if anything.

        RefusedError where the radio is no XBee, ParameterError for what the module does not take.
        """

    async def find_modules(self) -> Sequence[FoundModule]:
        """Look for the modules of Digi on our network, for as long as the radio says (ND, NT).

        RefusedError where the radio is no XBee, and while it looks for them already;
        NotJoinedError while it is not on its network, DeliveryError when it does not look.
        """

    async def send(self, frame: Outgoing) -> None:
        """Return when the frame was acknowledged; raise DeliveryError when it was not."""

    async def permit_joining(
        self, seconds: int, awaited: Collection[Eui64] = (), *, others: bool = True
    ) -> None:
        """Open the network for 1 to 254 seconds; 0 closes it.

        The `awaited` devices come in with their link keys, also where they are known and were
        reset. Without `others` nobody else is let in, where the kind of radio can tell.
        """

    async def set_link_key(self, device: Eui64, key: Secret) -> None:
        """Let a device join with this preconfigured link key (16 octets)."""

    async def establish_link_key(self, device: Eui64, key: Secret, counters: Counters) -> None:
        """Use a key that was established in the place of the earlier one (16 octets).

        Raises RefusedError where this kind of radio cannot be given one.
        """

    def is_established(self, partner: Eui64) -> bool:
        """Say whether the radio has a key that was established, or granted by the trust centre.

        Only of those that it was given after it joined a network; never where it formed one.
        """

    async def request_partner_key(self, partner: Eui64) -> None:
        """Ask the trust centre for a key with another device (SEC-6).

        Raises RefusedError when it is not granted and where we are the trust centre,
        NotJoinedError, or AnswerTimeoutError.
        """

    async def forget(self, device: Eui64) -> None:
        """Drop the device's link keys and addresses."""

    def remember(self, device: Eui64, nwk: int, *, is_sleepy: bool = False) -> None:
        """Keep the address of a known device, so that it can be reached at any time.

        One that is sleepy has its receiver off when idle, and more time to acknowledge. What it
        says itself in its node descriptor counts from then on.
        """
