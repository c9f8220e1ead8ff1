"""Start a zigpy application, and say in plain words why it does not start."""

import asyncio
from collections.abc import Iterator
import contextlib
import errno
import logging
import socket
from typing import Final

from zigpy.exceptions import (
    CannotWriteNetworkSettings,
    FormationFailure,
    NetworkNotFormed,
)

from sebridge.base.clock import Clock
from sebridge.base.errors import AnswerTimeoutError, ConfigError, NotJoinedError
from sebridge.radio.passive import PassiveApplication
from sebridge.radio.radio import Association

LONGEST_START: Final = 120.0  # seconds; forming a network with a scan takes a stick about 30

_LOGGERS_OF_KEYS: Final = (
    "zigpy.application",
    "zigpy.backups",
    "bellows",
    "zigpy_xbee",
    "zigpy_znp",
    "serialx",
)
"""Libraries that write network and link keys, or the octets that hold them, at level DEBUG."""

_LOGGERS_OF_FRAMES: Final = ("bellows.ezsp.protocol", "zigpy_znp.uart")
"""What warns of a frame that cannot be read, and shows its octets: they may hold a key, too."""

_NETWORK_ERRORS: Final = (
    NetworkNotFormed,
    FormationFailure,
    CannotWriteNetworkSettings,
)
_MEANINGS: Final = {
    errno.ENOENT: "no such device; is the stick plugged in, and the path right?",
    errno.ENODEV: "no such device; is the stick plugged in, and the path right?",
    errno.ENXIO: "no such device; is the stick plugged in, and the path right?",
    errno.EACCES: "no permission to open it; the user must be in the group that owns it (dialout)",
    errno.EBUSY: "it is in use by another program",
    errno.ENOTTY: "it is not a serial port",
    errno.EISDIR: "it is not a serial port",
    errno.ECONNREFUSED: "connection refused; nothing listens on that port",
    errno.EHOSTUNREACH: "the host cannot be reached",
    errno.ENETUNREACH: "the network cannot be reached",
    errno.ETIMEDOUT: "the host does not answer",
}


async def start_application(application: PassiveApplication, kind: str, clock: Clock) -> None:
    """Connect and be on the network, forming it where there is none.

    ConfigError names the port and what is wrong with it; NotJoinedError is for a radio that
    works but does not come onto a network.
    """
    keep_keys_out_of_logs()
    with plain_words(application, kind):
        await clock.within(LONGEST_START, _start(application))


@contextlib.contextmanager
def plain_words(application: PassiveApplication, kind: str) -> Iterator[None]:
    """Raise what a radio cannot do as an error of ours, as `start_application` tells it."""
    path = application.path
    try:
        yield
    except _NETWORK_ERRORS as error:
        problem = f"the {kind} radio at {path} has no network: {error}"
        raise NotJoinedError(problem, Association.NOT_FORMED) from error
    except AnswerTimeoutError as error:
        raise ConfigError([f"radio.path: {path}: the {kind} radio did not start"]) from error
    except application.driver_errors as error:
        raise ConfigError([f"radio.path: {path}: {_meaning(error, kind)}"]) from error


def keep_keys_out_of_logs(level: int = logging.INFO) -> None:
    """Let these libraries log from this level on, also where everything else is logged from DEBUG.

    So do the loggers of their modules, for which the configuration may have other levels. While a
    backup is written into a stick, they show keys in warnings, too. Who shows frames that cannot be
    read says nothing at all: such frames are counted, or another logger tells of them.
    """
    for name in _LOGGERS_OF_KEYS:
        for logger in (logging.getLogger(name), *_below(name)):
            if logger.getEffectiveLevel() < level:
                logger.setLevel(level)
    for name in _LOGGERS_OF_FRAMES:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _below(name: str) -> list[logging.Logger]:
    """Return the loggers that there are below one."""
    loggers = logging.Logger.manager.loggerDict.items()
    return [
        logger
        for known, logger in loggers
        if known.startswith(f"{name}.") and isinstance(logger, logging.Logger)
    ]


async def _start(application: PassiveApplication) -> None:
    try:
        await application.startup(auto_form=True)
    except asyncio.CancelledError:
        await application.shutdown(db=False)  # zigpy does so after every other error
        raise


def _meaning(error: Exception, kind: str) -> str:
    for cause in _chain(error):
        if isinstance(cause, socket.gaierror):
            return "the host name cannot be resolved"
        if isinstance(cause, TimeoutError) and cause.errno is None:
            continue
        if isinstance(cause, OSError):
            return _os_error(cause)
    return f"what is there does not answer as a radio of type {kind}; type and baud rate right?"


def _chain(error: BaseException) -> list[BaseException]:
    """Return the error and what caused it, outermost first."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


def _os_error(error: OSError) -> str:
    for number, meaning in _MEANINGS.items():
        if error.errno == number:
            return meaning
    if isinstance(error, ConnectionError):
        return "the connection broke while the radio was started"
    return f"cannot be opened: {error.strerror or error}"
