"""Find out who has which address, by asking on the air."""

import asyncio
import logging
from typing import Final

from sebridge.base.addresses import Broadcast, Eui64
from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, DeliveryError
from sebridge.base.service import Service
from sebridge.radio.address_book import AddressBook, Addresses
from sebridge.radio.heard import Heard
from sebridge.radio.pending_frames import PendingFrames
from sebridge.radio.radio import TxStatus
from sebridge.radio.transmitter import RadioCounters, Transmitter
from sebridge.zcl.zdo import AddressRequest, ZdoCommand

_LOGGER = logging.getLogger(__name__)

LONGEST_SEARCH: Final = 5.0  # seconds for the answer to a NWK_addr_req
WAITS_FOR_SENDER: Final = (2.0, 3.0)  # seconds after the first and the second IEEE_addr_req
MOST_SEARCHES: Final = 64


class AddressResolver(Service):
    """Ask for the address that is missing: of a device to be reached, of a sender unknown."""

    def __init__(
        self,
        book: AddressBook,
        transmitter: Transmitter,
        counters: RadioCounters,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._book = book
        self._transmitter = transmitter
        self._counters = counters
        self._clock = clock
        self._waiting = PendingFrames()
        self._searches: dict[Eui64, asyncio.Task[int | None]] = {}
        self._told: dict[Eui64, asyncio.Future[int]] = {}

    async def find(self, device: Eui64) -> int:
        """Return a device's network address; DeliveryError when nobody tells it in time.

        Several who look for the same device share one question.
        """
        nwk = self._book.nwk(device)
        if nwk is not None:
            return nwk
        search = self._searches.get(device)
        if search is None:
            if len(self._searches) >= MOST_SEARCHES:
                raise DeliveryError("too many devices are looked for", TxStatus.NO_SHORT_ADDRESS)
            search = self.spawn(self._search(device), f"where is {device}")
            self._searches[device] = search
        try:
            found = await asyncio.shield(search)
        except asyncio.CancelledError:
            if not search.cancelled():
                raise  # it is we who are stopped, not the search
            found = None
        if found is None:
            message = f"no network address of {device} is known, and nobody told one"
            raise DeliveryError(message, TxStatus.NO_SHORT_ADDRESS)
        return found

    async def _search(self, device: Eui64) -> int | None:
        """Ask everybody, and return what was told in time."""
        told = self._told[device] = asyncio.get_running_loop().create_future()
        try:
            question = ZdoCommand.NWK_addr_req, device, AddressRequest.SINGLE, 0
            await self._transmitter.ask(Broadcast.LISTENING, *question)
            return await self._clock.within(LONGEST_SEARCH, told)
        except (DeliveryError, AnswerTimeoutError) as error:
            _LOGGER.debug("where is %s: %s", device, error)
            return None
        finally:
            del self._told[device], self._searches[device]

    def hold(self, heard: Heard) -> None:
        """Keep a frame until its sender is known, but not for long and not many."""
        nwk = heard.nwk
        is_first = nwk not in self._waiting
        if not self._waiting.hold(heard):
            self._counters.dropped_unknown += 1
            return
        self._counters.held += 1
        if is_first:
            self.spawn(self._identify(nwk), f"who is {nwk:04x}")

    async def _identify(self, nwk: int) -> None:
        for wait in WAITS_FOR_SENDER:
            try:
                single = AddressRequest.SINGLE
                await self._transmitter.ask(nwk, ZdoCommand.IEEE_addr_req, nwk, single, 0)
            except DeliveryError as error:
                _LOGGER.debug("who is %04x: %s", nwk, error)
            await self._clock.sleep(wait)
            if nwk not in self._waiting:
                return
        self._counters.dropped_unknown += len(self._waiting.release(nwk))

    def is_asked_for(self, pair: Addresses) -> bool:
        """Say whether somebody waits for one of the two addresses."""
        return pair.device in self._searches or pair.nwk in self._waiting

    def learned(self, device: Eui64, nwk: int) -> list[Heard]:
        """End the searches that this pair answers; return the frames that waited for it."""
        told = self._told.get(device)
        if told is not None and not told.done():
            told.set_result(nwk)
        return self._waiting.release(nwk)
