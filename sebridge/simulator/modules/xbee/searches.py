"""Commands that look around, and find what they find in their own time: ND, DN and AS.

Source: Digi, XBee 3 Zigbee RF Module User Guide, discovery commands.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.base.service import Service
from sebridge.base.signals import SignalBus
from sebridge.radio.radio import FIRST_CHANNEL
from sebridge.simulator.modules.signals import StackRestarted
from sebridge.simulator.modules.xbee.identity import (
    SHORTEST,
    DiscoveryOption,
    Fields,
    Reason,
    fields_of,
)
from sebridge.simulator.modules.xbee.registers import AtStatus, Registers
from sebridge.simulator.modules.xbee.remote_commands import RemoteAnswer, RemoteCommands
from sebridge.simulator.modules.xbee.stack import Stack

MOST_SEARCHES: Final = 4
"""Searches at one time; one more is refused."""
_SCAN: Final = "AS"
_SYMBOLS: Final = 0.01536  # seconds on a channel, doubled SD times
_TUNING: Final = 0.038  # seconds more for each channel
_ENDING: Final = 0.02  # seconds after all
_ZIGBEE: Final = 2  # the kind of network that AS finds, and its stack profile
_STRENGTH: Final = b"\xff", b"\xd3"  # link quality, and -45 dBm
_ADDRESSES: Final = 3  # fields of who is found, which DN tells

Found = Callable[[Fields], object]
"""Who is told each finding."""


class Search(msgspec.Struct, frozen=True):
    """Who searches: `found` is told each finding, and `ended` once what became of it."""

    found: Found
    ended: Callable[[AtStatus], object]


class Searches(Service):
    """Carries searches out, which are named by their commands."""

    def __init__(
        self,
        registers: Registers,
        stack: Stack,
        commands: RemoteCommands,
        clock: Clock,
        bus: SignalBus,
    ) -> None:
        super().__init__()
        self._registers = registers
        self._stack = stack
        self._commands = commands
        self._clock = clock
        self._under_way: set[asyncio.Task[None]] = set()
        self._named: Mapping[str, Callable[[bytes, Found], Awaitable[AtStatus]]] = {
            "ND": self._discover,
            "DN": self._resolve,
            _SCAN: self._scan,
        }
        bus.listen(StackRestarted, self._on_restart)

    def knows(self, name: str) -> bool:
        """Say whether a command is a search."""
        return name in self._named

    def begin(self, name: str, value: bytes, search: Search) -> None:
        """Search; ERROR where the module is on no network, or has enough to do.

        Who looks for a network has no time for AS; who is not to join one (DJ) has.
        """
        is_free = self._stack.is_up or (name == _SCAN and self._registers["DJ"])
        if not is_free or len(self._under_way) >= MOST_SEARCHES:
            search.ended(AtStatus.ERROR)
            return
        task = self.spawn(self._carry_out(name, value, search), name)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _on_restart(self, _signal: StackRestarted) -> None:
        for task in self._under_way:
            task.cancel()

    async def _carry_out(self, name: str, value: bytes, search: Search) -> None:
        search.ended(await self._named[name](value, search.found))

    @property
    def _patience(self) -> float:
        """The seconds for which modules are awaited."""
        return self._registers["NT"] / 10

    async def _discover(self, name: bytes, found: Found) -> AtStatus:
        """Find all modules, or those of a name."""
        heard: list[RemoteAnswer] = []

        def take(answer: RemoteAnswer) -> None:
            if len(answer.found) >= SHORTEST:
                heard.append(answer)
                found(fields_of(answer.found))

        if not name and self._registers["NO"] & DiscoveryOption.OURSELVES:
            found(fields_of(self._commands.identity(Reason.ASKED)))
        number = self._commands.ask_all(name, take)
        try:
            await self._clock.sleep(self._patience)
        finally:
            self._commands.forget(number)
        return AtStatus.ERROR if name and not heard else AtStatus.OK

    async def _resolve(self, name: bytes, found: Found) -> AtStatus:
        """Find the addresses of the module that has a name."""
        if not name:
            return AtStatus.ERROR
        answer: asyncio.Future[RemoteAnswer] = asyncio.get_running_loop().create_future()

        def take(heard: RemoteAnswer) -> None:
            if len(heard.found) >= SHORTEST and not answer.done():
                answer.set_result(heard)

        number = self._commands.ask_all(name, take)
        try:
            heard = await self._clock.within(self._patience, answer)
        except AnswerTimeoutError:
            return AtStatus.ERROR
        finally:
            self._commands.forget(number)
        found(fields_of(heard.found)[:_ADDRESSES])
        return AtStatus.OK

    async def _scan(self, _value: bytes, found: Found) -> AtStatus:
        """Find the networks of others on the channels of SC."""
        mask, duration = self._registers["SC"], self._registers["SD"]
        on_channel = _SYMBOLS * 2**duration + _TUNING
        await self._clock.sleep(mask.bit_count() * on_channel + _ENDING)
        network = self._stack.scan()
        if network is None or not mask >> int(network.info.channel) - FIRST_CHANNEL & 1:
            found(())
            return AtStatus.OK
        is_open = network.is_open(self._clock.monotonic())
        found(
            (
                bytes((_ZIGBEE,)),
                bytes((int(network.info.channel),)),
                int(network.info.pan_id).to_bytes(2, "big"),
                network.extended_pan_id.to_bytes(8, "big"),
                bytes((is_open,)),
                bytes((_ZIGBEE,)),
                *_STRENGTH,
            )
        )
        return AtStatus.OK
