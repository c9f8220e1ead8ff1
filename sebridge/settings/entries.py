"""The table of registry settings: name, type, default, limits, help.

Names and defaults are those of the RPC interface reference. Where that speaks of a setting without
a name or a default, the choice is marked in a comment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import re
from typing import Any, Final, Generic, TypeVar

from sebridge.base.errors import ParameterError
from sebridge.base.redaction import shown
from sebridge.base.suggestion import suggestion
from sebridge.model.plain import integer

Value = bool | int | str
V = TypeVar("V", bool, int, str)

_FILE_NAME: Final = r"[A-Za-z0-9_-]{1,32}"  # part of a file's name: no way out of its directory
_HOST: Final = r"[A-Za-z0-9.:-]{1,253}"

DAY: Final = 86_400
YEAR: Final = 366 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[V]):
    """One setting. The type of the default is the type of the setting.

    `low` and `high` limit numbers, `pattern` limits text, `words` lists the only texts allowed.
    `other_names` are names under which the same value is known as well. What is `secured` guards
    the network, and is changed in the admin scope only.
    """

    name: str
    default: V
    help: str
    low: int = 0
    high: int = 0x7FFFFFFF
    pattern: str = ".*"
    words: Sequence[str] = ()
    other_names: Sequence[str] = ()
    secured: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The main name, then the others."""
        return (self.name, *self.other_names)

    def convert(self, value: object) -> V:
        """Return the value as this setting has it; ParameterError says what is wrong with it.

        Whole numbers are taken from text and from fractions without a rest, truth values from the
        words true and false and from 0 and 1, text from numbers. No value means the default.
        """
        if value is None:
            return self.default
        if isinstance(self.default, bool):
            return _truth(value)
        if isinstance(self.default, int):
            return self._number(value)
        return self._text(value)

    def _number(self, value: object) -> int:
        number = integer(value)
        if not self.low <= number <= self.high:
            raise ParameterError("", f"{number} is not in {self.low}..{self.high}")
        return number

    def _text(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise ParameterError("", f"{shown(value)} is not text")
        text = str(value).strip()
        if self.words and text not in self.words:
            raise ParameterError("", f"{shown(text)} is none of {', '.join(self.words)}")
        if not re.fullmatch(self.pattern, text):
            raise ParameterError("", f"{shown(text)} does not match {self.pattern}")
        return text


def _truth(value: object) -> bool:
    if isinstance(value, (bool, int)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
        return value.strip().lower() == "true"
    raise ParameterError("", f"{shown(value)} is neither TRUE nor FALSE")


# ------------------------------------------------------------------ exchanges with devices

ANSWER_TIMEOUT: Final = Entry(
    name="Conversation.default_timeout",
    default=40,
    low=1,
    high=3600,
    help="Seconds to wait for a device's answer; also how long a broadcast exchange lasts.",
)
TX_STATUS_TIMEOUT: Final = Entry(
    name="Conversation.TX_status_timeout",
    default=10,
    low=1,
    high=600,
    help="Seconds to wait until the radio says what became of a frame; later counts as failed.",
)
SOCKET_RETRIES: Final = Entry(
    name="Endpoint.max_socket_retries",
    default=3,
    high=100,
    help="How often a frame that the radio itself refuses is handed to it again.",
)
DISABLE_DEFAULT_RESPONSE: Final = Entry(
    name="ZCL_Cluster.disable_default_response",
    default=True,
    help="TRUE: the gateway's frames ask the devices to answer only when something went wrong.",
)
DISABLE_APS_ENCRYPTION: Final = Entry(
    name="Cluster.disable_APS_encryption",
    default=False,
    secured=True,
    help="TRUE: frames in the clear are taken on clusters that need encryption. Leave it FALSE.",
)
MOST_REPORTS: Final = Entry(  # not in the reference
    name="ZCL_Cluster.most_reports",
    default=300,
    high=1_000_000,
    help="Reports that are taken of one device within ten seconds; what it sends beyond that is"
    " dropped, and health names it. 0: any number.",
)

# ------------------------------------------------------------------ devices

MAX_TX_FAILURES: Final = Entry(
    name="ZDO_Device_Manager.max_sequential_TX_failures",
    default=3,
    low=1,
    high=100,
    help="After so many failures in a row a device is inactive.",
)
REFRESH_INTERVAL: Final = Entry(  # the older reference says refresh_rate: one value, two names
    name="ZDO_Device_Manager.refresh_interval",
    other_names=("ZDO_Device_Manager.refresh_rate",),
    default=120,
    low=10,
    high=DAY,
    help="Seconds between two rounds of asking which devices are there.",
)
REQUIRE_EXPLICIT_ADD: Final = Entry(
    name="ZDO_Device_Manager.require_explicit_device_add",
    default=False,
    secured=True,
    help="TRUE: only devices that were added before may become active. FALSE or none: all may.",
)
INTERVIEW_AIRTIME: Final = Entry(  # not in the reference
    name="ZDO_Device_Manager.interview_airtime",
    default=25,
    low=1,
    high=100,
    help="Percent of the air's time that questions to devices about themselves may take, once a"
    " hundred of them were asked at once. 25: a building of 2,000 is asked for five minutes.",
)
JOIN_INTERVAL: Final = Entry(  # default: the value in the reference's example
    name="ZDO_Device_Manager.join_interval",
    default=120,
    low=1,
    high=DAY,
    help="Seconds between two attempts of a router to join a network.",
)
RETRANSMISSION_INTERVAL: Final = Entry(  # the default is our choice
    name="SE_Server.event_retransmission_check_interval",
    default=60,
    low=1,
    high=DAY,
    help="Seconds between two looks for clients that did not get an event, to send it again.",
)
MOST_DAYS_AHEAD: Final = Entry(  # not in the reference
    name="SE_Server.most_days_ahead",
    default=400,
    low=1,
    high=36_525,
    help="Days: an event that starts later than so far ahead is refused, as its start was most "
    "likely counted from another year than 2000.",
)

# ------------------------------------------------------------------ RPC

DEBUG_PRINT_SEVERITY: Final = Entry(
    name="RPC_General_Interface.debug_print_severity",
    default=0,
    high=3,
    help="Messages of this severity and above are in the log: 0 debug (at its level debug), "
    "1 warning, 2 error, 3 none.",
)
DEBUG_RPC_SEVERITY: Final = Entry(
    name="RPC_General_Interface.debug_rpc_severity",
    default=1,
    high=3,
    help="Messages of this severity and above are sent: 0 debug, 1 warning, 2 error, 3 none.",
)
MAX_BUFFER_ITEMS: Final = Entry(
    name="RPC_Manager.max_buffer_items",
    default=250,
    low=1,
    high=100_000,
    help="How many responses wait to be fetched; beyond that the oldest is dropped.",
)
USE_PUSH: Final = Entry(
    name="RPC_Manager.use_push",
    default=False,
    help="TRUE: responses are pushed as files instead of waiting to be fetched.",
)
PUSHED_FILE_PREFIX: Final = Entry(
    name="RPC_Manager.pushed_file_prefix",
    default="RPC_Response",
    pattern=_FILE_NAME,
    help="How the names of pushed files begin.",
)
PUSHED_FILE_EXTENSION: Final = Entry(
    name="RPC_Manager.pushed_file_extension",
    default="xml",
    pattern=_FILE_NAME,
    help="The extension of pushed files.",
)
USE_TIMESTAMPS: Final = Entry(
    name="RPC_Manager.use_timestamps",
    default=True,
    help="TRUE: each response carries the time at which it was made.",
)
SYNCHRONOUS_TIMEOUT: Final = Entry(  # the default is our choice: above Conversation's
    name="RPC_Manager.synchronous_request_timeout",
    default=60,
    low=1,
    high=3600,
    help="Seconds that a synchronous request may block; after that its response comes by itself.",
)

# ------------------------------------------------------------------ time

NTP_SERVER_1: Final = Entry(
    name="NTP_client.server1",
    default="north-america.pool.ntp.org",
    pattern=_HOST,
    help="The NTP server that is asked first.",
)
NTP_SERVER_2: Final = Entry(
    name="NTP_client.server2",
    default="pool.ntp.org",
    pattern=_HOST,
    help="The NTP server that is asked when the first does not answer.",
)
NTP_SYNC_RATE: Final = Entry(
    name="NTP_client.sync_rate",
    default=DAY,
    low=60,
    high=YEAR,
    help="Seconds between two synchronisations by NTP, or Time_Synchronizer.period if shorter.",
)
# the reference has these three without their names; name, words and defaults are our choice
TIME_SOURCE: Final = Entry(
    name="Time_Synchronizer.type",
    default="auto",
    words=("auto", "none", "ntp", "zcl"),
    help="Where the network time comes from: auto (zcl for a gateway that joins a network, else "
    "none), none (the system's UTC, or what set_time says), ntp, or zcl (the network's Time "
    "server).",
)
TIME_SYNC_PERIOD: Final = Entry(
    name="Time_Synchronizer.period",
    default=DAY,
    low=60,
    high=YEAR,
    help="Seconds between two synchronisations of the network time; a day at most with zcl.",
)
USE_SYSTEM_TIME_ZONE: Final = Entry(
    name="Time_Synchronizer.use_system_time_zone",
    default=False,
    help="TRUE: the system's time zone applies until another is set. FALSE: no zone. A network's "
    "Time server and set_timezone come before it.",
)

ENTRIES: Final[tuple[Entry[Any], ...]] = tuple(
    value for value in tuple(globals().values()) if isinstance(value, Entry)
)
"""All settings, in the order of this file."""

_BY_NAME: Final = {name: entry for entry in ENTRIES for name in entry.names}


def find(name: str) -> Entry[Any]:
    """Return the setting of that name, main or other; ParameterError when there is none."""
    try:
        return _BY_NAME[name]
    except KeyError:
        problem = f"there is no registry entry {shown(name)}{suggestion(name, _BY_NAME)}"
        raise ParameterError("name", problem) from None
