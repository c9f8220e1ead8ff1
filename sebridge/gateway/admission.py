"""The gate: who is believed. Every frame for an endpoint of ours is decided upon here, once.

What passes is an `Admitted`. What does not is dropped, and counted by its reason; or it is held for
a while, where its sender has not told yet what it is. Nothing behind the gate asks again.

Whether a frame is fresh is told by the counter of its link key, and decided where the key is: in
the radio, which lets nothing through that it has heard before (SEC-8).

Rules SEC-1 to SEC-4 and SEC-7.
"""

from collections.abc import Callable, Mapping, Sequence
import enum
import logging
from typing import Final, Protocol

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import SebridgeError
from sebridge.base.signals import SignalBus
from sebridge.gateway.encryption import EncryptionRules
from sebridge.gateway.endpoint import Endpoint
from sebridge.network.directory import Directory
from sebridge.network.peer import Peer
from sebridge.network.signals import DeviceActive, DeviceRemoved, DeviceUpdated
from sebridge.radio.radio import Incoming
from sebridge.zcl import digi, frame as zcl
from sebridge.zcl.frame import Frame
from sebridge.zcl.identifiers import (
    ALL_ENDPOINTS,
    HA_PROFILE,
    KEY_ESTABLISHMENT,
    ZDO_ENDPOINT,
    needs_link_key_anywhere,
)
from sebridge.zcl.status import Status

_LOGGER = logging.getLogger(__name__)

ANY_PROFILE: Final = 0xFFFF

MOST_HELD: Final = 256
"""Frames that wait for an interview, of all devices."""
MOST_HELD_OF_ONE: Final = 8
"""Frames of one device that wait for its interview."""
MOST_HELD_OCTETS: Final = 32_768
"""Octets of all frames that wait for an interview."""
LONGEST_HELD: Final = 60.0
"""Seconds after which a frame that waits for an interview is dropped."""

_ONLY_ASKING: Final = frozenset(
    {zcl.READ_ATTRIBUTES, zcl.DISCOVER_ATTRIBUTES, zcl.READ_REPORTING_CONFIGURATION}
)
"""General commands after which we are as we were before."""


# ------------------------------------------------------------------ what is decided upon


class Asked(enum.Enum):
    """Whether a frame is the answer to a question of ours, and how we asked it."""

    NOT = enum.auto()
    AS_NEEDED = enum.auto()
    IN_THE_CLEAR = enum.auto()


class Sender(msgspec.Struct, frozen=True, gc=False):
    """What is known of the place that a frame came from.

    `admitted`: the device may take part. `profile` is that of its endpoint, as its descriptor has
    it; None as long as the device has told of no such endpoint.
    """

    admitted: bool
    profile: int | None


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What a frame is judged by.

    `proven`: the link key with the sender counts. `demanded`: clusters that need a link key are
    to be encrypted, as they always are outside of a laboratory.
    """

    sender: Sender
    proven: bool
    demanded: bool
    asked: Asked


# ------------------------------------------------------------------ what is decided


class Key(enum.Enum):
    """The key that a frame was encrypted with."""

    NETWORK = "network"
    LINK = "link"


class Dropped(enum.Enum):
    """Why a frame was dropped; each is a counter of `FrameStatistics`."""

    NOT_ADMITTED = "not_admitted"
    IN_THE_CLEAR = "in_the_clear"
    NOT_ESTABLISHED = "not_established"
    WRONG_PROFILE = "wrong_profile"


class Admitted(msgspec.Struct, frozen=True):
    """A frame that is believed, for one of our endpoints.

    `only_answer`: it goes to whoever asked for it, and no cluster hears of it.
    """

    endpoint: Endpoint
    frame: Incoming
    header: Frame
    only_answer: bool = False

    @property
    def peer(self) -> Peer:
        """Who sent it."""
        return Peer(self.frame.source, self.frame.source_endpoint, self.frame.profile_id)

    @property
    def key(self) -> Key:
        """The key that it came under."""
        return Key.LINK if self.frame.encrypted else Key.NETWORK


class Refused(msgspec.Struct, frozen=True):
    """A frame that is dropped, and the status that its sender is told, if any."""

    reason: Dropped
    status: Status | None = None


class Held:
    """A frame that is not decided upon before its sender has told what it is."""

    __slots__ = ()


Verdict = Admitted | Refused | Held

_NOT_ADMITTED: Final = Refused(Dropped.NOT_ADMITTED)
_IN_THE_CLEAR: Final = Refused(Dropped.IN_THE_CLEAR, Status.FAILURE)  # SEC-2
_NOT_ESTABLISHED: Final = Refused(Dropped.NOT_ESTABLISHED)  # not answered (SEC-4)
_WRONG_PROFILE: Final = Refused(Dropped.WRONG_PROFILE, Status.NOT_AUTHORIZED)
_HELD: Final = Held()


def judge(
    frame: Incoming, header: Frame, endpoint: Endpoint, facts: Facts, rules: EncryptionRules
) -> Verdict:
    """Decide upon a frame for one of our endpoints.

    It must be encrypted when the profile that it names, our endpoint's, or its sender's demands
    it: naming another one is no way around. Encrypted, it is its sender's own, whatever that has
    told of itself; in the clear it is believed only as far as the sender's descriptors go.
    """
    sender = facts.sender
    if not sender.admitted:
        is_answer = facts.asked is not Asked.NOT and not _demands_key(
            frame, header, endpoint, facts, rules
        )
        return Admitted(endpoint, frame, header, only_answer=True) if is_answer else _NOT_ADMITTED
    if _demands_key(frame, header, endpoint, facts, rules):
        if not (frame.encrypted and facts.proven):
            if facts.asked is Asked.IN_THE_CLEAR:
                return Admitted(endpoint, frame, header, only_answer=True)
            return _NOT_ESTABLISHED if frame.encrypted else _IN_THE_CLEAR
    elif sender.profile is None and facts.asked is Asked.NOT and _leaves_traces(frame, header):
        return _HELD
    if sender.profile not in {None, frame.profile_id} and _is_report(header):
        return _WRONG_PROFILE
    return Admitted(endpoint, frame, header)


def _demands_key(
    frame: Incoming, header: Frame, endpoint: Endpoint, facts: Facts, rules: EncryptionRules
) -> bool:
    if not facts.demanded:
        return False
    named, cluster_id = frame.profile_id, frame.cluster_id
    profiles = {named}
    for end in {endpoint.profile_id, facts.sender.profile} - {named}:
        if end is not None and needs_link_key_anywhere(end, cluster_id):
            profiles.add(end)
    return rules.need(endpoint.endpoint_id, cluster_id, *profiles, server=not header.from_server)


def _leaves_traces(frame: Incoming, header: Frame) -> bool:
    """Say whether something may be kept or told because of a frame.

    Key establishment has limits of its own, and comes before everything else.
    """
    if header.cluster_specific:
        return frame.cluster_id != KEY_ESTABLISHMENT
    return header.command_id not in _ONLY_ASKING and header.command_id not in zcl.ANSWERS


def _is_report(header: Frame) -> bool:
    return header.command_id == zcl.REPORT_ATTRIBUTES and not header.cluster_specific


def addressed(endpoints: Mapping[int, Endpoint], frame: Incoming) -> list[Endpoint]:
    """Return our endpoints that a frame is for."""
    if frame.destination_endpoint == ALL_ENDPOINTS:
        profiles = {frame.profile_id, HA_PROFILE}
        everyone = frame.profile_id == ANY_PROFILE
        found = [e for e in endpoints.values() if everyone or e.profile_id in profiles]
        return [e for e in found if e.hears(frame.profile_id)]
    endpoint = endpoints.get(frame.destination_endpoint)
    return [] if endpoint is None or not endpoint.hears(frame.profile_id) else [endpoint]


# ------------------------------------------------------------------ where the facts are from


class Keyholder(Protocol):
    """Who knows which keys were established, or granted by the trust centre."""

    def is_established(self, device: Eui64) -> bool:
        """Say whether there is such a key with a device."""


class KeyTrust(msgspec.Struct, frozen=True, kw_only=True):
    """Which link keys count: where a proof is required, only those that followed from one.

    SEC-4 and SEC-6. `demanded` says whether clusters that need a link key are to be encrypted.
    """

    proof_required: bool
    holders: Sequence[Keyholder]
    demanded: Callable[[], bool]

    def count(self, device: Eui64) -> bool:
        """Say whether the link key with a device proves that it is who it says."""
        if not self.proof_required:
            return True
        return any(holder.is_established(device) for holder in self.holders)

    def may_be_told(self, device: Eui64) -> bool:
        """Say whether secured things may be told to a device under the key that it has."""
        return self.count(device) or not self.demanded()


class KnownSenders(msgspec.Struct, frozen=True, kw_only=True):
    """Senders as the directory knows them.

    Besides the known devices, the trust centre of a network that we joined may always take part,
    and strangers where `admits_strangers` says so. A device that is disabled takes no part.
    """

    directory: Directory
    admits_strangers: Callable[[], bool]
    our_trust_center: Callable[[], Eui64 | None]

    def __call__(self, frame: Incoming) -> Sender:
        """Return what is known of a frame's sender."""
        presence = self.directory.presence(frame.source)
        if presence is not None:
            profile = presence.profiles.get(frame.source_endpoint)
            return Sender(admitted=not presence.disabled, profile=profile)
        admitted = self.admits_strangers() or frame.source == self.our_trust_center()
        return Sender(admitted=admitted, profile=None)


# ------------------------------------------------------------------ what waits


class PendingFrames:
    """Frames whose senders have not told yet what they are. Pure: `now` is monotonic seconds.

    Where there is no room, what has waited longest goes first.
    """

    def __init__(self) -> None:
        self._frames: dict[Eui64, list[tuple[float, Incoming]]] = {}
        self._number = 0
        self._octets = 0

    def __len__(self) -> int:
        return self._number

    def hold(self, frame: Incoming, since: float) -> int:
        """Keep a frame that has waited since a moment; return how many others had to go."""
        mine = self._frames.setdefault(frame.source, [])
        gone = 0
        if len(mine) >= MOST_HELD_OF_ONE:
            self._took(mine.pop(0)[1])
            gone += 1
        mine.append((since, frame))
        self._number += 1
        self._octets += len(frame.data)
        while self._number > MOST_HELD or self._octets > MOST_HELD_OCTETS:
            self._drop_oldest()
            gone += 1
        return gone

    def release(self, device: Eui64) -> list[tuple[float, Incoming]]:
        """Return the frames of a device, each with the moment since which it waited."""
        frames = self._frames.pop(device, [])
        for _, frame in frames:
            self._took(frame)
        return frames

    def expire(self, now: float) -> int:
        """Drop what has waited too long; return how many frames that were."""
        before = self._number
        for device in [d for d, held in self._frames.items() if now - held[0][0] > LONGEST_HELD]:
            for since, frame in self.release(device):
                if now - since <= LONGEST_HELD:
                    self.hold(frame, since)
        return before - self._number

    def _drop_oldest(self) -> None:
        device = next(iter(self._frames))
        frames = self._frames[device]
        self._took(frames.pop(0)[1])
        if not frames:
            del self._frames[device]

    def _took(self, frame: Incoming) -> None:
        self._number -= 1
        self._octets -= len(frame.data)


# ------------------------------------------------------------------ the gate


class FrameStatistics(msgspec.Struct):
    """What became of the frames that came for our endpoints."""

    received: int = 0
    reports: int = 0  # of attributes
    serial: int = 0  # taken as they are: data and samples of nodes with a serial port
    malformed: int = 0
    not_admitted: int = 0  # dropped: of a device that may not take part
    in_the_clear: int = 0  # refused: on a secured cluster without APS encryption
    not_established: int = 0  # dropped: encrypted, but its sender has not proved who it is
    wrong_profile: int = 0  # refused: a report under another profile than its sender's
    held: int = 0  # had to wait until their sender told what it is
    not_interviewed: int = 0  # dropped: waited for that too long, or with too many others
    wrong_direction: int = 0  # taken: a server's report that was marked as a client's
    unsupported: int = 0
    for_nobody: int = 0  # no such endpoint of ours, or not under this profile
    unanswered: int = 0  # the answer could not be delivered, or too many were under way


class Inside(Protocol):
    """Who takes what was admitted."""

    endpoints: Mapping[int, Endpoint]

    def take(self, admitted: Admitted) -> None:
        """Bring a frame to its cluster. Never raises for what a peer sent."""

    def default_response(self, frame: Incoming, header: Frame, status: Status) -> None:
        """Tell a sender what became of its frame."""


class Questions(Protocol):
    """Who knows what we asked."""

    def asked(self, frame: Incoming, header: Frame) -> Asked:
        """Say whether a frame is an answer that somebody waits for."""


class Apart(Protocol):
    """Who takes frames that are no ZCL."""

    def knows(self, frame: Incoming) -> bool:
        """Say whether a frame is one of those."""

    def take(self, frame: Incoming) -> None:
        """Take such a frame. Never raises for what a peer sent."""


class Gate:
    """Takes every frame for our endpoints, and lets through to `inside` what is believed.

    `noted` hears of every frame before it is decided upon, those of the device profile among
    them, which end there. `senders` tells what is known of who sent a frame, `keys` which link
    keys count. `only_serves` says of a device, one of its endpoints and a cluster whether it has
    told that it has the server side, and not the client side: then whatever it reports is the
    server's, also where it marks it as a client's, as some meters do. `apart` takes the frames that
    it knows as they are, of devices that may take part: they name no endpoint or cluster of ours.
    """

    def __init__(
        self,
        inside: Inside,
        questions: Questions,
        apart: Apart | None,
        *,
        noted: Callable[[Incoming], object],
        senders: Callable[[Incoming], Sender],
        only_serves: Callable[[Eui64, int, int], bool],
        encryption: EncryptionRules,
        keys: KeyTrust,
        statistics: FrameStatistics,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        self.statistics = statistics
        self._inside = inside
        self._questions = questions
        self._apart = apart
        self._noted = noted
        self._senders = senders
        self._only_serves = only_serves
        self._encryption = encryption
        self._keys = keys
        self._clock = clock
        self._pending = PendingFrames()
        bus.listen(DeviceUpdated, lambda signal: self._release(signal.device))
        bus.listen(DeviceActive, lambda signal: self._release(signal.device))
        bus.listen(DeviceRemoved, self._on_removed)

    def received(self, frame: Incoming) -> None:
        """Take a frame from the radio. Never raises for what a peer sent."""
        self._noted(frame)
        if frame.destination_endpoint != ZDO_ENDPOINT:
            self.statistics.received += 1
            apart = self._apart if frame.profile_id == digi.PROFILE else None
            if apart is not None and apart.knows(frame):
                self._let_through(frame, apart)
            elif frame.group is None:
                self._decide(frame, None)
            else:
                self._decide_for_members(frame, frame.group)

    def _let_through(self, frame: Incoming, apart: Apart) -> None:
        """Let a frame that is no ZCL through, as far as its sender may take part."""
        if self._senders(frame).admitted:
            self.statistics.serial += 1
            apart.take(frame)
        else:
            self.statistics.not_admitted += 1

    def _decide_for_members(self, frame: Incoming, group: int) -> None:
        """Let a frame through to each endpoint of ours that is in the group, as if for it alone."""
        members = [e.endpoint_id for e in self._inside.endpoints.values() if e.is_in_group(group)]
        if not members:
            self.statistics.for_nobody += 1
        for endpoint in members:
            own = msgspec.structs.replace(frame, destination_endpoint=endpoint, group=None)
            self._decide(own, None)

    def _decide(self, frame: Incoming, since: float | None) -> None:
        """Let a frame through, drop it, or hold it; `since` is when it began to wait, if it did."""
        try:
            told = Frame.parse(frame.data)
        except SebridgeError as error:
            self.statistics.malformed += 1
            _LOGGER.debug("malformed frame from %s: %s", frame.source, error)
            return
        endpoints = addressed(self._inside.endpoints, frame)
        if not endpoints and frame.destination_endpoint != ALL_ENDPOINTS:
            self.statistics.for_nobody += 1
            return
        header = told if told.from_server else self._righted(frame, told)
        facts = self._facts(frame, header)
        verdicts = [judge(frame, header, e, facts, self._encryption) for e in endpoints]
        if _HELD in verdicts:
            self._hold(frame, since)
            return
        if header is not told:
            self.statistics.wrong_direction += any(isinstance(v, Admitted) for v in verdicts)
        for verdict in verdicts:
            if isinstance(verdict, Admitted):
                self._inside.take(verdict)
            elif isinstance(verdict, Refused):
                self._drop(frame, header, verdict)

    def _righted(self, frame: Incoming, header: Frame) -> Frame:
        """Return the header of a report as the server's that sent it, where there is no client."""
        if not _is_report(header):
            return header
        is_servers = self._only_serves(frame.source, frame.source_endpoint, frame.cluster_id)
        return msgspec.structs.replace(header, from_server=True) if is_servers else header

    def _facts(self, frame: Incoming, header: Frame) -> Facts:
        may_answer = header.cluster_specific or header.command_id in zcl.ANSWERS
        return Facts(
            self._senders(frame),
            frame.encrypted and self._keys.count(frame.source),
            self._keys.demanded(),
            self._questions.asked(frame, header) if may_answer else Asked.NOT,
        )

    def _drop(self, frame: Incoming, header: Frame, refused: Refused) -> None:
        name = refused.reason.value
        setattr(self.statistics, name, getattr(self.statistics, name) + 1)
        _LOGGER.debug("frame from %s on 0x%04X: %s", frame.source, frame.cluster_id, name)
        if refused.status is not None:
            self._inside.default_response(frame, header, refused.status)

    # ------------------------------------------------------------------ what waits

    def _hold(self, frame: Incoming, since: float | None) -> None:
        now = self._clock.monotonic()
        if since is None:
            self.statistics.held += 1
        gone = self._pending.expire(now)
        self.statistics.not_interviewed += gone + self._pending.hold(
            frame, now if since is None else since
        )

    def _release(self, device: Eui64) -> None:
        """Decide again upon what a device sent before it told what it is."""
        if not self._pending:
            return
        self.statistics.not_interviewed += self._pending.expire(self._clock.monotonic())
        for since, frame in self._pending.release(device):
            self._decide(frame, since)

    def _on_removed(self, signal: DeviceRemoved) -> None:
        self.statistics.not_interviewed += len(self._pending.release(signal.device))
