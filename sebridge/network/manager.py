"""Seen -> active -> inactive -> removed: the life of the remote devices."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
import logging
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from sebridge.base.addresses import Eui64, is_unicast
from sebridge.base.clock import Clock
from sebridge.base.errors import (
    AnswerTimeoutError,
    DecodeError,
    DeliveryError,
    NotTakenError,
    RefusedError,
    SebridgeError,
)
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.network.activity import Activity, Presence, place
from sebridge.network.airtime import AirtimeBudget, PacedAsker
from sebridge.network.device_options import DeviceOptions
from sebridge.network.directory import Directory
from sebridge.network.interviews import Interviews
from sebridge.network.joining_window import check_join_time
from sebridge.network.known_device import KnownDevice
from sebridge.network.trust_center import TrustCenter, check_link_key
from sebridge.network.turns import Turns, priority_of
from sebridge.network.zdo_client import ZdoClient
from sebridge.radio.radio import NOT_OF_THE_DEVICE, Incoming, Outgoing, TxStatus
from sebridge.zcl import digi
from sebridge.zcl.identifiers import (
    KEY_ESTABLISHMENT,
    SE_PROFILE,
    ZDO_ENDPOINT,
    ZDO_PROFILE,
)
from sebridge.zcl.zdo import ANSWER_BIT, ZdoCommand, decode

_LOGGER = logging.getLogger(__name__)

TICK: Final = 5.0  # seconds between looks at what is due
SHORTEST_INTERVAL: Final = 10.0  # seconds between refreshes, whatever the setting says
SAME_JOINING: Final = 2.0  # seconds within which the radio may tell twice of one joining
RETRY_AFTER: Final = 0.1  # seconds until a frame that the radio refused is handed to it again
LEAVING: Final = 60.0  # seconds in which a removed device does not come back by being heard
MAX_PLACES: Final = 1024  # endpoints and clusters of one device that may surprise us

_LEAVE_AND_STAY_AWAY: Final = 0
_ONCE_ONLY: Final = frozenset({ZDO_PROFILE, digi.PROFILE})
"""Profiles without frames that are sent once more to who sleeps: octets must not come twice."""


class DeviceRules(msgspec.Struct, frozen=True, kw_only=True):
    """The registry settings that decide about devices, as they are at the moment of asking.

    `max_failures`: ZDO_Device_Manager.max_sequential_TX_failures. `refresh_interval`, seconds:
    ZDO_Device_Manager.refresh_interval. `answer_within`, seconds: Conversation.default_timeout,
    also the limit for answers to the refresh (N19). `sent_within`, seconds, is
    Conversation.TX_status_timeout, `retries` is Endpoint.max_socket_retries, `interview_airtime`,
    1 to 100 percent, is ZDO_Device_Manager.interview_airtime.
    """

    max_failures: Callable[[], int] = lambda: 3
    refresh_interval: Callable[[], float] = lambda: 120.0
    answer_within: Callable[[], float] = lambda: 40.0
    sent_within: Callable[[], float] = lambda: 10.0
    retries: Callable[[], int] = lambda: 3
    interview_airtime: Callable[[], float] = lambda: 25.0


class ReachingRadio(Protocol):
    """What of a radio reaches devices."""

    async def send(self, frame: Outgoing) -> None:
        """Return when the frame was acknowledged; raise DeliveryError when it was not."""

    async def forget(self, device: Eui64) -> None:
        """Drop the device's link key and addresses."""

    def remember(self, device: Eui64, nwk: int, *, is_sleepy: bool = False) -> None:
        """Keep the address of a known device, so that it can be reached at any time."""


class DeviceManager(Service):
    """Notices devices, asks them what they are, and notices when they are gone.

    Whoever sends frames sends them through `send()`, so that failures are counted. Every frame
    that the radio hears goes to `seen()`.
    """

    def __init__(
        self,
        radio: ReachingRadio,
        directory: Directory,
        trust_center: TrustCenter,
        clock: Clock,
        rules: DeviceRules | None = None,
    ) -> None:
        super().__init__()
        self._radio = radio
        self._directory = directory
        self._trust_center = trust_center
        self._clock = clock
        self._rules = rules or DeviceRules()
        self._activity = Activity(self._rules.max_failures, self._rules.refresh_interval)
        self._turns = Turns()
        self._questions = Turns()
        self._expected: dict[Eui64, asyncio.Future[None]] = {}
        self.zdo = ZdoClient(
            self, clock, self._rules.answer_within, one_at_a_time=self.one_at_a_time
        )
        budget = AirtimeBudget(self._rules.interview_airtime)
        self.interviews = Interviews(
            PacedAsker(self.zdo, budget, clock),
            directory,
            clock,
            trust_center.admits_strangers,
            unanswered=lambda device: self.sent(device, ok=False),
            answered=self._meet,
        )

    # -------------------------------------------------------------- what the radio tells

    def seen(self, frame: Incoming) -> None:
        """Take note of a frame; called for every frame, before anyone acts upon it."""
        if frame.destination_endpoint == ZDO_ENDPOINT:
            self._seen_zdo(frame)
            return
        presence = self._directory.sender(frame)
        if presence is None:
            if self._trust_center.admits_strangers():
                self.interviews.request(frame.source, frame.source_nwk)
            return
        self._heard(presence, frame)
        if presence.disabled:
            return
        where = place(frame.source_endpoint, frame.cluster_id)
        if not presence.active or where not in presence.places:
            self._look_closer(presence, frame, where)

    def joined(self, device: Eui64, nwk: int) -> None:
        """Know that a device joined, came back, or has a new network address."""
        presence = self._directory.presence(device)
        if presence is None and not self._trust_center.admits_strangers():
            _LOGGER.info("%s joined, but was not added beforehand", device)
            return
        if presence is not None and self._is_repetition(presence, nwk):
            return
        is_new = presence is None
        try:
            presence = self._directory.joined(device, nwk)
        except RefusedError as error:
            _LOGGER.warning("%s joined: %s", device, error)
            return
        presence.joined = self._clock.monotonic()
        known = self._directory[device]
        if not known.is_stranger:
            self._meet(device, nwk)
        if is_new or not known.is_stranger:  # else it might be asked as often as it likes
            self.interviews.reset_backoff(device)
        if not (presence.active and known.is_complete):
            self.interviews.request(device, nwk, heard=True)

    def left(self, device: Eui64) -> None:
        """Know that a device left the network. It stays known until it is removed.

        One that was neither added nor interviewed does not.
        """
        known = self._directory.get(device)
        if known is None:
            return
        self._directory.deactivate(device)
        self._give_up(device, "left the network")
        if known.is_stranger:
            self._directory.remove(device, keep_settings=True)
        else:
            self._directory.put(replace(known, nwk=None))

    # -------------------------------------------------------------- what we send

    async def send(self, frame: Outgoing) -> None:
        """Send a frame, and count whether its device took it; raise what the radio raises.

        Each device is sent one frame at a time, the most important first; those of other devices
        do not wait for it. DeliveryError for a device that is disabled, and when too many wait.
        """
        if isinstance(frame.destination, Eui64):
            await self._send_in_turn(frame.destination, frame)
        else:
            await self._hand_over(frame)

    def one_at_a_time(self, question: Outgoing) -> AbstractAsyncContextManager[None]:
        """Return what a question to a device is put within, with the wait for its answer.

        A device that sleeps is asked one thing at a time, the most important first: it is awake
        for a moment only. Others do not wait. DeliveryError when too many questions do.
        """
        device = question.destination
        if isinstance(device, Eui64) and self._directory.is_sleepy(device):
            return self._questions.of(device, priority_of(question))
        return nullcontext()

    @property
    def queued(self) -> int:
        """How many frames wait for the device for which most do."""
        return self._turns.longest

    @property
    def refused(self) -> int:
        """How many frames were refused because too many waited for their device."""
        return self._turns.refused + self._questions.refused

    async def _send_in_turn(self, device: Eui64, frame: Outgoing) -> None:
        if self._directory.is_disabled(device):
            problem = f"{device} is disabled (set_device_options)"
            raise DeliveryError(problem, TxStatus.ILLEGAL_REQUEST)
        async with self._turns.of(device, priority_of(frame)):
            try:
                await self._deliver(device, frame)
            except DeliveryError as error:
                if _blames_the_device(error):
                    self.sent(device, ok=False)
                raise
        # a question of ours only succeeds with its answer, which `seen()` notices
        if frame.profile_id != ZDO_PROFILE:
            self.sent(device, ok=True)

    async def _deliver(self, device: Eui64, frame: Outgoing) -> None:
        """Hand a frame over; what a sleeping device did not take, once more when it speaks."""
        try:
            await self._hand_over(frame)
        except DeliveryError as error:
            may_speak = self._directory.is_sleepy(device) and frame.profile_id not in _ONCE_ONLY
            if not (may_speak and _blames_the_device(error)):
                raise
            if not await self._speaks(device):
                raise
        else:
            return
        await self._hand_over(frame)

    async def _speaks(self, device: Eui64) -> bool:
        """Wait until a device is heard, for as long as for an answer; say whether it was."""
        spoken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._expected[device] = spoken
        try:
            await self._clock.within(self._rules.answer_within(), spoken)
        except AnswerTimeoutError:
            return False
        finally:
            self._expected.pop(device, None)
        return True

    async def _hand_over(self, frame: Outgoing) -> None:
        """Give the radio a frame, and again when it refuses it."""
        retries = self._rules.retries()
        while True:
            try:
                await self._clock.within(self._rules.sent_within(), self._radio.send(frame))
            except AnswerTimeoutError as error:
                problem = f"the radio did not say what became of the frame: {error}"
                raise DeliveryError(problem, TxStatus.NO_ACK) from error
            except NotTakenError:
                if retries <= 0:
                    raise
                retries -= 1
                await self._clock.sleep(RETRY_AFTER)
            else:
                return

    def sent(self, device: Eui64, *, ok: bool) -> None:
        """Count a transmission to a device: enough failures in a row make it inactive."""
        presence = self._directory.presence(device)
        if presence is None:
            return
        if ok:
            presence.failures = 0
        elif self._activity.failed(presence):
            _LOGGER.info("%s failed %d times in a row", device, presence.failures)
            self._directory.deactivate(device)
            self._give_up(device, f"failed {presence.failures} times in a row")

    # -------------------------------------------------------------- what a person asks for

    async def add(
        self, device: Eui64, key: Secret | None = None, join_time: int | None = None
    ) -> None:
        """Make a device known, let it join with a link key, and open the network for it.

        `key` has 16 octets, `join_time` is in seconds. Raises ParameterError before anything is
        done, RefusedError when too many devices are known, DeliveryError from the radio.
        """
        if key is not None:
            check_link_key(key)
        if join_time is not None:
            check_join_time(join_time)
        known = self._directory.get(device) or KnownDevice(eui64=device)
        self._directory.put(replace(known, added=True))
        self.interviews.reset_backoff(device)
        if key is not None:
            await self._trust_center.set_key(device, key)
        if join_time is not None:
            await self._trust_center.open(join_time, None if key is None else device)

    def replaces_key(self, device: Eui64, key: Secret) -> bool:
        """Say whether to add a device with a key would take the one away that it runs with.

        A device that was added, and has not joined yet, runs with none.
        """
        known = self._directory.get(device)
        has_joined = known is not None and known.nwk is not None
        is_running = has_joined or self._trust_center.is_established(device)
        return is_running and self._trust_center.has_another_key(device, key)

    def set_options(self, device: Eui64, options: DeviceOptions) -> None:
        """Have these options of a device; one that is disabled no more is looked for at once.

        ParameterError for what is out of range, UnknownDeviceError for an unknown device.
        """
        was_disabled = self._directory[device].options.disabled
        self._directory.set_options(device, options)
        if was_disabled and not options.disabled:
            self.look_at(device)

    async def remove(self, device: Eui64, *, keep_settings: bool = False) -> None:
        """Forget a device and its key, and tell it to leave; UnknownDeviceError for an unknown one.

        With `keep_settings` its name and options come back with it. Returns without waiting for the
        device: the result does not depend on its answer (Z2).
        """
        known = self._directory.remove(device, keep_settings=keep_settings)
        self._give_up(device, "was removed")
        self.interviews.delay(device, LEAVING)
        await self._forget(device)
        if known.nwk is not None:
            self._radio.remember(device, known.nwk)  # its address, for the request to leave
            self.spawn(self._make_leave(device), f"make {device} leave")

    def look_at(self, device: Eui64 | None, *, anew: bool = False) -> None:
        """Begin to see whether a device, or each, is there; UnknownDeviceError for an unknown one.

        With `anew` everything is asked again; what is known stays until the answers come.
        """
        wanted = list(self._directory) if device is None else [self._directory[device]]
        if device is None and not anew:
            self.spawn(self.refresh(), "refresh")
            return
        for known in wanted:
            if known.nwk is not None:
                self.interviews.reset_backoff(known.eui64)
                self.interviews.request(known.eui64, known.nwk, anew=anew)
        self.interviews.count(known.eui64 for known in wanted)

    def push_devices(self) -> None:
        """Tell a radio that has just been started of all devices with a network address.

        Where two have the same, one of them has another by now: the radio asks whose it is.
        """
        holders = Counter(known.nwk for known in self._directory)
        for known in self._directory:
            if known.nwk is not None and holders[known.nwk] == 1:
                self._radio.remember(known.eui64, known.nwk, is_sleepy=known.is_sleepy)

    # -------------------------------------------------------------- what time brings

    @override
    async def run(self) -> None:
        """Bring a started radio up to date, then refresh and retry for ever."""
        self.push_devices()
        self._note_added()
        self._directory.forget_strangers()
        await self._trust_center.push_keys()
        due = self._clock.monotonic()
        while True:
            now = self._clock.monotonic()
            if now >= due:
                due = now + max(self._rules.refresh_interval(), SHORTEST_INTERVAL)
                self.spawn(self.refresh(), "refresh")
            self.interviews.retry()
            await self._clock.sleep(TICK)

    @override
    async def stop(self) -> None:
        """Cancel everything, the interviews too."""
        await super().stop()
        await self.interviews.stop()

    async def refresh(self) -> None:
        """See who is there: ask all at once, and one by one those who would not hear that.

        Returns when the time for answers is over.
        """
        begun = self._clock.monotonic()
        refresh = self._activity.refresh(self._directory.presences(), begun)
        for device, nwk in refresh.one_by_one:
            self.interviews.request(device, nwk)
        try:
            await self.zdo.match(SE_PROFILE, [KEY_ESTABLISHMENT], self._answered)
        except SebridgeError as error:
            _LOGGER.info("the refresh was not sent: %s", error)
            return
        for device in refresh.by_broadcast:
            presence = self._directory.presence(device)
            if presence is not None and (presence.heard is None or presence.heard < begun):
                self.sent(device, ok=False)

    async def search(self, cluster_ids: Sequence[int]) -> int:
        """Ask all who listen whether they serve one of these clusters; return how many do.

        Who answers becomes known, as somebody that was heard would. Returns when the time for
        answers is over; raises DeliveryError when the question was not sent.
        """
        found: set[Eui64] = set()

        def met(device: Eui64, nwk: int) -> None:
            found.add(device)
            if device in self._directory:
                self._answered(device, nwk)
            elif self._trust_center.admits_strangers():
                self.interviews.request(device, nwk)

        await self.zdo.match(SE_PROFILE, cluster_ids, met)
        return len(found)

    # -------------------------------------------------------------- inside

    def _give_up(self, device: Eui64, reason: str) -> None:
        """Keep nobody waiting for a device that is not there: each would take a whole time-out."""
        self._turns.give_up(device, reason)
        self._questions.give_up(device, reason)

    def _meet(self, device: Eui64, nwk: int) -> None:
        """Have the radio keep the address of a device that is no stranger."""
        if is_unicast(nwk):
            self._radio.remember(device, nwk, is_sleepy=self._directory[device].is_sleepy)

    def _note_added(self) -> None:
        """Know of devices with a link key that somebody added them, also before that was noted."""
        for device in self._trust_center.keys:
            known = self._directory.get(device)
            if known is not None and not known.added:
                self._directory.put(replace(known, added=True))

    def _heard(self, presence: Presence, frame: Incoming) -> None:
        presence.heard = self._clock.monotonic()
        presence.failures = 0
        if self._expected and presence.device in self._expected:
            spoken = self._expected.pop(presence.device)
            if not spoken.done():  # it may have been given up in the same moment
                spoken.set_result(None)
        if frame.lqi is not None:
            presence.lqi = frame.lqi
            presence.rssi = frame.rssi

    def _look_closer(self, presence: Presence, frame: Incoming, where: int) -> None:
        """Deal with a frame that was not expected: of an inactive device, or from a new place."""
        known = self._directory[presence.device]
        if not presence.active and known.is_complete and known.is_sleepy:
            # it may not listen again for hours: that it spoke is proof enough
            self._directory.activate(known.eui64)
        if not presence.active:
            self.interviews.request(known.eui64, frame.source_nwk, heard=True)
        elif where not in presence.places and len(presence.places) < MAX_PLACES:
            presence.places |= {where}  # asked once, also when the answer does not explain it
            nwk, endpoint = frame.source_nwk, frame.source_endpoint
            self.interviews.request(known.eui64, nwk, heard=True, unexpected_endpoint=endpoint)

    def _seen_zdo(self, frame: Incoming) -> None:
        presence = self._directory.sender(frame)
        if presence is not None:
            self._heard(presence, frame)
        if frame.cluster_id == ZdoCommand.Device_annce:
            self._announced(frame)
        elif frame.cluster_id & ANSWER_BIT:
            self.zdo.received(frame)

    def _announced(self, frame: Incoming) -> None:
        try:
            _, fields = decode(ZdoCommand.Device_annce, frame.data)
        except DecodeError as error:
            _LOGGER.warning("%s announced itself wrongly: %s", frame.source, error)
            return
        if fields["IEEEAddr"] == frame.source:
            self.joined(frame.source, fields["NWKAddr"])

    def _is_repetition(self, presence: Presence, nwk: int) -> bool:
        since = self._clock.monotonic() - SAME_JOINING
        is_recent = presence.joined is not None and presence.joined > since
        return is_recent and self._directory[presence.device].nwk == nwk

    def _answered(self, device: Eui64, _nwk: int) -> None:
        """Take the answer of a known device to the refresh."""
        known = self._directory.get(device)
        if known is None or known.nwk is None:
            return  # answers do not make a device known, or our questions would (V1)
        if known.is_complete:
            self._directory.activate(device)
        else:
            self.interviews.request(device, known.nwk, heard=True)

    async def _make_leave(self, device: Eui64) -> None:
        try:
            await self.zdo.ask(device, ZdoCommand.Mgmt_Leave_req, device, _LEAVE_AND_STAY_AWAY)
        except SebridgeError as error:
            _LOGGER.info("%s was removed, but did not say that it leaves: %s", device, error)
        if device not in self._directory:
            await self._forget(device)

    async def _forget(self, device: Eui64) -> None:
        try:
            await self._radio.forget(device)
        except SebridgeError as error:
            _LOGGER.warning("the radio did not forget %s: %s", device, error)


def _blames_the_device(error: DeliveryError) -> bool:
    """Say whether a failure may be that of the device, and not of our radio or the air."""
    return not isinstance(error, NotTakenError) and error.tx_status not in NOT_OF_THE_DEVICE
