"""Notice that a radio hangs: it is asked now and then, and has to answer."""

from collections.abc import Awaitable, Callable
from typing import Final

from typing_extensions import override

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError
from sebridge.base.service import Service

ASKS_EVERY: Final = 10.0  # seconds
LONGEST_ANSWER: Final = 5.0  # seconds; also a module that writes its flash has answered by then


class Watchdog(Service):
    """Asks a radio every ten seconds; the first question without an answer is told to `lost`.

    `errors` is what the question raises when the radio does not answer, or wrongly.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[object]],
        errors: tuple[type[Exception], ...],
        lost: Callable[[Exception], object],
        clock: Clock,
    ) -> None:
        super().__init__()
        self._ask = ask
        self._errors: tuple[type[Exception], ...] = (AnswerTimeoutError, *errors)
        self._lost = lost
        self._clock = clock

    @override
    async def run(self) -> None:
        """Ask until there is no answer."""
        try:
            while True:
                await self._clock.sleep(ASKS_EVERY)
                await self._clock.within(LONGEST_ANSWER, self._ask())
        except self._errors as error:
            reason = ConnectionError(f"the radio does not answer: {str(error) or repr(error)}")
            reason.__cause__ = error
            self._lost(reason)
