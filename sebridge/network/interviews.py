"""The interviews of devices: one of each at a time, few at once, later again where it is silent.

A flood of frames from unknown devices costs a bounded number of interviews and a bounded memory.
"""

import asyncio
from collections.abc import Callable, Iterable
import logging
from typing import Final

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, RefusedError, SebridgeError
from sebridge.base.service import Service
from sebridge.network.activity import Retries
from sebridge.network.directory import MAX_STRANGERS, Directory
from sebridge.network.discovery import Asker, Findings, interview, unasked
from sebridge.network.known_device import KnownDevice

_LOGGER = logging.getLogger(__name__)

INTERVIEWS_AT_ONCE: Final = 3
PROOFS_AT_ONCE: Final = 8  # one question each
STRANGERS_AT_ONCE: Final = 3  # interviews with strangers: they do not keep the others waiting


class InterviewProgress(msgspec.Struct, frozen=True):
    """How far a round of interviews is: of how many devices, how many are left, how many failed.

    One has failed whose device did not answer, or not all; it is tried again later.
    """

    asked: int = 0
    left: int = 0
    failed: int = 0


class Interviews(Service):
    """Interviews with devices. Who answers is kept in the directory, and is active.

    `admits_strangers` says whether an unknown device may become known; `unanswered` is told of
    each device that took a question and did not answer it, `answered` of each that did, and its
    network address.
    """

    def __init__(
        self,
        asker: Asker,
        directory: Directory,
        clock: Clock,
        admits_strangers: Callable[[], bool],
        *,
        unanswered: Callable[[Eui64], None],
        answered: Callable[[Eui64, int], None],
    ) -> None:
        super().__init__()
        self.turned_away = 0
        self._asker = asker
        self._directory = directory
        self._clock = clock
        self._admits_strangers = admits_strangers
        self._unanswered = unanswered
        self._answered = answered
        self._retries = Retries()
        self._under_way: set[Eui64] = set()
        self._round: set[Eui64] = set()  # of it, those whose interviews have not ended
        self._asked = 0
        self._failed = 0
        self._strangers: set[Eui64] = set()
        self._interviews = asyncio.Semaphore(INTERVIEWS_AT_ONCE)
        self._first_interviews = asyncio.Semaphore(STRANGERS_AT_ONCE)
        self._proofs = asyncio.Semaphore(PROOFS_AT_ONCE)

    def request(
        self,
        device: Eui64,
        nwk: int,
        *,
        heard: bool = False,
        unexpected_endpoint: int | None = None,
        anew: bool = False,
    ) -> None:
        """Interview a device soon, unless that was in vain a short time ago.

        `heard`: it was just heard, so that the wait is short. `anew`: what is known is asked again.
        `unexpected_endpoint`: see `interview()`. One that is disabled is not asked.
        """
        known = self._directory.get(device)
        if known is not None and known.options.disabled:
            return
        may_ask = self._retries.may_ask(
            device, self._clock.monotonic(), heard=heard and known is not None
        )
        if device in self._under_way or not may_ask:
            return
        if known is None or known.is_stranger:
            if len(self._strangers) >= MAX_STRANGERS:
                self.turned_away += 1
                return
            self._strangers.add(device)
            known = known or KnownDevice(eui64=device, nwk=int(nwk))
        if anew:
            known = unasked(known)
        self._under_way.add(device)
        self.spawn(self._hold(known, nwk, unexpected_endpoint), f"interview of {device}")

    def count(self, devices: Iterable[Eui64]) -> None:
        """Count the interviews of these devices, where they are under way, as a round.

        As long as one has not ended, others join it.
        """
        if not self._round:
            self._asked = self._failed = 0
        more = self._under_way.intersection(devices) - self._round
        self._round |= more
        self._asked += len(more)

    @property
    def progress(self) -> InterviewProgress:
        """How far the newest round is."""
        return InterviewProgress(self._asked, len(self._round), self._failed)

    def retry(self) -> None:
        """Interview again the known devices where it was in vain, and whose wait is over."""
        for device in self._retries.due(self._clock.monotonic()):
            known = self._directory.get(device)
            if known is None or known.nwk is None:
                continue
            if known.is_complete and self._directory.is_active(device):
                continue
            self.request(device, known.nwk)

    def delay(self, device: Eui64, seconds: float) -> None:
        """Do not interview a device for a while, even when it is heard.

        What an interview that is under way finds out is not kept, unless it is known by then.
        """
        self._strangers.discard(device)
        self._retries.delay(device, self._clock.monotonic() + seconds)

    def reset_backoff(self, device: Eui64) -> None:
        """Forget that interviews were in vain: there is news of the device."""
        self._retries.forget(device)

    @override
    async def stop(self) -> None:
        """Break off all interviews."""
        await super().stop()
        self._under_way.clear()
        self._round.clear()
        self._strangers.clear()

    async def _hold(self, known: KnownDevice, nwk: int, unexpected_endpoint: int | None) -> None:
        device = known.eui64
        is_proof = known.is_complete and unexpected_endpoint is None
        try:
            async with self._proofs if is_proof else self._room_for(device):
                findings = await interview(
                    self._asker, known, nwk, unexpected_endpoint=unexpected_endpoint
                )
            if device in self._directory or self._is_welcome_stranger(device):
                self._keep(known, nwk, findings)
        except AnswerTimeoutError as error:
            self._unanswered(device)
            self._in_vain(device, error)
        except SebridgeError as error:
            self._in_vain(device, error)
        finally:
            self._under_way.discard(device)
            self._round.discard(device)
            self._strangers.discard(device)

    def _room_for(self, device: Eui64) -> asyncio.Semaphore:
        return self._first_interviews if device in self._strangers else self._interviews

    def _is_welcome_stranger(self, device: Eui64) -> bool:
        """Tell a device that was never known from one that was removed during the interview."""
        return device in self._strangers and self._admits_strangers()

    def _keep(self, known: KnownDevice, nwk: int, findings: Findings) -> None:
        """Keep what was found, beside what others found out during the interview."""
        device = known.eui64
        before = self._directory.get(device) or known
        if before.nwk is None:
            before = replace(before, nwk=known.nwk)
        try:
            presence = self._directory.put(findings.added_to(before))
        except RefusedError as error:
            self._in_vain(device, error)
            return
        presence.heard = self._clock.monotonic()
        presence.failures = 0
        if findings.problems:
            self._in_vain(device, "; ".join(findings.problems))
        else:
            self._retries.forget(device)
        self._answered(device, nwk)
        self._directory.activate(device)

    def _in_vain(self, device: Eui64, reason: object) -> None:
        wait = self._retries.failed(device, self._clock.monotonic())
        self._failed += device in self._round
        level = logging.DEBUG if device in self._strangers else logging.INFO
        _LOGGER.log(
            level, "the interview of %s is incomplete, again in %d s: %s", device, wait, reason
        )
