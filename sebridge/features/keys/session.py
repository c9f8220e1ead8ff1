"""One key establishment with one partner: what it has come to, what it hears, what it asks for."""

from dataclasses import dataclass, field
import enum
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from sebridge.base.addresses import Eui64
from sebridge.base.secret import Secret
from sebridge.crypto.binary_curve import Point
from sebridge.crypto.credentials import CertificateStore, Credentials
from sebridge.crypto.key_agreement import Randomness
from sebridge.crypto.suite import Suite, choose_suite
from sebridge.crypto.terminate import TerminateStatus
from sebridge.features.keys.records import TerminateKeyEstablishmentRecord
from sebridge.model.record import Record

JOINING_LIMIT: Final = 20 * 60.0
"""Seconds after joining in which a device must have established a key, or is removed (NET-4)."""
ALLOWANCE: Final = 10.0
"""Seconds for the way through the air, besides the time that the partner says it needs."""
LONGEST_STEP: Final = 30
"""Seconds that a partner is waited for at most, however long it says that it needs for a step.

What it says is not proved yet, and whoever replays the frames of another may say 254.
"""
LONGEST_WAIT: Final = 60
"""Seconds after which we try again at the latest, whatever the partner that ended it says."""
RETRY: Final = 32.0
"""Seconds until a new attempt where the partner named no time (NET-5)."""
WAIT_TIME: Final = 30
"""Seconds after which a partner that was refused may try again."""


class State(enum.Enum):
    """What a session is waiting for."""

    NEW = "new"
    OWN_EPHEMERAL = "own ephemeral key"
    AGREEMENT = "agreement"
    SUITES = "suites"  # initiator, as are the next three
    INITIATE_RESPONSE = "initiate response"
    EPHEMERAL_RESPONSE = "ephemeral data response"
    CONFIRM_RESPONSE = "confirm key response"
    INITIATE_REQUEST = "initiate request"  # responder, as are the next three
    EPHEMERAL_REQUEST = "ephemeral data request"
    CONFIRM_REQUEST = "confirm key data request"
    DELIVERY = "delivery"
    ESTABLISHED = "established"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        """Whether nothing more can happen."""
        return self in {State.ESTABLISHED, State.FAILED}


# ------------------------------------------------------------------ what it hears


class Start(msgspec.Struct, frozen=True):
    """The gateway wants to establish a key (initiator)."""


class SuitesRead(msgspec.Struct, frozen=True):
    """The partner's attribute KeyEstablishmentSuite; 0 where it has none."""

    suites: int


class Received(msgspec.Struct, frozen=True):
    """A frame of the partner; `sequence` is its ZCL sequence number."""

    record: Record
    sequence: int


class Unreadable(msgspec.Struct, frozen=True):
    """A frame of the partner whose payload cannot be read, or of an unknown command."""

    why: str


class Delivered(msgspec.Struct, frozen=True):
    """The last frame was acknowledged (APS), or answered with a Default Response SUCCESS."""


class Undelivered(msgspec.Struct, frozen=True):
    """The last frame did not reach the partner."""


class TimePassed(msgspec.Struct, frozen=True):
    """The deadline may have come."""


class EphemeralMade(msgspec.Struct, frozen=True):
    """Our key pair for this exchange; the private key is None where only a module has it."""

    public: bytes
    private: Secret | None = None


class CodesMade(msgspec.Struct, frozen=True):
    """What both sides prove the key with; that is None where only a module has it."""

    of_initiator: bytes
    of_responder: bytes
    link_key: Secret | None = None


class NotComputed(msgspec.Struct, frozen=True):
    """A module did not do what it was asked for."""

    why: str


Computed = EphemeralMade | CodesMade | NotComputed | Unreadable
Event = Start | SuitesRead | Received | Delivered | Undelivered | TimePassed | Computed


# ------------------------------------------------------------------ what it asks for


class ReadSuites(msgspec.Struct, frozen=True):
    """Read the attribute KeyEstablishmentSuite of the partner, and come back with SuitesRead."""


class MakeEphemeral(msgspec.Struct, frozen=True):
    """Make our key pair for this exchange, and come back with EphemeralMade."""

    own: Credentials
    randomness: Randomness


class MakeCodes(msgspec.Struct, frozen=True):
    """Compute what follows from all four key pairs, and come back with CodesMade."""

    own: Credentials
    ephemeral: EphemeralMade
    partner: Eui64
    public_key: Point  # of the partner
    certificate: bytes  # of the partner
    partner_ephemeral: bytes
    is_initiator: bool


Task = MakeEphemeral | MakeCodes


class Send(msgspec.Struct, frozen=True):
    """Send a frame under the network key; an answer carries the sequence number of its request."""

    record: Record


class Accept(msgspec.Struct, frozen=True):
    """Answer the Confirm Key Data Response with a Default Response SUCCESS."""


class Established(msgspec.Struct, frozen=True):
    """Store the key in place of the earlier one for this partner, and reset its counters.

    It is None where only a module has it.
    """

    link_key: Secret | None


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """It came to nothing.

    `status` is what was said, as a number, None for a time-out. `retry_at` is when an initiator
    may try again; `leave` means that it should rather leave the network (NET-4).
    `partner_suites` is what the partner said that it has, where it did.
    """

    why: str
    status: int | None
    by_partner: bool
    retry_at: float | None
    leave: bool
    partner_suites: int | None = None


Action = ReadSuites | Task | Send | Accept | Established | Failed


# ------------------------------------------------------------------ what it has come to


class Times(msgspec.Struct, frozen=True):
    """The seconds which a side needs for its ephemeral key and for its code: 0 to 254."""

    ephemeral: int = 3
    confirm: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a session is given: it does not change.

    `forced_suite` is the bit of the only suite to use, whatever the partner says it has.
    """

    own: CertificateStore
    partner: Eui64
    randomness: Randomness = field(repr=False)
    forced_suite: int | None = None
    times: Times = field(default_factory=Times)

    def __post_init__(self) -> None:
        """Refuse to force a suite that the own device does not have: ParameterError."""
        if self.forced_suite is not None:
            choose_suite(self.own.suites, 0, self.forced_suite)

    @property
    def suites(self) -> int:
        """The suites which may be used here."""
        return self.own.suites if self.forced_suite is None else self.forced_suite


class Partner(msgspec.Struct, frozen=True):
    """What the partner told about itself in its Initiate frame."""

    public_key: Point
    certificate: bytes
    times: Times


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A key establishment; `deadline` is when to come with TimePassed.

    It is never changed: a step returns a new one. So a step may be computed in another thread.
    """

    setup: Setup
    initiator: bool
    state: State
    deadline: float | None = None
    credentials: Credentials | None = None
    partner: Partner | None = None
    ephemeral: EphemeralMade | None = None
    partner_ephemeral: bytes = b""
    codes: CodesMade | None = None
    heard: frozenset[tuple[str, int, bytes]] = frozenset()

    def replace(self, **changes: Any) -> "Session":
        """Return a session with some things changed."""
        return replace(self, **changes)

    def ended(self, state: State) -> "Session":
        """Return the session without its secrets."""
        return Session(setup=self.setup, initiator=self.initiator, state=state)

    @property
    def suite(self) -> Suite:
        """The suite in use; there is one from the Initiate frame on."""
        assert self.credentials is not None
        return self.credentials.suite


class Step(msgspec.Struct, frozen=True):
    """What an event led to."""

    session: Session
    actions: tuple[Action, ...] = ()


def initiator(setup: Setup) -> Session:
    """Return a session that will begin a key establishment when it hears Start."""
    return Session(setup=setup, initiator=True, state=State.NEW)


def responder(setup: Setup) -> Session:
    """Return a session that waits for a partner's Initiate Key Establishment Request."""
    return Session(setup=setup, initiator=False, state=State.INITIATE_REQUEST)


def terminate(
    status: TerminateStatus, suites: int, wait_time: int = WAIT_TIME
) -> TerminateKeyEstablishmentRecord:
    """Return a refusal; with NO_RESOURCES, what to answer while another exchange goes on."""
    return TerminateKeyEstablishmentRecord(
        status_code=status, wait_time=wait_time, key_establishment_suite=suites
    )
