"""How much is logged of which part, changed for some time while the bridge runs."""

from collections.abc import Mapping, Sequence
import logging
from typing import Final

from msgspec import Struct
from typing_extensions import override

from sebridge.api.log import SetLevel
from sebridge.app.log_memory import level_word
from sebridge.base.clock import Clock, Timer
from sebridge.base.errors import ParameterError
from sebridge.base.redaction import shown
from sebridge.base.service import Service
from sebridge.base.suggestion import suggestion

_OURS: Final = "sebridge"
"""Libraries are left as they are: some write keys at level debug."""


class _Changed(Struct, frozen=True):
    """What was set, what was there before, and what ends it."""

    told: SetLevel
    before: int
    end: Timer


class LogLevels(Service):
    """Sets levels, and takes them back: in time, or at its stop."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._changed: dict[str, _Changed] = {}

    @override
    async def stop(self) -> None:
        """Take everything back."""
        for name in list(self._changed):
            self.reset(name)
        await super().stop()

    def present(self) -> Mapping[str, str]:
        """Return the level of the whole, as an empty name, and those that parts have besides."""
        root = logging.getLogger()
        found = {"": level_word(root.level)}
        for name, logger in sorted(root.manager.loggerDict.items()):
            if isinstance(logger, logging.Logger) and logger.level != logging.NOTSET:
                found[name] = level_word(logger.level)
        return found

    def changed(self) -> Sequence[SetLevel]:
        """Return what was set for some time."""
        return [self._changed[name].told for name in sorted(self._changed)]

    def set(self, name: str, level: str, seconds: int) -> SetLevel:
        """Log so much of a part for so many seconds; ParameterError for what is no part."""
        if name not in (known := _parts()):
            raise ParameterError(
                "name",
                f"{shown(name)} is no part of the bridge that logs, such as sebridge or"
                f" sebridge.radio{suggestion(name, known)}",
            )
        logger = logging.getLogger(name)
        earlier = self._changed.pop(name, None)
        if earlier is not None:
            earlier.end.cancel()
        told = SetLevel(name=name, level=level, until=self._clock.utc() + seconds)
        before = logger.level if earlier is None else earlier.before
        end = self._clock.call_later(seconds, lambda: self.reset(name))
        self._changed[name] = _Changed(told, before, end)
        logger.setLevel(level.upper())
        return told

    def reset(self, name: str) -> None:
        """Log of a part what is logged of it by the configuration; nothing where that is so."""
        changed = self._changed.pop(name, None)
        if changed is not None:
            changed.end.cancel()
            logging.getLogger(name).setLevel(changed.before)


def _parts() -> Sequence[str]:
    """Return the packages and modules of ours that log something."""
    known = logging.Logger.manager.loggerDict
    return [name for name in sorted(known) if name == _OURS or name.startswith(f"{_OURS}.")]
