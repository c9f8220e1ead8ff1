"""Sort what the radio hears: for our endpoints, a ZDO question to us, an answer, an address."""

from collections.abc import Sequence
import logging
from typing import Final

import msgspec

from sebridge.base.addresses import Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import DeliveryError
from sebridge.radio.address_book import AddressBook, addresses_in, sleep_told_in
from sebridge.radio.address_resolver import AddressResolver
from sebridge.radio.duplicates import DuplicateFilter
from sebridge.radio.frame_recorder import FrameRecorder
from sebridge.radio.heard import Heard
from sebridge.radio.passive import PassiveApplication
from sebridge.radio.radio import GroupMember, Incoming, Listener, Outgoing
from sebridge.radio.transmitter import RadioCounters, Transmitter, zdo_frame
from sebridge.radio.zdo_server import ZdoServer
from sebridge.zcl import digi
from sebridge.zcl.identifiers import ZDO_ENDPOINT
from sebridge.zcl.zdo import ANSWER_BIT, SimpleDescriptor, ZdoCommand

_LOGGER = logging.getLogger(__name__)

_MOST_ANSWERS: Final = 64  # ZDO answers under way at once
_STATUS: Final = 1  # of a ZDO answer, behind its sequence number
_MOST_UNADDRESSED: Final = 64  # frames that wait for their sender's network address


class Reception:
    """What a zigpy application hears, on its way to who listens.

    Until `open` and after the connection broke, frames go nowhere, except the answers to what
    zigpy asks its own radio while it starts.
    """

    def __init__(
        self,
        application: PassiveApplication,
        book: AddressBook,
        counters: RadioCounters,
        recorder: FrameRecorder,
        clock: Clock,
    ) -> None:
        self.transmitter = Transmitter(application, counters, recorder)
        self.resolver = AddressResolver(book, self.transmitter, counters, clock)
        self._application = application
        self._book = book
        self._counters = counters
        self._recorder = recorder
        self._clock = clock
        self._duplicates = DuplicateFilter()
        self._answers = 0
        self._unaddressed = 0
        self._listener: Listener | None = None
        self._zdo: ZdoServer | None = None

    @property
    def is_open(self) -> bool:
        """Whether frames go through."""
        return self._listener is not None

    def open(self, listener: Listener, zdo: ZdoServer) -> None:
        """Let frames through."""
        self._listener = listener
        self._zdo = zdo

    def offer(self, endpoints: Sequence[SimpleDescriptor]) -> None:
        """Tell whoever asks of these endpoints, and have the radio let their frames through."""
        if self._zdo is not None:
            self._zdo.offer(endpoints)
        for descriptor in endpoints:
            if descriptor.endpoint not in self._application.registered:
                name = f"register endpoint 0x{descriptor.endpoint:02X}"
                self.resolver.spawn(self._application.register_further(descriptor), name)

    def hear_groups(self, members: frozenset[GroupMember]) -> None:
        """Have the radio let through what is sent to the groups of these endpoints."""
        self.resolver.spawn(self._application.hear_groups(members), "hear groups")

    async def stop(self) -> None:
        """Let nothing through any more; forget what is under way."""
        self._listener = None
        await self.resolver.stop()

    # ------------------------------------------------------------------ from the application

    def take(self, heard: Heard) -> None:
        """Take a frame of another device, whichever way the application heard it."""
        if self._listener is None:
            return
        self._counters.received += 1
        nwk = heard.nwk
        if heard.destination_endpoint == ZDO_ENDPOINT:
            self._learn_from(nwk, heard.cluster_id, heard.data)
        device = self._book.device(nwk)
        if self._recorder.is_on:
            self._recorder.heard(device, nwk, heard)
        if device is None:
            self.resolver.hold(heard)
        else:
            self._deliver(device, heard)

    def take_own(self, heard: Heard) -> None:
        """Take what the radio answers about itself."""
        if self._zdo is not None:
            self._deliver(self._zdo.address, heard)

    def take_from(self, device: Eui64, heard: Heard) -> None:
        """Take a frame of a device whose network address the radio does not know.

        Where we do not either, it is asked for: answers need it.
        """
        nwk = self._book.nwk(device)
        if nwk is not None:
            self.take(msgspec.structs.replace(heard, nwk=nwk))
        elif self._listener is not None and self._unaddressed < _MOST_UNADDRESSED:
            self._unaddressed += 1
            self.resolver.spawn(self._take_when_found(device, heard), f"frame of {device}")
        else:
            self._counters.dropped_unknown += 1

    async def _take_when_found(self, device: Eui64, heard: Heard) -> None:
        try:
            nwk = await self.resolver.find(device)
        except DeliveryError as error:
            self._counters.dropped_unknown += 1
            _LOGGER.debug("a frame of %s was dropped: %s", device, error)
        else:
            self.take(msgspec.structs.replace(heard, nwk=nwk))
        finally:
            self._unaddressed -= 1

    def device_at(self, nwk: int) -> Eui64 | None:
        """Say whose network address this is."""
        return self._book.device(nwk)

    def skipped(self) -> None:
        """Count what the radio said and nobody understands."""
        self._counters.skipped += 1

    def device_seen(self, device: Eui64, nwk: int) -> None:
        """Take a pair of addresses that the radio itself knows."""
        if self._book.device(nwk) != device:
            self._learn(device, nwk)

    def device_joined(self, device: Eui64, nwk: int) -> None:
        """Know that the radio saw a device join or come back."""
        self._learn(device, nwk, is_joining=True)

    def device_left(self, device: Eui64) -> None:
        """Know that the radio saw a device leave."""
        self._book.forget(device)
        self._application.unlearn(device)
        if self._listener is not None:
            self._listener.left(device)

    def key_gone(self, device: Eui64) -> None:
        """Know that a device joined anew, with the key that it was made with."""
        if self._listener is not None:
            self._listener.key_gone(device)

    def connection_lost(self, reason: Exception) -> None:
        """Tell who listens, once."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.lost(reason)

    # ------------------------------------------------------------------ addresses

    def _learn_from(self, nwk: int, cluster_id: int, data: bytes) -> None:
        """Take the addresses that a frame tells, where its sender may tell them."""
        sleep = sleep_told_in(cluster_id, data)
        device = self._book.device(nwk)
        if device is not None and sleep is not None and sleep[0] == nwk:
            self._book.note(device, is_sleepy=sleep[1])
        pair = addresses_in(cluster_id, data)
        if pair is None:
            return
        is_announcement = cluster_id == ZdoCommand.Device_annce
        if pair.nwk == nwk or (not is_announcement and self.resolver.is_asked_for(pair)):
            self._learn(pair.device, pair.nwk, is_joining=is_announcement)

    def remember(self, device: Eui64, nwk: int, *, stays: bool) -> bool:
        """Take a pair of addresses into both tables; True when it is news and was taken.

        Nobody else can have our own address: whoever claims it is not learned.
        """
        if self._is_own(device):
            return False
        for displaced in self._book.give_way(device, nwk):
            self._application.unlearn(displaced)
        if not self._book.learn(device, nwk, stays=stays):
            return False
        self._application.learn(device, nwk)
        return True

    def _learn(self, device: Eui64, nwk: int, *, is_joining: bool = False) -> None:
        if self._is_own(device):
            _LOGGER.debug("%04x claims the address of this radio", nwk)
            return
        was_known = self._book.nwk(device) is not None
        is_news = self.remember(device, nwk, stays=False)
        if self._listener is not None and (is_joining or (is_news and was_known)):
            self._listener.joined(device, nwk)
        for heard in self.resolver.learned(device, nwk):
            self._deliver(device, heard)

    def _is_own(self, device: Eui64) -> bool:
        return self._zdo is not None and device == self._zdo.address

    # ------------------------------------------------------------------ frames

    def _deliver(self, device: Eui64, heard: Heard) -> None:
        cluster_id, endpoint = heard.cluster_id, heard.destination_endpoint
        # the flag is part of it: a copy in the clear must not push out the encrypted frame
        same = (
            heard.nwk,
            heard.source_endpoint,
            endpoint,
            heard.profile_id,
            cluster_id,
            heard.encrypted,
            heard.data,
        )
        # in Digi's profile the same octets are others, without a number; modules drop repeats
        is_counted = heard.profile_id != digi.PROFILE
        if is_counted and not self._duplicates.is_new(same, self._clock.monotonic()):
            self._counters.duplicates += 1
            return
        frame = Incoming(
            device,
            heard.nwk,
            heard.profile_id,
            cluster_id,
            heard.source_endpoint,
            endpoint,
            heard.data,
            heard.encrypted,
            heard.broadcast,
            heard.lqi,
            heard.rssi,
            heard.group,
        )
        if endpoint == ZDO_ENDPOINT and not self._is_for_listener(cluster_id):
            self._serve(frame)
        elif self._listener is not None:
            self._listener.received(frame)

    @staticmethod
    def _is_for_listener(cluster_id: int) -> bool:
        return bool(cluster_id & ANSWER_BIT) or cluster_id == ZdoCommand.Device_annce

    def _serve(self, question: Incoming) -> None:
        """Answer a ZDO question, unless the radio's firmware has done so."""
        if self._zdo is None or question.cluster_id in self._application.zdo_answered_by_stack:
            return
        answer = self._zdo.answer(question.cluster_id, question.data, broadcast=question.broadcast)
        self._counters.malformed_zdo = self._zdo.malformed
        if answer is None:
            return
        if self._answers >= _MOST_ANSWERS:
            self._counters.unanswered_zdo += 1
            return
        self._answers += 1
        frame = zdo_frame(question.source, answer.cluster_id, answer.data)
        self.resolver.spawn(self._answer(frame, question.source_nwk), "ZDO answer")

    async def _answer(self, frame: Outgoing, nwk: int) -> None:
        try:
            await self.transmitter.send(frame, nwk)
        except DeliveryError as error:
            self._counters.unanswered_zdo += 1
            _LOGGER.debug("ZDO answer to %04x: %s", nwk, error)
        finally:
            self._answers -= 1
        if frame.cluster_id == ZdoCommand.Mgmt_Leave_rsp and not frame.data[_STATUS]:
            self._application.told_to_leave()
