"""Key establishment as far as the stack computes it: the host carries its frames.

The stack makes the ephemeral key, and the codes by which both sides prove the key. That stays in it
until the host says whether it is to be kept. One exchange at a time. Source: Silicon Labs UG100,
CBKE frames.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Final, NamedTuple

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock, Timer
from sebridge.base.errors import DecodeError
from sebridge.base.secret import Secret
from sebridge.base.signals import SignalBus
from sebridge.crypto.certificate import parse_certificate
from sebridge.crypto.credentials import CertificateStore, Credentials
from sebridge.crypto.key_agreement import (
    EphemeralKey,
    Party,
    Randomness,
    derived_keys,
    ephemeral_key,
    initiator_code,
    responder_code,
    shared_secret,
)
from sebridge.crypto.suite import SUITE_1, SUITE_2, Suite
from sebridge.crypto.terminate import KeyEstablishmentError
from sebridge.model.data_types import FixedOctets, Uint8
from sebridge.model.record import Record
from sebridge.simulator.modules.command import Command, Nothing
from sebridge.simulator.modules.ezsp.host import HostLine
from sebridge.simulator.modules.ezsp.keys import Keys
from sebridge.simulator.modules.ezsp.stack import Stack
from sebridge.simulator.modules.ezsp.status import Status
from sebridge.simulator.modules.ezsp.tokens import KeptCertificate, Tokens
from sebridge.simulator.modules.ezsp.wording import Wording
from sebridge.simulator.modules.signals import StackRestarted

COMPUTING: Final = 0.5
"""Seconds that each computation takes; a real one takes up to 3.5, in which its radio is silent."""
_CODE: Final = 16  # octets


class _Store(Record):
    is_kept: Uint8


class _Preinstalled(Record):
    authority_key: Annotated[bytes, FixedOctets(22)]
    certificate: Annotated[bytes, FixedOctets(48)]
    private_key: Annotated[bytes, FixedOctets(21)]


class _Partner(Record):
    is_initiator: Uint8
    certificate: Annotated[bytes, FixedOctets(48)]
    ephemeral: Annotated[bytes, FixedOctets(22)]


class _Partner2(Record):
    is_initiator: Uint8
    certificate: Annotated[bytes, FixedOctets(74)]
    ephemeral: Annotated[bytes, FixedOctets(37)]


class _Numbers(NamedTuple):
    """The commands of a suite, and the callbacks that bring what was computed."""

    generate: int
    generated: int
    calculate: int
    calculated: int
    clear: int
    certificate: int


_NUMBERS: Final = {
    SUITE_1.number: _Numbers(0xA4, 0x9E, 0x9F, 0xA0, 0xA1, 0xA5),
    SUITE_2.number: _Numbers(0xE8, 0xE9, 0xEA, 0xEB, 0xEE, 0xEC),
}
_PREINSTALL: Final = 0xA2  # a certificate of suite 2 does not fit a frame of ASH with its keys


class CbkeCommands:
    """The commands of both suites.

    `made_with` are the certificates that the module was made with; one that is written counts
    before them.
    """

    def __init__(
        self,
        wording: Wording,
        host: HostLine,
        tokens: Tokens,
        keys: Keys,
        stack: Stack,
        made_with: CertificateStore,
        *,
        randomness: Randomness,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        self._tokens = tokens
        self._wording = wording
        self._made_with = made_with
        suites = [
            _Suite(suite, wording, host, keys, stack, self._own, randomness, clock, bus)
            for suite in (SUITE_1, SUITE_2)
        ]
        self.commands: Mapping[int, Command] = {
            number: command for one in suites for number, command in one.commands.items()
        } | {_PREINSTALL: Command(_Preinstalled, self._preinstall)}

    def _own(self, suite: Suite) -> Credentials | None:
        kept = self._tokens.certificates.get(suite.number)
        if kept is not None:
            return kept.credentials(suite)
        return self._made_with.find(suite) if suite.bit & self._made_with.suites else None

    def _preinstall(self, given: _Preinstalled) -> bytes:
        kept = KeptCertificate(
            authority_key=given.authority_key,
            certificate=given.certificate,
            private_key=Secret(given.private_key),
        )
        try:
            kept.credentials(SUITE_1)
        except DecodeError:
            return self._wording.status(Status.BAD_ARGUMENT)
        present = self._tokens.certificates.setdefault(SUITE_1.number, kept)
        if present != kept:  # it can be written once
            return self._wording.status(Status.INVALID_CALL)
        return self._wording.status(Status.OK)


class _Exchange(NamedTuple):
    """What is kept until the host says whether the key is."""

    partner: Eui64
    key: Secret


class _Suite:
    """The commands of one suite."""

    def __init__(
        self,
        suite: Suite,
        wording: Wording,
        host: HostLine,
        keys: Keys,
        stack: Stack,
        own: Callable[[Suite], Credentials | None],
        randomness: Randomness,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        self._suite = suite
        self._wording = wording
        self._host = host
        self._keys = keys
        self._stack = stack
        self._own = own
        self._randomness = randomness
        self._clock = clock
        self._timer: Timer | None = None
        self._ephemeral: EphemeralKey | None = None
        self._exchange: _Exchange | None = None
        self._numbers = numbers = _NUMBERS[suite.number]
        partner = _Partner if suite is SUITE_1 else _Partner2
        self.commands: Mapping[int, Command] = {
            numbers.generate: Command(Nothing, self._generate),
            numbers.calculate: Command(partner, self._calculate),
            numbers.clear: Command(_Store, self._clear),
            numbers.certificate: Command(Nothing, self._certificate),
        }
        bus.listen(StackRestarted, lambda _: self._forget())

    def _begin(self, compute: Callable[[], None]) -> bytes:
        """Compute something, which takes a while."""

        def end() -> None:
            self._timer = None
            compute()

        if self._timer is not None or not self._stack.is_up:
            return self._wording.status(Status.INVALID_CALL)
        self._timer = self._clock.call_later(COMPUTING, end)
        return self._wording.status(Status.IN_PROGRESS)

    def _tell(self, callback: int, status: Status, octets: bytes) -> None:
        self._host.call_back(callback, self._wording.status(status) + octets)

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._ephemeral = self._exchange = None

    # ------------------------------------------------------------------ the commands

    def _certificate(self, _request: Nothing) -> bytes:
        own = self._own(self._suite)
        if own is None:
            none = bytes(self._suite.certificate_octets)
            return self._wording.status(Status.FAILED) + none
        return self._wording.status(Status.OK) + own.certificate.octets

    def _generate(self, _request: Nothing) -> bytes:
        if self._own(self._suite) is None:
            return self._wording.status(Status.FAILED)
        return self._begin(self._make_ephemeral)

    def _make_ephemeral(self) -> None:
        self._ephemeral = ephemeral_key(self._suite, self._randomness)
        self._tell(self._numbers.generated, Status.OK, self._ephemeral.public)

    def _calculate(self, partner: _Partner | _Partner2) -> bytes:
        own, ephemeral = self._own(self._suite), self._ephemeral
        if own is None or ephemeral is None:
            return self._wording.status(Status.INVALID_CALL)
        return self._begin(lambda: self._make_codes(own, ephemeral, partner))

    def _make_codes(
        self, own: Credentials, ephemeral: EphemeralKey, given: _Partner | _Partner2
    ) -> None:
        try:
            certificate = parse_certificate(given.certificate, self._suite)
            public = own.key_of(certificate)
            shared = shared_secret(own, ephemeral, public, given.ephemeral)
        except (DecodeError, KeyEstablishmentError):
            self._tell(self._numbers.calculated, Status.FAILED, bytes(2 * _CODE))
            return
        keys = derived_keys(shared)
        ourselves = Party(self._stack.address, ephemeral.public)
        other = Party(certificate.subject, given.ephemeral)
        parties = (ourselves, other) if given.is_initiator else (other, ourselves)
        self._exchange = _Exchange(certificate.subject, keys.link_key)
        codes = initiator_code(keys, *parties) + responder_code(keys, *parties)
        self._tell(self._numbers.calculated, Status.OK, codes)

    def _clear(self, request: _Store) -> bytes:
        """Forget the exchange; the key is kept where the host says so, and there is room."""
        exchange = self._exchange
        self._forget()
        if not request.is_kept:
            return self._wording.status(Status.OK)
        if exchange is None:
            return self._wording.status(Status.INVALID_CALL)
        return self._wording.status(self._keys.establish(*exchange))
