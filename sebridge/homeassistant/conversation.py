"""A conversation with Home Assistant that goes on for ever, whatever befalls it."""

from abc import abstractmethod
from random import Random
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import RefusedError, SebridgeError
from sebridge.base.secret import Secret
from sebridge.base.service import Service
from sebridge.homeassistant.websocket import HomeAssistantLink

_LARGEST: Final = 1 << 20  # octets of what is said at once of one entity, or of all users
_FIRST: Final = 1.0  # seconds
_LONGEST: Final = 60.0
_AFTER_REFUSAL: Final = 900.0
"""Seconds: Home Assistant shows its owner each attempt with a wrong token."""


class Conversation(Service):
    """Begins another conversation, after a pause, where one ends.

    Pauses grow to a minute, and begin with a second again after `goes_well()`; where the token is
    refused, it is a quarter of an hour. Chance takes up to half of each, so that not all come back
    at once. `url` is that of the WebSocket.
    """

    def __init__(self, url: str, token: Secret, *, clock: Clock, random: Random) -> None:
        super().__init__()
        self._url = url
        self._token = token
        self._clock = clock
        self._random = random
        self._pause = _FIRST

    @abstractmethod
    async def converse(self, link: HomeAssistantLink) -> None:
        """Ask and listen, for as long as it lasts; raise a SebridgeError when it cannot go on."""

    @abstractmethod
    def failed(self, problem: str) -> None:
        """Take notice that there is no conversation just now, and why."""

    def goes_well(self) -> None:
        """Say that Home Assistant has told what it was asked for."""
        self._pause = _FIRST

    @override
    async def run(self) -> None:
        """Converse until it is stopped."""
        while True:
            try:
                async with HomeAssistantLink.open(
                    self._url, self._token, self._clock, largest=_LARGEST
                ) as link:
                    await self.converse(link)
            except SebridgeError as error:
                self.failed(str(error))
                await self._clock.sleep(self._pause_after(error))

    def _pause_after(self, error: SebridgeError) -> float:
        longest = _LONGEST
        if isinstance(error, RefusedError):
            self._pause = longest = _AFTER_REFUSAL
        pause = self._pause * self._random.uniform(0.5, 1)
        self._pause = min(2 * self._pause, longest)
        return pause
